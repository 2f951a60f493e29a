"""``once``: of documents with one key, only the first passes."""

from __future__ import annotations

from crossdock.connector.amounts import Seconds
from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.plan import Once
from crossdock.route.spec import Expression
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.steps.key import key_text
from crossdock.route.traits import Window


class OnceStep(Authorable):
    """Skips a document whose key this route has passed within the time; kept in the journal, so across restarts.

    A key of several parts is a list. Keys are kept 400 days unless ``within`` says less.

    ```yaml
    - once: {key: "[buyer.id, number]", within: 90d}
    ```
    """

    key: Expression
    within: Seconds | None = None


def compile_once(config: OnceStep, bench: Bench, builder: Builder) -> Run:
    """A guard for the worker to decide: the journal knows which keys were taken."""
    value, text = bench.at("key").expression(config.key), config.key
    within = bench.materials.settings.retention.keys if config.within is None else config.within
    written = bench.at("key" if config.within is None else "within")
    bench.notes.traits.windows.append(Window(within, written.place()))
    scope = f"{bench.route}/{bench.guard('once')}"

    def run(passage: Passage) -> None:
        key = key_text(value(passage.document, passage.scope), text)
        passage.guards += (Once(scope=scope, key=key, within=within),)

    return run


STEP = StepKind(name="once", config=OnceStep, compile=compile_once)
