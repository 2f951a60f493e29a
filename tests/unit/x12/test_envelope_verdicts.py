"""Interchange, group and transaction trailers: what is safe goes on with a warning, what is not is rejected."""

# ruff: noqa: ANN401 - the bench is a fixture of conftest.py, which no test can import

from __future__ import annotations

from typing import Any

import pytest

from crossdock.errors import Severity, errors_in

REMARKS = [
    # old, new, code, report
    (b"GE*1*1~", b"GE*2*1~", "X123", ("AK905", "5")),
    (b"GE*1*1~", b"GE*1*7~", "X122", ("AK905", "4")),
    (b"GE*1*1~", b"", "X121", ("AK905", "3")),
    (b"IEA*1*000000001~", b"", "X111", ("TA105", "023")),
    (b"IEA*1*000000001~", b"IEA*1*000000002~", "X112", ("TA105", "001")),
    (b"IEA*1*000000001~", b"IEA*3*000000001~", "X113", ("TA105", "021")),
    (b"*261121*0930*", b"*269921*0930*", "X115", ("TA105", "014")),
    (b"*261121*0930*", b"*261121*2530*", "X116", ("TA105", "015")),
    (b"*000000001*0*P", b"*000000001*0*X", "X118", ("TA105", "020")),
]


@pytest.mark.parametrize(("old", "new", "code", "report"), REMARKS, ids=[row[2] for row in REMARKS])
def test_a_fault_around_the_transactions_is_a_warning(
    bench: Any, old: bytes, new: bytes, code: str, report: tuple[str, str]
) -> None:
    data = bench.wrap(bench.order)
    assert old in data
    outcome = bench.read(data.replace(old, new))
    assert outcome.codes == []
    assert [(finding.code, finding.severity) for finding in outcome.remarks] == [(code, Severity.WARNING)]
    assert report in outcome.remarks[0].report


UNSAFE = [
    (b"SE*9*0001~", b"", "X131", "2"),
    (b"SE*9*0001~", b"SE*9*0002~", "X132", "3"),
    (b"SE*9*0001~", b"SE*8*0001~", "X133", "4"),
]


@pytest.mark.parametrize(("old", "new", "code", "ak502"), UNSAFE, ids=[row[2] for row in UNSAFE])
def test_a_fault_that_makes_a_transaction_unsafe_is_an_error_of_it(
    bench: Any, old: bytes, new: bytes, code: str, ak502: str
) -> None:
    data = bench.wrap(bench.order)
    assert old in data
    errors = errors_in(bench.read(data.replace(old, new)).part.findings)
    assert [(finding.code, finding.report) for finding in errors] == [(code, (("AK502", ak502),))]


def test_a_cut_off_transaction_does_not_swallow_the_next(bench: Any) -> None:
    data = bench.wrap(bench.order, bench.order, bench.order).replace(b"SE*9*0002~", b"")
    outcome = bench.read(data)
    assert [part.headers["x12.st"] for part in outcome.parts] == ["0001", "0002", "0003"]
    assert [[finding.code for finding in part.findings] for part in outcome.parts] == [[], ["X131"], []]
    assert outcome.remarks == []


def test_a_file_that_ends_in_the_middle_gives_what_there_was(bench: Any) -> None:
    data = bench.wrap(bench.order, bench.order)
    outcome = bench.read(data[: data.rindex(b"PO1*1*10")])
    assert len(outcome.parts) == 2
    assert [finding.code for finding in outcome.parts[1].findings] == ["X145", "X131"]
    assert outcome.remarked == ["X121", "X111"]


def test_a_control_number_that_comes_again_in_its_group_is_an_error(bench: Any) -> None:
    data = bench.wrap(bench.order, bench.order).replace(b"*0002~", b"*0001~")
    first, second = bench.read(data).parts
    assert first.findings == ()
    assert [(finding.code, finding.report) for finding in second.findings] == [("X134", (("AK502", "23"),))]


