"""IDocs: the tree of segments, flat and XML, and what is written."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.codecs.contract import Codec, Part
from crossdock.codecs.idoc import CODEC
from crossdock.codecs.idoc.described import shipped
from crossdock.codecs.idoc.model import Described
from crossdock.codecs.idoc.notation import read_described
from crossdock.errors import Finding, Reject, Severity
from crossdock.message import Document, Inline, Payload
from crossdock.yaml_source import Authored


class Project:
    """Resources of a project that may describe IDocs."""

    def __init__(self, *described: Described) -> None:
        self._described = described

    def layout(self, name: str) -> Authored:
        raise AssertionError(name)

    def local_versions(self, standard: str) -> dict[str, Any]:
        return {}

    def idoc_descriptions(self) -> tuple[Described, ...]:
        return self._described


def idoc(*described: Described, **options: object) -> Codec:
    return CODEC.open(CODEC.options.model_validate(options), Project(*described))


def written(codec: Codec, *documents: Document) -> bytes:
    return b"".join(codec.write(documents))


def read(codec: Codec, data: bytes) -> list[Part]:
    return [part for part in codec.read(Inline(data)) if isinstance(part, Part)]


def told(codec: Codec, data: bytes) -> list[str]:
    return [finding.code for part in read(codec, data) for finding in part.findings]


def order(number: str = "PO-1", **more: Document) -> dict[str, Any]:
    control: Document = {
        "TABNAM": "EDI_DC40",
        "MANDT": "100",
        "DOCNUM": "0000000000004711",
        "DIRECT": "2",
        "IDOCTYP": "ORDERS05",
        "MESTYP": "ORDERS",
    }
    return {"IDOC": {"EDI_DC40": control, "E1EDK01": {"BELNR": number}, **more}}


ITEMS: Document = [
    {"POSEX": "000010", "MENGE": "5.000", "E1EDP19": [{"QUALF": "002", "IDTNR": "TG11"}]},
    {"POSEX": "000020", "E1EDP20": [{"WMENG": "1"}, {"WMENG": "2"}]},
]


def test_segments_that_may_be_once_are_objects_and_others_lists() -> None:
    document = order(E1EDKA1=[{"PARVW": "AG"}], E1EDP01=ITEMS)
    assert read(idoc(), written(idoc(), document))[0].document == document


def test_a_flat_idoc_becomes_xml_and_flat_again_without_a_difference() -> None:
    flat = written(idoc(), order(E1EDP01=ITEMS), order("PO-2"))
    xml = written(idoc(form="xml"), *(part.document for part in read(idoc(), flat)))
    assert written(idoc(), *(part.document for part in read(idoc(), xml))) == flat


def test_records_have_their_widths_numbers_parents_and_levels() -> None:
    control, *records = written(idoc(), order(E1EDP01=ITEMS)).decode().splitlines()
    assert (len(control), {len(record) for record in records}) == (524, {1063})
    assert [(record[:30].strip(), record[49:63]) for record in records] == [
        ("E2EDK01005", "00000100000001"),
        ("E2EDP01007", "00000200000001"),
        ("E2EDP19001", "00000300000202"),
        ("E2EDP01007", "00000400000001"),
        ("E2EDP20001", "00000500000402"),
        ("E2EDP20001", "00000600000402"),
    ]
    assert {record[30:49] for record in records} == {"1000000000000004711"}


def test_segments_are_written_in_the_order_of_the_type() -> None:
    document = order(E1EDS01=[{"SUMID": "002"}], E1EDP01=[{"POSEX": "1"}], E1EDK03=[{"IDDAT": "012"}])
    names = [line[:7] for line in written(idoc(segments="types"), document).decode().splitlines()[1:]]
    assert names == ["E1EDK01", "E1EDK03", "E1EDP01", "E1EDS01"]


@pytest.mark.parametrize("name", ["E2EDK01005", "E2EDK01002", "E1EDK01", "E2EDK01"])
def test_every_release_of_a_segment_is_its_type(name: str) -> None:
    data = written(idoc(), order()).replace(b"E2EDK01005", f"{name:10}".encode())
    assert read(idoc(), data)[0].document == order()


def test_records_whose_ends_were_stripped_are_read_the_same() -> None:
    data = b"\r\n".join(line.rstrip() for line in written(idoc(), order(E1EDP01=ITEMS)).splitlines())
    assert read(idoc(), data)[0].document == order(E1EDP01=ITEMS)


def test_without_parent_numbers_the_description_decides() -> None:
    lines = written(idoc(), order(E1EDP01=ITEMS)).decode().splitlines()
    bare = [line if line.startswith("EDI_DC40") else f"{line[:49]}{'':14}{line[63:]}" for line in lines]
    assert read(idoc(), "\n".join(bare).encode())[0].document == order(E1EDP01=ITEMS)


def test_text_behind_the_last_field_is_kept_and_written_back() -> None:
    document = order(E1EDKA1=[{"PARVW": "AG", "_rest": "NEW"}])
    assert read(idoc(), written(idoc(), document))[0].document == document


def test_a_segment_nobody_describes_is_kept_whole_and_told() -> None:
    document = order(Z1HEAD=[{"_rest": "A  B"}])
    part = read(idoc(), written(idoc(), document))[0]
    assert part.document == document
    assert [(one.code, one.severity) for one in part.findings] == [("C411", Severity.WARNING)]
    assert told(idoc(strict=True), written(idoc(), document)) == ["C411"]
    assert read(idoc(strict=True), written(idoc(), document))[0].findings[0].severity is Severity.ERROR


def test_a_project_describes_segments_and_extensions() -> None:
    known = {name: node for each in shipped() for name, node in each.types.items()}
    text = "segment Z1HEAD Z2HEAD000: PRIORITY 1, ROUTE 10\nextension ZORD of ORDERS05\n  Z1HEAD 1 in E1EDK01\n"
    codec = idoc(read_described(text, "mappings/idoc/zord.txt", known), strict=True)
    document = order()
    document["IDOC"]["EDI_DC40"]["CIMTYP"] = "ZORD"
    document["IDOC"]["E1EDK01"]["Z1HEAD"] = {"PRIORITY": "1", "ROUTE": "NORTH"}
    data = written(codec, document)
    part = read(codec, data)[0]
    assert (part.document, part.findings) == (document, ())
    assert b"Z2HEAD000 " in data


def test_numbers_are_written_as_they_are() -> None:
    document = order(E1EDP01=[{"MENGE": Decimal("12.50"), "PEINH": 100}])
    assert read(idoc(), written(idoc(), document))[0].document == order(E1EDP01=[{"MENGE": "12.50", "PEINH": "100"}])


def test_columns_count_characters_and_bytes_are_told() -> None:
    data = written(idoc(), order(E1EDKA1=[{"PARVW": "AG", "NAME1": "Bäder Müller", "ORT01": "Köln"}]))
    part = read(idoc(), data)[0]
    place = part.place("/IDOC/E1EDKA1/0/ORT01")
    assert place is not None
    assert place.byte is not None
    assert (place.line, place.segment, place.element) == (3, 2, "E1EDKA1.ORT01")
    assert data[place.byte :].startswith("Köln".encode())


def test_xml_tells_the_line_of_a_value() -> None:
    data = written(idoc(form="xml"), order(E1EDP01=ITEMS)).replace(b"<E1EDP19", b"\n<E1EDP19")
    place = read(idoc(), data)[0].place("/IDOC/E1EDP01/0/E1EDP19/0/IDTNR")
    assert place is not None
    assert (place.line, place.element) == (3, "E1EDP19.IDTNR")


@pytest.mark.parametrize("form", ["flat", "xml"])
def test_what_a_person_gets_to_mend_decodes_to_the_same(form: str) -> None:
    data = written(idoc(form=form), order(E1EDP01=ITEMS), order("PO-2"))
    for part in read(idoc(), data):
        assert read(idoc(), part.raw())[0].document == part.document


def test_headers_and_keys_name_the_idoc() -> None:
    part = read(idoc(), written(idoc(), order()))[0]
    assert part.headers["idoc.type"] == "ORDERS05"
    assert part.headers["idoc.message"] == "ORDERS"
    assert part.keys == ("0000000000004711",)


def test_another_encoding_is_read_and_written() -> None:
    codec = idoc(encoding="cp1252", newline="\r\n")
    document = order(E1EDKA1=[{"NAME1": "Bäder"}])
    data = written(codec, document)
    assert b"B\xe4der" in data
    assert read(codec, data)[0].document == document


def test_the_whole_of_several_idocs_is_refused_with_a_hint() -> None:
    with pytest.raises(Reject, match="split: idocs"):
        idoc().whole(Inline(written(idoc(), order(), order())))


def refused(codec: Codec, document: Document) -> tuple[Finding, ...]:
    with pytest.raises(Reject) as caught:
        written(codec, document)
    return caught.value.findings


@pytest.mark.parametrize(
    ("document", "code", "pointer"),
    [
        (order("X" * 36), "C413", "/IDOC/E1EDK01/BELNR"),
        (order(E1EDP01=[{"MENGEN": "1"}]), "C414", "/IDOC/E1EDP01/0/MENGEN"),
        (order("a\nb"), "C415", "/IDOC/E1EDK01/BELNR"),
        (order(E1EDK03=[{"IDDAT": True}]), "C415", "/IDOC/E1EDK03/0/IDDAT"),
        (order(Z1HEAD=[{"FIELD": "1"}]), "C411", "/IDOC/Z1HEAD/0/FIELD"),
        (order(BELNR="1"), "C414", "/IDOC/BELNR"),
        ({"IDOC": {"E1EDK01": {}}}, "C416", "/IDOC"),
        ({"IDOC": {"EDI_DC40": {"IDOCTYP": "ORDERS05"}}}, "C416", "/IDOC/EDI_DC40/MESTYP"),
        ([], "C416", "/IDOC"),
    ],
)
def test_what_cannot_be_written_is_told_with_its_pointer(document: Document, code: str, pointer: str) -> None:
    found = refused(idoc(), document)
    assert [(one.code, one.place.pointer) for one in found] == [(code, pointer)]


def test_all_that_cannot_be_written_is_told_at_once() -> None:
    found = refused(idoc(), order("X" * 36, E1EDP01=[{"MENGEN": "1"}, {"POSEX": "1234567"}]))
    assert [one.code for one in found] == ["C413", "C414", "C413"]


def test_a_character_the_encoding_lacks_is_told() -> None:
    found = refused(idoc(encoding="latin-1"), order(E1EDKA1=[{"NAME1": "Łódź"}]))
    assert [(one.code, one.place.segment) for one in found] == [("C415", 2)]


def test_xml_of_two_types_is_refused() -> None:
    other = order()
    other["IDOC"]["EDI_DC40"] = {**other["IDOC"]["EDI_DC40"], "IDOCTYP": "INVOIC02"}
    with pytest.raises(Reject) as caught:
        written(idoc(form="xml"), order(), other)
    assert caught.value.code == "C416"


def test_text_without_a_name_has_no_place_in_xml() -> None:
    assert refused(idoc(form="xml"), order(E1EDKA1=[{"_rest": "X"}]))[0].code == "C411"


def test_the_codec_is_recognised() -> None:
    assert CODEC.sniff(written(idoc(), order())[:4096]) == 100
    assert CODEC.sniff(written(idoc(form="xml"), order())[:4096]) == 100
    assert CODEC.sniff(b"<Order/>") == 0


TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=0x17F), min_size=1, max_size=20).filter(str.isprintable)
ITEM = st.fixed_dictionaries(
    {"POSEX": st.integers(1, 999999).map(str)}, optional={"PMENE": st.just("ST"), "MATNR": TEXT}
)


@settings(max_examples=60, deadline=None)
@given(number=TEXT, items=st.lists(ITEM, min_size=1, max_size=4), names=st.lists(TEXT, min_size=1, max_size=3))
@pytest.mark.parametrize("form", ["flat", "xml"])
def test_what_was_written_is_read(form: str, number: str, items: list[Document], names: list[str]) -> None:
    document = order(number, E1EDKA1=[{"NAME1": name} for name in names], E1EDP01=items)
    codec = idoc(form=form)
    data = written(codec, document)
    assert [part.document for part in read(codec, data)] == [document]
    assert written(codec, *(part.document for part in read(codec, data))) == data


@pytest.mark.parametrize("form", ["flat", "xml"])
@pytest.mark.parametrize("piece", [1, 7, 1063])
def test_any_cut_of_the_bytes_gives_the_same(form: str, piece: int, cut: Callable[[bytes, int], Payload]) -> None:
    data = written(idoc(form=form), order(E1EDKA1=[{"NAME1": "Bäder"}], E1EDP01=ITEMS), order("PO-2"))
    parts = [part for part in idoc().read(cut(data, piece)) if isinstance(part, Part)]
    assert [part.document for part in parts] == [part.document for part in read(idoc(), data)]
