"""Leases on what only one host may do at a time, kept in the journal's registers.

A lease says who, and until when by the journal's steady clock. Taking it, prolonging it and giving it up are pure
functions of the text that stands there, so that two who want it at once cannot both get it.
"""

from __future__ import annotations

import msgspec

from crossdock.journal.registers import Change

SCHEDULING = "scheduler"  # the key of the duties that one host does for all


def source_key(route: str) -> str:
    """The key of the lease on a route's source."""
    return f"source:{route}"


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """Who does it, and until when."""

    owner: str
    until: float


def lease_of(text: str | None) -> Lease | None:
    """A lease from its text; None where there is none that could be understood."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=Lease)
    except msgspec.MsgspecError:
        return None


def taken(owner: str, seconds: float) -> Change:
    """It becomes, or stays, ``owner``'s for so long, unless another has it."""

    def change(text: str | None, now: float) -> str | None:
        lease = lease_of(text)
        if lease is not None and lease.owner != owner and lease.until > now:
            return text
        return msgspec.json.encode(Lease(owner=owner, until=now + seconds)).decode()

    return change


def released(owner: str) -> Change:
    """It becomes free, if ``owner`` has it."""

    def change(text: str | None, now: float) -> str | None:
        lease = lease_of(text)
        return None if lease is not None and lease.owner == owner else text

    return change
