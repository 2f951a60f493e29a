"""Whatever happens to an interchange on its way, what answers it is right, complete, and readable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.acknowledgements.conftest import MADE, Office, numbered

from crossdock.acknowledgement import Level, Listing, Receipt, Refusal, Statement, Terms, Verdict
from crossdock.codecs.acknowledging import acknowledge, statements_of
from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.codecs.edi.judgement import GroupJudgement, judged
from crossdock.codecs.x12.codec import X12Codec
from crossdock.codecs.x12.reading import Reading
from crossdock.errors import Finding, Reject, errors_in
from crossdock.message import Document, Inline

OFFICE = Office()
CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "edi"

_SOUND = OFFICE.wrap(OFFICE.order, OFFICE.order, OFFICE.order)
_TWO = _SOUND.replace(
    b"IEA*1*", _SOUND[_SOUND.index(b"GS*") : _SOUND.index(b"IEA*")].replace(b"*1*X*", b"*2*X*") + b"IEA*2*"
)
_MODERN = OFFICE.wrap(OFFICE.order, OFFICE.order, version="005010")

segment_at = st.integers(min_value=1, max_value=40)
junk = st.sampled_from(["", "*", "~", ">", "^", "1O", "x" * 120, "-", "\t", "é", "0", "ZZ9", "20261399"])
change = st.one_of(
    st.tuples(st.just("drop"), segment_at, st.just(0), st.just("")),
    st.tuples(st.just("twice"), segment_at, st.just(0), st.just("")),
    st.tuples(st.just("swap"), segment_at, segment_at, st.just("")),
    st.tuples(st.just("set"), segment_at, st.integers(min_value=0, max_value=9), junk),
)
terms = st.builds(
    Terms,
    functional=st.sampled_from(["997", "999"]),
    receipt=st.sampled_from(Receipt),
    refusal=st.sampled_from(Refusal),
    listing=st.sampled_from(Listing),
    most=st.integers(min_value=1, max_value=20),
)


def damaged(data: bytes, changes: list[tuple[str, int, int, str]]) -> bytes:
    segments = data.decode().split("~")
    for what, at, other, text in changes:
        here, there = at % len(segments), other % len(segments)
        if here == 0 or there == 0:
            continue
        match what:
            case "drop":
                del segments[here]
            case "twice":
                segments.insert(here, segments[here])
            case "swap":
                segments[here], segments[there] = segments[there], segments[here]
            case _:
                elements = segments[here].split("*")
                elements[other % len(elements)] = text
                segments[here] = "*".join(elements)
    return "~".join(segments).encode()


def accounts_of(data: bytes) -> list[InterchangeAccount]:
    reading = Reading(Inline(data))
    try:
        for _ in reading:
            continue
    except Reject:
        return []
    return list(reading.accounts)


def read_back(answers: list[Document]) -> list[Statement]:
    """What our answers state when they are written and read; none of them may have an error."""
    written = b"".join(X12Codec().write(numbered(answers)))
    found: list[Statement] = []
    for item in X12Codec().read(Inline(written)) if written else ():
        findings = (item,) if isinstance(item, Finding) else item.findings
        assert not errors_in(findings), (findings, written)
        if isinstance(item, Part):
            found += statements_of(item.document)
    return found


def check_group(group: GroupJudgement, said: list[Statement], agreed: Terms) -> None:
    whole, named = said[0], said[1:]
    assert whole.received == len(group.account.transactions)
    assert whole.accepted == group.accepted
    assert (whole.verdict is Verdict.REJECTED) == (
        group.refused or (bool(group.account.transactions) and group.accepted == 0)
    )
    assert (whole.verdict is Verdict.PARTIALLY_ACCEPTED) == (0 < group.accepted < len(group.account.transactions))
    rejected = [one for one in named if one.verdict is Verdict.REJECTED]
    assert all(one.remarks for one in rejected)
    if agreed.listing is not Listing.NONE:
        assert len(rejected) == sum(one.rejected for one in group.account.transactions)


def check(account: InterchangeAccount, agreed: Terms) -> None:
    said = read_back(acknowledge(account, agreed, MADE))
    judgement = judged(account, agreed)
    receipts = [one for one in said if one.level is Level.INTERCHANGE]
    answered = [one for one in judgement.groups if one.account.elements and one.account.elements[1:2] != ("FA",)]
    groups = [index for index, one in enumerate(said) if one.level is Level.GROUP]
    addressed = bool(account.facts.get("sender") and account.facts.get("receiver"))
    assert len(groups) == (len(answered) if addressed and not judgement.refused else 0)
    assert len(receipts) <= 1
    if judgement.refused and addressed and agreed.receipt is not Receipt.NEVER:
        assert [one.verdict for one in receipts] == [Verdict.REJECTED]
    for group, start, end in zip(answered, groups, [*groups[1:], len(said)], strict=False):
        check_group(group, said[start:end], agreed)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([_SOUND, _TWO, _MODERN]), st.lists(change, max_size=6), terms)
def test_each_interchange_is_answered_once_and_the_counts_add_up(
    data: bytes, changes: list[tuple[str, int, int, str]], agreed: Terms
) -> None:
    for account in accounts_of(damaged(data, changes)):
        check(account, agreed)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_an_interchange_that_was_cut_off_anywhere_is_answered(data: st.DataObject) -> None:
    end = data.draw(st.integers(min_value=0, max_value=len(_TWO)))

    for account in accounts_of(_TWO[:end]):
        check(account, Terms(functional="997", receipt=Receipt.ALWAYS))


def _real_files() -> list[Path]:
    files = sorted(CORPUS.rglob("*")) if CORPUS.is_dir() else []
    return [path for path in files if path.is_file() and re.search(rb"ISA.{100}", path.read_bytes()[:4096], re.DOTALL)]


@pytest.mark.parametrize("functional", ["997", "999"])
def test_every_interchange_of_real_files_is_answered(functional: str) -> None:
    agreed = Terms(functional=functional, receipt=Receipt.ALWAYS)

    for path in _real_files():
        for account in accounts_of(path.read_bytes()):
            check(account, agreed)
