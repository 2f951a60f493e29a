"""What a sink says of parcels behind one that was not served: it is not found out once more for each."""

from __future__ import annotations

from crossdock.errors import CrossdockError, Doubt, Retry, Untried


def behind(error: CrossdockError, count: int) -> list[CrossdockError]:
    """``count`` outcomes for parcels that are left alone because of ``error``.

    Nothing about them is unclear, they spend no attempt, and they do not count against the destination. What was wrong
    with the configuration (``Halt``), or with what all of them have in common, is said of each.
    """
    if not isinstance(error, Retry | Doubt):
        return [error] * count
    after = error.after if isinstance(error, Retry) else None
    told = f"not sent, as one before it was not served: {error.message}"
    return [Untried(error.code, told, after=after)] * count
