"""The tree that HL segments describe (HL01 id, HL02 parent, HL03 level), beside the flat list.

``HL_S[].HL_O[].HL_P[]`` follows the levels downwards; in the flat list each HL has its parent as ``_up``. The dicts
of tree and list share what they hold, and neither contains itself, so the document stays plain JSON.
"""

from __future__ import annotations

from typing import cast

from crossdock.message import Document

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
        branch = cast("list[Document]", (above[1] if above else root).setdefault(f"HL_{level}", []))
        branch.append(node)
        by_id[identity] = (one, node, above[2] + 1 if above else 1)
    return misfits
