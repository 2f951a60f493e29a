"""What a reading knows of each interchange, for who answers it."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import pytest
from tests.unit.x12.conftest import ORDER, Bench

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import InterchangeAccount, Roll, TransactionAccount
from crossdock.codecs.edi.roll import MOST_TOLD
from crossdock.codecs.x12.codec import X12Codec
from crossdock.errors import Finding, Severity
from crossdock.message import Inline


def accounts(data: bytes) -> list[InterchangeAccount]:
    reading = X12Codec().judge(Inline(data))
    deque(reading, maxlen=0)
    return list(reading.accounts)


def reports(findings: list[Finding]) -> list[tuple[str, str]]:
    return [report for finding in findings for report in finding.report]


def test_an_interchange_in_order_has_its_groups_and_transactions(bench: Bench) -> None:
    (account,) = accounts(bench.wrap(ORDER, ORDER))
    assert (account.standard, account.control, account.closed) == ("X12", "000000001", True)
    assert account.elements[6] == "GLOBEX"
    assert account.facts["sender"] == "GLOBEX"
    (group,) = account.groups
    assert (group.elements[:2], group.control, group.announced) == (("GS", "PO"), "1", "2")
    assert [(one.set, one.control, one.rejected) for one in group.transactions] == [
        ("850", "0001", False),
        ("850", "0002", False),
    ]


def test_findings_stand_with_the_level_they_are_about(bench: Bench) -> None:
    data = bench.wrap(ORDER).replace(b"GE*1*1", b"GE*3*2").replace(b"IEA*1*000000001", b"IEA*2*000000009")
    (account,) = accounts(data.replace(b"0930*U", b"2530*U", 1))
    assert reports(account.findings) == [("TA105", "015"), ("TA105", "001"), ("TA105", "021")]
    assert reports(account.groups[0].findings) == [("AK905", "4"), ("AK905", "5")]
    assert account.groups[0].announced == "3"


def test_a_rejected_transaction_keeps_its_findings(bench: Bench) -> None:
    (account,) = accounts(bench.wrap([ORDER[0], *ORDER[1:4], "PO1*1*TEN*EA*1", "CTT*1"], ORDER))
    assert (account.transactions, account.rejected) == (2, 1)
    assert [finding.code for finding in account.groups[0].transactions[0].findings] == ["X156"]


def test_the_account_of_an_interchange_is_open_while_it_is_read(bench: Bench) -> None:
    reading = X12Codec().judge(Inline(bench.wrap(ORDER)))
    for item in reading:
        if isinstance(item, Part):
            assert not reading.accounts[-1].closed
    assert reading.accounts[-1].closed


def test_an_interchange_that_was_cut_off_is_closed_all_the_same(bench: Bench) -> None:
    data = bench.wrap(ORDER)
    (account,) = accounts(data[: data.index(b"GE*")])
    assert account.closed
    assert account.groups[0].announced == ""
    assert ("AK905", "3") in reports(account.groups[0].findings)
    assert ("TA105", "023") in reports(account.findings)


def test_transactions_without_group_have_one_without_numbers(bench: Bench) -> None:
    segments = [bench.isa(), *bench.transaction(ORDER), "IEA*0*000000001"]
    (account,) = accounts("".join(segment + "~" for segment in segments).encode())
    (group,) = account.groups
    assert (group.elements, group.control, len(group.transactions)) == ((), "", 1)
    assert ("AK905", "1") in reports(group.findings)


def test_segments_outside_any_transaction_are_told_to_the_interchange(bench: Bench) -> None:
    data = bench.wrap(ORDER).replace(b"GE*1", b"REF*DP*1~GE*1")
    (account,) = accounts(data)
    assert ("TA105", "024") in reports(account.findings)


BAD = Finding(code="X156", message="is no number", severity=Severity.ERROR)


@pytest.mark.parametrize(
    "controls", [["0001", "0002", "0003"], ["9", "10", "11"], ["0009", "0010"], ["1", "3"], ["A", "1", "1"], ["", ""]]
)
def test_a_roll_gives_back_what_it_was_told(controls: list[str]) -> None:
    told = [TransactionAccount("850", control, "VICS") for control in controls]
    roll = Roll.of(told)
    assert list(roll) == told
    assert [roll[index] for index in range(len(roll))] == told
    assert roll[-1] == told[-1]


def test_a_roll_keeps_bad_ones_in_their_place() -> None:
    told = [TransactionAccount("850", f"{n:04}", findings=(BAD,) if n == 3 else ()) for n in range(1, 6)]
    roll = Roll.of(told)
    assert list(roll) == told
    assert roll.rejected == 1
    with pytest.raises(IndexError, match="transaction 5 of 5"):
        roll[5]


def test_a_roll_of_garbage_keeps_the_codes_of_what_nobody_reads_but_not_the_words() -> None:
    told = [replace(BAD, message=f"{n} is no number", report=(("AK304", "8"),)) for n in range(MOST_TOLD + 3)]
    roll = Roll.of(TransactionAccount("850", "1", findings=(one,)) for one in told)
    accounts = list(roll)

    assert roll.rejected == len(roll) == MOST_TOLD + 3
    assert accounts[MOST_TOLD - 1].findings == (told[MOST_TOLD - 1],)
    assert accounts[-1].findings == (replace(BAD, message="", report=(("AK304", "8"),)),)
    assert accounts[-1].findings is accounts[-2].findings
