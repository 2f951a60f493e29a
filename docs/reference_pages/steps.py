"""docs/reference/steps.md: the keys of a route file, and every step."""

from __future__ import annotations

from crossdock.route.ask import CacheSpec, Constant, Question
from crossdock.route.expectation import Expectation
from crossdock.route.spec import BatchSpec, BreakerSpec, CaseSpec, DestinationSpec, OrderSpec, RetrySpec, RouteSpec
from crossdock.route.steps import STEPS
from crossdock.route.steps.check import Rule
from crossdock.route.steps.choose import Branch, Otherwise
from crossdock.route.steps.contract import AnyStepKind
from reference_pages.markdown import head, joined, prose
from reference_pages.models import keys, title

ABOUT = """
A route file is `routes/NAME.yaml`: one source, steps in order, one or more destinations. The guide tells
[how they are used](../guide/2-routes.md). Durations are written `30s`, `15m`, `90d`; rates `100/s`, `600/min`.
"""

_NOTES = {
    "from": "One connector with its options, or `topic:` with one topic or a list; `*` stands for any one word.",
    "to": "A list: each entry one connector or `topic:`, with the keys of a destination beside it.",
    "timeout": "How long a destination may take for one parcel; a call that takes much longer is given up.",
    "enabled": "`false`: its source is not polled and its topics are not read.",
    "retry": "What is left out comes from the project, then from its defaults: 6 attempts, 2s, factor 3, max 15m.",
    "when": "An expression; only documents for which it is true go here.",
    "map": "A mapping, for this destination alone.",
    "encode": "A codec. Without one the document leaves as JSON.",
    "batch": "Several documents in one file, for jobs that want one.",
    "unclear": "What to do about a send whose end nobody knows, at an opaque destination.",
    "order": "Off if not said.",
    "rate": "At most so many parcels.",
    "cases": "Tests that live with the route: `crossdock test`.",
    "name": "The second half of its queue's name, `ROUTE/NAME`. The connector's name if not said.",
    "about": "A sentence for people.",
    "priority": "Higher goes first.",
}
_INSIDE = {"check": (Rule,), "choose": (Branch, Otherwise), "enrich": (CacheSpec, Constant)}
_ASKING = {
    **_NOTES,
    "name": "The second half of its queue's name, `ROUTE/NAME`. `ask-` and what `as` says if not said.",
    "replace": "`true`: the answer may take the place of a field.",
    "send": "An expression: what is sent. The document if not said.",
    "map": "A mapping that makes what is sent.",
    "encode": "A codec for what is sent. Without one it is JSON.",
    "timeout": "How long one answer may take.",
    "rate": "At most so many questions.",
    "concurrency": "Questions of one worker under way at the same time.",
    "fallback": "What stands in for an answer that is not to be had.",
    "cache": "Under which key answers are used again, and for how long.",
    "unclear": "What to do about a question whose end nobody knows, where asking twice does it twice.",
    "as": "The field the answer becomes.",
}
_SPECS = (
    (RouteSpec, "## The keys of a route"),
    (Expectation, "### Expect, beside the connector of `from`"),
    (DestinationSpec, "## The keys of a destination"),
    (RetrySpec, "### Retry"),
    (BreakerSpec, "### Breaker"),
    (BatchSpec, "### Batch"),
    (OrderSpec, "### Order"),
    (CaseSpec, "## The keys of a case"),
)


def page() -> str:
    """The whole page."""
    specs = (f"{heading}\n\n{prose(model.__doc__)}\n\n{keys(model, _NOTES)}" for model, heading in _SPECS)
    return joined(head("Routes and steps", ABOUT), *specs, "## Steps", *(_step(kind) for kind in STEPS.values()))


def _step(kind: AnyStepKind) -> str:
    inside = (f"#### {title(model)}\n\n{prose(model.__doc__)}\n\n{keys(model)}" for model in _INSIDE.get(kind.name, ()))
    return joined(f"### {kind.name}", prose(kind.config.__doc__), _settings(kind), *inside)


def _settings(kind: AnyStepKind) -> str:
    if kind.bare is not None:
        return ""  # the whole value is its one setting, and the example shows it
    short = f"A plain value stands for `{kind.shorthand}`.\n\n" if kind.shorthand else ""
    if not issubclass(kind.config, Question):
        return short + keys(kind.config)
    return f"Beside these, one key names the connector that is asked, with its options.\n\n{keys(kind.config, _ASKING)}"
