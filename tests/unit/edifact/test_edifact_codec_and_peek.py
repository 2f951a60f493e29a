"""The codec as routes use it, heads without reading, TRADACOMS, and what ``inspect`` shows."""

from __future__ import annotations

import pytest
from tests.unit.edifact.conftest import UNB, Bench

from crossdock.codecs.contract import Part
from crossdock.codecs.edifact.caret import caret_view
from crossdock.codecs.edifact.codec import CODEC, EdifactCodec
from crossdock.codecs.edifact.options import EdifactOptions
from crossdock.codecs.edifact.settings import Settings
from crossdock.codecs.edifact.summary import summary
from crossdock.codecs.edifact.tradacoms import CODEC as TRADACOMS
from crossdock.codecs.edifact.tradacoms import TradacomsReading
from crossdock.errors import Finding, Reject
from crossdock.message import Inline

TRANSMISSION = (
    b"STX=ANA:1+5000000000000:BUYER+5010000000003:SELLER+261121:101500+REF1++ORDHDR'\n"
    b"MHD=1+ORDHDR:9'\nTYP=0430+NEW-ORDERS'\nSDT=5010000000003:SUP?'S'\nMTR=4'\nMHD=2+ORDERS:9'\nCLO=:X'\nMTR=3'\nEND=2'\n"
)


def test_the_only_message_of_a_payload(bench: Bench) -> None:
    codec = EdifactCodec()
    assert codec.whole(Inline(bench.wrap(bench.order))).findings == ()
    with pytest.raises(Reject, match="more than one message"):
        codec.whole(Inline(bench.wrap(bench.order, bench.order)))


def test_a_head_has_what_routes_a_message(bench: Bench) -> None:
    first, second = EdifactCodec().peek(Inline(bench.wrap(bench.order, bench.order)))
    assert (first.standard, first.set, first.version, first.control) == ("EDIFACT", "ORDERS", "D96A", "1")
    assert (first.tag, first.first) == ("BGM", {"BGM0101": "220", "BGM02": "PO1", "BGM03": "9"})
    assert first.facts["sender"] == "5412345000013"
    assert first.facts["association"] == "EAN008"
    assert second.control == "2"


def test_heads_and_parts_are_about_the_same_messages(bench: Bench) -> None:
    data = bench.wrap(bench.order, bench.order) + bench.wrap(bench.order, una="UNA:+.? '")
    heads, parts = list(EdifactCodec().peek(Inline(data))), bench.read(data).parts
    assert [head.headers for head in heads] == [dict(part.headers) for part in parts]
    assert [part.document["_env"] for part in parts] == [head.facts for head in heads]  # type: ignore[index, call-overload]  # trees


def test_every_option_reaches_the_settings() -> None:
    settings = EdifactOptions(charset="UNOW", syntax="4", totals="off", severities={"X213": "note"}).settings()
    assert (settings.charset, settings.syntax, settings.totals) == ("UNOW", "4", None)
    assert CODEC.shorthand == "version"
    assert EdifactOptions().settings() == Settings()


@pytest.mark.parametrize(
    ("head", "least"),
    [
        (b"UNA:+.? 'UNB+UNOA:1", 100),
        (b"\xef\xbb\xbf\r\nUNB+UNOC:3+", 100),
        (b"UNH+1+ORDERS", 60),
        (b"x UNB+UNOC:3", 40),
    ],
)
def test_edifact_is_recognised(head: bytes, least: int) -> None:
    assert CODEC.sniff(head) >= least


def test_other_formats_are_not_taken_for_edifact() -> None:
    assert [CODEC.sniff(head) for head in (b"ISA*00*", b"{}", b"STX=ANA:1+", b"UNABLE TO", b"")] == [0] * 5


def test_a_mistake_is_shown_under_its_value(bench: Bench) -> None:
    part = bench.read_order(("QTY+21:10", "QTY+21:1O?'"), ("HEX BOLT", "O?'NEIL")).part
    lines = caret_view(part).splitlines()
    assert lines[1:3] == ["    QTY+21:1O?''", "           ^^^^"]


def test_the_summary_of_a_payload(bench: Bench) -> None:
    found = summary(Inline(bench.wrap(bench.order)))
    assert found["format"] == "edifact"
    transactions, interchanges = found["transactions"], found["interchanges"]
    assert isinstance(transactions, list)
    assert isinstance(interchanges, list)
    (transaction,), (interchange,) = transactions, interchanges
    assert (transaction["set"], transaction["verdict"]) == ("ORDERS", "accepted")
    assert (interchange["control"], interchange["transactions"]) == ("REF1", 1)


def test_tradacoms_is_one_document_a_message() -> None:
    parts = [item for item in TradacomsReading(Inline(TRANSMISSION), Settings()) if isinstance(item, Part)]
    assert [part.headers["tradacoms.set"] for part in parts] == ["ORDHDR", "ORDERS"]
    document = parts[0].document
    assert isinstance(document, dict)
    assert (document["_std"], document["_ver"]) == ("TRADACOMS", "9")
    assert document["TYP"] == [{"TYP01": "0430", "TYP02": "NEW-ORDERS"}]
    assert document["SDT"] == [{"SDT0101": "5010000000003", "SDT0102": "SUP'S"}]
    assert [part.findings for part in parts] == [(), ()]
    (again,) = TradacomsReading(Inline(parts[1].raw()), Settings())
    assert isinstance(again, Part)
    assert again.document == parts[1].document


FAULTS = [
    (b"MTR=4'", b"", ["X276", "X276"]),
    (b"MTR=3'", b"MTR=9'", ["X276"]),
    (b"END=2'", b"END=3'", ["X277"]),
    (b"END=2'\n", b"", ["X278"]),
    (b"MHD=1", b"ABC=1'MHD=1", ["X279"]),
]


@pytest.mark.parametrize(("old", "new", "codes"), FAULTS)
def test_faults_of_tradacoms_are_told(old: bytes, new: bytes, codes: list[str]) -> None:
    found = []
    for item in TradacomsReading(Inline(TRANSMISSION.replace(old, new)), Settings()):
        found += [item.code] if isinstance(item, Finding) else [one.code for one in item.findings]
    assert set(found) & set(codes) or found == ["X275"]


def test_tradacoms_is_recognised_and_read_only() -> None:
    assert TRADACOMS.sniff(TRANSMISSION) == 100
    assert CODEC.sniff(TRANSMISSION) == 0


@pytest.mark.parametrize("segment", ["UNZ+1+REF1", "UNE+1+1", UNB])
def test_a_message_that_an_envelope_cuts_off_ends_for_a_peek_where_it_ends_for_a_reading(segment: str) -> None:
    bench = Bench()
    data = bench.wrap(bench.order, bench.order).replace(b"UNT+13+1'", f"{segment}'".encode())
    heads, parts = (
        list(EdifactCodec().peek(Inline(data))),
        [part for part in bench.read(data).parts if part.document is not None],
    )
    assert [head.byte for head in heads] == [place.byte for part in parts if (place := part.place(""))]