def test_the_same_control_number_in_another_group_is_fine(bench: Any) -> None:
    data = bench.wrap(bench.order)
    middle = data[data.index(b"GS*") : data.index(b"IEA*")]
    both = data.replace(b"IEA*1*", middle.replace(b"*1*X*", b"*2*X*").replace(b"GE*1*1~", b"GE*1*2~") + b"IEA*2*")
    outcome = bench.read(both)
    assert outcome.codes == []
    assert outcome.remarks == []
    assert [part.headers["x12.gs"] for part in outcome.parts] == ["1", "2"]


def test_several_interchanges_with_other_delimiters_in_one_file(bench: Any) -> None:
    second = bench.wrap(bench.order).replace(b">", b"<").replace(b"*", b"|").replace(b"~", b"\n")
    outcome = bench.read(bench.wrap(bench.order) + b"\r\n" + second)
    assert outcome.codes == []
    assert outcome.remarks == []
    assert [part.document["_env"]["separators"] for part in outcome.parts] == ["*>~", "|<\n"]


def test_garbage_after_an_interchange_is_a_part_of_its_own(bench: Any) -> None:
    outcome = bench.read(bench.wrap(bench.order) + b"-- end of file --\n" + bench.wrap(bench.order))
    assert [part.document is None for part in outcome.parts] == [False, True, False]
    lost = outcome.parts[1]
    assert lost.raw() == b"-- end of file --\n"
    assert [finding.code for finding in errors_in(lost.findings)] == ["X108"]


def test_white_space_and_padding_after_an_interchange_are_nothing(bench: Any) -> None:
    outcome = bench.read(bench.wrap(bench.order) + b"\r\n \x1a\x00\x00")
    assert len(outcome.parts) == 1
    assert outcome.remarks == []


def test_segments_outside_a_transaction_are_not_lost(bench: Any) -> None:
    data = bench.wrap(bench.order).replace(b"GE*1*1~", b"PO1*2*5*EA~PID*F****LATE~GE*1*1~")
    _, stray = bench.read(data).parts
    assert stray.document is None
    assert stray.raw() == b"PO1*2*5*EA~PID*F****LATE~"
    assert stray.findings[0].message == "segments stand outside any transaction: PO1 PID"


def test_a_group_of_another_kind_is_a_warning(bench: Any) -> None:
    assert bench.read(bench.wrap(bench.order, group="IN")).codes == ["X138"]


def test_ta1_is_a_part_of_its_own(bench: Any) -> None:
    data = f"{bench.isa()}~TA1*000000905*261120*1200*A*000~IEA*0*000000001~".encode()
    outcome = bench.read(data)
    assert outcome.document["_set"] == "TA1"
    assert outcome.document["TA1"] == {
        "TA101": "000000905",
        "TA102": "261120",
        "TA103": "1200",
        "TA104": "A",
        "TA105": "000",
    }
    assert outcome.remarks == []


def test_a_part_is_raw_as_an_interchange_that_reads_to_the_same_document(bench: Any) -> None:
    data = bench.wrap(bench.order, bench.order, version="005010", end="~\n")
    for part in bench.read(data).parts:
        alone = bench.read(part.raw())
        assert alone.remarks == []
        assert alone.document == part.document
        assert alone.part.findings == ()


def test_raw_keeps_the_bytes_of_the_transaction_and_its_headers(bench: Any) -> None:
    data = bench.wrap(bench.order, bench.order)
    raw = bench.read(data).parts[1].raw()
    assert (
        raw
        == data[: data.index(b"ST*850*0001")]
        + data[data.index(b"ST*850*0002") : data.index(b"GE*")]
        + b"GE*1*1~IEA*1*000000001~"
    )


def test_a_snippet_without_envelope_is_read_with_a_warning(bench: Any) -> None:
    outcome = bench.read("".join(f"{line}~\n" for line in bench.transaction(bench.order)).encode())
    assert outcome.remarked == ["X119"]
    assert outcome.document["BEG"] == [{"BEG01": "00", "BEG02": "SA", "BEG03": "PO1", "BEG05": "20261120"}]
    assert outcome.codes == ["X136"]
