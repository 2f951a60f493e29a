"""CONTRL and APERAK: made, written, read back; and what they mean for what we sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.acknowledgements.conftest import MADE

from crossdock.acknowledgement import Level, Listing, Refusal, Statement, Terms, Verdict
from crossdock.codecs.acknowledging import acknowledge, advise, statements_of
from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edi.judgement import DUPLICATE, judged
from crossdock.codecs.edi.refusal import Refused
from crossdock.codecs.edifact.acknowledging.swapped import parts_of
from crossdock.codecs.edifact.codec import EdifactCodec
from crossdock.codecs.edifact.reading import Reading
from crossdock.control import AckState
from crossdock.errors import Finding, Reject, Severity, errors_in
from crossdock.message import Document, Inline
from crossdock.partner.reconcile import answers_from

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "edi"
TERMS = Terms(functional="CONTRL")
ORDER = (
    "BGM+220+PO1+9",
    "DTM+137:20261120:102",
    "NAD+BY+5412345000013::9",
    "NAD+SU+4012345000009::9",
    "LIN+1++4012345000016:EN",
    "QTY+21:10",
    "UNS+S",
    "CNT+2:1",
)
BAD = tuple(
    line.replace("21:10", "21:1O").replace("20261120", "20269920") for line in ORDER if not line.startswith("BGM")
)


def message(body: Iterable[str], number: int) -> list[str]:
    lines = list(body)
    return [f"UNH+{number}+ORDERS:D:96A:UN:EAN008", *lines, f"UNT+{len(lines) + 2}+{number}"]


def interchange(*bodies: Sequence[str], syntax: str = "UNOC:3", grouped: bool = False) -> bytes:
    lines = [line for number, body in enumerate(bodies, start=1) for line in message(body, number)]
    count = len(bodies)
    if grouped:
        heading = "UNG+ORDERS+BUYER:14+SELLER:14+261121:0930+G7+UN+D:96A:EAN008"
        lines, count = [heading, *lines, f"UNE+{count}+G7"], 1
    unb = f"UNB+{syntax}+5412345000013:14:BUYDIV+4012345000009:14+261121:0930+REF1"
    return "".join(f"{line}'" for line in (unb, *lines, f"UNZ+{count}+REF1")).encode()


def accounts_of(data: bytes) -> list[InterchangeAccount]:
    reading = Reading(Inline(data))
    try:
        for _ in reading:
            continue
    except Reject:
        return []
    return list(reading.accounts)


def account_of(data: bytes) -> InterchangeAccount:
    (account,) = accounts_of(data)
    return account


def written(documents: Iterable[Document]) -> bytes:
    """The documents as sent; they read without an error."""
    data = b"".join(EdifactCodec().write(documents))
    for item in EdifactCodec().read(Inline(data)) if data else ():
        found = (item,) if isinstance(item, Finding) else item.findings
        assert not errors_in(found), (found, data)
    return data


def segments(data: bytes, terms: Terms = TERMS) -> list[str]:
    text = written(acknowledge(account_of(data), terms, MADE)).decode().split("'")
    return [line for line in text if line[:3] not in ("UNA", "UNB", "UNH", "UNT", "UNZ", "")]


def read_back(account: InterchangeAccount, terms: Terms = TERMS) -> list[Statement]:
    data = written(acknowledge(account, terms, MADE))
    parts = [item for item in EdifactCodec().read(Inline(data)) if isinstance(item, Part)] if data else []
    return [said for part in parts for said in statements_of(part.document)]


UCI = "UCI+REF1+5412345000013:14+4012345000009:14+"


def test_what_is_wholly_accepted_is_said_of_the_interchange_alone() -> None:
    assert segments(interchange(ORDER, ORDER)) == [f"{UCI}7"]


def test_a_rejected_message_says_where_and_why_and_the_good_one_is_named_too() -> None:
    assert segments(interchange(ORDER, BAD)) == [
        f"{UCI}7",
        "UCM+1+ORDERS:D:96A:UN:EAN008+7",
        "UCM+2+ORDERS:D:96A:UN:EAN008+4",
        "UCS+1+13",
        "UCS+2",
        "UCD+12+2:2",
        "UCS+6",
        "UCD+37+2:2",
    ]


def test_only_what_is_rejected_is_named_where_that_is_agreed() -> None:
    named = segments(interchange(ORDER, BAD), replace(TERMS, listing=Listing.FAULTY))

    assert [line for line in named if line.startswith("UCM")] == ["UCM+2+ORDERS:D:96A:UN:EAN008+4"]


def test_codes_without_places_are_told_where_only_counts_are_agreed() -> None:
    assert segments(interchange(BAD), replace(TERMS, listing=Listing.NONE)) == [
        f"{UCI}7",
        "UCM+1+ORDERS:D:96A:UN:EAN008+4+18",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"UNT+10+1'", b"", "4+13+UNT"),
        (b"UNT+10+1'", b"UNT+11+1'", "4+29+UNT+2"),
        (b"UNT+10+1'", b"UNT+10+2'", "4+28+UNT+3"),
    ],
)
def test_a_broken_trailer_of_a_message_is_told_of_the_message(old: bytes, new: bytes, said: str) -> None:
    assert segments(interchange(ORDER).replace(old, new)) == [f"{UCI}7", f"UCM+1+ORDERS:D:96A:UN:EAN008+{said}"]


def test_a_reference_that_stands_twice_rejects_the_second_message() -> None:
    data = interchange(ORDER, ORDER).replace(b"UNH+2+", b"UNH+1+").replace(b"UNT+10+2", b"UNT+10+1")

    assert segments(data)[-1] == "UCM+1+ORDERS:D:96A:UN:EAN008+4+26+UNH+2"


def test_groups_are_told_by_their_own_segment() -> None:
    assert segments(interchange(ORDER, BAD, grouped=True))[:4] == [
        f"{UCI}7",
        "UCF+G7+BUYER:14+SELLER:14+7",
        "UCM+1+ORDERS:D:96A:UN:EAN008+7",
        "UCM+2+ORDERS:D:96A:UN:EAN008+4",
    ]


def test_a_good_message_that_is_refused_with_the_others_has_no_fault_of_its_own() -> None:
    said = segments(interchange(ORDER, BAD), replace(TERMS, refusal=Refusal.INTERCHANGE))

    assert said[1] == "UCM+1+ORDERS:D:96A:UN:EAN008+4+18"


def test_an_interchange_that_was_received_before_is_refused_alone() -> None:
    account = account_of(interchange(ORDER, BAD))
    account.findings.append(finding(DUPLICATE, control=account.control, when="2026-11-20"))

    (document,) = acknowledge(account, TERMS, MADE)

    assert written([document]).decode().split("'")[2] == f"{UCI}4+26+UNB"


@pytest.mark.parametrize(
    ("syntax", "header", "version"),
    [
        ("UNOA:1", "UNB+UNOA:1+4012345000009:14+5412345000013:14:BUYDIV+261122:1005+", "CONTRL:D:3:UN"),
        ("UNOC:3", "UNB+UNOC:3+4012345000009:14+5412345000013:14:BUYDIV+261122:1005+", "CONTRL:D:3:UN"),
        ("UNOY:4", "UNB+UNOY:4+4012345000009:14+5412345000013:14:BUYDIV+20261122:1005+", "CONTRL:4:1:UN"),
    ],
)
def test_it_goes_back_in_the_senders_syntax_with_both_sides_swapped(syntax: str, header: str, version: str) -> None:
    data = interchange(ORDER, syntax=syntax)
    if syntax.endswith("4"):
        data = data.replace(b"+261121:0930", b"+20261121:0930")
    sent = written(acknowledge(account_of(data), TERMS, MADE)).decode()

    assert sent.startswith(header)
    assert version in sent


def test_it_goes_back_with_the_senders_delimiters() -> None:
    data = b"UNA|*.? ~" + interchange(ORDER).replace(b":", b"|").replace(b"+", b"*").replace(b"'", b"~")

    assert written(acknowledge(account_of(data), TERMS, MADE)).startswith(b"UNA|*.? ~UNB*UNOC|3*4012345000009|14*")


def test_delimiters_that_nobody_may_send_are_not_repeated() -> None:
    data = (
        interchange(ORDER, syntax="UNOC:3").replace(b":", b"\xdd").replace(b"UNB+UNOC\xdd", b"UNA\xdd+.? 'UNB+UNOC\xdd")
    )

    assert written(acknowledge(account_of(data), TERMS, MADE)).startswith(b"UNA:+.? 'UNB+UNOC:3+")


def test_what_does_not_fit_into_an_envelope_is_not_repeated() -> None:
    data = interchange(ORDER).replace(b"+261121:0930+REF1'", b"+261121:0930+REF1+++++" + b"A" * 36 + b"+ORDERS'")

    assert written(acknowledge(account_of(data), TERMS, MADE)).startswith(
        b"UNB+UNOC:3+4012345000009:14+5412345000013:14:BUYDIV+261122:1005+1'"
    )


def test_unusual_delimiters_are_announced_by_una_also_where_the_sender_forgot_it() -> None:
    data = interchange(ORDER).replace(b"+", b"~")

    assert written(acknowledge(account_of(data), TERMS, MADE)).startswith(b"UNA:~.? 'UNB~UNOC:3~")


@pytest.mark.parametrize(
    ("sender", "charset"), [("SMALL", "UNOA"), ("Small", "UNOB"), ("SM~LL", "UNOC"), ("Łódź", "UNOW")]
)
def test_characters_outside_the_senders_set_make_the_answer_name_a_wider_one(sender: str, charset: str) -> None:
    data = interchange(ORDER, syntax="UNOA:3").replace(b"5412345000013:14:BUYDIV", sender.encode())
    answer = written(acknowledge(account_of(data), TERMS, MADE))

    assert answer.startswith(f"UNB+{charset}:3+4012345000009:14+{sender}+".encode())
    found = [one for item in EdifactCodec().read(Inline(answer)) for one in cast("Part", item).findings]
    assert found == []


def test_a_group_without_senders_of_its_own_is_told_with_those_of_the_interchange() -> None:
    data = interchange(ORDER, BAD, grouped=True).replace(b"+BUYER:14+SELLER:14+", b"++SELLER:14SELLER+")

    assert "UCF+G7+5412345000013:14+SELLER:14SE+7" in segments(data)


def test_segments_between_messages_are_an_invalid_occurrence_outside_any() -> None:
    lost = [one for one in account_of(interchange(ORDER).replace(b"UNZ", b"LIN+1'UNZ")).findings if one.code == "X225"]

    assert [one.report for one in lost] == [(("0085", "33"),)]


def test_a_contrl_is_not_answered() -> None:
    sent = written(acknowledge(account_of(interchange(ORDER)), TERMS, MADE))

    assert acknowledge(account_of(sent), TERMS, MADE) == []


def test_where_none_is_agreed_none_is_sent() -> None:
    assert acknowledge(account_of(interchange(ORDER)), Terms(), MADE) == []


def test_an_interchange_without_a_number_cannot_be_answered() -> None:
    assert acknowledge(account_of(interchange(ORDER).replace(b"+REF1'", b"'")), TERMS, MADE) == []


def test_a_contrl_for_the_interchange_speaks_for_every_message_in_it() -> None:
    (said,) = answers_from(read_back(account_of(interchange(ORDER))), "acme")

    assert (said.reference.interchange, said.reference.transaction, said.state) == ("REF1", None, AckState.ACCEPTED)


def test_who_is_rejected_is_told_behind_what_holds_for_all() -> None:
    said = answers_from(read_back(account_of(interchange(ORDER, BAD)), replace(TERMS, listing=Listing.FAULTY)), "acme")

    assert [(one.reference.transaction, one.state) for one in said] == [
        (None, AckState.ACCEPTED),
        ("2", AckState.REJECTED),
    ]
    assert said[1].codes == ("13", "12", "37")
    assert said[1].detail is not None
    assert said[1].detail.startswith("CONTRL: in segment 1: 13; element 1, component 2 in segment 2: 12")


def test_a_mere_receipt_decides_nothing() -> None:
    document: Document = {"_std": "EDIFACT", "_set": "CONTRL", "UCI": {"UCI01": "REF1", "UCI04": "8"}}

    assert [one.state for one in answers_from(statements_of(document), "acme")] == [None]


def test_components_of_an_envelope_are_taken_apart() -> None:
    assert parts_of(("UNG", "A?:B:14:", "", "?+??:x"), 1) == ["A:B", "14", ""]
    assert parts_of(("UNG", "A?:B:14:", "", "?+??:x"), 3) == ["+?", "x"]
    assert parts_of(("UNG",), 4) == [""]


def advice(version: str, **changes: object) -> Document:
    data = interchange(ORDER).replace(b"D:96A", f"{version[0]}:{version[1:]}".encode())
    (part,) = (item for item in Reading(Inline(data)) if isinstance(item, Part))
    late = Finding(code="C101", message=f"quantity must be greater than 0: {'so it is ' * 60}", value="0")
    refused = Refused(
        document=cast("dict[str, Document]", part.document), findings=(late,), number="ADV-1", reference="PO1"
    )
    return advise(replace(refused, **changes), MADE)  # type: ignore[arg-type]  # whatever a test changes


@pytest.mark.parametrize("version", ["D96A", "D01B"])
def test_an_aperak_names_the_message_and_what_is_wrong_with_it(version: str) -> None:
    sent = written([advice(version)]).decode().split("'")

    assert sent[1] == f"UNH+1+APERAK:{version[0]}:{version[1:]}:UN"
    assert sent[2:6] == ["BGM+313+ADV-1+27", "DTM+137:202611221005:203", "RFF+ACW:PO1", "ERC+C101"]
    assert sent[6].startswith("FTX+AAO+++quantity must be greater than 0?: so it is")


def test_a_directory_without_aperak_is_answered_in_the_one_most_used() -> None:
    assert b"APERAK:D:96A:UN" in written([advice("D93A")])


def test_an_aperak_is_read_as_an_answer_about_the_document() -> None:
    (said,) = statements_of(advice("D96A"))

    assert (said.level, said.verdict, said.reference) == (Level.DOCUMENT, Verdict.REJECTED, "PO1")
    assert [one.code for one in said.remarks] == ["C101"]


def test_an_aperak_without_errors_accepts() -> None:
    (said,) = statements_of(advice("D01B", findings=(), accepted=True))

    assert said.verdict is Verdict.ACCEPTED


def check(account: InterchangeAccount, terms: Terms) -> None:
    """One CONTRL for whoever can be answered, and every rejected message in it with a reason."""
    said = read_back(account, terms)
    sets = {one.set for group in account.groups for one in group.transactions}
    answerable = (
        account.control and account.facts.get("sender") and account.facts.get("receiver") and sets != {"CONTRL"}
    )
    wholes = [one for one in said if one.level is Level.INTERCHANGE]
    assert len(wholes) == (1 if answerable else 0)
    judgement = judged(account, terms)
    if not answerable or judgement.refused:
        return
    rejected = [one for one in said if one.level is Level.TRANSACTION and one.verdict is Verdict.REJECTED]
    refused = sum(len(one.account.transactions) - one.accepted for one in judgement.groups if not one.whole)
    assert len(rejected) == refused
    assert all(one.remarks for one in rejected)


line_at = st.integers(min_value=0, max_value=30)
junk = st.sampled_from(["", "+", ":", "?", "''", "1O", "x" * 90, "UNT+2+1", "é", "\t", "UNH+9"])


@settings(max_examples=80, deadline=None)
@given(
    st.booleans(),
    st.lists(st.tuples(line_at, st.integers(min_value=0, max_value=20), junk, st.booleans()), max_size=5),
    st.sampled_from(Listing),
    st.sampled_from(Refusal),
)
def test_whatever_happens_on_the_way_the_answer_is_right_and_readable(
    grouped: bool,  # noqa: FBT001 - drawn
    changes: list[tuple[int, int, str, bool]],
    listing: Listing,
    refusal: Refusal,
) -> None:
    lines = interchange(ORDER, BAD, ORDER, grouped=grouped).decode().split("'")
    for at, position, text, drop in changes:
        here = at % len(lines)
        line = lines[here]
        lines[here] = "" if drop else line[: position % (len(line) + 1)] + text + line[position % (len(line) + 1) + 1 :]

    for account in accounts_of("'".join(lines).encode()):
        check(account, Terms(functional="CONTRL", listing=listing, refusal=refusal))


def test_every_interchange_of_real_files_is_answered() -> None:
    files = sorted(CORPUS.rglob("*")) if CORPUS.is_dir() else []

    for path in files:
        data = path.read_bytes() if path.is_file() else b""
        if re.search(rb"UNB[^A-Za-z0-9]UNO", data[:4096]):
            for account in accounts_of(data):
                check(account, TERMS)


def test_a_warning_is_not_told_since_there_is_no_code_for_it() -> None:
    data = interchange(ORDER).replace(b"CNT+2:1", b"CNT+2:7")
    findings = [one for item in Reading(Inline(data)) if isinstance(item, Part) for one in item.findings]

    assert [one.severity for one in findings] == [Severity.WARNING]
    assert segments(data) == [f"{UCI}7"]
