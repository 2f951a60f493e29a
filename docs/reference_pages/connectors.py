"""docs/reference/connectors.md: every connector with the options of its source and of its sink."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

import yaml
from pydantic import BaseModel

from crossdock.connector import Connector, SinkKind, template
from crossdock.registry import Registry
from reference_pages.markdown import code, head, joined, prose
from reference_pages.models import Model, described, nested, title

ABOUT = """
A connector brings messages (source: `from:`) or delivers them (sink: `to:`). `crossdock connectors` lists those that
are installed; `crossdock connectors NAME --json` prints the JSON Schema of the options. Others can be installed beside
these: see [how to write one](../guide/19-write-a-connector.md).

Durations are written `30s`, `15m`, `90d`; sizes `20MB`. A unit is never left out.
"""

_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


def page() -> str:
    """The whole page."""
    modules = {point.name: point.module for point in entry_points(group="crossdock.connectors")}
    found = Registry("crossdock.connectors", Connector).all()
    connectors = (_connector(one, sys.modules[modules[name]].__doc__ or "") for name, one in found)
    return joined(head("Connectors", ABOUT), *connectors, f"## Name templates\n\n{prose(template.__doc__)}")


def _connector(connector: Connector, docstring: str) -> str:
    told = prose(docstring).partition("\n\n")[2]
    return joined(f"## {connector.name}", connector.about, told, *_roles(connector, docstring))


def _roles(connector: Connector, docstring: str) -> Iterator[str]:
    if connector.source is not None:
        yield _options(connector.source.options, f"### {connector.name} as a source")
    if connector.sink is not None:
        yield _options(connector.sink.options, f"### {connector.name} as a sink")
        effect = connector.sink.effect(_example(connector.name, connector.sink, docstring))
        yield f"Effect class in the example: {code(effect)} ([what that means](../guide/5-promises.md#effect-classes))."
    if connector.call is not None:
        yield _options(connector.call.options, f"### {connector.name} as a call")


def _example(name: str, sink: SinkKind[Any], docstring: str) -> BaseModel:
    """The options of the first destination in the examples, as they are written there; none where there is none."""
    blocks = (yaml.safe_load(block) for block in _BLOCK.findall(docstring))
    sinks = (one for block in blocks if isinstance(block, dict) for one in block.get("to", ()) if isinstance(one, dict))
    written = next((one[name] for one in sinks if name in one), None) or {}
    made: BaseModel = sink.options.model_construct(None, **written)
    return made


def _options(model: Model, heading: str) -> str:
    return joined(described(model, heading), *(described(one, f"#### {title(one)}") for one in nested(model)))
