"""Reads a payload of EDI: whose each interchange is, what of it goes on, what answers it.

What is published and what is said in the acknowledgement come of one judgement, and some of it is known only when the
trailer was read. So envelopes are read first, and where they are in order and no transaction takes others down with
it, the transactions follow as they are read. Else all of the payload is judged before any of it leaves: a small one is
read once more and its parts are held, a larger one twice, in flat memory. Interchanges of partners with rules of their
own are judged by those: a payload that mixes such partners is read once more for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from typing import NamedTuple, TypeAlias, cast

from crossdock.acknowledgement import Refusal, Terms
from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import InterchangeAccount, JudgedReading
from crossdock.codecs.edi.judgement import Judgement, judged
from crossdock.codecs.judged import SMALL
from crossdock.errors import Finding
from crossdock.message import Payload
from crossdock.partner.choosing import Partner, Roster
from crossdock.partner.choosing import Refusal as Refused
from crossdock.route.partners.facts import of_account, sets_of
from crossdock.route.partners.standards import EdiCodec
from crossdock.route.partners.terms import terms_of


class Located(NamedTuple):
    """What a reading gave, and where: the number of its interchange, of its group there. ``counted``: a transaction."""

    interchange: int
    group: int
    counted: bool
    item: Part | Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """One interchange, judged. ``owner`` is whose it is, or why a person must look at it first."""

    owner: Partner | Refused
    account: InterchangeAccount
    terms: Terms
    judgement: Judgement


#: The codec as a partner's profile has it, by the partner's name; the usual one by None.
Tailored: TypeAlias = Mapping["str | None", EdiCodec]


@dataclass(slots=True)
class _Read:
    """The payload by one codec. ``held`` are its items where the payload is small."""

    reading: JudgedReading
    again: Callable[[], Iterator[Located]]
    held: list[Located] | None = None

    def items(self) -> Iterator[Located]:
        return self.again() if self.held is None else iter(self.held)


class Survey:
    """One payload. What each interchange is, is known at once; ``answerable`` says it when its items were taken."""

    def __init__(self, codecs: Tailored, payload: Payload, roster: Roster) -> None:
        self._codecs = codecs
        self._payload = payload
        outline = codecs[None].outline(payload)
        for _ in outline:
            continue
        owners = [_owner(roster, one, payload.size) for one in outline.accounts]
        self._keys = [owner.name if isinstance(owner, Partner) and owner.name in codecs else None for owner in owners]
        self.interchanges = [_surveyed(one, owner) for one, owner in zip(outline.accounts, owners, strict=True)]
        self._follows = payload.size > SMALL and all(map(_stands, self.interchanges))
        self._reads = {key: self._read(key) for key in set(self._keys)}
        if not self._follows:
            self.interchanges = [self._judged(number) for number in range(len(owners))]

    def items(self) -> Iterator[Located]:
        """Everything, in order, each interchange as its owner's rules have it."""
        if len(self._reads) == 1:
            return next(iter(self._reads.values())).items()
        return merge(*map(self._of, self._reads), key=lambda one: one.interchange)

    def answerable(self, number: int) -> Surveyed:
        """An interchange whose items were all taken, as it is to be answered."""
        return self._judged(number) if self._follows else self.interchanges[number]

    def _of(self, key: str | None) -> Iterator[Located]:
        """What a reading gave of the interchanges that are read so."""
        for one in self._reads[key].items():
            if self._keys[max(0, one.interchange)] == key:
                yield one

    def _read(self, key: str | None) -> _Read:
        codec, payload = self._codecs[key], self._payload
        last = len(self._keys) - 1
        read = _Read(codec.judge(payload), lambda: _located(codec.judge(payload), last))
        if self._follows:
            read.again = lambda: _located(read.reading, last)
        elif payload.size <= SMALL:
            read.held = list(_located(read.reading, last))
        else:
            for _ in read.reading:
                continue
        return read

    def _judged(self, number: int) -> Surveyed:
        """An interchange as the reading by its owner's rules has it."""
        return _surveyed(self._reads[self._keys[number]].reading.accounts[number], self.interchanges[number].owner)


def _owner(roster: Roster, account: InterchangeAccount, size: int) -> Partner | Refused:
    facts = of_account(account)
    if roster.sender(facts) is None:
        return roster.unknown(facts, sets_of(account))
    owner = roster.interchange(facts)
    limit = owner.profile.limits.size if isinstance(owner, Partner) else None
    return owner if limit is None or size <= limit else _too_large(cast("Partner", owner), size, limit)


def _surveyed(account: InterchangeAccount, owner: Partner | Refused) -> Surveyed:
    terms = terms_of(owner.profile, account.standard) if isinstance(owner, Partner) else Terms()
    return Surveyed(owner=owner, account=account, terms=terms, judgement=judged(account, terms))


def _stands(one: Surveyed) -> bool:
    """Whether each transaction is judged by itself. Envelopes refuse nothing unless the profile weighs their findings."""
    if not isinstance(one.owner, Partner):
        return True
    refused = one.judgement.refused or any(group.refused for group in one.judgement.groups)
    return not refused and one.terms.refusal is Refusal.TRANSACTION and not one.owner.profile.findings


def _located(reading: JudgedReading, last: int) -> Iterator[Located]:
    where, seen = (-1, -1), 0
    for item in reading:
        accounts = reading.accounts
        groups = accounts[-1].groups if accounts else []
        here = (min(len(accounts) - 1, last), len(groups) - 1)
        seen = seen if here == where else 0
        where = here
        counted = len(groups[-1].transactions) if groups else 0
        yield Located(*where, isinstance(item, Part) and counted > seen, item)
        seen = counted


def _too_large(owner: Partner, size: int, limit: int) -> Refused:
    hint = f"raise 'limits: size' in partners/{owner.name}.yaml and release it, or reject it"
    return Refused("P136", f"{size} bytes from {owner.name}, whose limit is {limit}", hint)
