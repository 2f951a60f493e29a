"""What a route may say about the echo: ``from: echo: {…}``, ``to: - echo: {…}``, ``call: echo: {…}``."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from crossdock.connector.amounts import Seconds

_KINDS: TypeAlias = Literal["retry", "reject", "hold", "doubt", "halt"]


class Options(BaseModel):
    """Frozen, and refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Failure(Options):
    """A failure on demand: of which kind, on how many first attempts (without ``times``: on all), with which words.

    ``after_effect`` fails when the thing has been done already, as a connection does that is lost before the answer.
    """

    kind: _KINDS = "retry"
    times: int | None = Field(default=None, ge=0)
    message: str = "the echo was told to fail"
    after: Seconds | None = None
    after_effect: bool = False


class SourceOptions(Options):
    """What is brought: texts as they are, anything else as JSON, each ``times`` over with an identity of its own."""

    bring: tuple[JsonValue, ...] = ("echo",)
    times: int = Field(default=1, ge=1, le=1_000_000)
    content_type: str | None = None
    headers: dict[str, str] = {}
    every: Annotated[Seconds, Field(ge=0.001)] = 1.0


class SinkOptions(Options):
    """What is kept: one line of JSON for each parcel, appended to the file ``keep``, flushed.

    With ``effect: keyed`` a key that stands in the file already is not written again. ``delay`` passes before each
    parcel. ``fail`` fails on demand.
    """

    keep: str | None = None
    effect: Literal["keyed", "opaque"] = "keyed"
    delay: Seconds = 0.0
    fail: Failure | None = None


class CallOptions(Options):
    """What is answered: ``reply``, or, without one, what was asked. ``delay`` passes first; ``fail`` fails on demand.

    ``effect`` makes the call one that changes something: ``keyed`` or ``opaque``.
    """

    reply: JsonValue = None
    effect: Literal["keyed", "opaque"] | None = None
    delay: Seconds = 0.0
    fail: Failure | None = None
