"""Agreements across segments: CTT01 counts the lines, CTT02 adds up their quantities.

A mismatch is a warning unless an option says otherwise. X12 has no acknowledgement code for it (it is a remark of
the set's table, no rule of syntax), partners' systems get it wrong more often than they lose a line, and a file that
lost one does not pass unseen: SE01 counts every segment. Who wants the line count enforced sets ``totals: error``.
CTT02 is right in either of two ways: added up as element 347 has it, over the digits without decimal points and signs,
and cut on the left where it grows too long; or added up as people expect. What an invoice comes to is told in
invoice.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from crossdock.codecs.edi.model import Check
from crossdock.codecs.x12.invoice import implied_amount, invoice_mismatch
from crossdock.message import Document

HASH_DIGITS = 10  # of element 347
_NO_DIGITS = str.maketrans("", "", "-.")

Tree = dict[str, Document]
#: (kind of finding, reference, value, what it is really, what was counted)
Mismatch = tuple[str, str, str, str, str]


def _holders(root: Tree, names: tuple[str, ...]) -> list[Tree]:
    """Every segment or loop that a path of names leads to."""
    holders: list[Document] = [root]
    for name in names:
        below = [holder.get(name) for holder in holders if isinstance(holder, dict)]
        holders = [one for value in below for one in (value if isinstance(value, list) else [value])]
    return [holder for holder in holders if isinstance(holder, dict)]


def _counted(check: Check, root: Tree, value: str) -> str | None:
    only = root.get(check.path[0]) if len(check.path) == 1 else None  # the usual case, worth a short cut
    actual = len(only) if isinstance(only, list) else len(_holders(root, check.path))
    told_already = not (value.isascii() and value.isdigit())
    return None if told_already or value.lstrip("0") == str(actual or "") else str(actual)


def _hash(values: list[str]) -> Decimal:
    return Decimal(sum(int(value.translate(_NO_DIGITS) or "0") for value in values) % 10**HASH_DIGITS)


def _values(root: Tree, path: tuple[str, ...]) -> list[str]:
    return [str(holder.get(path[-1], "0")) for holder in _holders(root, path[:-1])]


def _summed(check: Check, root: Tree, value: str) -> str | None:
    values, others = _values(root, check.path), _values(root, check.also) if check.also else []
    if not values and check.also:
        return None  # a payment without its remittance tells nothing to add up
    try:
        announced, actual = Decimal(value), sum(map(Decimal, values), Decimal(0))
        whole = actual + sum(map(Decimal, others), Decimal(0))
        right = announced in (actual, whole) or announced == _hash(values)
    except (InvalidOperation, ValueError):
        return None  # a value that is no number is told where it stands
    return None if right else f"{actual:f}"


def _invoiced(check: Check, root: Tree, _: str) -> str | None:
    announced = implied_amount(root.get(check.total[:-2]), check.total)
    return None if announced is None else invoice_mismatch(announced, root, check.path[0])


_ASKED = {"count": _counted, "sum": _summed, "invoice": _invoiced}


def mismatches(checks: tuple[Check, ...], root: Tree) -> Iterator[Mismatch]:
    """What does not add up in a transaction."""
    for check in checks:
        holder = root.get(check.total[:-2])
        value = holder.get(check.total) if isinstance(holder, dict) else None
        if not isinstance(value, str):
            continue
        actual = _ASKED[check.operation](check, root, value)
        if actual is not None:
            yield f"total_{check.operation}", check.total, value, actual, ".".join(check.path)
