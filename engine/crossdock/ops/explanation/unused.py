"""The values of a source document that no expression looked at, those of one kind together."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from crossdock.codecs.pointer import step
from crossdock.message import Document
from crossdock.ops.explanation.repeats import TREE, Repeats

EXAMPLES = 50  # values of one kind that are kept with their places
MAX_LEAVES = 200_000  # of one document


@dataclass(slots=True)
class Unused:
    """Values that stand at the same path of lists: ``/PO1/*/PO104``. ``pointers`` are the first of ``count``."""

    path: str
    count: int = 0
    pointers: list[str] = field(default_factory=list)


def unused(document: Document, used: Collection[str]) -> list[Unused]:
    """What nothing looked at: not the bookkeeping of codecs (``_…``), and not what is empty."""
    repeats = Repeats(document)
    taken = set(used) | {pointer for one in used for pointer in repeats.originals(one)}
    groups: dict[str, Unused] = {}
    for count, (pointer, path) in enumerate(leaves(document, tree=not repeats.has_tree())):
        if count >= MAX_LEAVES:
            break
        if pointer in taken:
            continue
        group = groups.setdefault(path, Unused(path))
        group.count += 1
        if len(group.pointers) < EXAMPLES:
            group.pointers.append(pointer)
    return list(groups.values())


def leaves(document: Document, *, tree: bool = True) -> Iterator[tuple[str, str]]:
    """(pointer, path with ``*`` for every place in a list) of each plain value that is not empty, in order.

    Without ``tree`` what stands in a tree of HL segments is left out: their list has it.
    """
    waiting: list[tuple[Document, str, str]] = [(document, "", "")]
    while waiting:
        value, pointer, path = waiting.pop()
        if isinstance(value, dict):
            keys = [key for key in value if not key.startswith("_" if tree else ("_", TREE))]
            inner = [(value[key], pointer + step(key), path + step(key)) for key in keys]
            waiting += reversed(inner)
        elif isinstance(value, list):
            listed = [(item, f"{pointer}/{at}", f"{path}/*") for at, item in enumerate(value)]
            waiting += reversed(listed)
        elif value is not None and value != "":
            yield pointer, path
