"""Each mistake inside a transaction: its finding, the acknowledgement codes, and where it is."""

# ruff: noqa: ANN401 - the bench is a fixture of conftest.py, which no test can import

from __future__ import annotations

from typing import Any

import pytest

from crossdock.errors import Severity

ELEMENTS = [
    # old, new, code, AK403, element, message
    ("BEG*00", "BEG*", "X151", "1", "BEG01", "BEG, purpose (BEG01) is missing: mandatory"),
    (
        "PO1*1*10*EA",
        "PO1*1**EA",
        "X152",
        "2",
        "PO102",
        "PO1 line 1, quantity (PO102) is missing: mandatory because of the other elements",
    ),
    ("N4*MEMPHIS*TN", "N4*MEMPHIS*TN*****X", "X153", "3", "N407", 'N1 1, N4 1, N407 is "X": one element too many'),
    ("92*0007", "92*7", "X154", "4", "N104", 'N1 1, identification (N104) is "7": too short, at least 2'),
    (
        "N4*MEMPHIS*TN",
        "N4*MEMPHIS*TEN",
        "X155",
        "5",
        "N402",
        'N1 1, N4 1, state or province (N402) is "TEN": too long, at most 2',
    ),
    ("PO1*1*10", "PO1*1*1O", "X156", "6", "PO102", 'PO1 line 1, quantity (PO102) is "1O": not a number'),
    (
        "HEX BOLT",
        "HEX\x07BOLT",
        "X157",
        "6",
        "PID05",
        'PO1 line 1, PID 1, description (PID05) is "HEX\\x07BOLT": has a character that may not be sent',
    ),
    (
        "PID*F",
        "PID*Q",
        "X158",
        "7",
        "PID01",
        'PO1 line 1, PID 1, description type (PID01) is "Q": not in the code list',
    ),
    ("20261120", "20260230", "X159", "8", "BEG05", 'BEG, date (BEG05) is "20260230": not a date'),
    ("N1*ST", "DTM*002*20261201*2561\nN1*ST", "X160", "9", "DTM03", 'DTM 1, time (DTM03) is "2561": not a time'),
    (
        "CTT*1",
        "TD3*TL*ABCD*123*******53XX\nCTT*1",
        "X161",
        "10",
        "TD310",
        "PO1 line 1, TD3 1, equipment type (TD310) may not stand together with the other elements",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "ak403", "element", "message"), ELEMENTS, ids=[row[2] for row in ELEMENTS]
)
def test_an_element_fault_is_told_with_its_codes(
    bench: Any, old: str, new: str, code: str, ak403: str, element: str, message: str
) -> None:
    finding = bench.read_order((old, new)).part.findings[0]
    assert (finding.code, finding.severity, finding.message) == (code, Severity.ERROR, message)
    assert finding.place.element == element
    assert finding.rule == "X12 004010"
    report = dict(finding.report)
    assert (report["AK304"], report["AK403"]) == ("8", ak403)


SEGMENTS = [
    ("CTT*1", "ZZZ*1\nCTT*1", "X141", "1", "ZZZ is not a segment of X12 004010"),
    ("CTT*1", "MTX**LATER\nCTT*1", "X143", "2", "MTX: not allowed here"),
    ("CTT*1", "IN2*05*X\nCTT*1", "X142", "6", "IN2 is not part of set 850"),
    (
        "PID*F****HEX BOLT",
        "PID*F****HEX BOLT\nCUR*BY*USD",
        "X144",
        "7",
        "PO1 line 1, CUR: out of sequence, it belongs further up",
    ),
    ("BEG*00*SA*PO1**20261120", "", "X145", "3", "BEG: missing, it is mandatory"),
    ("CTT*1", "CTT*1\nCTT*1", "X146", "4", "CTT: the loop may stand 1 times at most"),
    ("N1*ST", "CUR*BY*USD\nCUR*BY*USD\nN1*ST", "X147", "5", "CUR: may stand 1 times at most"),
    ("N1*ST", "PER*BD*A\nPER*BD*B\nPER*BD*C\nPER*BD*D\nN1*ST", "X147", "5", "PER 4: may stand 3 times at most"),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "ak304", "message"),
    SEGMENTS,
    ids=[f"{row[2]}-{row[3]}-{n}" for n, row in enumerate(SEGMENTS)],
)
def test_a_segment_fault_is_told_once_with_its_code(
    bench: Any, old: str, new: str, code: str, ak304: str, message: str
) -> None:
    findings = bench.read_order((old, new)).part.findings
    assert [(finding.code, finding.message) for finding in findings] == [(code, message)]
    assert findings[0].report == (("AK304", ak304),)


def test_all_findings_of_a_transaction_come_at_once(bench: Any) -> None:
    outcome = bench.read_order(("20261120", "20260230"), ("10*EA", "1O*EA"), ("CTT*1", "ZZZ*1\nCTT*1"))
    assert outcome.codes == ["X159", "X156", "X141"]


def test_a_bad_transaction_does_not_touch_its_neighbours(bench: Any) -> None:
    bad = [line.replace("PO1*1*10", "PO1*1*ten") for line in bench.order]
    outcome = bench.read(bench.wrap(bench.order, bad, bench.order))
    assert [[finding.code for finding in part.findings] for part in outcome.parts] == [[], ["X156"], []]


