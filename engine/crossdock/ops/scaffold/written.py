"""YAML as a person would write it: short maps on one line, quotes only where they are needed, remarks behind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal

from crossdock.message import Document
from crossdock.ops.scaffold.nodes import Leaf, Node, Remark, Shape

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z_$(/][^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\\\"]*\Z")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"})
_SHORT = 60  # of a value that is shown


def field_lines(name: str, node: Node, indent: str) -> Iterator[str]:
    """A field with everything below it."""
    flat = _flat(node)
    if flat is not None and len(indent) + len(name) + len(flat) + 2 <= WIDTH:
        yield _noted(f"{indent}{key(name)}: {flat}", node.remark)
        return
    if isinstance(node, Leaf):
        yield _noted(
            f"{indent}{key(name)}: {flow(node.value) if isinstance(node.value, dict) else block(node.value)}",
            node.remark,
        )
        return
    yield _noted(f"{indent}{key(name)}:", node.remark)
    inner = f"{indent}  "
    for option, value in node.options.items():
        yield f"{inner}{option}: {block(value)}"
    if node.options:
        yield f"{inner}fields:"
        inner += "  "
    for below, one in node.fields.items():
        yield from field_lines(below, one, inner)


def block_lines(name: str, value: Document, indent: str) -> Iterator[str]:
    """A value as it may have several lines: what is short stays on one."""
    flat = flow(value)
    if len(indent) + len(name) + len(flat) + 2 <= WIDTH or not isinstance(value, dict | list) or not value:
        yield f"{indent}{name}: {flat}"
        return
    yield f"{indent}{name}:"
    if isinstance(value, dict):
        for below, inner in value.items():
            yield from block_lines(key(below), inner, f"{indent}  ")
    else:
        yield from (f"{indent}  - {flow(inner)}" for inner in value)


def _noted(line: str, remark: Remark | None) -> str:
    return line if remark is None else f"{line}   {remark}"


def _flat(node: Node) -> str | None:
    """On one line: an expression, or a small shape that nothing has to be said of."""
    if isinstance(node, Leaf):
        return flow(node.value) if isinstance(node.value, dict | list) else block(node.value)
    parts = list(node.fields.items())
    if node.options or len(parts) > 3 or any(one.remark or isinstance(one, Shape) for _, one in parts):  # noqa: PLR2004
        return None
    inner = ", ".join(f"{key(name)}: {flow(one.value)}" for name, one in parts if isinstance(one, Leaf))
    return f"{{{inner}}}"


def key(name: str) -> str:
    """The name of a field."""
    return name if _KEY.match(name) and name.lower() not in _WORDS else quoted(name)


def block(value: Document) -> str:
    """A value with a line of its own."""
    if isinstance(value, str):
        return value if _is_plain(value) else quoted(value)
    return flow(value)


def flow(value: Document) -> str:
    """A value on one line, inside braces or alone."""
    match value:
        case str():
            return value if _is_plain(value) and not re.search(r"[\[\]{},]", value) else quoted(value)
        case dict():
            return "{" + ", ".join(f"{key(name)}: {flow(inner)}" for name, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(flow(inner) for inner in value) + "]"
        case bool() | None:
            return json.dumps(value)
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def _is_plain(text: str) -> bool:
    trap = text.lower() in _WORDS or text != text.strip() or text.endswith(":")
    return bool(_PLAIN.match(text)) and not trap and ": " not in text and " #" not in text


def quoted(text: str) -> str:
    """In double quotes, everything that cannot be seen escaped."""
    escaped = (char if char.isprintable() else _escape(char) for char in text.replace("\\", "\\\\").replace('"', '\\"'))
    return f'"{"".join(escaped)}"'


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004


def shown(value: object) -> str:
    """A value of the sample, safe inside a comment: one line, not long."""
    text = "".join(char if char.isprintable() else "·" for char in str(value))
    return repr(text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…")
