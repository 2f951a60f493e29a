"""What a payload of EDIFACT holds, for ``crossdock inspect`` (edi/summary.py)."""

from __future__ import annotations

from crossdock.codecs.edi import summary as edi
from crossdock.codecs.edi.summary import Names
from crossdock.codecs.edifact.reading import Reading
from crossdock.codecs.edifact.settings import DEFAULTS, Settings
from crossdock.message import Payload

NAMES = Names(
    set="edifact.set",
    version="edifact.version",
    control="edifact.unh",
    interchange="edifact.unb",
    group="edifact.ung",
)


def summary(payload: Payload, settings: Settings = DEFAULTS) -> dict[str, object]:
    """``{"format", "interchanges", "transactions", "findings"}``, all of it in memory. Raises ``Reject``."""
    return edi.summary(Reading(payload, settings), NAMES, "edifact")
