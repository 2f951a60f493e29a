"""TA1: when it is sent, and what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.acknowledgements.conftest import MADE, RECEIPT, TERMS, Office

from crossdock.acknowledgement import Receipt, Terms
from crossdock.codecs.acknowledging import acknowledge
from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edi.judgement import DUPLICATE
from crossdock.errors import Severity


def test_a_good_interchange_that_does_not_ask_gets_none(office: Office) -> None:
    assert not any(line.startswith("TA1") for line in office.segments(office.orders(())))


def test_an_interchange_that_asks_gets_one_before_the_997(office: Office) -> None:
    data = office.orders(()).replace(b"*0*P*", b"*1*P*")

    assert office.segments(data)[:2] == ["TA1*000000001*261121*0930*A*000", "AK1*PO*1"]


def test_it_travels_in_the_interchange_of_the_997_and_outside_any_group(office: Office) -> None:
    written = office.sent(office.orders(()).replace(b"*0*P*", b"*1*P*")).decode()

    assert [line.split("*")[0] for line in written.split("~")[:4]] == ["ISA", "TA1", "GS", "ST"]
    assert "IEA*1*" in written


def test_it_can_be_agreed_that_each_interchange_gets_one(office: Office) -> None:
    assert office.segments(office.orders(()), RECEIPT) == ["TA1*000000001*261121*0930*A*000"]


def test_it_can_be_agreed_that_none_gets_one(office: Office) -> None:
    data = office.orders(()).replace(b"*0*P*", b"*1*P*")

    assert office.answers(data, Terms(receipt=Receipt.NEVER)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"IEA*1*000000001~", b"", "E*023"),
        (b"IEA*1*000000001~", b"IEA*1*000000009~", "E*001"),
        (b"IEA*1*000000001~", b"IEA*3*000000001~", "E*021"),
        (b"*261121*0930*U", b"*269921*0930*U", "E*014"),
        (b"*261121*0930*U", b"*261121*9930*U", "E*015"),
        (b"*0*P*", b"*0*Q*", "E*020"),
    ],
)
def test_what_is_wrong_with_the_interchange_is_told_unasked(office: Office, old: bytes, new: bytes, said: str) -> None:
    data = office.orders(())
    assert old in data

    receipt = office.segments(data.replace(old, new))[0]

    assert receipt.split("*", 4)[4] == said


def test_transactions_outside_any_group_are_an_interchange_of_wrong_content(office: Office) -> None:
    data = office.orders(())
    start = data.index(b"GS*")
    without = data[:start] + data[data.index(b"~", start) + 1 :].replace(b"GE*1*1~", b"").replace(b"IEA*1", b"IEA*0")

    assert office.segments(without) == ["TA1*000000001*261121*0930*E*024"]


def test_an_interchange_that_was_received_before_is_refused_and_nothing_in_it_answered(office: Office) -> None:
    account = office.account(office.orders(()))
    account.findings.append(finding(DUPLICATE, control=account.control, when="2026-11-20"))

    (receipt,) = acknowledge(account, TERMS, MADE)

    assert isinstance(receipt, dict)
    assert receipt["TA1"] == {
        "TA101": "000000001",
        "TA102": "261121",
        "TA103": "0930",
        "TA104": "R",
        "TA105": "025",
    }


def test_what_is_only_a_note_is_not_told(office: Office) -> None:
    account = office.account(office.orders(()).replace(b"IEA*1*", b"IEA*3*"))
    account.findings[:] = [replace(one, severity=Severity.NOTE) for one in account.findings]

    assert len(acknowledge(account, TERMS, MADE)) == 1


def test_a_receipt_is_not_answered_with_a_receipt(office: Office) -> None:
    receipt = office.sent(office.orders(()), RECEIPT)

    assert office.answers(receipt, RECEIPT) == []
