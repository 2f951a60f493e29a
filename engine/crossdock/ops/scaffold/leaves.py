"""The plain values of documents by where they stand, and the expression that reaches each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from crossdock.message import Document

MANY = "*"  # any place of a list
_MAX_KINDS, _MAX_VALUES, _MAX_STEPS = 2_000, 200, 200_000
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

Path: TypeAlias = tuple[str, ...]


@dataclass(slots=True)
class Found:
    """Values by their path, and the lists (and single objects) that have objects in them."""

    values: dict[Path, list[Document]] = field(default_factory=dict)
    lists: dict[Path, None] = field(default_factory=dict)
    objects: dict[Path, None] = field(default_factory=dict)


def found_in(documents: Iterable[Document]) -> Found:
    """Everything that is there, of the first so many values."""
    found = Found()
    for steps, (path, value) in enumerate(pair for document in documents for pair in _walk(document)):
        if steps > _MAX_STEPS:
            break
        if isinstance(value, dict):
            target = found.lists if path[-1:] == (MANY,) else found.objects
            if len(target) < _MAX_KINDS:
                target[path] = None
        elif path in found.values or len(found.values) < _MAX_KINDS:
            kept = found.values.setdefault(path, [])
            if len(kept) < _MAX_VALUES:
                kept.append(value)
    return found


def _walk(document: Document) -> Iterator[tuple[Path, Document]]:
    waiting: list[tuple[Path, Document]] = [((), document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            yield path, value
            waiting += [((*path, name), inner) for name, inner in reversed(value.items()) if not name.startswith("_")]
        elif isinstance(value, list):
            waiting += [((*path, MANY), inner) for inner in reversed(value)]
        else:
            yield path, value


def expression(path: Sequence[str], many: str = "[0]") -> str:
    """JMESPath to a value; of a list on the way the first, or all with ``many="[]"``."""
    steps = (many if step == MANY else f".{_key(step)}" for step in path)
    return "".join(steps).removeprefix(".") or "@"


def _key(name: str) -> str:
    return name if _IDENTIFIER.match(name) else json.dumps(name, ensure_ascii=False)
