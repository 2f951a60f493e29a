"""997 and 999: one group, its transactions, and what is wrong with them (X12.20; 999: 005010X231).

A transaction is accepted (A), accepted with errors noted (E: there are warnings the sender should know of) or rejected
(R). A group is accepted, accepted with errors, partially accepted (P) or rejected as its transactions are, or rejected
itself. The counts say what was announced, what came and what goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from crossdock.acknowledgement import Listing, Terms
from crossdock.codecs.edi.accounts import InterchangeAccount, TransactionAccount
from crossdock.codecs.edi.judgement import GroupJudgement, codes_in, noted
from crossdock.codecs.x12.acknowledging import copied
from crossdock.codecs.x12.acknowledging.faults import ERRORS_INSIDE, faults_of, inside
from crossdock.codecs.x12.acknowledging.layout import Line, Words, document_of, words_for
from crossdock.codecs.x12.acknowledging.swapped import group_envelope, release_of, separators_of
from crossdock.codecs.x12.envelope import at
from crossdock.message import Document

ACKNOWLEDGEMENTS = "FA"  # GS01 of groups that nobody acknowledges
CODES = 5  # AK502 … AK506, AK905 … AK909
LISTED_MOST = 10_000  # transactions that are named one by one; of more than that, only the faulty ones
IMPLEMENTED_999 = "005010X231A1"  # GS08 and ST03 of a 999
SINCE_999 = "005010"
#: AK905 "not unique within the interchange" has that meaning since 005010; before, 19 is about security segments.
UNLIKE_BEFORE: Mapping[str, str] = {"19": "6"}


def functional(account: InterchangeAccount, group: GroupJudgement, terms: Terms, made: datetime) -> Document | None:
    """The 997 or 999 for a group, where one is agreed. Before release 005010 a 999 is a 997."""
    gs = group.account.elements
    agreed = terms.functional_for(_first_set(group))
    if not gs or agreed not in ("997", "999") or at(gs, 1) == ACKNOWLEDGEMENTS:
        return None
    version = release_of(at(gs, 8), account.facts)
    number = agreed if version >= SINCE_999 else "997"
    words = words_for(number, version if number == "997" else IMPLEMENTED_999, separators_of(account.facts))
    lines = [_heading(gs, group, words), *_transactions(group, terms, words), _total(group, words)]
    facts = {**account.facts, "gs_sender": at(gs, 2), "gs_receiver": at(gs, 3)}
    heading = group_envelope(facts, made, ACKNOWLEDGEMENTS, words.version)
    return document_of(words.number, words.version, lines, heading)


def _first_set(group: GroupJudgement) -> str:
    return next((one.set for one in group.account.transactions), "")


def _heading(gs: tuple[str, ...], group: GroupJudgement, words: Words) -> Line:
    heading: Line = (
        "AK1",
        {
            "AK101": copied.word(at(gs, 1), 2, 2, words.marks),
            "AK102": copied.number(group.account.control, 9, 1),
        },
    )
    if words.number == "999":
        heading[1]["AK103"] = copied.word(at(gs, 8), 12, 1, words.marks)
    return heading


def verdict_of(transaction: TransactionAccount) -> str:
    """AK501."""
    if transaction.rejected:
        return "R"
    return "E" if noted(transaction.findings) else "A"


def _transactions(group: GroupJudgement, terms: Terms, words: Words) -> Iterator[Line]:
    """AK2 to AK5 of those that are named.

    In a group that is rejected as a whole the good ones are not: nothing is wrong with them that a code could say.
    """
    everyone = terms.listing is Listing.ALL and not group.refused and len(group.account.transactions) <= LISTED_MOST
    if terms.listing is Listing.NONE:
        return
    for transaction in group.account.transactions:
        if everyone or (transaction.findings and verdict_of(transaction) != "A"):
            yield from _transaction(transaction, terms, words)


def _transaction(transaction: TransactionAccount, terms: Terms, words: Words) -> Iterator[Line]:
    named: dict[str, Document] = {
        "AK201": copied.word(transaction.set, 3, 3, words.marks),
        "AK202": copied.word(transaction.control, 9, 4, words.marks),
    }
    if transaction.version and words.number == "999":
        named["AK203"] = copied.word(transaction.version, 35, 1, words.marks)
    yield "AK2", named
    verdict = verdict_of(transaction)
    if verdict != "A":
        yield from faults_of(transaction, terms.most, words)
    codes = [] if verdict == "A" else _transaction_codes(transaction, words)
    tag = words.ending
    yield tag, {f"{tag}{n:02}": code for n, code in enumerate([verdict, *codes], start=1)}


def _transaction_codes(transaction: TransactionAccount, words: Words) -> list[str]:
    """At least one for whoever is rejected."""
    codes = codes_in(transaction.findings, "AK502")
    said = inside(transaction, words) or ("" if codes else ERRORS_INSIDE)
    if said and said not in codes:
        codes.append(said)
    return codes[:CODES]


def _total(group: GroupJudgement, words: Words) -> Line:
    received = len(group.account.transactions)
    counts = [copied.count(group.account.announced, received), copied.count("", received)]
    values = [_group_verdict(group), *counts, copied.count("", group.accepted), *_group_codes(group, words)]
    return "AK9", {f"AK9{n:02}": value for n, value in enumerate(values, start=1)}


def _group_codes(group: GroupJudgement, words: Words) -> list[str]:
    told = codes_in(group.account.findings, "AK905")
    if words.version < SINCE_999:
        told = list(dict.fromkeys(UNLIKE_BEFORE.get(code, code) for code in told))
    return told[:CODES]


def _group_verdict(group: GroupJudgement) -> str:
    received, accepted = len(group.account.transactions), group.accepted
    if group.refused or (received and not accepted):
        return "R"
    if accepted < received:
        return "P"
    if noted(group.account.findings) or any(verdict_of(one) == "E" for one in group.account.transactions):
        return "E"
    return "A"
