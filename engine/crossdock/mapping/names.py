"""The ``$names`` of expressions: which ones have a meaning, and what an author may call one."""

from __future__ import annotations

import re
from dataclasses import dataclass

SURROUNDINGS = ("headers", "id", "now", "partner", "route")

#: What every element of a loop has: the node around it, its position in the list that is read (from 0), its number in
#: the list that is made, and its number of all that the loop makes of the document (both from 1).
OF_LOOPS = ("parent", "index", "row", "running")

#: Names that nobody can give: they mean something already.
RESERVED = frozenset({"root", *OF_LOOPS, *SURROUNDINGS})

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class BadName:
    """Why a name cannot be given, and what can be done."""

    message: str
    hint: str


def problem_with(name: str) -> BadName | None:
    """What is wrong with the name of a ``let`` or a parameter; None if nothing is."""
    if name in RESERVED:
        return BadName(f"'${name}' has a meaning already", "choose another name")
    if not _NAME.match(name):
        return BadName(f"'{name}' is not a name", "a name has letters, digits and '_', and begins with no digit")
    return None
