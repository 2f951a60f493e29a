"""Asking another system inside a route: what is asked at one place, and the document that waits for the answer.

Steps are pure, so a step that asks does not wait. The document leaves the steps there and goes, durably, to the queue
of that place (``orders/ask-credit``), as a message that holds all the rest of the route needs to know of it. Whoever
has the answer merges it and goes on behind the step.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from crossdock import document_json
from crossdock.connector import Effect
from crossdock.errors import CrossdockError, Finding, Reject
from crossdock.mapping.scope import Scope
from crossdock.message import Document, Message, read_all
from crossdock.route.condition import Value

#: The content type of a document that waits for an answer.
ASKING = "application/vnd.crossdock.asking+json"

LARGEST_ANSWER = 8 * 1024 * 1024  # bytes of canonical JSON: an answer is merged into a document, not a file


@dataclass(frozen=True, slots=True)
class Known:
    """An answer that was had before, ``age`` seconds ago."""

    document: Document
    age: float


#: What is known at a place (its queue) for a key, at most so many seconds old.
Knows: TypeAlias = Callable[[str, str, float], "Known | None"]


def nothing_known(place: str, key: str, seconds: float) -> Known | None:
    """Where nothing is remembered."""
    return None


class Instead(enum.Enum):
    """What stands in for an answer that cannot be had."""

    NOTHING = enum.auto()
    VALUE = enum.auto()
    CACHED = enum.auto()
    HOLD = enum.auto()


@dataclass(frozen=True, slots=True)
class Caching:
    """Answers are good for ``fresh`` seconds; for ``stale`` ones where the system cannot be asked."""

    key: Callable[[Document, Scope], str]
    fresh: float
    stale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One place of a route that asks. ``effect`` is None where asking changes nothing.

    The answer is merged as ``field`` (None: it is not kept). ``label`` is the step for people: ``3 enrich``. ``patient``
    spends the attempts that the step names before anything stands in for an answer.
    """

    label: str
    field: str | None
    effect: Effect | None
    replace: bool = False
    send: Value | None = None
    cache: Caching | None = None
    instead: Instead = Instead.NOTHING
    value: Document = None
    patient: bool = False

    def merged(self, document: Document, answer: Document) -> Document:
        """The document with its answer. Raises ``Reject`` where that has no place."""
        self.check(document)
        return {**document, self.field: answer} if self.field and isinstance(document, dict) else document

    def check(self, document: Document) -> None:
        """Raise ``Reject`` where an answer has no place in the document: before anybody is asked."""
        if not isinstance(document, dict):
            raise Reject.of([Finding(code="E802", message="only an object has room for an answer")])
        if self.field is not None and self.field in document and not self.replace:
            hint = "choose another name, or say replace: true"
            message = f"the document has a field '{self.field}' already"
            raise Reject.of([Finding(code="E801", message=message, value=self.field, hint=hint)])

    def sent(self, items: Iterable[tuple[Document, Scope]]) -> Iterator[Document]:
        """What is sent of each document, where the step says so itself."""
        for document, scope in items:
            yield document if self.send is None else self.send(document, scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A document that waits for an answer: ``id`` is that of the message whose steps it left."""

    document: Document
    id: str
    pardoned: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()

    def text(self) -> bytes:
        """As the body of a message."""
        lists: Mapping[str, frozenset[str]] = {"pardoned": self.pardoned, "released": self.released}
        kept: dict[str, Document] = {name: list[Document](sorted(one)) for name, one in lists.items() if one}
        return document_json.encode({"document": self.document, "id": self.id, **kept})


def waiting(message: Message) -> Waiting:
    """The document that a message holds which waits for an answer. Raises ``Reject`` E807."""
    try:
        body = document_json.decode(read_all(message.body))
    except CrossdockError as error:
        raise Reject("E807", f"what waits for an answer cannot be read: {error.message}") from error
    if not isinstance(body, dict) or "document" not in body or not isinstance(body.get("id"), str):
        raise Reject("E807", "what waits for an answer is no object with a document and the id of its message")
    return Waiting(
        document=body["document"],
        id=str(body["id"]),
        pardoned=_texts(body.get("pardoned")),
        released=_texts(body.get("released")),
    )


def _texts(value: Document) -> frozenset[str]:
    return frozenset(str(one) for one in value) if isinstance(value, list) else frozenset()


def exact(answer: object) -> Document:
    """The answer as a document of our own: exact numbers, JSON's kinds only. Raises ``Reject`` E804."""
    try:
        _check_finite(answer)
        text = document_json.encode(answer)  # type: ignore[arg-type] # a plug-in's: this is where it is looked at
        document = document_json.decode(text)
    except (CrossdockError, TypeError, ValueError, RecursionError) as error:
        raise Reject("E804", f"the answer is not a document: {error}") from error
    if len(text) > LARGEST_ANSWER:
        raise Reject("E804", f"the answer has {len(text)} bytes, more than {LARGEST_ANSWER}")
    return document


def _check_finite(answer: object) -> None:
    """Raise ``ValueError`` for a number that is none: written as JSON it would silently become null."""
    left = [answer]
    while left:
        match left.pop():
            case float() as number if not math.isfinite(number):
                raise ValueError(f"{number} is no number")
            case dict() as fields:
                left += fields.values()
            case list() | tuple() as items:
                left += items
