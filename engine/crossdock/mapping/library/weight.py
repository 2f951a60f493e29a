"""How large a document is, so that a small expression cannot make an endless one."""

from __future__ import annotations

from crossdock.mapping.fault import Fault
from crossdock.message import Document

MAX_NODES = 5_000_000  # an order of 100,000 lines with 40 values each (X12 allows 100,000 PO1 loops)


def weigh(value: Document, before: int = 0) -> int:
    """``before`` plus the number of values in ``value``. Raises ``Fault`` when that is past the limit.

    A value that is shared counts wherever it stands: that is how it will be written.
    """
    count = before
    open_values = [value]
    while open_values:
        here = open_values.pop()
        if type(here) is list:
            count += len(here)
            open_values += here
        elif type(here) is dict:
            count += len(here)
            open_values += here.values()
        if count > MAX_NODES:
            raise Fault("M308", f"the result has more than {MAX_NODES} values")
    return count + 1


def grown(before: int, by: int) -> int:
    """``before`` plus ``by``. Raises ``Fault`` when that is past the limit."""
    if before + by > MAX_NODES:
        raise Fault("M308", f"the result has more than {MAX_NODES} values")
    return before + by
