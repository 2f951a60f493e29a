"""The payload cut into pieces, so that each knows the source values whose text it is part of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from crossdock.codecs.provenance.shown import Span
from crossdock.ops.explanation.account import Account, Source

MARGIN = 1500  # characters shown before the first value and behind the last one
MAX_TEXT = 400_000  # characters of a payload on one page
MAX_DEEP = 8  # values around a piece that are told apart: the innermost


@dataclass(slots=True)
class Numbered:
    """A source value and the numbers of the fields that were made of it, or whose conditions looked at it."""

    source: Source
    fields: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text; ``first`` where the first value of ``numbers`` begins with it."""

    text: str
    numbers: tuple[int, ...] = ()
    first: bool = False


@dataclass(slots=True)
class Picture:
    """The pieces of a payload, and the sources by number."""

    sources: list[Numbered] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _known: dict[str, int] = field(default_factory=dict)

    def number(self, source: Source) -> int:
        """The number of a source; a new one gets the next."""
        if source.pointer not in self._known:
            self._known[source.pointer] = len(self.sources)
            self.sources.append(Numbered(source))
        return self._known[source.pointer]

    def numbers(self, sources: Iterable[Source]) -> list[int]:
        """The numbers of sources."""
        return [self.number(source) for source in sources]


def picture_of(account: Account) -> Picture:
    """The payload of an account, or as much of it as a page holds."""
    picture = Picture()
    for at, one in enumerate(account.fields):
        for number in {*picture.numbers(one.sources), *picture.numbers(one.consulted)}:
            picture.sources[number].fields.append(at)
    for left in account.left:
        picture.numbers(left.examples)
    if account.shown is not None:
        _cut(picture, account.shown.text)
    return picture


def _cut(picture: Picture, payload: str) -> None:
    spans = {
        number: one.source.spot.characters
        for number, one in enumerate(picture.sources)
        if one.source.spot is not None and one.source.spot.characters is not None
    }
    start, end = _window(picture, spans.values(), len(payload))
    inside = {number: span for number, span in spans.items() if start <= span[0] and span[1] <= end}
    picture.pieces += _pieces(payload, start, end, inside)


def _window(picture: Picture, spans: Iterable[Span], size: int) -> Span:
    """What of the payload is shown: all of it, or from a little before the first value."""
    if size <= MAX_TEXT:
        return 0, size
    known = list(spans)
    start = max(0, min((begin for begin, _ in known), default=0) - MARGIN)
    end = min(size, start + MAX_TEXT, max((stop for _, stop in known), default=size) + MARGIN)
    picture.notes.append(f"characters {start + 1:,} to {end:,} of {size:,} of the payload are shown")
    return start, end


def _pieces(payload: str, start: int, end: int, spans: dict[int, Span]) -> Iterator[Piece]:
    begins: dict[int, list[int]] = {}
    for number, (begin, _) in sorted(spans.items(), key=lambda one: (one[1][0], -one[1][1])):
        begins.setdefault(begin, []).append(number)
    edges = sorted({start, end, *(edge for span in spans.values() for edge in span)})
    open_: list[int] = []
    for at, edge in enumerate(edges[:-1]):
        open_ = [number for number in open_ if spans[number][1] > edge]
        fresh = [number for number in begins.get(edge, []) if spans[number][1] > edge]
        open_ += fresh
        yield Piece(payload[edge : edges[at + 1]], tuple(open_[-MAX_DEEP:]), bool(fresh))
