"""The tree that HL segments describe (HL01 id, HL02 parent, HL03 level), beside the flat list.

``HL_S[].HL_O[].HL_P[]`` follows the levels downwards; in the flat list each HL has its parent as ``_up``. The dicts
of tree and list share what they hold, and neither contains itself, so the document stays plain JSON.

A document to be written may have the tree alone: then the list is made from it, numbered in order, parents first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from crossdock.message import Document

LEVEL = "HL_"  # what the names of the tree begin with; the level code (735) follows
DEEPEST = 32  # levels; real sets use five, and JSON readers stop at some depth

Tree = dict[str, Document]
#: (kind of finding, HL01, value) for each HL that does not fit
Misfit = tuple[str, str, str]


def add_hierarchy(root: Tree) -> list[Misfit]:
    """Adds the tree and the ``_up`` links; says which HLs name no parent before them, or an id twice."""
    flat = root.get("HL")
    misfits: list[Misfit] = []
    if not isinstance(flat, list):
        return misfits
    by_id: dict[str, tuple[Tree, Tree, int]] = {}
    for entry in flat:
        one = cast("Tree", entry)
        identity, parent, level = (str(one.get(key, "")) for key in ("HL01", "HL02", "HL03"))
        node = dict(one)
        if identity in by_id:
            misfits.append(("hierarchy_twice", identity, identity))
        above = by_id.get(parent) if parent else None
        if above is not None and above[2] == DEEPEST:
            above = None
        if parent and above is None:
            misfits.append(("hierarchy_parent", identity, parent))
        if above is not None:
            one["_up"] = above[0]
        branch = cast("list[Document]", (above[1] if above else root).setdefault(f"{LEVEL}{level}", []))
        branch.append(node)
        by_id[identity] = (one, node, above[2] + 1 if above else 1)
    return misfits


def with_flat_hierarchy(root: Tree) -> Tree:
    """The document with the flat list its tree comes to, unless it has a list already.

    HL01 counts, HL02 is the parent's, HL03 the level, HL04 whether any follow; what an entry says of itself is kept.
    """
    if "HL" in root or not any(key.startswith(LEVEL) for key in root):
        return root
    flat: list[Document] = []
    _add_levels(flat, root, "")
    return {**root, "HL": flat}


def _add_levels(flat: list[Document], holder: Tree, parent: str) -> None:
    for level, entry in _below(holder):
        if not isinstance(entry, dict):
            flat.append(entry)  # told where it is written
            continue
        number = str(len(flat) + 1)
        segment: Tree = {"HL01": number, "HL03": level, "HL04": "1" if any(_below(entry)) else "0"}
        if parent:
            segment["HL02"] = parent
        flat.append({**segment, **{key: value for key, value in entry.items() if not key.startswith(LEVEL)}})
        _add_levels(flat, entry, number)


def _below(holder: Tree) -> Iterator[tuple[str, Document]]:
    for key, value in holder.items():
        if key.startswith(LEVEL):
            for entry in value if isinstance(value, list) else [value]:
                yield key.removeprefix(LEVEL), entry
