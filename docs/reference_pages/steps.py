"""docs/reference/steps.md: the keys of a route file, and every step."""

from __future__ import annotations

from crossdock.route.expectation import Expectation
from crossdock.route.spec import BatchSpec, BreakerSpec, CaseSpec, DestinationSpec, OrderSpec, RetrySpec, RouteSpec
from crossdock.route.steps import STEPS
from crossdock.route.steps.ask import CacheSpec, Constant, Question
from crossdock.route.steps.check import Rule
from crossdock.route.steps.choose import Branch, Otherwise
from crossdock.route.steps.contract import AnyStepKind
from crossdock.yaml_source.named_mapping import NamedMapping
from reference_pages.markdown import head, joined, prose
from reference_pages.models import keys, title

ABOUT = """
A route file is `routes/NAME.yaml`: one source, steps in order, one or more destinations. The guide tells
[how they are used](../guide/2-routes.md). Durations are written `30s`, `15m`, `90d`; rates `100/s`, `600/min`.
"""

_INSIDE = {"check": (Rule,), "choose": (Branch, Otherwise), "enrich": (CacheSpec, Constant)}
_SPECS = (
    (RouteSpec, "## The keys of a route"),
    (Expectation, "### Expect, beside the connector of `from`"),
    (DestinationSpec, "## The keys of a destination"),
    (NamedMapping, "### NamedMapping"),
    (RetrySpec, "### Retry"),
    (BreakerSpec, "### Breaker"),
    (BatchSpec, "### Batch"),
    (OrderSpec, "### Order"),
    (CaseSpec, "## The keys of a case"),
)


def page() -> str:
    """The whole page."""
    specs = (f"{heading}\n\n{prose(model.__doc__)}\n\n{keys(model)}" for model, heading in _SPECS)
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
    return f"Beside these, one key names the connector that is asked, with its options.\n\n{keys(kind.config)}"
