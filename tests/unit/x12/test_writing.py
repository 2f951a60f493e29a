"""Documents become interchanges that a partner accepts, or are refused with every reason."""

# ruff: noqa: ANN401 - the bench is a fixture of conftest.py, which no test can import

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.codecs.contract import Part
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.dictionary.library import find_set, known_sets
from crossdock.codecs.x12.reading import Reading
from crossdock.codecs.x12.sampling import sample_body
from crossdock.codecs.x12.settings import Address, Settings
from crossdock.codecs.x12.writing import Writing
from crossdock.errors import Reject
from crossdock.message import Document, Inline

OUT = Settings(
    sender=Address(id="ACMEDIST", qualifier="01"),
    receiver=Address(id="GLOBEX", group="GLOBEXAP"),
    date="20261121",
    time="0930",
)


def order(**changes: Document) -> dict[str, Document]:
    return {
        "_set": "850",
        "_ver": "004010",
        "BEG": {"BEG01": "00", "BEG02": "SA", "BEG03": "PO1", "BEG05": "20261120"},
        "PO1": [{"PO101": "1", "PO102": "10", "PO103": "EA", "PO106": "VP", "PO107": "SKU1"}],
        "CTT": {"CTT01": "1"},
        **changes,
    }


def write(*documents: Document, settings: Settings = OUT) -> bytes:
    return b"".join(Writing(settings).chunks(documents))


def refused(*documents: Document, settings: Settings = OUT) -> list[tuple[str, str | None]]:
    with pytest.raises(Reject) as caught:
        write(*documents, settings=settings)
    return [(finding.code, finding.place.pointer) for finding in caught.value.findings]


def test_a_document_from_a_mapping_gets_a_whole_envelope() -> None:
    assert write(order()).decode() == (
        "ISA*00*          *00*          *01*ACMEDIST       *ZZ*GLOBEX         *261121*0930*U*00401*000000001*0*P*:~"
        "GS*PO*ACMEDIST*GLOBEXAP*20261121*0930*1*X*004010~"
        "ST*850*0001~BEG*00*SA*PO1**20261120~PO1*1*10*EA***VP*SKU1~CTT*1~SE*5*0001~"
        "GE*1*1~IEA*1*000000001~"
    )


def test_documents_without_numbers_share_an_envelope_and_count_up() -> None:
    text = write(order(), order(), order()).decode()
    assert [line for line in text.split("~") if line.startswith(("ST", "GE", "IEA"))] == [
        "ST*850*0001",
        "ST*850*0002",
        "ST*850*0003",
        "GE*3*1",
        "IEA*1*000000001",
    ]


def test_another_version_travels_in_another_interchange_with_its_repetition_separator() -> None:
    text = write(order(), order(_ver="005010")).decode()
    assert text.count("ISA*") == 2
    assert "*^*00501*" in text


def test_no_documents_are_no_bytes() -> None:
    assert write() == b""


def test_exact_numbers_are_written_with_every_digit() -> None:
    line: dict[str, Document] = {"PO101": 1, "PO102": Decimal(10), "PO103": "EA", "PO104": Decimal("12.50")}
    assert b"PO1*1*10*EA*12.50~" in write(order(PO1=[line]))


def test_a_decimal_sibling_stands_in_for_an_implied_decimal() -> None:
    charge: dict[str, Document] = {"SAC01": "C", "SAC02": "D240", "SAC12": "02", "_dec": {"SAC05": Decimal("14.4")}}
    assert b"SAC*C*D240***1440*******02~" in write(order(SAC=[charge]))


def test_composites_are_joined_and_cut_at_the_end() -> None:
    sub: dict[str, Document] = {"SLN01": "1", "SLN03": "I", "SLN04": "5", "SLN0501": "EA", "SLN0503": "2", "SLN06": "1"}
    line: dict[str, Document] = {"PO102": "1", "PO103": "EA", "SLN": [sub]}
    assert b"SLN*1**I*5*EA::2*1~" in write(order(PO1=[line]))


def test_a_delimiter_in_a_value_is_refused() -> None:
    assert refused(order(N1=[{"N101": "ST", "N102": "A*B~C"}])) == [("X191", "/N1/0/N102")]


def test_a_line_break_in_a_value_is_refused() -> None:
    assert refused(order(N1=[{"N101": "ST", "N102": "A\nB"}])) == [("X191", "/N1/0/N102")]


def test_a_delimiter_in_a_value_is_replaced_where_that_is_said() -> None:
    settings = Settings(sender=OUT.sender, receiver=OUT.receiver, date=OUT.date, replace_delimiters=" ")
    assert b"N1*ST*A B C~" in write(order(N1=[{"N101": "ST", "N102": "A*B~C"}]), settings=settings)


def test_every_mistake_of_a_document_is_told_at_once() -> None:
    bad = order(BEG={"BEG01": "00", "BEG03": "P" * 23, "BEG05": "20260230"}, PO1=[{"PO102": "x", "PO103": "EA"}])
    assert refused(bad) == [
        ("X151", "/BEG/BEG02"),
        ("X155", "/BEG/BEG03"),
        ("X159", "/BEG/BEG05"),
        ("X156", "/PO1/0/PO102"),
    ]


