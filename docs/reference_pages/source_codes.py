"""Error codes in Python source: every literal like "X104", with the text templates that stand beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

_CODE = re.compile(r"[A-Z][0-9]{3}\Z")
_ELEMENTS = re.compile(r"N[0-9]{3}\Z")  # N101 is an element of the X12 segment N1, as every EDI reader knows
_SUITES = "testing"  # contract suites use codes of their own that nobody ever sees …
_SEEN = {"faults.py", "runner.py", "servers", "torture"}  # … but these parts of it are for users
_LONGEST = 160

Names = Mapping[str, ast.expr]


def codes_in(folders: Iterable[Path]) -> dict[str, tuple[str, ...]]:
    """Each code with the different texts it is told in, as far as they stand in the source."""
    found: dict[str, dict[str, None]] = {}
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            parts = file.relative_to(folder).parts
            if _SUITES not in parts or _SEEN.intersection(parts):
                for code, text in _codes(ast.parse(file.read_text(encoding="utf-8"))):
                    found.setdefault(code, {}).update({text: None} if text else {})
    return {code: tuple(texts) for code, texts in sorted(found.items())}


def _codes(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The codes of a file. A code belongs to the innermost call or tuple it stands in, and to its function's names."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_code(node.value):
            holder = parents[node]
            if isinstance(holder, ast.keyword):
                holder = parents[holder]
            for one in _texts(_beside(node, holder), _names_around(node, parents)):
                yield node.value, one
            yield node.value, ""


def _is_code(text: str) -> bool:
    return _CODE.match(text) is not None and _ELEMENTS.match(text) is None


def _beside(code: ast.Constant, holder: ast.AST) -> ast.expr | None:
    """The expression that holds the text told with the code."""
    if isinstance(holder, ast.Call):
        named = next((one.value for one in holder.keywords if one.arg == "message"), None)
        if named is not None or code not in holder.args:
            return named
        return next(iter(holder.args[holder.args.index(code) + 1 :]), None)
    if isinstance(holder, ast.Tuple) and code in holder.elts:
        return next(iter(holder.elts[holder.elts.index(code) + 1 :]), None)
    return None


def _names_around(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> dict[str, list[ast.expr]]:
    """What is assigned to plain names in the function around ``node``."""
    while node in parents and not isinstance(node, ast.FunctionDef):
        node = parents[node]
    names: dict[str, list[ast.expr]] = {}
    for one in ast.walk(node) if isinstance(node, ast.FunctionDef) else ():
        if isinstance(one, ast.Assign):
            for target in one.targets:
                for name, value in _pairs(target, one.value):
                    names.setdefault(name, []).append(value)
    return names


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for inner, part in zip(target.elts, value.elts, strict=False):
            yield from _pairs(inner, part)


def _texts(node: ast.expr | None, names: Mapping[str, list[ast.expr]]) -> Iterator[str]:
    """The texts an expression may have; nothing where the source does not tell."""
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body, names)
        yield from _texts(node.orelse, names)
    elif isinstance(node, ast.Name):
        for value in names.get(node.id, ()):
            yield from _texts(value, {})
    else:
        text = _template(node)
        if " " in text:  # one word is a name of something, no sentence
            yield text


def _template(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_piece(piece) for piece in node.values)[:_LONGEST]
    return ""


def _piece(piece: ast.expr) -> str:
    if isinstance(piece, ast.Constant):
        return str(piece.value)
    return "{" + _hole(piece.value) + "}" if isinstance(piece, ast.FormattedValue) else ""


def _hole(node: ast.expr) -> str:
    """A short name for what is filled in: the last name of an expression."""
    if isinstance(node, ast.Attribute):
        return node.attr.lstrip("_").lower()
    if isinstance(node, ast.Name):
        return node.id.lower()
    if isinstance(node, ast.Call) and node.args:
        return _hole(node.args[0])
    return "…"
