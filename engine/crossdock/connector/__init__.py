"""The public plug-in contract for connector authors: everything a connector package may import."""

from crossdock.connector.contract import (
    Arrival,
    Call,
    CallKind,
    Connector,
    Done,
    Effect,
    Parcel,
    ProvableSink,
    Quiet,
    Sink,
    SinkKind,
    Source,
    SourceKind,
    Staged,
    Surroundings,
    Verdict,
)
from crossdock.connector.template import Template

__all__ = [
    "Arrival",
    "Call",
    "CallKind",
    "Connector",
    "Done",
    "Effect",
    "Parcel",
    "ProvableSink",
    "Quiet",
    "Sink",
    "SinkKind",
    "Source",
    "SourceKind",
    "Staged",
    "Surroundings",
    "Template",
    "Verdict",
]
