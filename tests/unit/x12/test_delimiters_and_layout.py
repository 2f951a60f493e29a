"""What senders do to the layout of a file: each is read, with a finding of the right weight."""

# ruff: noqa: ANN401 - the bench is a fixture of conftest.py, which no test can import

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("end", ["~\n", "~\r\n", "\n", "\r", "\r\n", "~\n\n", "~ \n", "\x1c", "'", "~\t"])
def test_any_terminator_with_or_without_line_breaks_reads_the_same(bench: Any, end: str) -> None:
    outcome = bench.read(bench.wrap(bench.order, end=end))
    assert outcome.codes == []
    assert outcome.remarks == []
    assert outcome.document["PO1"][0]["PO107"] == "SKU1"


@pytest.mark.parametrize("mark", ["|", "\x1d", "^", "\t", "~", "+"])
def test_any_element_separator_reads_the_same(bench: Any, mark: str) -> None:
    data = bench.wrap(bench.order, end="\n").replace(b"*", mark.encode())
    outcome = bench.read(data)
    assert outcome.codes == []
    assert outcome.document["N1"][0]["N104"] == "0007"


def test_a_letter_as_separator_is_believed_where_isa_has_its_fixed_width(bench: Any) -> None:
    data = (
        bench.wrap([line.replace("EX", "") for line in bench.order], end="\n").replace(b"X", b"x").replace(b"*", b"X")
    )
    assert bench.read(data).document["BEG"]["BEG03"] == "PO1"


def test_a_space_as_separator_is_read_by_width(bench: Any) -> None:
    data = bench.wrap(["BEG*00*SA*PO1**20261120", "PO1*1*10*EA*12.5**VP*SKU1"]).replace(b"*", b" ")
    assert bench.read(data).document["BEG"]["BEG03"] == "PO1"


def test_lines_wrapped_at_80_columns_are_joined_with_a_warning(bench: Any) -> None:
    data = bench.wrap(bench.order)
    wrapped = b"\r\n".join(data[start : start + 80] for start in range(0, len(data), 80))
    outcome = bench.read(wrapped)
    assert outcome.codes == ["X149"]
    assert outcome.remarked == ["X114"]
    assert outcome.document["PO1"] == bench.read(data).document["PO1"]


def test_a_byte_order_mark_is_a_note(bench: Any) -> None:
    outcome = bench.read(b"\xef\xbb\xbf" + bench.wrap(bench.order))
    assert outcome.remarked == ["X105"]
    assert len(outcome.parts) == 1


def test_text_before_isa_is_a_warning(bench: Any) -> None:
    outcome = bench.read(b"//JOB 12 SENT BY VAN, ISA FOLLOWS\n" + bench.wrap(bench.order))
    assert outcome.remarked == ["X106"]
    assert len(outcome.parts) == 1


def test_isa_inside_a_name_starts_nothing(bench: Any) -> None:
    outcome = bench.read_order(("N1*ST*DC 7", "N1*ST*ISA*92*1\nN1*BY*LISA ISA SE ST*92*22\nN1*SU*DC 7"))
    assert outcome.codes == ["X154"]  # the id of one character
    assert [party["N102"] for party in outcome.document["N1"]] == ["ISA", "LISA ISA SE ST", "DC 7"]


def test_se_as_a_value_ends_nothing(bench: Any) -> None:
    outcome = bench.read_order(("N1*ST*DC 7", "N1*SE*SE*92*22\nN1*ST*DC 7"))
    assert outcome.codes == []
    assert outcome.document["N1"][0] == {"N101": "SE", "N102": "SE", "N103": "92", "N104": "22"}


def test_an_isa_without_its_padding_is_read_by_its_separators(bench: Any) -> None:
    data = bench.wrap(bench.order)
    short = data.replace(b" " * 10, b"").replace(b"GLOBEX         ", b"GLOBEX").replace(b"ACMEDIST       ", b"ACMEDIST")
    outcome = bench.read(short)
    assert outcome.remarked == ["X107"]
    assert outcome.remarks[0].message == "ISA is not of fixed width: ISA02, ISA04, ISA06, ISA08"
    assert outcome.document["_env"]["sender"] == "GLOBEX"


def test_an_isa_without_its_last_element_is_understood_from_the_next_line(bench: Any) -> None:
    data = bench.wrap(bench.order, end="~\n").replace(b"*P*>~\n", b"*P*~\n")
    outcome = bench.read(data)
    assert outcome.remarked == ["X107"]
    assert outcome.codes == []


def test_element_and_component_separator_the_same_is_a_warning(bench: Any) -> None:
    outcome = bench.read(bench.wrap(bench.order).replace(b"*P*>~", b"*P**~"))
    assert outcome.remarked == ["X110"]
    assert outcome.codes == []


def test_the_repetition_separator_counts_from_00402_on(bench: Any) -> None:
    assert bench.read(bench.wrap(bench.order, version="005010")).document["_env"]["separators"] == "*>~^"
    assert bench.read(bench.wrap(bench.order, version="004010")).document["_env"]["separators"] == "*>~"


@pytest.mark.parametrize("before", ["PO1", "GE*"])
def test_empty_segments_are_one_note(bench: Any, before: str) -> None:
    outcome = bench.read(bench.wrap(bench.order).replace(b"~" + before.encode(), b"~~~" + before.encode()))
    assert [*outcome.remarked, *outcome.codes] == ["X168"]
