"""Presets that are there: those of installed packages, and those of a project.

A package names a folder of YAML files under the entry-point group ``crossdock.presets``: the value is the module in
which they lie, ``presets = "my_package.presets"``. A project has its own in ``presets/``.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from crossdock.connector import Connector
from crossdock.errors import ConfigError, Finding
from crossdock.yaml_source import Authored, load

if TYPE_CHECKING:
    from crossdock.preset.making import Known, Preset

GROUP = "crossdock.presets"
FOLDER = "presets"


@cache
def installed() -> Mapping[str, Path]:
    """The files of installed presets by name, without reading them. Of two of one name the first counts."""
    found: dict[str, Path] = {}
    for point in importlib.metadata.entry_points(group=GROUP):
        for file in _files(point.value):
            found.setdefault(file.stem, file)
    return found


def read(name: str, file: Path, known: Known) -> Preset:
    """An installed preset. Raises ``ConfigError``."""
    from crossdock.preset.making import preset  # noqa: PLC0415 - a project without presets does not wait for their models

    return preset(name, load(file.read_bytes(), file.name), known)


def on_demand(known: Known) -> Mapping[str, Callable[[], Connector]]:
    """Installed presets as connectors, each read when it is asked for."""
    return {name: _later(name, file, known) for name, file in installed().items()}


def of_project(
    sources: Mapping[str, Authored], taken: Iterable[str], known: Known
) -> tuple[dict[str, Connector], list[Finding]]:
    """The presets of a project as connectors, and every mistake in them."""
    if not sources:
        return {}, []
    from crossdock.preset.making import preset  # noqa: PLC0415 - likewise

    made: dict[str, Connector] = {}
    findings: list[Finding] = []
    names = set(taken)
    for name, source in sources.items():
        if name in names:
            message = f"a connector or a preset is named '{name}' already"
            findings.append(Finding(code="R505", message=message, place=source.place(()), hint="rename the file"))
            continue
        try:
            made[name] = preset(name, source, known).connector
        except ConfigError as error:
            findings.extend(error.findings)
    return made, findings


def _later(name: str, file: Path, known: Known) -> Callable[[], Connector]:
    return lambda: read(name, file, known).connector


def _files(module: str) -> list[Path]:
    """The YAML files that lie in a module; a package is looked for, and none of its code run but its parents'."""
    spec = importlib.util.find_spec(module)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    return sorted(file for folder in folders for file in Path(folder).glob("*.yaml"))
