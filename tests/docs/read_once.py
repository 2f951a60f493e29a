"""Every page has the pack in a folder of its own. What one of its files says is read and compiled once for all pages.

Known by its bytes, so what a page changes is read anew. Only commands that run in this process gain by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from crossdock.mapping.compile import YamlMapping, compile_mapping
from crossdock.mapping.field_reader import mappings_used
from crossdock.mapping.lookup import Table, Tables, parse_table
from crossdock.yaml_source import Authored, load


class ReadOnce:
    """In the place of what reads and compiles. Mistakes are not remembered."""

    def __init__(self) -> None:
        self._authored: dict[tuple[bytes, str], Authored] = {}
        self._tables: dict[tuple[str, bytes, str], Table] = {}
        self._mappings: dict[tuple[object, ...], YamlMapping] = {}
        self._kept: dict[int, object] = {}  # that no other thing gets the identity of one that is known by it

    def instead(self, patch: pytest.MonkeyPatch) -> None:
        """From now on."""
        patch.setattr("crossdock.route.files.load", self.load)
        patch.setattr("crossdock.route.resources.parse_table", self.parse_table)
        patch.setattr("crossdock.route.resources.compile_mapping", self.compile_mapping)

    def load(self, data: bytes, file: str) -> Authored:
        if (data, file) not in self._authored:
            self._authored[data, file] = self._keep(load(data, file))
        return self._authored[data, file]

    def parse_table(self, name: str, data: bytes, file: str) -> Table:
        if (name, data, file) not in self._tables:
            self._tables[name, data, file] = self._keep(parse_table(name, data, file))
        return self._tables[name, data, file]

    def compile_mapping(
        self, name: str, source: Authored, tables: Tables, mappings: Mapping[str, Authored]
    ) -> YamlMapping:
        parts = [source, *tables.values(), *_used(source, mappings)]
        if any(id(part) not in self._kept for part in parts):  # put together, or somebody listens
            return compile_mapping(name, source, tables, mappings)
        key = (name, *map(id, parts))
        if key not in self._mappings:
            self._mappings[key] = compile_mapping(name, source, tables, mappings)
        return self._mappings[key]

    def _keep(self, made: Any) -> Any:  # noqa: ANN401 - whatever it is
        self._kept[id(made)] = made
        return made


def _used(source: Authored, mappings: Mapping[str, Authored]) -> list[Authored]:
    """The files that a mapping uses, and those that these use."""
    found = [source]
    for one in found:
        fields = one.value.get("fields") if isinstance(one.value, dict) else None
        used = [mappings[name] for name in mappings_used(fields) if name in mappings]
        found += [each for each in used if not any(each is known for known in found)]
    return found[1:]
