"""``tap``: publish a copy of the document as it is at this point."""

from __future__ import annotations

from crossdock.route.bench import Bench
from crossdock.route.judged import judge
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.plan import Publish
from crossdock.route.spec import Expression
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.to import publish, topic_at


class Tap(Authorable):
    """Publishes a copy to a topic; it leaves even if a later step skips or stops the document.

    ```yaml
    - tap: audit.orders
    ```
    """

    topic: str
    when: Expression | None = None


def compile_tap(config: Tap, bench: Bench, builder: Builder) -> Run:
    """Publish, and go on."""
    topic = topic_at(bench.at("topic"), config.topic)
    condition = bench.at("when").condition(config.when) if config.when else None
    if config.when:
        judge(bench.at("when"), config.when)
    builder.publishes(bench.at("topic"), config.topic, builder.flow.shape)
    emit = publish(bench.slot(None, "tap"), topic, condition, None, None)

    def run(passage: Passage) -> None:
        output = emit(passage)
        if isinstance(output, Publish):
            passage.taps += (output,)

    return run


STEP = StepKind(name="tap", config=Tap, compile=compile_tap, shorthand="topic")
