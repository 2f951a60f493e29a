"""What all parts of one reading share: the stream, the limits, how many parts there were, the account of each interchange."""

from __future__ import annotations

from dataclasses import dataclass, field

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.findings import Kind, finding
from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.x12.settings import Settings
from crossdock.errors import Place
from crossdock.message import Document


@dataclass(slots=True)
class Account:
    """What became of one interchange: for ``inspect``, and for who acknowledges it."""

    control: str
    facts: dict[str, Document]
    groups: int = 0
    transactions: int = 0
    rejected: int = 0


@dataclass(slots=True)
class Progress:
    """State of one reading."""

    stream: Stream
    settings: Settings
    position: int = 0
    accounts: list[Account] = field(default_factory=list)

    def next_position(self) -> int:
        """The number of the next part."""
        self.position += 1
        return self.position

    def lost(self, raw: bytes, start: int, kind: Kind, **facts: str | int) -> Part:
        """A part for bytes that belong to no transaction: in nobody's document, but not forgotten."""
        said = finding(kind, Place(byte=start), None, **facts)
        return Part(position=self.next_position(), document=None, raw=lambda: raw, findings=(said,))
