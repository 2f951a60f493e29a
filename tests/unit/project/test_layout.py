"""The shape of the checkout: where things lie, how long they are, what they may be called and may say."""

from __future__ import annotations

import ast
import functools
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
SOURCES = (ROOT / "engine", ROOT / "connectors")

FOLDERS = {
    ".ci",
    "benchmarks",
    "connectors",
    "docs",
    "engine",
    "mappings",
    "partners",
    "routes",
    "samples",
    "tests",
}
NOT_OURS = {".git", ".dev", "__pycache__", "build", "dist"}  # and what hides behind a dot: caches of tools

MAX_LINES = 500
MAX_FUNCTION = 50
MEDIAN_FUNCTION = 10

EMPTY_NAMES = re.compile(r"(^|_)(utils?|helpers?|common|misc|managers?|handlers?)(_|$)")
ABSOLUTE = re.compile(r"(?<![\w.~}*])/(?:home|root|work|Users)/\w")
REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs|crates|debian|maven)\.(?:org|io|com)\b")


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith(".") and path.name not in {".ci", ".gitignore"}
        if hidden or path.name in NOT_OURS:
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def _named(paths: Iterator[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@functools.cache
def _modules() -> list[tuple[Path, ast.Module]]:
    paths = (path for source in SOURCES for path in _files(source) if path.suffix == ".py")
    return [(path, ast.parse(path.read_text())) for path in paths]


def _texts() -> Iterator[tuple[Path, str]]:
    for path in _files(ROOT):
        try:
            yield path, path.read_text()
        except UnicodeDecodeError:
            continue  # a sample in another encoding


def _functions() -> Iterator[tuple[str, int]]:
    for path, module in _modules():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1


def test_only_the_designed_folders_lie_at_the_top() -> None:
    found = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name not in NOT_OURS}
    assert {name for name in found if not name.startswith(".") or name == ".ci"} <= FOLDERS


def test_no_file_is_longer_than_500_lines() -> None:
    scripts = (path for path in _files(ROOT) if path.suffix == ".py" or path.name in {"dev", "run"})
    assert _named(path for path in scripts if len(path.read_text().splitlines()) > MAX_LINES) == []


def test_no_function_is_longer_than_50_lines() -> None:
    assert [f"{name}: {length}" for name, length in _functions() if length > MAX_FUNCTION] == []


def test_half_of_the_functions_are_shorter_than_ten_lines() -> None:
    assert statistics.median(length for _, length in _functions()) < MEDIAN_FUNCTION


def test_no_module_has_a_name_that_says_nothing() -> None:
    paths = (path for folder in (*SOURCES, ROOT / "tests") for path in _files(folder))
    assert _named(path for path in paths if EMPTY_NAMES.search(path.stem) or EMPTY_NAMES.search(path.parent.name)) == []


def test_every_module_says_what_it_is_for() -> None:
    assert _named(path for path, module in _modules() if not ast.get_docstring(module)) == []


def test_every_package_ships_its_types() -> None:
    assert all((package / "py.typed").exists() for source in SOURCES for package in source.glob("crossdock*"))


def test_test_folders_are_no_packages() -> None:
    assert _named((ROOT / "tests").rglob("__init__.py")) == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert _named(path for path, text in _texts() if ABSOLUTE.search(text)) == []


def test_no_file_names_a_package_registry() -> None:
    assert _named(path for path, text in _texts() if REGISTRY.search(text)) == []
