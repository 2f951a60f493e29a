"""Agreements across segments: CTT01 counts the lines, CTT02 adds up their quantities.

A mismatch is a warning unless an option says otherwise. X12 has no acknowledgement code for it (it is a remark of
the set's table, no rule of syntax), partners' systems get it wrong more often than they lose a line, and a file that
lost one does not pass unseen: SE01 counts every segment. Who wants the line count enforced sets ``totals: error``.
CTT02 is right in either of two ways: added up as element 347 has it, over the digits without decimal points and signs,
and cut on the left where it grows too long; or added up as people expect.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import cast

from crossdock.codecs.edi.model import Check
from crossdock.message import Document

HASH_DIGITS = 10  # of element 347
_NO_DIGITS = str.maketrans("", "", "-.")

Tree = dict[str, Document]
#: (kind of finding, reference, value, what it is really, what was counted)
Mismatch = tuple[str, str, str, str, str]


def _entries(root: Tree, path: tuple[str, ...]) -> list[Document]:
    entries = root.get(path[0])
    return entries if isinstance(entries, list) else [] if entries is None else [entries]


def _counted(check: Check, root: Tree, value: str) -> str | None:
    actual = len(_entries(root, check.path))
    told_already = not (value.isascii() and value.isdigit())
    return None if told_already or value.lstrip("0") == str(actual or "") else str(actual)


def _hash(values: list[str]) -> Decimal:
    return Decimal(sum(int(value.translate(_NO_DIGITS) or "0") for value in values) % 10**HASH_DIGITS)


def _summed(check: Check, root: Tree, value: str) -> str | None:
    values = [str(cast("Tree", one).get(check.path[1], "0")) for one in _entries(root, check.path)]
    try:
        announced, actual = Decimal(value), sum(map(Decimal, values), Decimal(0))
        right = announced == actual or announced == _hash(values)
    except (InvalidOperation, ValueError):
        return None  # a value that is no number is told where it stands
    return None if right else f"{actual:f}"


def mismatches(checks: tuple[Check, ...], root: Tree) -> Iterator[Mismatch]:
    """What does not add up in a transaction."""
    for check in checks:
        holder = root.get(check.total[:-2])
        value = holder.get(check.total) if isinstance(holder, dict) else None
        if not isinstance(value, str):
            continue
        actual = (_counted if check.operation == "count" else _summed)(check, root, value)
        if actual is not None:
            yield f"total_{check.operation}", check.total, value, actual, ".".join(check.path)
