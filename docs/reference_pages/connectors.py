"""docs/reference/connectors.md: every connector with the options of its source and of its sink."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector import Connector, template
from crossdock.registry import Registry
from reference_pages.markdown import code, head, joined, prose
from reference_pages.models import Model, described, nested, title

ABOUT = """
A connector brings messages (source: `from:`) or delivers them (sink: `to:`). `crossdock connectors` lists those that
are installed; `crossdock connectors NAME --json` prints the JSON Schema of the options. Others can be installed beside
these: see [how to write one](../guide/6-for-developers.md#writing-a-connector).

Durations are written `30s`, `15m`, `90d`; sizes `20MB`. A unit is never left out.
"""


def page() -> str:
    """The whole page."""
    connectors = (_connector(one) for _, one in Registry("crossdock.connectors", Connector).all())
    return joined(head("Connectors", ABOUT), *connectors, f"## Name templates\n\n{prose(template.__doc__)}")


def _connector(connector: Connector) -> str:
    return joined(f"## {connector.name}", connector.about, *_roles(connector))


def _roles(connector: Connector) -> Iterator[str]:
    if connector.source is not None:
        yield _options(connector.source.options, f"### {connector.name} as a source")
    if connector.sink is not None:
        yield _options(connector.sink.options, f"### {connector.name} as a sink")
        effect = connector.sink.effect(connector.sink.options.model_construct())
        yield f"Effect class: {code(effect)} ([what that means](../guide/5-promises.md#effect-classes))."
    if connector.call is not None:
        yield _options(connector.call.options, f"### {connector.name} as a call")


def _options(model: Model, heading: str) -> str:
    return joined(described(model, heading), *(described(one, f"#### {title(one)}") for one in nested(model)))
