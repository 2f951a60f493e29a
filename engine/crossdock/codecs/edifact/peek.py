"""The beginnings of the messages of a payload: what routes them, at a fraction of the price of reading them.

The rest of each message is passed over unread. Nothing is judged: a payload that is no EDIFACT has no heads, and what a
full reading would reject has one all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crossdock.codecs.edi.peek import Head
from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.edifact.closer_look import Sight, look_closer
from crossdock.codecs.edifact.dictionary.library import segments_of
from crossdock.codecs.edifact.entrance import entrance
from crossdock.codecs.edifact.envelope import NO_GROUP, Group, Headings, Interchange, at, elements_of, surroundings
from crossdock.codecs.edifact.framing import Framing
from crossdock.codecs.edifact.grammar import ENVELOPE, grammar_of
from crossdock.codecs.edifact.objects import length_of
from crossdock.codecs.edifact.outline import ENVELOPE as SUSPECT
from crossdock.codecs.edifact.settings import DEFAULTS, Settings
from crossdock.codecs.edifact.shapes import reader_of
from crossdock.codecs.edifact.structure import plain_segment
from crossdock.codecs.edifact.text import restored, segment_offsets, splitter
from crossdock.codecs.edifact.transcoding import opened
from crossdock.message import Document, Payload

CUTTING = ENVELOPE - {"UNT"}


def peek(payload: Payload, settings: Settings = DEFAULTS) -> Iterator[Head]:
    """The head of each message, as they come: who needs the first one only takes only that.

    Raises ``Reject`` where a limit is broken on the way to the next one.
    """
    stream = Stream(opened(payload)[0])
    door = entrance(stream)
    door.bom()
    for header in door.headers():
        yield from _Inside(stream, header.interchange, settings).heads()


class _Inside:
    """One interchange."""

    def __init__(self, stream: Stream, interchange: Interchange, settings: Settings) -> None:
        self._stream = stream
        self._interchange = interchange
        self._sets = settings.sets or grammar_of
        self._framing = Framing(stream, interchange.marks, settings)
        self._charset = interchange.charset(strict=False)
        self._splitter = splitter(interchange.marks, self._charset)
        self._headings = Headings(settings.version)
        self._around = surroundings(interchange, NO_GROUP)

    def heads(self) -> Iterator[Head]:
        """The head of each message up to UNZ."""
        while True:
            if self._framing.message_next():
                yield self._head()
                self._pass_over()
                continue
            if self._framing.at_end() or self._framing.interchange_next():
                return
            segments = self._splitter.split(self._framing.segment()).segments
            elements = elements_of(segments[0]) if segments else (("",),)
            match at(elements, 0):
                case "UNG":
                    self._around = surroundings(self._interchange, Group(elements, b""))
                case "UNE":
                    self._around = surroundings(self._interchange, NO_GROUP)
                case "UNO":
                    self._framing.take_object(length_of(elements))
                case "UNZ":
                    return

    def _pass_over(self) -> None:
        """Moves over a message; one that a segment of an envelope cuts off ends there."""
        data = self._framing.message()
        length = len(data)
        if SUSPECT.search(data):
            segments = self._splitter.split(data).segments
            cut = next((n for n, one in enumerate(segments) if n and restored(one.partition("+")[0]) in CUTTING), 0)
            if cut:
                length = segment_offsets(data, self._interchange.marks)[cut]
        self._stream.pos += length

    def _head(self) -> Head:
        unh, first, *_ = (*self._splitter.split(self._framing.beginning(2)).segments, "", "")
        heading = self._headings.of(unh)
        headers, facts = self._around.headers, self._around.facts
        tag = first.partition("+")[0]
        if tag == "UNT":
            tag = ""
        return Head(
            standard="EDIFACT",
            set=heading.set,
            version=heading.version,
            interchange=headers["edifact.unb"],
            group=headers["edifact.ung"],
            control=heading.control,
            implementation=heading.identifier,
            facts={**facts, **heading.facts} if heading.facts else facts,
            headers={
                **headers,
                "edifact.set": heading.set,
                "edifact.version": heading.version,
                "edifact.unh": heading.control,
            },
            tag=tag,
            first=self._first(first, heading.set, heading.version) if tag else {},
            byte=self._stream.offset,
        )

    def _first(self, line: str, name: str, version: str) -> Mapping[str, Document]:
        """The segment by the keys it has in a document."""
        elements = line.split("+")
        grammar = self._sets(name, version)
        release = grammar.definition.release if grammar else ""
        segment = segments_of(release).get(elements[0]) if grammar else None
        if segment is None:
            return plain_segment(elements)
        reader = reader_of(segment, release)
        if line.isascii():
            found = reader[len(elements)](elements) or reader.again(elements)
            if found is not None:
                return found
        return look_closer(segment, release, elements, Sight(self._charset))[0]