def test_a_place_has_segment_byte_element_and_pointer(bench: Any) -> None:
    data = bench.wrap(bench.order).replace(b"PO1*1*10", b"PO1*1*1O")
    place = bench.read(data).part.findings[0].place
    assert (place.segment, place.element, place.pointer) == (6, "PO102", "/PO1/0/PO102")
    assert data[place.byte :].startswith(b"1O*EA")


def test_the_report_carries_the_data_element_number(bench: Any) -> None:
    assert dict(bench.read_order(("PO1*1*10", "PO1*1*1O")).part.findings[0].report)["AK402"] == "330"


def test_the_element_behind_po102_changed_with_the_release(bench: Any) -> None:
    finding = bench.read_order(("PO1*1*10", "PO1*1*1O"), version="005010").part.findings[0]
    assert (dict(finding.report)["AK402"], finding.rule) == ("380", "X12 005010")


@pytest.mark.parametrize("quantity", ["-5", "0", "123456789012345", "1.5", ".5", "5.", "-0.001"])
def test_numbers_the_standard_allows_pass(bench: Any, quantity: str) -> None:
    assert bench.read_order(("PO1*1*10", f"PO1*1*{quantity}")).codes == []


@pytest.mark.parametrize(
    ("quantity", "code"),
    [("1234567890123456", "X155"), ("1,5", "X156"), ("+5", "X156"), ("1 0", "X156"), ("1e3", "X156"), ("--1", "X156")],
)
def test_numbers_the_standard_does_not_allow_are_told(bench: Any, quantity: str, code: str) -> None:
    assert bench.read_order(("PO1*1*10", f"PO1*1*{quantity}")).codes == [code]


def test_an_exponent_is_allowed_from_004020_on(bench: Any) -> None:
    assert bench.read_order(("PO1*1*10", "PO1*1*1E3"), version="005010").codes == []
    assert bench.read_order(("PO1*1*10", "PO1*1*1E3"), version="004010").codes == ["X156"]


def test_open_code_lists_take_any_code_of_the_right_length(bench: Any) -> None:
    assert bench.read_order(("10*EA", "10*Q7"), ("N1*ST", "N1*9Q")).codes == []


def test_trailing_separators_are_one_note_for_all_segments(bench: Any) -> None:
    outcome = bench.read_order(("N3*1 MAIN ST", "N3*1 MAIN ST*"), ("N4*MEMPHIS*TN", "N4*MEMPHIS*TN**"))
    assert [(finding.code, finding.severity) for finding in outcome.part.findings] == [("X148", Severity.NOTE)]
    assert "2 segments" in outcome.part.findings[0].message


def test_a_separator_for_components_inside_text_is_a_warning_and_the_text_stays(bench: Any) -> None:
    outcome = bench.read_order(("HEX BOLT", "SIZE > 8"))
    assert [(finding.code, finding.severity) for finding in outcome.part.findings] == [("X162", Severity.WARNING)]
    assert outcome.document["PO1"][0]["PID"][0]["PID05"] == "SIZE > 8"


def test_utf8_is_read_with_a_warning(bench: Any) -> None:
    outcome = bench.read_order(("HEX BOLT", "BOLZEN GRÖSSE 8"))
    assert outcome.codes == ["X164"]
    assert outcome.document["PO1"][0]["PID"][0]["PID05"] == "BOLZEN GRÖSSE 8"


def test_what_is_not_utf8_is_read_as_latin(bench: Any) -> None:
    data = bench.wrap(bench.order).replace(b"HEX BOLT", b"GR\xd6SSE 8")
    outcome = bench.read(data)
    assert outcome.codes == ["X139", "X164"]
    assert outcome.document["PO1"][0]["PID"][0]["PID05"] == "GRÖSSE 8"


def test_a_line_count_that_differs_is_a_warning_by_default(bench: Any) -> None:
    finding = bench.read_order(("CTT*1", "CTT*2")).part.findings[0]
    assert (finding.code, finding.severity, finding.message) == (
        "X171",
        Severity.WARNING,
        "CTT01 says 2, but there are 1 PO1",
    )


@pytest.mark.parametrize("total", ["13.5", "135"])  # added up; element 347's way, digits without points
def test_a_hash_total_is_right_in_either_way(bench: Any, total: str) -> None:
    outcome = bench.read_order(("PO1*1*10", "PO1*1*12.5"), ("CTT*1", f"PO1*2*1.0*EA\nCTT*2*{total}"))
    assert outcome.codes == []


def test_a_hash_total_that_differs_is_a_warning(bench: Any) -> None:
    assert bench.read_order(("CTT*1", "CTT*1*11")).codes == ["X172"]


def test_a_thousand_faults_are_told_and_the_others_counted(bench: Any) -> None:
    bad = "\n".join(["PO1*1*x*EA"] * 1500)
    findings = bench.read_order(("CTT*1", f"{bad}\nCTT*1501")).part.findings
    assert len(findings) == 1001
    assert findings[-1].message == "500 more faults in this transaction"
