"""``call``: let another system do something, and go on with its answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from crossdock.route.bench import Bench
from crossdock.route.spec import Unclear
from crossdock.route.steps.ask import Ask, Question, Standby, compile_question
from crossdock.route.steps.contract import Builder, StepKind


class Call(Question):
    """Asks a connector that changes something, once for each document, and puts its answer into field ``as``.

    Every attempt has the same key, and the answer is recorded before the document goes on: a later step that fails
    does not ask again. Where the system honours no key, an unclear end is parked in doubt, unless ``unclear: repeat``.
    Without ``as`` the answer is not kept.

    ```yaml
    - call:
        http: {post: "https://stock.example/reservations"}
        send: "{order: number, lines: lines}"
        as: reservation
    ```
    """

    field: Annotated[str | None, Field(alias="as", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = None
    unclear: Unclear = Unclear.PARK


def compile_call(config: Call, bench: Bench, builder: Builder) -> Ask | None:
    """One question that changes something."""
    if config.fallback is Standby.CACHED:
        hint = "a constant, or hold: what was done for another document was not done for this one"
        bench.at("fallback").report("R235", "'call' has no cache to fall back on", hint=hint)
        return None
    return compile_question(config, config.field, bench, builder, unclear=config.unclear)


STEP = StepKind(name="call", config=Call, compile=compile_call, needs_document=True, reshapes=True)
