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

LONGEST_NUMBER = 14  # characters: 0020 of EDIFACT; I12 of X12 has nine. Who sends more must not stop a commit


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


class Weight(enum.IntEnum):
    """How much an answer counts beside one that came before, or comes later: it changes what weighs as much or less.

    So a document that an application has refused stays refused when its syntax is then accepted, in whichever order the
    two come, and what was accepted stays so when a second copy of the same bytes is refused as one too many.
    """

    RECEIPT = 0  # about the copy that came, not about what is in it: "received before"
    SYNTAX = 1  # 997, 999, CONTRL, and a TA1 that refuses the envelope
    CONTENT = 2  # 824, APERAK: whoever reads the document


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

    The numbers are as in the bytes; leading zeros mean nothing. ``keys`` are its business keys, its own number before
    those it refers to.
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

    An application that knows only the business says ``key``. The document whose own number that is goes before those
    that only refer to it; where documents of different sets are equally near, none is meant rather than the wrong one.
    """

    partner: str
    standard: str | None = None
    interchange: str | None = None
    group: str | None = None
    set_id: str | None = None
    transaction: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An acknowledgement says so of what ``reference`` names. ``state`` None: it has come, and nothing is decided.

    Of several about the same document the last one of the greatest ``weight`` counts: the one about its group goes
    before those about its parts.
    """

    reference: Reference
    state: AckState | None
    codes: tuple[str, ...] = ()
    detail: str | None = None
    weight: Weight = Weight.SYNTAX

    def changes(self, state: AckState, weight: Weight) -> bool:
        """Whether it says something new of a document that stands so, by an answer of that weight."""
        return state in UNANSWERED if self.state is None else self.weight >= weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A control number of a partner's came in. ``scope`` as in ``Series.name``: ``acme/x12/in/interchange``."""

    scope: str
    number: int

    @classmethod
    def read(cls, scope: str, control: str) -> tuple[Seen, ...]:
        """What is seen in a control number as it stands in an envelope; nothing where that is none."""
        plausible = control.isascii() and control.isdigit() and len(control) <= LONGEST_NUMBER
        return (cls(scope=scope, number=int(control)),) if plausible else ()
