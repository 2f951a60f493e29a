"""The beginnings of the transactions of a payload: what routes them, at a fraction of the price of reading them.

The rest of each transaction is passed over unread. Nothing is judged: a payload that is no X12 has no heads, and what a
full reading would reject has one all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.codecs.edi.peek import Head
from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.x12.entrance import entrance, snippet
from crossdock.codecs.x12.envelope import NO_GROUP, Group, Interchange, Surroundings, at, surroundings
from crossdock.codecs.x12.framing import Framing
from crossdock.codecs.x12.settings import DEFAULTS, Settings
from crossdock.codecs.x12.structure import plain_segment
from crossdock.codecs.x12.text import Splitter
from crossdock.message import Payload


def peek(payload: Payload, settings: Settings = DEFAULTS) -> Iterator[Head]:
    """The head of each transaction, as they come: who needs the first one only takes only that.

    Raises ``Reject`` where a limit is broken on the way to the next one.
    """
    stream = Stream(payload.chunks())
    door = entrance(stream)
    door.bom()
    lone = snippet(stream)
    if lone is not None:
        yield from _Inside(stream, lone, settings).heads()
    for header in door.headers():
        yield from _Inside(stream, header.interchange, settings).heads()


class _Inside:
    """One interchange."""

    def __init__(self, stream: Stream, interchange: Interchange, settings: Settings) -> None:
        self._stream = stream
        self._interchange = interchange
        self._version = settings.version
        self._framing = Framing(stream, interchange.marks, settings)
        self._splitter = Splitter(interchange.marks)
        self._around = self._surroundings(NO_GROUP)

    def heads(self) -> Iterator[Head]:
        while True:
            if self._framing.transaction_next():
                yield self._head()
                self._framing.pass_over()
                continue
            if self._framing.at_end() or self._framing.interchange_next():
                return
            elements = self._split(self._framing.segment())[0]
            match elements[0]:
                case "GS":
                    self._around = self._surroundings(Group(tuple(elements), b""))
                case "GE":
                    self._around = self._surroundings(NO_GROUP)
                case "TA1":
                    yield self._acknowledgement(elements)
                case "IEA":
                    return

    def _surroundings(self, group: Group) -> Surroundings:
        return surroundings(self._interchange, group, self._version)

    def _split(self, raw: bytes) -> list[list[str]]:
        segments = self._splitter.split(raw).segments
        return [segment.split(self._interchange.marks.element) for segment in segments] or [[""]]

    def _head(self) -> Head:
        st, first, *_ = (*self._split(self._framing.beginning(2)), [""])
        return self._made(at(st, 1), at(st, 2), at(st, 3), [] if first[0] == "SE" else first)

    def _acknowledgement(self, elements: list[str]) -> Head:
        """TA1 travels outside any group, and is all there is of itself."""
        self._around = surroundings(self._interchange, NO_GROUP, at(self._interchange.elements, 12))
        return self._made("TA1", "", "", elements)

    def _made(self, number: str, control: str, implementation: str, first: list[str]) -> Head:
        headers = self._around.headers
        return Head(
            standard="X12",
            set=number,
            version=headers["x12.version"],
            interchange=headers["x12.isa"],
            group=headers["x12.gs"],
            control=control,
            implementation=implementation,
            facts=self._around.facts,
            headers={**headers, "x12.set": number, "x12.st": control},
            tag=first[0] if first else "",
            first=plain_segment(first, self._interchange.marks) if first else {},
            byte=self._stream.offset,
        )
