"""What a decoded document has at a key, whatever its shape: documents that come from elsewhere may have any."""

from __future__ import annotations

from typing import TypeAlias

from crossdock.message import Document

Tree: TypeAlias = "dict[str, Document]"


def text_at(holder: Tree, key: str) -> str:
    """The text, or nothing."""
    found = holder.get(key)
    return found if isinstance(found, str) else ""


def each_at(holder: Tree, key: str) -> list[Tree]:
    """The segments, one or many."""
    found = holder.get(key)
    entries = found if isinstance(found, list) else [found]
    return [entry for entry in entries if isinstance(entry, dict)]


def one_at(holder: Tree, key: str) -> Tree:
    """The first segment, or an empty one."""
    return next(iter(each_at(holder, key)), {})
