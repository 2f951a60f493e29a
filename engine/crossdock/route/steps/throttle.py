"""``throttle``: documents go on at a pace; who comes too early waits in the journal."""

from __future__ import annotations

from crossdock.connector.amounts import PerSecond
from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.plan import Throttle
from crossdock.route.spec import Expression
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.steps.key import key_text


class ThrottleStep(Authorable):
    """Lets documents through at a ``rate``, over all workers and machines; one second's worth may come at once.

    What comes faster waits its turn in the journal: it costs no attempt and holds up nothing else. With ``by`` each
    value of an expression has a pace of its own. A document that a later step drops takes no turn.

    ```yaml
    - throttle: {rate: 100/s, by: buyer.id}
    ```
    """

    rate: PerSecond
    by: Expression | None = None


def compile_throttle(config: ThrottleStep, bench: Bench, builder: Builder) -> Run:
    """A turn for the worker to take: the journal knows whose it is."""
    scope = f"{bench.route}/{bench.guard('throttle')}"
    value = bench.at("by").expression(config.by) if config.by else None
    text, rate = config.by or "", config.rate

    def run(passage: Passage) -> None:
        key = key_text(value(passage.document, passage.scope), text) if value is not None else ""
        passage.throttles += (Throttle(scope=scope, key=key, per_second=rate, step=passage.step),)

    return run


STEP = StepKind(name="throttle", config=ThrottleStep, compile=compile_throttle, shorthand="rate")
