"""Business keys: the numbers people ask for a document by (``crossdock trace PO-4711``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from crossdock.message import Document

#: A document's business keys, each once, in the order of importance.
Keys: TypeAlias = Callable[[Document], tuple[str, ...]]

MANY_KEYS = 100  # a list with more entries is not what a document is known by, and every key costs a journal row


def keys_at(*paths: str) -> Keys:
    """Keys that stand at dotted paths; ``[]`` goes through a list: ``keys_at("number", "lines[].order_number")``.

    A path that meets more than ``MANY_KEYS`` different values gives none: half of them would mislead.
    """
    steps = [path.replace("[]", ".[]").split(".") for path in paths]

    def keys(document: Document) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for path in steps:
            met = dict.fromkeys(_values(document, path))
            if len(met) <= MANY_KEYS:
                found.update(met)
        return tuple(found)

    return keys


def no_keys(document: Document) -> tuple[str, ...]:
    """The keys of a contract that names none."""
    return ()


def _values(value: Document, path: Sequence[str]) -> Iterator[str]:
    if not path:
        if isinstance(value, str):
            yield value
    elif path[0] == "[]":
        for entry in value if isinstance(value, list) else ():
            yield from _values(entry, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from _values(value[path[0]], path[1:])
