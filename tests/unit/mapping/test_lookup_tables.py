"""Cross-reference tables: every mistake in the file, with its line."""

from __future__ import annotations

import pytest

from crossdock.errors import ConfigError
from crossdock.mapping.lookup import parse_table


def mistakes(data: bytes) -> list[tuple[str, int | None]]:
    with pytest.raises(ConfigError) as caught:
        parse_table("t", data, "t.csv")
    return [(finding.code, finding.place.line) for finding in caught.value.findings]


def test_a_table_reads_both_ways() -> None:
    table = parse_table("t", b"\xef\xbb\xbfcode,name\r\nEA,each\r\nCA,case\r\n", "t.csv")
    assert table.forth(None) == {"EA": "each", "CA": "case"}
    assert table.back("name") == {"each": "EA", "case": "CA"}


def test_a_quoted_cell_may_hold_commas_and_line_ends() -> None:
    table = parse_table("t", b'code,name\nEA,"one, or\nmore"\nCA,case\n', "t.csv")
    assert table.forth(None)["EA"] == "one, or\nmore"
    assert table.lines == {"EA": 2, "CA": 4}


def test_every_bad_row_is_told_with_its_line() -> None:
    assert mistakes(b"a,b\n1,x\n1,y\n,z\n2\n3,x,y\n") == [("M136", 3), ("M135", 4), ("M134", 5), ("M134", 6)]


def test_blank_lines_are_no_rows() -> None:
    assert parse_table("t", b"a,b\n\n1,x\n\n", "t.csv").rows == {"1": ("1", "x")}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "M133"),
        (b"a\n1\n", "M133"),
        (b"a;b\n1;x\n", "M133"),
        (b"a,a\n1,x\n", "M133"),
        (b"a,\n1,x\n", "M133"),
        (b"a,b\n1,\xff\n", "M131"),
        (b"a,b\n1,\0\n", "M131"),
        (b'a,b\n1,"x\n', "M132"),
    ],
)
def test_a_file_that_is_no_table_is_refused(data: bytes, code: str) -> None:
    assert mistakes(data)[0][0] == code


def test_a_hopeless_file_does_not_fill_the_screen() -> None:
    assert len(mistakes(b"a,b\n" + b"x\n" * 5000)) == 100
