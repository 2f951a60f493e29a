"""One run of a writer, by the sheet of a standard: the envelope that is open and what it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from crossdock.codecs.edi.numbered import Sent

D = TypeVar("D")
D_contra = TypeVar("D_contra", contravariant=True)


class Sheet(Protocol[D_contra]):
    """What is being written."""

    def piece(self, draft: D_contra, /) -> tuple[bytes, Sent]:
        """A transaction with whatever has to be closed and opened before it."""
        ...

    def end(self) -> bytes:
        """The trailers of what is open."""
        ...


@dataclass(slots=True)
class Given:
    """Numbers that are handed in, in the order they are asked for; without any, who asks is written down."""

    numbers: Iterator[int] | None = None
    asked: list[str] = field(default_factory=list)

    def next(self, level: str) -> int:
        """The next number, of a level of ``edi.numbered``."""
        self.asked.append(level)
        return 1 if self.numbers is None else next(self.numbers)


def written(drafts: Iterable[D], sheet: Sheet[D]) -> Iterator[tuple[bytes, Sent | None]]:
    """A piece per transaction and its numbers, and the end."""
    for draft in drafts:
        yield sheet.piece(draft)
    end = sheet.end()
    if end:
        yield end, None


class NumberedDrafts(Generic[D]):
    """Drafts whose control numbers are given when everything else is done (``edi.numbered.Numbered``)."""

    def __init__(self, drafts: Sequence[D], sheet: Callable[[Given], Sheet[D]]) -> None:
        self._drafts = drafts
        self._sheet = sheet
        recorder = Given()
        self._pieces(recorder)
        self.levels: Sequence[str] = tuple(recorder.asked)

    def write(self, numbers: Sequence[int]) -> bytes:
        """The payload with these numbers."""
        return b"".join(piece for piece, _ in self._pieces(Given(iter(numbers))))

    def sent(self, numbers: Sequence[int]) -> Sequence[Sent]:
        """The numbers each document has then."""
        return [sent for _, sent in self._pieces(Given(iter(numbers))) if sent is not None]

    def _pieces(self, given: Given) -> list[tuple[bytes, Sent | None]]:
        return list(written(self._drafts, self._sheet(given)))
