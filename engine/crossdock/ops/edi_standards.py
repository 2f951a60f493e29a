"""What tells the EDI codecs from the others, and from each other, where parts are shown to people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import JudgedReading
from crossdock.codecs.edi.summary import Names
from crossdock.codecs.edifact.caret import caret_view as edifact_view
from crossdock.codecs.edifact.reading import Reading as EdifactReading
from crossdock.codecs.edifact.sniffing import sniff as edifact_sniff
from crossdock.codecs.edifact.standard import EDIFACT as EDIFACT_STANDARD
from crossdock.codecs.edifact.summary import NAMES as EDIFACT
from crossdock.codecs.x12.caret import caret_view as x12_view
from crossdock.codecs.x12.codec import sniff as x12_sniff
from crossdock.codecs.x12.reading import Reading as X12Reading
from crossdock.codecs.x12.standard import X12 as X12_STANDARD
from crossdock.codecs.x12.summary import NAMES as X12
from crossdock.message import Payload


@runtime_checkable
class Judging(Protocol):
    """A codec that keeps an account of each interchange."""

    def judge(self, payload: Payload) -> JudgedReading:
        """One pass over the payload."""
        ...


@dataclass(frozen=True, slots=True)
class Shown:
    """How the parts of one standard are shown: ``names`` of their headers, ``view`` of their findings.

    ``sets`` says in words what a set is.
    """

    names: Names
    view: Callable[[Part], str]
    sniff: Callable[[bytes], int]
    reading: Callable[[Payload], JudgedReading]
    sets: Mapping[str, str]


#: By the name of the codec.
STANDARDS: Mapping[str, Shown] = {
    "x12": Shown(X12, x12_view, x12_sniff, X12Reading, X12_STANDARD.set_names),
    "edifact": Shown(EDIFACT, edifact_view, edifact_sniff, EdifactReading, EDIFACT_STANDARD.set_names),
}


def standard_of(part: Part) -> Shown | None:
    """The standard a part is of; None for other formats, and for bytes that belong to no transaction."""
    return next((shown for shown in STANDARDS.values() if shown.names.set in part.headers), None)


def likeliest(head: bytes) -> Shown | None:
    """The standard that the first bytes of a payload look like."""
    score, shown = max(((shown.sniff(head), shown) for shown in STANDARDS.values()), key=lambda pair: pair[0])
    return shown if score else None


def title(part: Part) -> str:
    """``850 004010 0001 purchase order``, ``ORDERS D96A ME1 purchase order``; nothing for other formats."""
    shown = standard_of(part)
    if shown is None:
        return ""
    names = shown.names
    words = [part.headers.get(name, "") for name in (names.set, names.version, names.control)]
    return " ".join(word for word in (*words, shown.sets.get(words[0], "")) if word)
