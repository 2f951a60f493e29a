"""What a step is: a name, a model of its settings, and a function that compiles them to one call per document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from crossdock.codecs.contract import Codec, Foretelling
from crossdock.route.bench import Bench
from crossdock.route.condition import Value
from crossdock.route.destination import Destination
from crossdock.route.opening import Opener
from crossdock.route.partition import Reader
from crossdock.route.passage import Emit, Labelled, Run
from crossdock.route.spec import RouteSpec


@dataclass(slots=True)
class Flow:
    """What is known of the document between two steps, before anything runs: for checks that need no data.

    ``shape`` is the contract it has or ``None`` where that is not known; ``format`` the codec that decoded it.
    """

    document: bool
    shape: str | None = None
    format: str | None = None
    codec: Codec | None = None
    foretelling: Foretelling | None = None  # that codec, where it says beforehand what it reads and has no mistake
    read_as: str | None = None  # the name of that codec, whatever the document has become
    decoded: bool = False
    split: bool = False
    by: Value | None = None  # set by a split that is an expression over the whole document
    encoded: bool = False
    reader: Reader | None = None  # where a step reads in its own way
    alone: str | None = None  # the step nothing may stand beside
    last: str | None = None  # the name of the step before
    openers: tuple[Opener, ...] = ()  # what is done to a payload before it is read
    sends: bool = False  # a choice before sends something, once the route has passed
    layout: str | None = None  # the one a fixed-width payload was read by
    untouched: bool = True  # nothing has changed it since it was read, but for fields that were added
    awaited: bool = False  # a step before 'decode' needed a document, which was told
    early: tuple[Bench, str] | None = None  # a split before 'decode', which was told, and the parts it names
    as_published: bool = False  # every document of the route's topics is here, as it was published


class Builder(Protocol):
    """What a step may use to compile what stands inside it."""

    @property
    def spec(self) -> RouteSpec:
        """The route."""
        ...

    @property
    def flow(self) -> Flow:
        """What is known of the document here."""
        ...

    def branch(self, bench: Bench, steps: Sequence[Mapping[str, object]]) -> tuple[Labelled, ...]:
        """Steps that only some documents go through; ``bench`` stands at their list."""
        ...

    def targets(self, bench: Bench, to: Sequence[Mapping[str, object]]) -> tuple[Emit, ...]:
        """Destinations of a branch; ``bench`` stands at their list."""
        ...

    def publishes(self, bench: Bench, topic: object, shape: str | None) -> None:
        """Something is published to the topic written here, which has the contract ``shape``."""
        ...

    def demands(self, bench: Bench, shape: str, who: str) -> None:
        """What stands here needs the contract ``shape``, of all that the route reads if nothing came before it."""
        ...

    def asks(self, destination: Destination) -> None:
        """A place that asks: it has a queue, as a destination has."""
        ...

    def label(self, bench: Bench) -> str:
        """The step whose settings ``bench`` stands at, for people: ``3 enrich``."""
        ...


C = TypeVar("C", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKind(Generic[C]):
    """One step of the language. ``compile`` gives None for a step that does nothing to single documents.

    ``bare`` names the field that the whole value stands for (``filter: "…"``); ``shorthand`` the one that a value
    stands for unless it is a mapping of settings (``tap: audit``).
    """

    name: str
    config: type[C]
    compile: Callable[[C, Bench, Builder], Run | None]
    bare: str | None = None
    shorthand: str | None = None
    needs_document: bool = False
    before_split: bool = False
    reshapes: bool = False

    @property
    def about(self) -> str:
        """The first sentence of what is said about the step."""
        return (self.config.__doc__ or "").strip().partition("\n")[0]


AnyStepKind = StepKind[Any]
