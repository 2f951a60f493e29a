"""How expected and actual output differ: by path, numbers as numbers, lists aligned, payloads line by line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crossdock.message import Document
from crossdock.testing.difference import differences, missing_from, unlike

D = Decimal


@pytest.mark.parametrize(
    ("expected", "actual", "told"),
    [
        ({"a": D("2.50")}, {"a": D("2.5")}, []),
        ({"a": 2}, {"a": D("2.0")}, []),
        ({"a": 1}, {"a": True}, ["/a: expected 1, got true"]),
        ({"a": 2}, {"a": "2"}, ['/a: expected 2, got "2"']),
        ({"a": 1}, {"b": 1}, ["/a: expected 1, but it is not there", "/b: not expected, got 1"]),
        ([1, 2, 3], [1, 3], ["/1: expected 2, but it is not there"]),
        ([1, 3], [1, 2, 3], ["/1: not expected, got 2"]),
        ([1, 2, 3], [1, 5, 3], ["/1: expected 2, got 5"]),
        ({"x/y": [1]}, {"x/y": [2]}, ["/x~1y/0: expected 1, got 2"]),
        (
            [{"k": 1, "v": 1}, {"k": 2}],
            [{"k": 1, "v": 9}],
            ["/0/v: expected 1, got 9", '/1: expected {"k":2}, but it is not there'],
        ),
        (None, None, []),
    ],
)
def test_everything_that_differs_is_told_once(expected: Document, actual: Document, told: list[str]) -> None:
    assert [str(one) for one in differences(expected, actual)] == told


@pytest.mark.parametrize(
    ("expected", "actual", "told"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, []),
        ([{"n": 1}, {"n": 3}], [{"n": 1, "x": 0}, {"n": 2}, {"n": 3}], ['/1: not expected, got {"n":2}']),
        ([{"n": 1}, {"n": 2}], [{"n": 2, "x": 1}], ['/0: expected {"n":1}, but it is not there']),
    ],
)
def test_a_subset_may_lack_fields_and_no_items(expected: Document, actual: Document, told: list[str]) -> None:
    assert [str(one) for one in missing_from(expected, actual)] == told


def test_a_payload_of_one_line_is_compared_by_its_segments() -> None:
    start = (
        b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *260101*1200*^*00501*000000001*0*P*>~"
    )
    lines = unlike(start + b"BEG*00*NE*1~IEA*1*1~", start + b"BEG*00*NE*2~IEA*1*1~", "want.edi", "out")
    assert [line for line in lines if line[:1] in "-+" and line[:3] not in ("---", "+++")] == [
        "-BEG*00*NE*1~",
        "+BEG*00*NE*2~",
    ]


def test_xml_of_one_line_is_compared_by_its_elements() -> None:
    lines = unlike(b"<a><b>1</b><c/></a>", b"<a><b>2</b><c/></a>", "want.xml", "out")
    assert ("-<b>1</b>" in lines, "+<b>2</b>" in lines) == (True, True)


def test_what_cannot_be_seen_is_said() -> None:
    (line,) = unlike(b"a\r\n", b"a\n", "want", "out")
    assert "white space, line ends" in line


def test_a_thousand_differences_are_not_all_shown() -> None:
    lines = unlike(b"[%s]" % b",".join([b"1"] * 1000), b"[%s]" % b",".join([b"2"] * 1000), "want", "out")
    assert (len(lines), lines[-1]) == (61, "… 940 more differences")
