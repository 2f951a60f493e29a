"""``latest``: of documents about one thing, only what is newer than everything seen passes."""

from __future__ import annotations

from crossdock.errors import Finding, Reject
from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.plan import Latest
from crossdock.route.spec import Expression
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.steps.key import key_text
from crossdock.route.template import plain


class LatestStep(Authorable):
    """Skips a document that is older than, or as old as, what this route has seen for its key: stock levels, status.

    ``by`` gives the version: a number, or text that sorts (an ISO date and time, always of one time zone).

    ```yaml
    - latest: {key: "[warehouse, sku]", by: counted_at}
    ```
    """

    key: Expression
    by: Expression


def compile_latest(config: LatestStep, bench: Bench, builder: Builder) -> Run:
    """A guard for the worker to decide: the journal knows the newest version of each key."""
    value, text = bench.at("key").expression(config.key), config.key
    by = bench.at("by").expression(config.by)
    scope = f"{bench.route}/{bench.guard('latest')}"

    def run(passage: Passage) -> None:
        document, around = passage.document, passage.scope
        version = plain(by(document, around))
        if not version:
            message = f"the version {config.by} is not a number or text"
            raise Reject.of([Finding(code="R410", message=message)])
        passage.guards += (Latest(scope=scope, key=key_text(value(document, around), text), version=version),)

    return run


STEP = StepKind(name="latest", config=LatestStep, compile=compile_latest)
