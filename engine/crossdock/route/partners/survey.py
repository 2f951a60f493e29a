"""Reads a payload of EDI to its end: whose each interchange is, what of it goes on, what answers it.

What is published and what is said in the acknowledgement come of one judgement, and some of it is known only when the
trailer was read. So nothing of an interchange leaves before all of it is judged. A small payload is read once and its
parts are held; a larger one is read twice, in flat memory. Interchanges of partners with rules of their own are judged
by those: a payload that mixes such partners is read once more for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from typing import TypeAlias

from crossdock.acknowledgement import Terms
from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import InterchangeAccount, JudgedReading
from crossdock.codecs.edi.judgement import Judgement, judged
from crossdock.codecs.judged import SMALL
from crossdock.errors import Finding
from crossdock.message import Payload
from crossdock.partner.choosing import Facts, Partner, Roster
from crossdock.partner.choosing import Refusal as Refused
from crossdock.route.partners.facts import facts_of
from crossdock.route.partners.standards import EdiCodec
from crossdock.route.partners.terms import terms_of


@dataclass(frozen=True, slots=True)
class Located:
    """What a reading gave, and where: the number of its interchange, of its group there. ``counted``: a transaction."""

    interchange: int
    group: int
    counted: bool
    item: Part | Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """One interchange, judged. ``owner`` is whose it is, or why a person must look at it first."""

    facts: Facts
    owner: Partner | Refused
    account: InterchangeAccount
    terms: Terms
    judgement: Judgement


#: The codec as a partner's profile has it, by the partner's name; the usual one by None.
Tailored: TypeAlias = Mapping["str | None", EdiCodec]


@dataclass(slots=True)
class _Read:
    """One pass over the payload. ``held`` are its items where the payload is small."""

    accounts: list[InterchangeAccount]
    again: Callable[[], Iterator[Located]]
    held: list[Located] | None = field(default=None)

    def items(self) -> Iterator[Located]:
        return self.again() if self.held is None else iter(self.held)


class Survey:
    """One payload. ``interchanges`` are known at once, ``items`` are read again where there are many."""

    def __init__(self, codecs: Tailored, payload: Payload, roster: Roster) -> None:
        self._codecs = codecs
        self._payload = payload
        self._reads: dict[str | None, _Read] = {}
        accounts = self._read(self._first_owner(roster)).accounts
        facts = [facts_of(one.standard, one.facts, one.control) for one in accounts]
        owners = [roster.interchange(one) for one in facts]
        self._keys = [self._key(owner) for owner in owners]
        self.interchanges = [
            self._surveyed(number, fact, owner) for number, (fact, owner) in enumerate(zip(facts, owners, strict=True))
        ]

    def items(self) -> Iterator[Located]:
        """Everything, in order, each interchange as its owner's rules have it."""
        wanted = {*self._keys} or set(self._reads)
        if len(wanted) == 1:
            return self._reads[next(iter(wanted))].items()
        return merge(*(self._of(key) for key in wanted), key=lambda one: one.interchange)

    def _of(self, key: str | None) -> Iterator[Located]:
        """What a reading gave of the interchanges that are read so."""
        first = self._keys[0]
        for one in self._reads[key].items():
            if (self._keys[one.interchange] if one.interchange >= 0 else first) == key:
                yield one

    def _first_owner(self, roster: Roster) -> str | None:
        """Whose rules to read by first: most payloads are of one partner."""
        if len(self._codecs) == 1:
            return None
        reading = self._codecs[None].judge(self._payload)
        for _ in reading:
            if reading.accounts:
                one = reading.accounts[0]
                return self._key(roster.interchange(facts_of(one.standard, one.facts, one.control)))
        return None

    def _key(self, owner: Partner | Refused) -> str | None:
        return owner.name if isinstance(owner, Partner) and owner.name in self._codecs else None

    def _read(self, key: str | None) -> _Read:
        if key not in self._reads:
            codec = self._codecs[key]
            reading = codec.judge(self._payload)
            held = None
            if self._payload.size <= SMALL:
                held = list(_located(reading))
            else:
                for _ in reading:
                    continue
            self._reads[key] = _Read(list(reading.accounts), lambda: _located(codec.judge(self._payload)), held)
        return self._reads[key]

    def _surveyed(self, number: int, facts: Facts, owner: Partner | Refused) -> Surveyed:
        account = self._read(self._keys[number]).accounts[number]
        terms = Terms()
        if isinstance(owner, Partner):
            limit = owner.profile.limits.size
            terms = terms_of(owner.profile, account.standard)
            if limit is not None and self._payload.size > limit:
                owner = _too_large(owner, self._payload.size, limit)
        return Surveyed(facts=facts, owner=owner, account=account, terms=terms, judgement=judged(account, terms))


def _located(reading: JudgedReading) -> Iterator[Located]:
    where, seen = (-1, -1), 0
    for item in reading:
        accounts = reading.accounts
        groups = accounts[-1].groups if accounts else []
        here = (len(accounts) - 1, len(groups) - 1)
        seen = seen if here == where else 0
        where = here
        counted = len(groups[-1].transactions) if groups else 0
        yield Located(*where, isinstance(item, Part) and counted > seen, item)
        seen = counted


def _too_large(owner: Partner, size: int, limit: int) -> Refused:
    hint = f"raise 'limits: size' in partners/{owner.name}.yaml and release it, or reject it"
    return Refused("P136", f"{size} bytes from {owner.name}, whose limit is {limit}", hint)
