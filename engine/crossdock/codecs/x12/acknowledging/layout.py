"""How the segments of an answer become a document: nested where its release is described, else as a plain list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from crossdock.codecs.x12.dictionary.library import find_set
from crossdock.message import Document

Tree: TypeAlias = "dict[str, Document]"
Line: TypeAlias = "tuple[str, Tree]"

#: Segment -> loop it stands in. AK2, AK3 and AK4 (999: IK3, IK4) open loops of their own, and so do OTI and TED.
_WITHIN: Mapping[str, tuple[str, ...]] = {
    "AK3": ("AK2",),
    "AK4": ("AK3",),
    "AK5": ("AK2",),
    "IK3": ("AK2",),
    "IK4": ("IK3",),
    "IK5": ("AK2",),
    "CTX": ("IK4", "IK3"),
    "TED": ("OTI",),
    "NTE": ("TED",),
}
_MANY = frozenset({"AK2", "AK3", "AK4", "IK3", "IK4", "CTX", "OTI", "TED", "NTE"})


@dataclass(frozen=True, slots=True)
class Words:
    """What is spelled differently in a 997 and a 999. ``marks`` are the separators no copied value may hold.

    ``composite``: AK401 has components (it has from release 004010 on).
    """

    number: str
    version: str
    marks: str
    segment: str
    element: str
    ending: str
    composite: bool


def words_for(number: str, version: str, marks: str) -> Words:
    """The words of a set at a version."""
    tags = ("IK3", "IK4", "IK5") if number == "999" else ("AK3", "AK4", "AK5")
    return Words(number, version, marks, *tags, composite=version >= "004010")


def document_of(number: str, version: str, lines: Iterable[Line], facts: Tree) -> Tree:
    """The document; its numbers are given when it is written."""
    root: Tree = {
        "_std": "X12",
        "_ver": version,
        "_set": number,
        "_ctl": {"implementation": version} if number == "999" else {},
        "_env": facts,
    }
    if find_set(number, version) is None:
        _list(root, lines)
    else:
        root |= nest(lines)
    return root


def _list(root: Tree, lines: Iterable[Line]) -> None:
    order: list[Document] = []
    for tag, found in lines:
        order.append(tag)
        cast("list[Document]", root.setdefault(tag, [])).append(found)
    root["_order"] = order


def nest(lines: Iterable[Line]) -> Tree:
    """Segments put into their loops."""
    root: Tree = {}
    latest: dict[str, Tree] = {}
    for tag, found in lines:
        loop = next((name for name in _WITHIN.get(tag, ()) if name in latest), "")
        holder = latest[loop] if loop else root
        if tag in _MANY:
            cast("list[Document]", holder.setdefault(tag, [])).append(found)
        else:
            holder[tag] = found
        latest[tag] = found
        for inner, outer in _WITHIN.items():
            if tag in outer:
                latest.pop(inner, None)
    return root
