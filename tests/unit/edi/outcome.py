"""What reading an interchange of either standard gave, and payloads that come in pieces or without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import InterchangeAccount, JudgedReading
from crossdock.errors import Finding
from crossdock.message import Document


@dataclass
class Outcome:
    """Parts, remarks and accounts of one reading."""

    parts: list[Part] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    accounts: list[InterchangeAccount] = field(default_factory=list)

    @property
    def part(self) -> Part:
        assert len(self.parts) == 1
        return self.parts[0]

    @property
    def document(self) -> dict[str, Document]:
        document = self.part.document
        assert isinstance(document, dict)
        return document

    @property
    def findings(self) -> list[Finding]:
        return [finding for part in self.parts for finding in part.findings]

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings]

    @property
    def remarked(self) -> list[str]:
        return [finding.code for finding in self.remarks]


def outcome_of(reading: JudgedReading) -> Outcome:
    outcome = Outcome()
    for item in reading:
        outcome.parts.append(item) if isinstance(item, Part) else outcome.remarks.append(item)
    outcome.accounts = list(reading.accounts)
    return outcome


@dataclass
class Pieces:
    """A payload in the given pieces."""

    pieces: list[bytes]

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))

    def chunks(self) -> Iterator[bytes]:
        return iter(self.pieces)


@dataclass
class Endless:
    """A payload that is made as it is read."""

    made: Callable[[], Iterator[bytes]]
    size: int = 0

    def chunks(self) -> Iterator[bytes]:
        return self.made()


class Flood:
    """One segment that never ends; counts how much of it was asked for."""

    def __init__(self, head: bytes) -> None:
        self._head = head
        self.size = 100 * 1024 * 1024
        self.given = 0

    def chunks(self) -> Iterator[bytes]:
        yield self._head
        for _ in range(1600):
            self.given += 65536
            yield b"X" * 65536
