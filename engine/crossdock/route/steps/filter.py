"""``filter``: let through only what a condition holds for."""

from __future__ import annotations

from crossdock.route.bench import Bench
from crossdock.route.judged import judge
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.spec import Expression
from crossdock.route.steps.contract import Builder, StepKind


class Filter(Authorable):
    """Skips the documents for which the expression is not true; the journal keeps them as skipped, with this reason.

    An expression that gives null is an error and not a no: a misspelt field must not drop every order.

    ```yaml
    - filter: "status != 'cancelled'"
    ```
    """

    that: Expression


def compile_filter(config: Filter, bench: Bench, builder: Builder) -> Run:
    """One call of the condition."""
    holds = bench.condition(config.that)
    judge(bench, config.that)
    reason = config.that

    def run(passage: Passage) -> str | None:
        return None if holds(passage.document, passage.scope) else reason

    return run


STEP = StepKind(name="filter", config=Filter, compile=compile_filter, bare="that")
