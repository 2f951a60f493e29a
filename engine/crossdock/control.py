"""Control numbers and acknowledgements as values: what is numbered, what is then awaited, and what answers it. Pure.

A route decides that a payload is to be numbered and says how it is written (``Numbering``); the journal draws the
numbers, writes the bytes and notes what is awaited (``Awaited``) in the transaction that records the message. So no
number is given twice, none is left out, and whatever is sent again is the same bytes. The commit of the message that
brings an acknowledgement changes what was noted (``Answer``).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass


class AckState(enum.StrEnum):
    """How a document we sent stands with its receiver."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    ACCEPTED_WITH_ERRORS = "accepted-with-errors"
    PARTIALLY_ACCEPTED = "partially-accepted"
    REJECTED = "rejected"
    OVERDUE = "overdue"


#: Not answered yet.
UNANSWERED = frozenset({AckState.WAITING, AckState.OVERDUE})
#: Answers somebody has to look at.
REFUSED = frozenset({AckState.REJECTED, AckState.PARTIALLY_ACCEPTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Control numbers of one kind, from ``first`` to ``last`` and then from the beginning again.

    ``name`` is what its counter is known by, for ever, and begins with the partner: ``acme/x12/interchange``.
    """

    name: str
    first: int = 1
    last: int = 999_999_999  # I12 and 28 of X12 have nine digits

    def after(self, number: int | None) -> int:
        """The number that follows ``number``; None: there was none yet."""
        if number is None or number >= self.last:
            return self.first
        return max(number + 1, self.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A document that is sent and whose acknowledgement is awaited, ``within`` so many seconds if it says so.

    The numbers are as in the bytes; leading zeros mean nothing. ``keys`` are its business keys, for people.
    """

    partner: str
    standard: str
    set_id: str
    interchange: str
    group: str | None = None
    transaction: str | None = None
    keys: tuple[str, ...] = ()
    within: float | None = None


def nothing(numbers: Sequence[int]) -> tuple[Awaited, ...]:
    """Nobody acknowledges it, as nobody acknowledges an acknowledgement."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """How a payload gets its control numbers: one of each of ``scopes``, in order; a series may stand there often.

    ``write`` makes the whole payload from them, ``awaits`` what is awaited then. Both are pure and are asked again
    when a transaction is repeated. Neither may fail: what can be wrong with the document is found before, and a route
    that would number it writes it with the highest numbers first, to see.
    """

    scopes: tuple[Series, ...]
    write: Callable[[Sequence[int]], bytes]
    awaits: Callable[[Sequence[int]], Sequence[Awaited]] = nothing

    def rehearse(self) -> None:
        """Write it with the highest numbers there are. Raises what ``write`` raises."""
        numbers = [series.last for series in self.scopes]
        self.write(numbers)
        self.awaits(numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Names what was sent by the numbers an acknowledgement repeats. What is None may be anything.

    TA1 and UCI repeat the interchange's, AK1 the group's, AK2 the transaction's and its set (and so does UCM). Where
    numbers began again meanwhile, what was sent last is meant.
    """

    partner: str
    standard: str | None = None
    interchange: str | None = None
    group: str | None = None
    set_id: str | None = None
    transaction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An acknowledgement says so of what ``reference`` names. ``state`` None: it has come, and nothing is decided.

    Of several about the same document the last one counts: the one about its group goes before those about its parts.
    """

    reference: Reference
    state: AckState | None
    codes: tuple[str, ...] = ()
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A control number of a partner's came in. ``scope`` as in ``Series.name``: ``acme/x12/in/interchange``."""

    scope: str
    number: int
