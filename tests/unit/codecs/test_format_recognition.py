"""Sniffing: a format claims what is its own, and leaves prose and EDI alone."""

from __future__ import annotations

import pytest

from crossdock.codecs.csv import CODEC as CSV
from crossdock.codecs.fixed import CODEC as FIXED
from crossdock.codecs.json import CODEC as JSON
from crossdock.codecs.xml import CODEC as XML

KINDS = (JSON, XML, CSV, FIXED)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b'{"a": 1}', "json"),
        (b'\xef\xbb\xbf [{"a,b": 1},\n{"a,b": 2}]', "json"),
        (b"[]", "json"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"\n<!-- a,b -->\n<a/>", "xml"),
        ("<a/>".encode("utf-16"), "xml"),
        (b"a,b,c\n1,2,3\n4,5,6\n", "csv"),
        (b"a;b\n1;2\n", "csv"),
        (b"sku\tqty\nA\t1\n", "csv"),
    ],
)
def test_a_format_is_recognised_from_its_first_bytes(head: bytes, name: str) -> None:
    likely = {kind.name: kind.sniff(head) for kind in KINDS}
    assert max(likely, key=lambda kind: likely[kind]) == name
    assert likely[name] > 0


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"Dear customer,\nyour order, and the rest of it, is on its way.\nKind regards,\nACME\n",
        b"ISA*00*          *00*          *ZZ*ACME           *ZZ*GLOBEX         *261120*1200*U*00401*000000001*0*P*>~",
        b"UNB+UNOC:3+5412345000013:14+8012345000014:14+261120:1200+1'",
        b"one line, with commas, and more\n",
        b"%PDF-1.7\n\0\0\n",
        b"ORD4711           20261120\nLIN0001SKU\n",
    ],
)
def test_what_is_none_of_them_is_claimed_by_none(head: bytes) -> None:
    assert [kind.name for kind in KINDS if kind.sniff(head) > 0] == []


def test_json_and_xml_are_surer_than_csv() -> None:
    assert CSV.sniff(b"a,b,c\n1,2,3\n4,5,6\n") <= 50
