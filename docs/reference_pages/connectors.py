"""docs/reference/connectors.md: every connector with the options of its source and of its sink."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector import Connector, template
from crossdock.ops.manual import Manual, manual
from crossdock.registry import Registry
from reference_pages.markdown import code, head, joined, prose
from reference_pages.models import Model, described, nested, title

ABOUT = """
A connector brings messages (source: `from:`) or delivers them (sink: `to:`). `crossdock connectors` lists those that
are installed; `crossdock connectors NAME --json` prints the JSON Schema of the options. Others can be installed beside
these: see [how to write one](../guide/19-write-a-connector.md).

Durations are written `30s`, `15m`, `90d`; sizes `20MB`. A unit is never left out.
"""

PROMISES = "../guide/5-promises.md#effect-classes"


def page() -> str:
    """The whole page."""
    connectors = (_connector(manual(one)) for _, one in Registry("crossdock.connectors", Connector).all())
    return joined(head("Connectors", ABOUT), *connectors, f"## Name templates\n\n{prose(template.__doc__)}")


def _connector(told: Manual) -> str:
    return joined(f"## {told.connector.name}", told.connector.about, prose(told.text), *_roles(told))


def _roles(told: Manual) -> Iterator[str]:
    for role, options in told.roles:
        article = "an" if role == "endpoint" else "a"
        yield _options(options, f"### {told.connector.name} as {article} {role}")
        if role == "sink":
            yield f"Effect class in the example: {code(told.effect)} ([what that means]({PROMISES}))."


def _options(model: Model, heading: str) -> str:
    return joined(described(model, heading), *(described(one, f"#### {title(one)}") for one in nested(model)))
