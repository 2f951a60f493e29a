"""``enrich``: ask a system that only reads, and merge its answer into the document."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from crossdock.route.bench import Bench
from crossdock.route.steps.ask import Ask, CacheSpec, Question, compile_question
from crossdock.route.steps.contract import Builder, StepKind


class Enrich(Question):
    """Asks a connector that only reads, and puts its answer into the document as field ``as``.

    The document waits for the answer in a queue of its own, so it holds up nothing else; it is retried, limited in
    time and left alone by its breaker as a destination is. With ``cache`` an answer is used again under its key. Where
    none is to be had, ``fallback`` goes on with a constant or the last answer, or holds the document for a person.

    ```yaml
    - enrich:
        http: {get: "https://credit.example/customers/{buyer.id}"}
        as: credit
        cache: {key: buyer.id, for: 10m}
        timeout: 5s
        fallback: {value: {limit: 0}}
    ```
    """

    field: Annotated[str, Field(alias="as", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
    cache: CacheSpec | None = None


def compile_enrich(config: Enrich, bench: Bench, builder: Builder) -> Ask | None:
    """One question."""
    return compile_question(config, config.field, bench, builder, cache=config.cache)


STEP = StepKind(name="enrich", config=Enrich, compile=compile_enrich, needs_document=True, reshapes=True)
