"""997 and 999: verdicts, counts, codes, and where something is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.acknowledgements.conftest import MADE, Office

from crossdock.acknowledgement import Listing, Refusal, Terms
from crossdock.codecs.acknowledging import acknowledge
from crossdock.codecs.x12.codec import X12Codec
from crossdock.codecs.x12.reading import Reading
from crossdock.codecs.x12.settings import Settings
from crossdock.errors import Finding, Place, Severity
from crossdock.message import Inline

GOOD: tuple[tuple[str, str], ...] = ()
BAD = (("*10*EA", "*1O*EA"),)


def test_a_good_group_is_accepted_with_its_counts(office: Office) -> None:
    assert office.segments(office.orders(GOOD, GOOD)) == [
        "AK1*PO*1",
        "AK2*850*0001",
        "AK5*A",
        "AK2*850*0002",
        "AK5*A",
        "AK9*A*2*2*2",
    ]


def test_a_group_with_a_bad_transaction_is_accepted_in_part_and_says_where(office: Office) -> None:
    assert office.segments(office.orders(GOOD, BAD)) == [
        "AK1*PO*1",
        "AK2*850*0001",
        "AK5*A",
        "AK2*850*0002",
        "AK3*PO1*6*PO1*8",
        "AK4*2*330*6*1O",
        "AK5*R*5",
        "AK9*P*2*2*1",
    ]


def test_a_group_without_a_good_transaction_is_rejected(office: Office) -> None:
    assert office.segments(office.orders(BAD, BAD))[-1] == "AK9*R*2*2*0"


def test_a_group_is_rejected_whole_where_that_is_agreed(office: Office) -> None:
    said = office.segments(office.orders(GOOD, BAD), Terms(functional="997", refusal=Refusal.GROUP))

    assert said[-1] == "AK9*R*2*2*0"
    assert not any(line.startswith("AK5*A") for line in said)


@pytest.mark.parametrize(
    ("listing", "named"), [(Listing.ALL, ["0001", "0002"]), (Listing.FAULTY, ["0002"]), (Listing.NONE, [])]
)
def test_transactions_are_named_as_agreed(office: Office, listing: Listing, named: list[str]) -> None:
    said = office.segments(office.orders(GOOD, BAD), Terms(functional="997", listing=listing))

    assert [line.split("*")[2] for line in said if line.startswith("AK2")] == named
    assert said[-1] == "AK9*P*2*2*1"


def test_the_answer_goes_back_in_the_senders_version_and_delimiters_with_both_sides_swapped(office: Office) -> None:
    data = office.orders(GOOD, version="004010VICS").replace(b"*", b"|").replace(b"~", b"\n")
    written = office.sent(data).decode()

    assert written.startswith(
        "ISA|00|          |00|          |ZZ|ACMEDIST       |ZZ|GLOBEX         |261122|1005|U|00401|"
    )
    assert "\nGS|FA|ACMEDIST|GLOBEX|20261122|1005|1|X|004010VICS\n" in written


def test_codes_of_the_group_are_swapped_as_they_stand_in_gs(office: Office) -> None:
    data = office.orders(GOOD).replace(b"GS*PO*GLOBEX*ACMEDIST", b"GS*PO*BUYDIV*SELLDIV")

    assert b"GS*FA*SELLDIV*BUYDIV*" in office.sent(data)


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (b"N3*1 MAIN ST~", b"QQ*X~N3*1 MAIN ST~", ["AK3*QQ*4**1"]),
        (b"N3*1 MAIN ST~", b"IT1*1~N3*1 MAIN ST~", ["AK3*IT1*4**6"]),
        (b"BEG*00*SA*PO1**20261120~", b"", ["AK3*BEG*2**3"]),
        (b"N3*1 MAIN ST~", b"N3*1~N3*2~N3*3~", ["AK3*N3*6*N1*5"]),
        (b"**20261120", b"", ["AK3*BEG*2**8", "AK4*5*373*1"]),
        (b"**20261120", b"**20261320", ["AK3*BEG*2**8", "AK4*5*373*8*20261320"]),
        (b"*ST*DC 7*92*0007", b"*ST*DC 7*92", ["AK3*N1*3*N1*8", "AK4*4*67*2"]),
        (b"*MEMPHIS*TN", b"*M*TN", ["AK3*N4*5*N1*8", "AK4*1*19*4*M"]),
        (b"*MEMPHIS*TN", b"*MEMPHIS*TENN", ["AK3*N4*5*N1*8", "AK4*2*156*5*TENN"]),
    ],
)
def test_each_fault_becomes_its_code_at_its_place(office: Office, old: bytes, new: bytes, lines: list[str]) -> None:
    data = office.orders(GOOD)
    assert old in data
    count = data.replace(old, new).count(b"~") - 4
    changed = data.replace(old, new).replace(b"SE*9*", b"SE*%d*" % count)

    assert office.segments(changed) == ["AK1*PO*1", "AK2*850*0001", *lines, "AK5*R*5", "AK9*R*1*1*0"]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        (b"SE*9*0001~", b"", ["2"]),
        (b"SE*9*0001~", b"SE*9*0007~", ["3"]),
        (b"SE*9*0001~", b"SE*8*0001~", ["4"]),
        (b"SE*9*0001~", b"SE*8*0007~", ["3", "4"]),
    ],
)
def test_a_broken_trailer_of_a_transaction_has_its_own_codes(
    office: Office, old: bytes, new: bytes, codes: list[str]
) -> None:
    said = office.segments(office.orders(GOOD).replace(old, new))

    assert said[-2] == "*".join(["AK5", "R", *codes])


def test_a_control_number_that_stands_twice_rejects_the_second_transaction(office: Office) -> None:
    data = office.orders(GOOD, GOOD).replace(b"*0002~", b"*0001~")

    assert office.segments(data)[1:] == ["AK2*850*0001", "AK5*A", "AK2*850*0001", "AK5*R*23", "AK9*P*2*2*1"]


@pytest.mark.parametrize(
    ("old", "new", "total"),
    [
        (b"GE*1*1~", b"", "AK9*E*1*1*1*3"),
        (b"GE*1*1~", b"GE*1*8~", "AK9*E*1*1*1*4"),
        (b"GE*1*1~", b"GE*4*1~", "AK9*E*4*1*1*5"),
        (b"GE*1*1~", b"GE*4*8~", "AK9*E*4*1*1*4*5"),
        (b"GE*1*1~", b"GE*x*1~", "AK9*E*1*1*1*5"),
    ],
)
def test_a_broken_trailer_of_a_group_is_noted_and_the_announced_count_repeated(
    office: Office, old: bytes, new: bytes, total: str
) -> None:
    assert office.segments(office.orders(GOOD).replace(old, new))[-1] == total


@pytest.mark.parametrize(("version", "code"), [("004010", "6"), ("005010", "19")])
def test_a_group_number_that_stands_twice_has_a_code_that_its_release_knows(
    office: Office, version: str, code: str
) -> None:
    one = office.orders(GOOD, version=version)
    group = one[one.index(b"GS*") : one.index(b"IEA*")]
    data = one.replace(b"IEA*1*", group + b"IEA*2*")
    last = acknowledge(office.account(data), Terms(functional="997"), MADE)[-1]

    assert isinstance(last, dict)
    assert last["AK9"] == {"AK901": "E", "AK902": "1", "AK903": "1", "AK904": "1", "AK905": code}


def test_codes_that_gs_may_not_hold_are_not_repeated_but_those_of_the_interchange(office: Office) -> None:
    data = office.orders(GOOD)
    header = next(line for line in data.split(b"~") if line.startswith(b"GS*")).split(b"*")
    data = data.replace(b"*".join(header[:4]), b"GS*PO*S*" + header[3])
    answer = acknowledge(office.account(data), Terms(functional="997"), MADE)[-1]

    assert isinstance(answer, dict)
    env = answer["_env"]
    assert isinstance(env, dict)
    assert env["gs_receiver"] == env["receiver"]


def test_a_value_that_holds_a_separator_is_not_repeated(office: Office) -> None:
    said = office.segments(office.orders((("*10*EA", "*1>0*EA"),)))

    assert "AK4*2*330*6" in said


def test_a_long_value_is_repeated_up_to_ninety_nine_characters(office: Office) -> None:
    said = office.segments(office.orders((("*10*EA", f"*{'x' * 300}*EA"),)))

    assert any(line == f"AK4*2*330*6*{'x' * 99}" for line in said)


def test_no_more_findings_are_told_than_agreed(office: Office) -> None:
    body = [*office.order[:4], *["PO1*1*x*EA"] * 50, "CTT*50"]
    said = office.segments(office.wrap(body), Terms(functional="997", most=7))

    assert sum(line.startswith("AK4") for line in said) == 7
    assert said[-2] == "AK5*R*5"


def test_a_short_control_number_is_filled_up_to_what_the_answer_may_hold(office: Office) -> None:
    data = office.orders(GOOD).replace(b"*0001~", b"*7~")

    assert "AK2*850*0007" in office.segments(data)


def test_groups_of_acknowledgements_are_not_acknowledged(office: Office) -> None:
    answer = office.sent(office.orders(GOOD))

    assert office.answers(answer) == []


def test_every_group_gets_its_own_answer_in_its_own_version(office: Office) -> None:
    first, second = office.orders(GOOD), office.orders(GOOD, version="005010")
    inside = (
        second[second.index(b"GS*") : second.index(b"IEA")].replace(b"*1*X*", b"*2*X*").replace(b"GE*1*1~", b"GE*1*2~")
    )
    data = first.replace(b"IEA*1*", inside + b"IEA*2*")

    written = office.sent(data).decode()

    assert [line for line in written.split("~") if line.startswith(("GS", "AK1", "AK9", "IEA"))] == [
        "GS*FA*ACMEDIST*GLOBEX*20261122*1005*1*X*004010",
        "AK1*PO*1",
        "AK9*A*1*1*1",
        "GS*FA*ACMEDIST*GLOBEX*20261122*1005*2*X*005010",
        "AK1*PO*2",
        "AK9*A*1*1*1",
        "IEA*2*000000001",
    ]


def test_a_release_the_dictionary_does_not_have_is_answered_in_that_release(office: Office) -> None:
    written = office.sent(office.orders(GOOD, version="003050"))

    assert b"GS*FA*ACMEDIST*GLOBEX*261122*1005*1*X*003050~" in written
    assert b"AK9*A*1*1*1~" in written


def test_a_999_says_the_same_in_its_own_words(office: Office) -> None:
    terms = Terms(functional="999")

    assert office.segments(office.orders(GOOD, BAD, version="005010"), terms) == [
        "AK1*PO*1*005010",
        "AK2*850*0001",
        "IK5*A",
        "AK2*850*0002",
        "IK3*PO1*6*PO1*8",
        "IK4*2*380*6*1O",
        "IK5*R*5",
        "AK9*P*2*2*1",
    ]
    assert b"~ST*999*0001*005010X231A1~" in office.sent(office.orders(GOOD, version="005010"), terms)


def test_before_release_5010_a_999_is_a_997(office: Office) -> None:
    assert b"ST*997*" in office.sent(office.orders(GOOD), Terms(functional="999"))


def test_the_answer_may_differ_from_set_to_set(office: Office) -> None:
    assert office.answers(office.orders(GOOD), Terms(functional="997", sets={"850": ""})) == []


def test_where_nothing_is_agreed_nothing_is_answered(office: Office) -> None:
    assert office.answers(office.orders(GOOD), Terms()) == []


def test_a_snippet_without_interchange_has_nobody_to_answer(office: Office) -> None:
    data = office.orders(GOOD)

    assert office.answers(data[data.index(b"GS*") : data.index(b"IEA")]) == []


def test_a_trailer_that_a_profile_makes_an_error_of_rejects_the_group(office: Office) -> None:
    reading = Reading(
        Inline(office.orders(GOOD).replace(b"GE*1*1~", b"GE*4*1~")), Settings(severities={"X123": Severity.ERROR})
    )
    for _ in reading:
        continue

    (answer,) = acknowledge(reading.accounts[0], Terms(functional="997"), MADE)

    assert isinstance(answer, dict)
    assert answer["AK9"] == {"AK901": "R", "AK902": "4", "AK903": "1", "AK904": "0", "AK905": "5"}
    assert "AK2" not in answer


def test_a_rule_of_the_partners_guide_has_codes_of_its_own_in_a_999(office: Office) -> None:
    account = office.account(office.orders(GOOD, version="005010"))
    transaction = account.groups[0].transactions[0]
    told = Finding(
        code="X151",
        message="missing",
        place=Place(segment=5, element="PO107"),
        rule="partner acme",
        report=(("AK304", "8"), ("AK403", "1")),
    )
    account.groups[0].transactions = [replace(transaction, findings=(told,))]

    (answer,) = acknowledge(account, Terms(functional="999"), MADE)

    written = b"".join(X12Codec().write([answer])).decode()
    assert "~IK3*PO1*5**8~IK4*7**I9~IK5*R*I5~" in written


@pytest.mark.parametrize(
    ("segment", "element", "told"),
    [
        ("2", "", "IK3*PO1*5**I4~"),
        ("3", "", "IK3*PO1*5**I8~"),
        ("5", "", "IK3*PO1*5**5~"),
        ("8", "7", "IK3*PO1*5**8~IK4*7**I6~"),
        ("8", "10", "IK3*PO1*5**8~IK4*7**I10~"),
        ("8", "5", "IK3*PO1*5**8~IK4*7**5~"),
    ],
)
def test_a_999_has_own_codes_only_for_some_rules_of_a_guide(
    office: Office, segment: str, element: str, told: str
) -> None:
    account = office.account(office.orders(GOOD, version="005010"))
    place = Place(segment=5, element="PO107" if element else "PO1")
    report = (("AK304", segment), *((("AK403", element),) if element else ()))
    said = Finding(code="X151", message="", place=place, rule="partner acme", report=report)
    account.groups[0].transactions = [replace(account.groups[0].transactions[0], findings=(said,))]

    (answer,) = acknowledge(account, Terms(functional="999"), MADE)

    assert f"~{told}IK5*R*I5~" in b"".join(X12Codec().write([answer])).decode()
