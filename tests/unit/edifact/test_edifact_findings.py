"""What is wrong with segments and elements: code, place, what a CONTRL says of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.unit.edifact.conftest import Bench

from crossdock.acknowledgement import Receipt, Terms
from crossdock.codecs.acknowledging import acknowledge
from crossdock.codecs.edifact.settings import Settings
from crossdock.errors import Severity

CASES = [
    (("BGM+220+PO1+9\n", ""), "X245", "13"),
    (("QTY+21:10", "QTY+:10"), "X251", "13"),
    (("QTY+21:10", "QTY+21:1O"), "X257", "37"),
    (("QTY+21:10", "QTY+21:.5"), "X258", "38"),
    (("QTY+21:10", "QTY+21:1234567890123456"), "X256", "39"),
    (("QTY+21:10", "QTY+21:10:PCE:X"), "X254", "16"),
    (("QTY+21:10", "QTY+21:10+X"), "X253", "16"),
    (("BGM+220+PO1+9", "BGM+220+PO1:X+9"), "X254", "16"),
    (("DTM+137:20261120:102", "DTM+137:20261320:102"), "X263", "12"),
    (("UNS+S", "UNS+X"), "X262", "12"),
    (("QTY+21:10", "ZZZ+21:10"), "X241", "15"),
    (("QTY+21:10", "BUS+1:2"), "X242", "15"),
    (("UNS+S\n", "UNS+S\nBGM+1\n"), "X247", "35"),
    (("LIN+1+", "CUX+2:EUR:9\n" * 6 + "LIN+1+"), "X246", "36"),
    (("PRI+AAA:12.5", "PRI+AAA:12.5\nPIA+1+X:SA"), "X244", "15"),
    (("CNT+2:1", "CNT+2:7"), "X271", None),
]


@pytest.mark.parametrize(("change", "code", "reported"), CASES, ids=[code for _, code, _ in CASES])
def test_each_mistake_is_one_finding(bench: Bench, change: tuple[str, str], code: str, reported: str | None) -> None:
    outcome = bench.read_order(change)
    assert outcome.codes == [code]
    assert outcome.findings[0].report == ((("0085", reported),) if reported else ())


def test_a_finding_says_where_and_whose_rule(bench: Bench) -> None:
    (finding,) = bench.read_order(("QTY+21:10", "QTY+21:1O")).findings
    assert finding.message == 'LIN line 1, QTY 1, quantity (QTY0102) is "1O": not a number'
    assert finding.rule == "EDIFACT D96A"
    assert finding.place.element == "QTY0102"
    assert finding.place.pointer == "/LIN/0/QTY/0/QTY0102"
    assert finding.place.segment == 9


def test_the_byte_is_that_of_the_component(bench: Bench) -> None:
    data = bench.wrap([line.replace("21:10", "21:1O").replace("HEX BOLT", "O?'NEIL") for line in bench.order])
    (finding,) = bench.read(data).findings
    assert finding.place.byte is not None
    assert data[finding.place.byte :].startswith(b"1O'")


def test_too_many_of_a_group_are_one_finding_each(bench: Bench) -> None:
    outcome = bench.read_order(("UNS+S", "\n".join(["PIA+1+A:SA"] * 25) + "\nUNS+S"))
    assert set(outcome.codes) == {"X244"}


def test_trailing_separators_are_one_note(bench: Bench) -> None:
    outcome = bench.read_order(("QTY+21:10", "QTY+21:10:"), ("PRI+AAA:12.5", "PRI+AAA:12.5+"))
    assert outcome.codes == ["X266"]
    assert outcome.findings[0].severity is Severity.NOTE
    assert outcome.findings[0].message.startswith("2 segments")


def test_totals_can_be_errors_or_left_alone(bench: Bench) -> None:
    change = ("CNT+2:1", "CNT+2:7")
    strict = bench.read_order(change, settings=Settings(totals=Severity.ERROR))
    assert strict.findings[0].severity is Severity.ERROR
    assert bench.read_order(change, settings=Settings(totals=None)).codes == []


def test_findings_can_be_weighed_by_their_code(bench: Bench) -> None:
    settings = Settings(severities={"X257": Severity.NOTE})
    assert bench.read_order(("QTY+21:10", "QTY+21:1O"), settings=settings).findings[0].severity is Severity.NOTE


def test_a_refused_message_is_known_by_its_number(bench: Bench) -> None:
    assert bench.read_order(("QTY+21:10", "QTY+21:1O")).part.keys == ("PO1",)


@pytest.mark.parametrize("segment", ["ABC:1+2", "+2", "ab+2"])
def test_what_is_no_tag_is_no_segment_even_without_a_dictionary(bench: Bench, segment: str) -> None:
    outcome = bench.read(bench.wrap(["BGM+1", segment], name="XYZMSG:1:911:UN"))
    assert outcome.codes == ["X235", "X241"]


def test_a_message_without_release_is_read_by_structure_and_rejected(bench: Bench) -> None:
    assert bench.read_order(name="ORDERS").codes == ["X268"]


def test_digits_that_are_no_decimals_do_not_disturb_an_acknowledgement(bench: Bench) -> None:
    outcome = bench.read(bench.wrap([*bench.order[:-2], "SCC\xb99+X\x07", *bench.order[-2:]]))
    terms = Terms(functional="CONTRL", receipt=Receipt.ALWAYS)
    (answer,) = acknowledge(outcome.accounts[0], terms, datetime(2026, 11, 21, tzinfo=UTC))
    assert "UCM" in str(answer)


@pytest.mark.parametrize(("old", "new"), [("REF1'UNH", "REF1:'UNH"), ("UNZ+1+", "UNZ+1:+"), ("UNT+13+", "UNT+13:+")])
def test_trailing_separators_of_service_segments_are_one_note(bench: Bench, old: str, new: str) -> None:
    data = bench.wrap(bench.order).decode()
    assert old in data
    outcome = bench.read(data.replace(old, new).encode())
    assert [*outcome.remarked, *outcome.codes] == ["X266"]


def test_trailing_separators_of_unh_are_a_note(bench: Bench) -> None:
    assert bench.read_order(name="ORDERS:D:96A:UN:EAN008+").codes == ["X266"]


def test_a_tag_that_only_begins_like_unt_ends_no_message(bench: Bench) -> None:
    outcome = bench.read(bench.wrap(bench.order).replace(b"UNT+", b"UNT\xff+"))
    assert outcome.codes == ["X241", "X231"]


def test_elements_beyond_those_of_unh_are_an_error(bench: Bench) -> None:
    assert bench.read_order(name="ORDERS:D:96A:UN:EAN008+++++++9").codes == ["X274"]
