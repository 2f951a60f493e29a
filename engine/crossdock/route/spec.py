"""A route file as its author wrote it, checked for shape only. What its words refer to is bound in ``compile``."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field, StrictBool, ValidationInfo, field_validator

from crossdock.connector.amounts import PerSecond, Seconds, lasting
from crossdock.route.model import Authorable

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
    map: str | None = None
    encode: str | Settings | None = None
    retry: RetrySpec | None = None
    rate: PerSecond | None = None
    breaker: BreakerSpec | Off | None = None
    concurrency: Annotated[int, Field(ge=1, le=16)] = 1
    timeout: Timeout | None = None
    batch: BatchSpec | None = None
    priority: Annotated[int, Field(ge=0, le=9)] | None = None
    unclear: Unclear = Unclear.PARK


class CaseSpec(Authorable):
    """A test that lives with its route: ``given`` payloads, the outputs it must have, or the error it must end in.

    ``given`` is a sample file, a list of them, or a document written here. ``expect`` maps a topic, or a path as the
    destination writes it, to a file (compared exactly) or to a document (compared as a subset). ``with`` are earlier
    documents, as samples or written here, that preflight rules compare with. ``answers`` are those of the systems the
    route asks, by ``as`` or by the name of the step; ``when_down`` names those that cannot be asked: what ``answers``
    says of them is what they answered before.
    """

    about: str = ""
    given: str | list[str] | Settings
    known: Annotated[list[str | Settings], Field(alias="with")] = []
    answers: dict[str, object] = {}
    when_down: str | list[str] = []
    expect: dict[str, str | Settings | list[object]] = {}
    expect_error: Annotated[str, Field(pattern=r"^[A-Z]+[0-9]{3}$")] | None = None
    expect_skip: StrictBool = False


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
