"""Where a route sends: a sink with its own queue, retry, mapping and codec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from crossdock import document_json
from crossdock.codecs.contract import Codec
from crossdock.connector import SinkKind
from crossdock.delivery.breaker import BreakerPolicy
from crossdock.delivery.schedule import RetryPolicy
from crossdock.mapping.compile import Mapping
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.route.asking import Asking

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Batch:
    """Deliver up to ``count`` documents as one payload, waiting at most ``wait`` seconds for them."""

    count: int
    wait: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One sink of a route. ``slot`` is its name there, unique and stable.

    ``rate`` is per second, over all workers; ``concurrency`` how many calls of one worker may be under way at the same
    time; ``timeout`` in seconds. Without a ``codec`` it sends canonical JSON, one line a document. With ``asking`` it is
    a place in the route's steps that asks: its work is done once the rest of the route has run with the answer.
    """

    slot: str
    connector: str
    kind: SinkKind[Any]
    options: BaseModel
    retry: RetryPolicy
    timeout: float
    priority: int
    rate: float | None = None
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)
    concurrency: int = 1
    batch: Batch | None = None
    mapping: Mapping | None = None
    codec: Codec | None = None
    repeat_unclear: bool = False
    asking: Asking | None = None

    @property
    def asked_as(self) -> tuple[str, ...]:
        """Under which names the cases of the route answer for it; none where it does not ask."""
        if self.asking is None:
            return ()
        return (self.slot,) if self.asking.field is None else (self.asking.field, self.slot)

    @property
    def content_type(self) -> str:
        """Media type of what ``render`` gives."""
        return self.codec.content_type if self.codec is not None else JSON

    def render(self, items: Iterable[tuple[Document, Scope]]) -> Iterator[bytes]:
        """The documents (several in a batch) as one payload. Raises ``Reject`` when one cannot be written."""
        documents = self.asking.sent(items) if self.asking and self.asking.send else map_all(self.mapping, items)
        return write(self.codec, documents)


def map_all(mapping: Mapping | None, items: Iterable[tuple[Document, Scope]]) -> Iterator[Document]:
    """The documents as the destination wants them."""
    if mapping is None:
        return (document for document, _ in items)
    return (mapping.apply(document, scope) for document, scope in items)


def write(codec: Codec | None, documents: Iterable[Document]) -> Iterator[bytes]:
    """The documents as a payload: by the codec, else each as one line of canonical JSON."""
    if codec is not None:
        return codec.write(documents)
    return _lines(documents)


def _lines(documents: Iterable[Document]) -> Iterator[bytes]:
    for position, document in enumerate(documents):
        if position:
            yield b"\n"
        yield document_json.encode(document)
