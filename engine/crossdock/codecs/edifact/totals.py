"""Agreements across segments: CNT and the amounts of the summary section against what they count and add up.

A mismatch is a warning unless an option says otherwise: a CONTRL has no code for it, and what a total covers differs
from guide to guide. So a sum is judged only where every entry on its way has the amount it asks for, and where the
dictionary knows several ways to add up, one that agrees is enough. A file that lost a line does not pass unseen: UNT
counts the segments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Context, Decimal
from functools import reduce

from crossdock.codecs.edi.model import Balance, Step
from crossdock.message import Document

Tree = dict[str, Document]
#: (kind of finding, reference, pointer, value, what it is really, what was counted)
Mismatch = tuple[str, str, str, str, str, str]

_NUMBER = re.compile(r"-?\d{1,40}(?:[.,]\d{1,40})?", re.ASCII)  # nothing that could cost more than its own length
_EXACT = Context(prec=100)  # amounts have up to 35 digits


def _entries(holder: Tree, step: Step, pointer: str = "") -> Iterator[tuple[Tree, str]]:
    value = holder.get(step.name)
    listed = value if isinstance(value, list) else [] if value is None else [value]
    for index, one in enumerate(listed):
        if isinstance(one, dict) and (not step.element or one.get(step.element) == step.value):
            yield one, f"{pointer}/{step.name}/{index}" if isinstance(value, list) else f"{pointer}/{step.name}"


def _reached(root: Tree, path: Sequence[Step]) -> list[list[Tree]]:
    """What the last step of a path leads to, for each entry of the steps before it."""
    holders = [root]
    for step in path[:-1]:
        holders = [entry for holder in holders for entry, _ in _entries(holder, step)]
    return [[entry for entry, _ in _entries(holder, path[-1])] for holder in holders]


def _value(entry: Tree, step: Step) -> Decimal | None:
    """The number beside the qualifier, the second component of the first composite; None where it is no number."""
    value = entry.get(f"{step.name.partition('_')[0]}0102")
    return Decimal(value.replace(",", ".")) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def _sum(reached: Sequence[Sequence[Tree]], step: Step) -> Decimal | None:
    """None where an entry on the way has no such amount, one is no number (it is told there), or there is none."""
    amounts = [_value(entry, step) for entries in reached for entry in entries]
    known = [amount for amount in amounts if amount is not None]
    return reduce(_EXACT.add, known) if known and all(reached) and len(known) == len(amounts) else None


def _actual(balance: Balance, root: Tree, announced: Decimal) -> tuple[str, str] | None:
    """(what it is really, along which path), None where one of the paths agrees or none can be followed."""
    said: tuple[str, str] | None = None
    for path in balance.paths:
        reached = _reached(root, path)
        actual = Decimal(sum(map(len, reached))) if balance.operation == "count" else _sum(reached, path[-1])
        if actual == announced:
            return None
        if actual is not None:
            said = said or (f"{actual:f}", ".".join(map(_shown, path)))
    return said


def _shown(step: Step) -> str:
    return f"{step.name}[{step.value}]" if step.value else step.name


def mismatches(balances: Sequence[Balance], root: Tree) -> Iterator[Mismatch]:
    """What does not add up in a message."""
    for balance in balances:
        for entry, pointer in _entries(root, balance.total):
            announced = _value(entry, balance.total)
            wrong = None if announced is None else _actual(balance, root, announced)
            if wrong is not None:
                value = str(entry[f"{balance.total.name.partition('_')[0]}0102"])
                yield f"total_{balance.operation}", _shown(balance.total), pointer, value, *wrong
