"""From one message to its parts: decode, the steps before a split, split. Pure; streams where the codec does."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from crossdock import document_json
from crossdock.codecs.contract import Codec, Part
from crossdock.errors import Finding, Reject
from crossdock.mapping.scope import Scope
from crossdock.message import Document, Message, Payload, read_all
from crossdock.route.condition import Value
from crossdock.route.destination import JSON
from crossdock.route.opening import Opener, Wrapped, opened
from crossdock.route.passage import Labelled, Passage, no_lane, run_steps

#: The content type of a part that an expression split off: already decoded, never split again.
PART = "application/vnd.crossdock.part+json"


#: The parts of a message, and between them findings about the payload; the names are the rules a person let it through.
Reader: TypeAlias = Callable[[Message, datetime, frozenset[str]], Iterator["Part | Finding"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a route reads what arrives. Without a codec, JSON from a topic is a document and all else passes untouched.

    ``streamed``: split into the codec's own parts while reading. ``by``: split the whole document by an expression,
    after the steps of ``before``. ``reader``: a step reads in its own way, and gives what the others would. ``openers``
    come before all of that: what is inside of a payload is read as if it had come alone. ``format`` is the codec's name.
    """

    route: str
    codec: Codec | None = None
    format: str | None = None
    from_topic: bool = False
    streamed: bool = False
    by: Value | None = None
    before: tuple[Labelled, ...] = ()
    reader: Reader | None = None
    openers: tuple[Opener, ...] = ()

    def parts(self, message: Message, now: datetime, released: frozenset[str]) -> Iterator[Part | Finding]:
        """The parts of the message, and between them findings about the payload. Raises ``Reject``."""
        if self.openers and not self._is_part(message):
            return self._inside(message, now, released)
        return self._parts(message, now, released)

    def _is_part(self, message: Message) -> bool:
        """Whether this route made the message of what was inside another: it is open already."""
        return message.route == self.route and message.position > 0 and message.topic is None

    def _inside(self, message: Message, now: datetime, released: frozenset[str]) -> Iterator[Part | Finding]:
        """The parts of every payload that is inside. Of several none goes on before all are known to be good."""
        inside = opened(self.openers, Wrapped(message.body, message.headers), now)
        if len(inside) > 1:
            deque((one for each in inside for one in self._read(each, message, now, released)), maxlen=0)
        position = 0
        for each in inside:
            for one in self._read(each, message, now, released):
                if isinstance(one, Part):
                    position += 1
                    one.position = position
                yield one

    def _read(
        self, inner: Wrapped, message: Message, now: datetime, released: frozenset[str]
    ) -> Iterator[Part | Finding]:
        own = {name: value for name, value in inner.headers.items() if message.headers.get(name) != value}
        try:
            for one in self._parts(replace(message, body=inner.body, headers=inner.headers), now, released):
                if isinstance(one, Part) and own:
                    one.headers = {**own, **one.headers}
                yield one
        except Reject as reject:
            raise _named(reject, own.get("file.name")) from reject

    def _parts(self, message: Message, now: datetime, released: frozenset[str]) -> Iterator[Part | Finding]:
        if self.reader is not None:
            return self.reader(message, now, released)
        if message.content_type == PART:
            return iter((_decoded(message.body),))
        if self.streamed and self.codec is not None:
            return self.codec.read(message.body)
        whole = self._whole(message)
        if self.by is None:
            return iter((self._prepared(whole, message, now),))
        return self._split(self._prepared(whole, message, now), self.by, self._scope(whole, message, now))

    def _whole(self, message: Message) -> Part:
        if self.codec is not None:
            return self.codec.whole(message.body)
        if self.from_topic and message.content_type == JSON:
            return _decoded(message.body)
        return Part(position=1, document=None, raw=lambda: read_all(message.body))

    def _scope(self, part: Part, message: Message, now: datetime) -> Scope:
        return scope_of(self.route, message, part, now)

    def _prepared(self, part: Part, message: Message, now: datetime) -> Part:
        if not self.before:
            return part
        passage = Passage(part.document, self._scope(part, message, now), no_lane, frozenset())
        run_steps(self.before, passage)
        return Part(
            position=1, document=passage.document, raw=part.raw, findings=part.findings, headers=passage.headers
        )

    def _split(self, whole: Part, by: Value, scope: Scope) -> Iterator[Part | Finding]:
        items = by(whole.document, scope)
        if not isinstance(items, list):
            kind = "nothing" if items is None else "no list"
            raise Reject.of([Finding(code="R407", message=f"'split' found {kind} to split")])
        yield from whole.findings
        for position, item in enumerate(items, start=1):
            yield _part(item, position, whole)


def _named(reject: Reject, file: str | None) -> Reject:
    """The rejection with the name of the file in the archive that it is about."""
    found = reject.findings or (Finding(code=reject.code, message=reject.message, hint=reject.hint),)
    return Reject.of([replace(one, message=f"{file}: {one.message}") for one in found]) if file else reject


def _part(item: Document, position: int, whole: Part) -> Part:
    return Part(position=position, document=item, raw=lambda: document_json.encode(item), headers=whole.headers)


def _decoded(body: Payload) -> Part:
    data = read_all(body)
    return Part(position=1, document=document_json.decode(data), raw=lambda: data)


def scope_of(route: str, message: Message, part: Part, now: datetime) -> Scope:
    """What expressions of ``route`` may reach beyond the part's document."""
    headers = message.headers
    if part.headers:
        headers = {**headers, **part.headers} if headers else part.headers
    return Scope(id=message.id, route=route, now=now, partner=message.partner, headers=headers, place=part.place)
