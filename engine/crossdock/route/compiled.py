"""A route, compiled: what the runtime holds and asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from pydantic import BaseModel

from crossdock.codecs.contract import Part
from crossdock.connector import SourceKind
from crossdock.connector.endpoint import Endpoint
from crossdock.delivery.schedule import RetryPolicy
from crossdock.errors import Finding, Place
from crossdock.mapping.scope import Scope
from crossdock.message import Document, Message
from crossdock.partner.preflight.rule import Recall, nothing
from crossdock.route.asking import Knows, Waiting, nothing_known
from crossdock.route.decide import Course
from crossdock.route.destination import Destination
from crossdock.route.expectation import Expectation
from crossdock.route.partition import PART, Opening, scope_of
from crossdock.route.plan import Pass, Skip, Stop
from crossdock.route.spec import CaseSpec
from crossdock.route.traits import Traits


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBinding:
    """The connector a route reads from. ``identity`` (``orders-in/file``) separates its arrivals from all others."""

    connector: str
    kind: SourceKind[Any]
    options: BaseModel
    identity: str


#: Whether a message of a topic is for a route that reads it. Never raises.
Accepts: TypeAlias = Callable[[Document, Scope], bool]


def everything(document: Document, scope: Scope) -> bool:
    """What a route accepts unless it is somebody's own."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRoute:
    """One route. Either ``source``, ``endpoint`` or ``topics`` says what it reads.

    ``published`` are the topics it may publish to, ``*`` for a word known at run time only; ``version`` is a hash of
    its file and of everything the file refers to; ``retry`` is for the steps themselves; ``rejects`` is where the
    source wants a copy of what the route gave up on; ``accepts`` says which messages of its topics it reads;
    ``places`` locates ``from``, each topic, each case (``case 1``) and the routes it goes through, for findings.
    ``traits`` are what the check of the whole project asks for.
    """

    name: str
    file: str
    version: str
    about: str
    enabled: bool
    priority: int
    source: SourceBinding | None
    topics: tuple[str, ...]
    opening: Opening
    course: Course
    ordered: bool
    retry: RetryPolicy
    destinations: tuple[Destination, ...]
    rejects: Destination | None
    published: tuple[str, ...]
    cases: tuple[CaseSpec, ...] = ()
    accepts: Accepts = everything
    endpoint: Endpoint | None = None
    expectation: Expectation | None = None
    places: dict[str, Place] = field(default_factory=dict, repr=False)
    traits: Traits = field(default_factory=Traits, repr=False)

    @property
    def brings(self) -> bool:
        """Whether anything comes in here from outside: by a source that is polled, or at an address of ours."""
        return self.source is not None or self.endpoint is not None

    @property
    def splits(self) -> bool:
        """Whether one message becomes many."""
        opening = self.opening
        return opening.streamed or opening.by is not None or opening.reader is not None or bool(opening.openers)

    @property
    def part_type(self) -> str | None:
        """The content type under which ``Part.raw()`` is kept as a message of its own; None: as its parent's."""
        return PART if self.opening.by is not None else None

    def destination(self, slot: str) -> Destination:
        """The destination called ``slot``. Raises ``KeyError``."""
        for destination in self.destinations:
            if destination.slot == slot:
                return destination
        raise KeyError(slot)

    def parts(
        self, message: Message, now: datetime, released: frozenset[str] = frozenset()
    ) -> Iterator[Part | Finding]:
        """Decode and split: the parts, lazily, and between them findings about the payload. Raises ``Reject``."""
        return self.opening.parts(message, now, released)

    def decide(
        self,
        message: Message,
        part: Part,
        now: datetime,
        released: frozenset[str] = frozenset(),
        recall: Recall = nothing,
        knows: Knows = nothing_known,
    ) -> Pass | Skip | Stop:
        """What becomes of one part. ``released`` are the check rules a person has let this message through.

        ``recall`` finds earlier documents, ``knows`` answers of systems that were asked before.
        """
        scope = scope_of(self.name, message, part, now)
        return self.course.decide(part, scope, message.content_type, released, recall, knows)

    def resume(
        self,
        slot: str,
        document: Document,
        scope: Scope,
        waiting: Waiting,
        recall: Recall = nothing,
        knows: Knows = nothing_known,
    ) -> Pass | Skip | Stop:
        """What becomes of a document that waited at ``slot`` and has its answer."""
        return self.course.resume(slot, document, scope, waiting, recall, knows)

    def scope_waiting(self, message: Message, waiting: Waiting, now: datetime) -> Scope:
        """What expressions may reach beyond a document that waits, or waited, in ``message``: as before it waited."""
        return Scope(id=waiting.id, route=self.name, now=now, partner=message.partner, headers=message.headers)

    def scope(self, message: Message, part: Part, now: datetime) -> Scope:
        """What expressions may reach beyond the document of ``part``."""
        return scope_of(self.name, message, part, now)

    def lane(self, document: Document, scope: Scope) -> str | None:
        """What the document must keep its sequence with, by ``order: {by}``. Raises ``Reject``."""
        return self.course.lane(document, scope)

    def render(self, slot: str, items: Iterable[tuple[Document, Scope]]) -> Iterator[bytes]:
        """The payload of one document, or of a batch, as destination ``slot`` sends it. Raises ``Reject``."""
        return self.destination(slot).render(items)