def test_a_missing_mandatory_segment_is_refused() -> None:
    document = order()
    del document["PO1"]
    assert [code for code, _ in refused(document)] == ["X145"]


def test_keys_without_a_place_are_refused() -> None:
    assert refused(order(PO2=[{"PO201": "1"}])) == [("X194", "/PO2")]
    assert refused(order(BEG={"BEG01": "00", "BEG02": "SA", "BEG03": "1", "BEG05": "20261120", "BEG99": "x"})) == [
        ("X194", "/BEG/BEG99")
    ]


@pytest.mark.parametrize("value", [True, ["A"], {"a": "b"}])
def test_values_that_are_no_text_are_refused(value: Document) -> None:
    assert refused(order(N1=[{"N101": "ST", "N102": value}]))[0] == ("X192", "/N1/0/N102")


@pytest.mark.parametrize("document", [None, "text", [], 5])
def test_what_is_no_document_is_refused(document: Document) -> None:
    assert [code for code, _ in refused(document)] == ["X190"]


def test_a_set_without_dictionary_and_without_order_is_refused() -> None:
    assert refused({"_set": "811", "_ver": "004010", "BIG": [{"BIG01": "20261121"}]}) == [("X189", "/_set")]


def test_an_envelope_that_is_not_complete_is_refused() -> None:
    codes = refused(order(), settings=Settings())
    assert codes == [("X196", "/_env/sender"), ("X196", "/_env/receiver"), ("X196", "/_env/isa_date")]


def test_set_and_version_must_be_named() -> None:
    assert [code for code, _ in refused({"BEG": {}})][:2] == ["X187", "X186"]


@pytest.mark.parametrize("separators", ["**~", "*A~", "*:*"])
def test_separators_that_cannot_work_are_refused(separators: str) -> None:
    settings = Settings(sender=OUT.sender, receiver=OUT.receiver, date=OUT.date, separators=separators)
    assert "X198" in [code for code, _ in refused(order(), settings=settings)]


def test_a_name_too_long_for_isa_is_refused() -> None:
    settings = Settings(sender=Address(id="A" * 16), receiver=OUT.receiver, date=OUT.date)
    assert [code for code, _ in refused(order(), settings=settings)] == ["X197"]


def parts(data: bytes) -> list[Part]:
    return [item for item in Reading(Inline(data)) if isinstance(item, Part)]


ENDS = ("~", "~\n", "~\r\n", "\n", "'")


@given(
    st.integers(0, 2**32),
    st.sampled_from(known_sets()),
    st.sampled_from(ENDS),
    st.sampled_from("*|+"),
    st.integers(1, 3),
)
@settings(max_examples=30)
def test_what_was_read_and_not_changed_is_written_to_the_byte(
    seed: int, known: tuple[str, str], end: str, mark: str, count: int
) -> None:
    number, release = known
    definition = find_set(number, release)
    assert definition is not None
    marks = Delimiters(mark, ">", end[0], "^" if release > "004020" else "", end[1:])
    choose = random.Random(seed).randrange  # noqa: S311 - no secret, a sample
    words = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", f"{'GLOBEX':15}", "01", f"{'ACME':15}", "261121", "0930"]
    segments = [mark.join([*words, marks.repetition or "U", release[:5], f"{seed % 10**9:09}", "1", "T", ">"])]
    segments.append(
        mark.join(["GS", definition.group, "G", "A", "20261121", "093015", str(seed % 1000), "X", f"{release}VICS"])
    )
    for control in range(1, count + 1):
        body = sample_body(definition, choose, marks)
        segments += [
            mark.join(["ST", number, f"{control:04}"]),
            *body,
            mark.join(["SE", str(len(body) + 2), f"{control:04}"]),
        ]
    segments += [mark.join(["GE", str(count), str(seed % 1000)]), mark.join(["IEA", "1", f"{seed % 10**9:09}"])]
    data = "".join(segment + end for segment in segments).encode()
    read = parts(data)
    assert [finding for part in read for finding in part.findings if not finding.code.startswith("X17")] == []
    assert b"".join(Writing().chunks(part.document for part in read)) == data


def test_two_interchanges_that_look_alike_stay_two(bench: Any) -> None:
    data = bench.wrap(bench.order) * 2
    assert b"".join(Writing().chunks(part.document for part in parts(data))) == data


def test_groups_and_interchanges_of_a_file_are_written_as_they_were(bench: Any) -> None:
    one = bench.wrap(bench.order, bench.order)
    group = one[one.index(b"GS*") : one.index(b"IEA*")]
    second = group.replace(b"*1*X*", b"*2*X*").replace(b"GE*2*1~", b"GE*2*2~")
    data = one.replace(b"IEA*1*", second + b"IEA*2*") + bench.wrap(bench.order, version="005010", end="\n")
    assert b"".join(Writing().chunks(part.document for part in parts(data))) == data


def test_latin_letters_are_written_back_as_they_came(bench: Any) -> None:
    for raw in ("GRÖSSE".encode(), "GRÖSSE".encode("latin-1")):
        data = bench.wrap(bench.order).replace(b"HEX BOLT", raw)
        assert b"".join(Writing().chunks(part.document for part in parts(data))) == data
