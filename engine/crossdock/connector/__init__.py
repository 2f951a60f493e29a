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
    "Verdict",
]
