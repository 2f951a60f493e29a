"""What the whole project must know of one route to judge how routes fit together, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from crossdock.errors import Place
from crossdock.route.asked import Asked


@dataclass(frozen=True, slots=True)
class Publication:
    """A topic that is published to, ``*`` for a word known at run time only, and the contract of what is."""

    topic: str
    shape: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Demand:
    """A contract that everything must have that comes by the route's topics: ``who`` asks for it."""

    shape: str
    who: str
    place: Place


@dataclass(frozen=True, slots=True)
class Window:
    """How long the keys of a ``once`` are remembered, in seconds."""

    within: float
    place: Place


@dataclass(frozen=True, slots=True)
class Outlet:
    """Where a destination is written, and whether only some documents go there."""

    place: Place
    conditional: bool


@dataclass(slots=True)
class Traits:
    """What is collected of a route while it is compiled; ``outlets`` by the slot of the destination.

    ``here`` is the shape of the document at the place that is being compiled, as ``Asked`` has it.
    """

    publications: list[Publication] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    outlets: dict[str, Outlet] = field(default_factory=dict)
    selective: bool = False  # a step lets only some documents through
    asked: list[Asked] = field(default_factory=list)
    here: str | None = None
