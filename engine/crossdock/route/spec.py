"""A route file as its author wrote it, checked for shape only. What its words refer to is bound in ``compile``."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field, StrictBool, ValidationInfo, field_validator

from crossdock.connector.amounts import PerSecond, Seconds, lasting
from crossdock.mapping.case import Code
from crossdock.mapping.moment import Moment
from crossdock.route.model import Authorable
from crossdock.yaml_source.named_mapping import MappingName

#: Keys and values that a connector, codec or step reads with its own model.
Settings = dict[str, object]

Expression = Annotated[str, Field(min_length=1)]
Timeout = Annotated[Seconds, lasting("1ms", "7d")]


class RetrySpec(Authorable):
    """How often and when to try again; what is absent comes from the route, then from the project."""

    attempts: Annotated[int, Field(ge=1, le=1000)] | None = None
    first: Seconds | None = None
    factor: Annotated[float, Field(ge=1, le=100)] | None = None
    max: Seconds | None = None

    @field_validator("max")
    @classmethod
    def _max(cls, longest: float | None, info: ValidationInfo) -> float | None:
        first = info.data.get("first")
        if longest is not None and first is not None and longest < first:
            raise ValueError("'max' is less than 'first', which it bounds")
        return longest


class BreakerSpec(Authorable):
    """When a destination that does not serve is left alone; what is absent comes from the route, then the project.

    ``failures`` in a row open the breaker, or a ``share`` of all within ``window``. It stays open for up to ``open`` at
    first, twice as long each time, at most ``max``.
    """

    failures: Annotated[int, Field(ge=1, le=1000)] | None = None
    share: Annotated[float, Field(gt=0, le=1)] | None = None
    window: Seconds | None = None
    open: Seconds | None = None
    max: Seconds | None = None

    @field_validator("max")
    @classmethod
    def _max(cls, longest: float | None, info: ValidationInfo) -> float | None:
        first = info.data.get("open")
        if longest is not None and first is not None and longest < first:
            raise ValueError("'max' is less than 'open', which it bounds")
        return longest


class Off(enum.StrEnum):
    """Says that something is not wanted."""

    OFF = "off"


class BatchSpec(Authorable):
    """Deliver up to ``count`` documents as one payload, waiting at most ``wait`` for them."""

    count: Annotated[int, Field(ge=2, le=100_000)]
    wait: Seconds = 1.0


class OrderSpec(Authorable):
    """Keep messages for which ``by`` gives the same value in sequence."""

    by: Expression


class Unclear(enum.StrEnum):
    """What happens to a send whose end nobody knows, at a destination that cannot recognise a second one."""

    PARK = "park"
    REPEAT = "repeat"


class DestinationSpec(Authorable):
    """What every destination may say, whichever connector it names."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")] | None = None
    when: Expression | None = None
    map: MappingName | None = None
    encode: str | Settings | None = None
    retry: RetrySpec | None = None
    rate: PerSecond | None = None
    breaker: BreakerSpec | Off | None = None
    concurrency: Annotated[int, Field(ge=1, le=16)] = 1
    timeout: Timeout | None = None
    batch: BatchSpec | None = None
    priority: Annotated[int, Field(ge=0, le=9)] | None = None
    unclear: Unclear = Unclear.PARK


#: How often or how long something is so: ``3`` (times), ``10m``; a name alone means always.
Faults = str | list[str] | dict[str, Annotated[int, Field(ge=1, le=1000)] | Annotated[Seconds, lasting("1ms", "366d")]]


class Outcome(enum.StrEnum):
    """How the work of a queue ends in a case."""

    DELIVERED = "delivered"
    SKIPPED = "skipped"
    WAITING = "waiting"
    HELD = "held"
    DEAD = "dead"
    DOUBT = "doubt"


class CaseSpec(Authorable):
    """A test that lives with its route: ``given`` payloads, the outputs it must have, the errors it must end in.

    ``given`` is a sample file, a document written here, a message (``{file, text or document, headers, partner,
    after}``), or a list of these. ``now`` is the moment it begins at. ``through`` are the routes that go on with what is
    published, by name; ``true`` is all of them. ``expect`` maps a topic, or a path as the destination writes it, to a
    file (compared exactly) or to a document (compared as a subset). ``with`` are earlier documents, as samples or
    written here, that preflight rules compare with. ``answers`` are those of the systems the route asks, by ``as`` or by
    the name of the step.

    Faults name destinations and systems the route asks: ``when_down`` cannot be reached, ``when_slow`` does what it is
    told and answers too late, at ``when_duplicate`` the worker is lost before it has noted the answer (``from``: what
    is given comes twice). What ``answers`` says of a system that is down is what it answered before. ``effects`` is how
    often something has taken effect, ``attempts`` how many were spent on it, ``outcome`` where its work has ended.
    """

    about: str = ""
    given: str | Settings | list[str | Settings]
    now: Moment | None = None
    through: StrictBool | list[str] = False
    known: Annotated[list[str | Settings], Field(alias="with")] = []
    answers: dict[str, object] = {}
    when_down: Faults = []
    when_slow: Faults = []
    when_duplicate: str | list[str] = []
    expect: dict[str, str | Settings | list[object]] = {}
    expect_error: Code | list[Code] | None = None
    expect_skip: StrictBool = False
    effects: dict[str, Annotated[int, Field(ge=0)]] = {}
    attempts: dict[str, Annotated[int, Field(ge=0)]] = {}
    outcome: dict[str, Outcome] = {}


class RouteSpec(Authorable):
    """One route file."""

    about: str = ""
    source: Annotated[Settings, Field(alias="from")]
    steps: list[Settings] = []
    to: list[Settings] = []
    order: OrderSpec | None = None
    retry: RetrySpec | None = None
    rate: PerSecond | None = None
    breaker: BreakerSpec | Off | None = None
    timeout: Timeout | None = None
    priority: Annotated[int, Field(ge=0, le=9)] = 5
    enabled: bool = True
    cases: list[Settings] = []
