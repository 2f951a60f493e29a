"""What a payload of X12 holds, for ``crossdock inspect`` (edi/summary.py)."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.codecs.edi import summary as edi
from crossdock.codecs.edi.summary import Names, Record
from crossdock.codecs.x12.reading import Reading
from crossdock.codecs.x12.settings import DEFAULTS, Settings
from crossdock.message import Payload

NAMES = Names(set="x12.set", version="x12.version", control="x12.st", interchange="x12.isa", group="x12.gs")


def records(payload: Payload, settings: Settings = DEFAULTS) -> Iterator[Record]:
    """Transactions and findings as they are read, each interchange once it is complete."""
    return edi.records(Reading(payload, settings), NAMES)


def summary(payload: Payload, settings: Settings = DEFAULTS) -> dict[str, object]:
    """``{"format", "interchanges", "transactions", "findings"}``, all of it in memory. Raises ``Reject``."""
    return edi.summary(Reading(payload, settings), NAMES, "x12")
