"""How large a document is, so that a small expression cannot make an endless one."""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.mapping.fault import Fault
from crossdock.message import Document

MAX_DEPTH = 400  # levels; what the json codec reads at most (``max_depth``)
MAX_NODES = 5_000_000  # an order of 100,000 lines with 40 values each (X12 allows 100,000 PO1 loops)


_HOLDERS = frozenset({list, dict})


def weigh(value: Document, before: int = 0) -> int:
    """``before`` plus the number of values in ``value``. Raises ``Fault`` when that is past the limit.

    A value that is shared counts wherever it stands, for that is how it will be written, but is looked at once.
    """
    sizes: dict[int, int] = {}
    waiting = [value]
    while waiting:
        here = waiting[-1]
        parts = here.values() if isinstance(here, dict) else here if isinstance(here, list) else ()
        unknown = [part for part in parts if type(part) in _HOLDERS and id(part) not in sizes]
        if unknown:
            waiting += unknown
            continue
        size = 1 + sum(sizes.get(id(part), 1) for part in parts)
        if before + size > MAX_NODES:
            raise Fault("M308", f"the result has more than {MAX_NODES} values")
        sizes[id(here)] = size
        waiting.pop()
    return before + sizes[id(value)]


def limit_depth(function: str, value: Document) -> None:
    """Raise ``Fault`` where lists and objects are nested deeper than any reader takes; by level, without recursion."""
    if type(value) not in _HOLDERS:
        return
    level = [value]
    for _ in range(MAX_DEPTH):
        every = (part for one in level for part in _parts(one) if type(part) in _HOLDERS)
        level = list({id(part): part for part in every}.values())
        if not level:
            return
    raise Fault("M308", f"{function}(): nested deeper than {MAX_DEPTH}")


def _parts(value: Document) -> Iterable[Document]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def grown(before: int, by: int) -> int:
    """``before`` plus ``by``. Raises ``Fault`` when that is past the limit."""
    if before + by > MAX_NODES:
        raise Fault("M308", f"the result has more than {MAX_NODES} values")
    return before + by
