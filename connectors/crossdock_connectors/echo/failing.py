"""Failures on demand."""

from __future__ import annotations

from crossdock.connector import Parcel
from crossdock.errors import CrossdockError, Doubt, Halt, Hold, Reject, Retry
from crossdock_connectors.echo.options import Failure

_KINDS: dict[str, type[CrossdockError]] = {"reject": Reject, "hold": Hold, "doubt": Doubt, "halt": Halt}


def failure(wanted: Failure | None, parcel: Parcel) -> CrossdockError | None:
    """The failure that this attempt of a parcel is to end with; None where it is to succeed."""
    if wanted is None or (wanted.times is not None and parcel.attempt > wanted.times):
        return None
    if wanted.kind == "retry":
        return Retry("K895", wanted.message, after=wanted.after)
    return _KINDS[wanted.kind]("K895", wanted.message)
