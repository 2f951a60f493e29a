"""What the engine imports is what pyproject.toml names, under licences that ask for no more than credit."""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
OURS = {"crossdock", "crossdock_connectors"}
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DECLARED = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
OPTIONAL = {
    canonicalize_name(Requirement(text).name) for extra in PROJECT["optional-dependencies"].values() for text in extra
}
PLUGINS = [
    importlib.metadata.EntryPoint(name, value, group)
    for group, points in PROJECT["entry-points"].items()
    for name, value in points.items()
]

PERMISSIVE = re.compile(r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|zlib|any-OSI)\b", re.IGNORECASE)


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - OURS


@functools.cache
def _imported() -> set[str]:
    """Distributions that the two source roots import from."""
    roots = (ROOT / "engine" / "crossdock", ROOT / "connectors" / "crossdock_connectors")
    modules = {name for root in roots for path in root.rglob("*.py") for name in _imports(path)}
    providers = importlib.metadata.packages_distributions()
    return {canonicalize_name(provider) for module in modules for provider in providers.get(module, [module])}


def _licence(distribution: str) -> str:
    about = importlib.metadata.metadata(distribution).json
    return f"{about.get('license_expression', '')} {about.get('license', '')} {about.get('classifier', '')}"


def test_every_import_is_a_declared_dependency() -> None:
    # pydantic-core has pydantic's error details; pydantic pins its exact version. What sees trytond is a script that the
    # Python of another environment runs, to fill a database for the live tests.
    assert _imported() - DECLARED - OPTIONAL - {"pydantic-core", "trytond"} == set()


def test_every_declared_dependency_is_imported() -> None:
    assert DECLARED - _imported() - {"httptools"} == set()  # uvicorn imports it, where it is there


@pytest.mark.parametrize("distribution", sorted(DECLARED))
def test_a_dependency_has_a_permissive_licence(distribution: str) -> None:
    assert PERMISSIVE.search(_licence(distribution)) or distribution == "paramiko"  # LGPL: docs/adr/0003


def test_the_project_itself_is_under_the_mit_licence() -> None:
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")
    assert PROJECT["license"] == "MIT"


@pytest.mark.parametrize("point", PLUGINS, ids=lambda point: f"{point.group}:{point.name}")
def test_an_entry_point_leads_to_its_plugin(point: importlib.metadata.EntryPoint) -> None:
    assert point.load() is not None
