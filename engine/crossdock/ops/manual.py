"""What a connector says about itself: in the docstring of the module that registers it, with a runnable example."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from inspect import cleandoc

import yaml
from pydantic import BaseModel

from crossdock.connector import Connector, Effect
from crossdock.preset.found import installed, read
from crossdock.preset.making import Preset
from crossdock.preset.options import PlaceOptions
from crossdock.registry import Registry

_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Manual:
    """One connector. ``text`` is its docstring after the first paragraph, Markdown with the examples in it.

    ``places`` are those of a preset, with the model of each.
    """

    connector: Connector
    text: str
    places: Mapping[str, type[PlaceOptions]] = field(default_factory=dict)

    @property
    def examples(self) -> tuple[str, ...]:
        """Its YAML blocks."""
        return tuple(_BLOCK.findall(self.text))

    @property
    def effect(self) -> Effect | None:
        """The effect class of its sink, with the options of the example; None where it is no sink, or has several."""
        sink = self.connector.sink
        if sink is None:
            return None
        if self.places:
            return None
        written = next((one for block in self.examples for one in _sinks(block, self.connector.name)), {})
        options: BaseModel = sink.options.model_construct(None, **written)
        return sink.effect(options)

    @property
    def roles(self) -> tuple[tuple[str, type[BaseModel]], ...]:
        """What it can be, with the model of the options."""
        one = self.connector
        kinds = (("source", one.source), ("endpoint", one.endpoint), ("sink", one.sink), ("call", one.call))
        return tuple((role, kind.options) for role, kind in kinds if kind is not None)


def presets(connectors: Registry[Connector], only: str | None = None) -> Mapping[str, Manual]:
    """The manuals of the installed presets, by name; of ``only`` one, whatever is wrong with the others."""
    wanted = {name: file for name, file in installed().items() if only in (None, name)}
    return {name: _of_preset(read(name, file, connectors.get)) for name, file in wanted.items()}


def _of_preset(preset: Preset) -> Manual:
    file = preset.file
    places = "\n".join(f"* `{name}` ({one.role}): {one.about}" for name, one in file.places.items())
    bases = " and ".join(f"[`{on}`](connectors.md#{on})" for on in dict.fromkeys(file.bases.values()))
    about = f"A preset on {bases}. It follows: {file.follows}"
    return Manual(preset.connector, f"{about}\n\n{places}\n\n{file.text.strip()}", dict(preset.places))


def manual(connector: Connector) -> Manual:
    """The manual of an installed connector, which has been loaded; of a local one there is no text."""
    modules = {point.name: point.module for point in entry_points(group="crossdock.connectors")}
    module = sys.modules.get(modules.get(connector.name, ""))
    return Manual(connector, cleandoc(module.__doc__ or "").partition("\n\n")[2] if module else "")


def _sinks(block: str, name: str) -> Iterator[dict[str, object]]:
    """The options of destinations with that connector in an example."""
    route = yaml.safe_load(block)
    for one in route.get("to", ()) if isinstance(route, dict) else ():
        if isinstance(one, dict) and isinstance(one.get(name), dict):
            yield one[name]
