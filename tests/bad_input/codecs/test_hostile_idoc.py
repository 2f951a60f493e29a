"""Bad inputs, IDocs: each refused or told with line, byte, segment and field; nothing is dropped silently."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from crossdock.codecs.contract import Part
from crossdock.codecs.idoc import CODEC
from crossdock.errors import Finding, Reject, Severity
from crossdock.message import Inline
from crossdock.yaml_source import Authored


class NoFiles:
    """A project without files of its own."""

    def layout(self, name: str) -> Authored:
        raise AssertionError(name)

    def local_versions(self, standard: str) -> Mapping[str, Any]:
        return {}

    def idoc_descriptions(self) -> tuple[Any, ...]:
        return ()


IDOC = CODEC.open(CODEC.options.model_validate({}), NoFiles())
CONTROL = f"EDI_DC40  100{'4711':0>16}{'':10}ORDERS05{'':22}{'':30}ORDERS".ljust(524) + "\n"


def record(name: str, number: object, parent: object = "000000", data: str = "", docnum: str = f"{'4711':0>16}") -> str:
    return f"{name:30}100{docnum:16}{number:>6}{parent:>6}01{data}".ljust(1063) + "\n"


HEAD = record("E2EDK01005", "000001", data="   ")


def refused(text: str | bytes) -> Finding:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(Reject) as caught:
        list(IDOC.read(Inline(data)))
    return caught.value.findings[0]


def told(text: str) -> list[tuple[str, Severity]]:
    parts = [part for part in IDOC.read(Inline(text.encode())) if isinstance(part, Part)]
    return [(one.code, one.severity) for part in parts for one in part.findings]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "C402", None),
        ("\n\n", "C402", 1),
        ("hello\n", "C402", 1),
        (HEAD + CONTROL, "C402", 1),
        ("EDI_DC    100".ljust(464) + "\n", "C402", 1),
        (CONTROL.rstrip("\n") + "X\n" + HEAD, "C402", 1),
        (CONTROL + HEAD.rstrip("\n") + "X\n", "C404", 2),
        (CONTROL + HEAD + "E2EDK03     100\n", "C404", 3),
        (CONTROL + HEAD + record("E2EDK03", "000002", data="012")[:-1].rstrip() + "  ", "C404", 3),
        (CONTROL + "this is prose that has no place between two records of an IDoc at all\n", "C404", 2),
        ((CONTROL + HEAD).replace("\n", " "), "C402", 1),
        ((CONTROL + HEAD + CONTROL + "E2").encode(), "C404", 4),
        ((CONTROL + HEAD).encode() + b"E2EDK03\xff\n", "C405", 3),
        (CONTROL + HEAD[:80] + "\0" + HEAD[81:], "C406", 2),
        (b"EDI_DC40" + b"x" * 9_000_000, "C407", 1),
    ],
)
def test_what_is_no_file_of_idocs_is_refused_at_its_place(text: str | bytes, code: str, line: int | None) -> None:
    found = refused(text)
    assert (found.code, found.place.line) == (code, line)


def test_a_bad_byte_is_told_with_its_offset() -> None:
    data = (CONTROL + HEAD).encode() + b"E2EDK03\xff\n"
    assert refused(data).place.byte == len(CONTROL) + len(HEAD) + 7


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (CONTROL, [("C412", "warning")]),
        (CONTROL + HEAD + record("E2EDK03", "000002", docnum="9999"), [("C408", "error")]),
        (CONTROL + HEAD + record("E2EDK03", "000001"), [("C409", "error")]),
        (CONTROL + HEAD + record("E2EDK03", "000005"), [("C409", "warning")]),
        (CONTROL + HEAD + record("E2EDP19001", "000002", "000009"), [("C410", "error"), ("C411", "warning")]),
        (CONTROL + HEAD + record("E2XYZ", "000002"), [("C411", "warning")]),
        (CONTROL.replace("ORDERS05", "ORDERS99") + HEAD, [("C411", "warning")]),
        (CONTROL + record("E2EDK03", "000001") + record("E2EDK01005", "000002"), [("C412", "warning")]),
        (CONTROL + HEAD + record("E2EDK01005", "000002"), [("C412", "warning")]),
        (CONTROL + HEAD + record("E2EDK03", "000002", data=f"{'012':17}more"), [("C414", "warning")]),
        (CONTROL + HEAD + record("E2EDK03", "²²", "³"), []),
    ],
)
def test_what_is_odd_about_one_idoc_is_told_of_it(text: str, found: list[tuple[str, str]]) -> None:
    assert told(text) == [(code, Severity(severity)) for code, severity in found]


def test_one_bad_idoc_does_not_stop_its_neighbours() -> None:
    bad = CONTROL + HEAD + record("E2EDK03", "000001")
    parts = [
        part for part in IDOC.read(Inline((CONTROL + HEAD + bad + CONTROL + HEAD).encode())) if isinstance(part, Part)
    ]
    assert [len(part.findings) for part in parts] == [0, 1, 0]


def test_a_second_of_what_may_be_once_is_kept() -> None:
    part = next(iter(IDOC.read(Inline((CONTROL + HEAD + record("E2EDK01005", "000002", data="X")).encode()))))
    assert isinstance(part, Part)
    assert part.document["IDOC"]["E1EDK01"] == [{}, {"ACTION": "X"}]  # type: ignore[index,call-overload]  # a tree


def test_ten_thousand_odd_segments_are_told_at_most_two_hundred_times() -> None:
    text = CONTROL + HEAD + "".join(record(f"Z2X{n % 997}", f"{n:06}") for n in range(2, 3000))
    assert len(told(text)) == 200


XML = "<ORDERS05><IDOC BEGIN='1'><EDI_DC40 SEGMENT='1'><TABNAM>EDI_DC40</TABNAM><IDOCTYP>ORDERS05</IDOCTYP>{}</EDI_DC40>{}</IDOC></ORDERS05>"
K01 = "<E1EDK01 SEGMENT='1'>{}</E1EDK01>"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<ORDERS05/>", "C418"),
        ("<ORDERS05><IDOC/></ORDERS05>", "C418"),
        ("<ORDERS05><IDOC><E1EDK01/></IDOC></ORDERS05>", "C418"),
        ("<ORDERS05><Other/></ORDERS05>", "L111"),
        ("<ORDERS05><IDOC>", "L102"),
        ("<", "L102"),
        ('<!DOCTYPE a SYSTEM "x">' + XML.format("", ""), "L101"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]>" + XML.format("", ""), "L101"),
        (XML.format("", K01.format("<BELNR>&x;</BELNR>")), "L102"),
        (XML.format("", "<A>" * 300 + "</A>" * 300), "L103"),
    ],
)
def test_xml_that_is_no_idoc_is_refused(text: str, code: str) -> None:
    assert refused(text).code == code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (XML.format("", K01.format("<BELNR>" + "9" * 36 + "</BELNR>")), [("C413", "error")]),
        (XML.format("<MESTYP>" + "9" * 31 + "</MESTYP>", K01.format("")), [("C413", "error")]),
        (XML.format("<FIELD>1</FIELD>", K01.format("")), [("C414", "warning")]),
        (XML.format("", K01.format("<BELNR>1</BELNR><BELNR>2</BELNR>")), [("C414", "error")]),
        (XML.format("", K01.format("") + "<BELNR>1</BELNR>"), [("C411", "warning"), ("C414", "error")]),
        (XML.format("", K01.format("") + "<Z1 SEGMENT='1'><X>1</X></Z1>"), [("C411", "warning")]),
        (XML.format("", ""), [("C412", "warning")]),
    ],
)
def test_what_is_odd_about_idoc_xml_is_told(text: str, found: list[tuple[str, str]]) -> None:
    assert told(text) == [(code, Severity(severity)) for code, severity in found]


def test_a_comment_inside_a_number_does_not_cut_it() -> None:
    part = next(iter(IDOC.read(Inline(XML.format("", K01.format("<BELNR>10<!-- -->00</BELNR>")).encode()))))
    assert isinstance(part, Part)
    assert part.document["IDOC"]["E1EDK01"] == {"BELNR": "1000"}  # type: ignore[index,call-overload]  # a tree
