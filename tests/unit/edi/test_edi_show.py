"""``crossdock edi``: what is printed for people, for scripts, and what a mistyped name gets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.unit.edi.test_local_versions import ACME

from crossdock.cli.edi import edi
from crossdock.errors import ConfigError

PARTNER = """
name: ACME
ids: {x12: [ZZ, ACMEDIST]}
receives: {850: {version: "004010", map: order, topic: order.received}}
rules:
  850:
    require: [DTM, "N1[ST]"]
    forbid: [PO1.SAC, BEG04]
    max: {PO1: 200}
    codes: {BEG02: [SA, NE]}
"""


def ran(*words: str) -> Result:
    return CliRunner().invoke(edi, list(words))


def said(*words: str) -> str:
    result = ran(*words)
    assert result.exception is None, result.exception
    return result.output


def read(*words: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(said(*words, "--json"))


@pytest.fixture
def project(tmp_path: Path) -> str:
    files = {
        "crossdock.yaml": "name: small\n",
        "mappings/order.yaml": "from: x12/850\nfields: {number: BEG.BEG03}\n",
        "mappings/edi/acme.txt": ACME,
        "partners/acme.yaml": PARTNER,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return str(tmp_path)


def test_a_set_is_a_tree_of_places_with_use_maximum_and_names() -> None:
    lines = said("show", "850@004010").splitlines()
    assert lines[0] == "850 purchase order, X12 004010, group PO"
    assert lines[3] == "     1   M        1  BEG         order header"
    places = [line.split(maxsplit=3)[1:] for line in lines]
    assert ["O", "200", "┌ N1        party"] in places
    assert ["M", "100,000", "┌ PO1       order line"] in places
    assert lines[-2:] == ["  CTT01 is the number of PO1", "  CTT02 is the sum of PO1.PO102"]


@pytest.mark.parametrize(
    "what", [["850@005010"], ["856@004010"], ["INVOIC@D96A"], ["850@005010", "PO1"], ["355"], ["353"]]
)
def test_no_line_is_wider_than_a_hundred_columns(what: list[str]) -> None:
    assert [line for line in said("show", *what).splitlines() if len(line) > 100] == []


def test_a_place_shows_its_loop_and_the_elements_of_its_segment() -> None:
    text = said("show", "850@005010", "PO1")
    assert text.startswith("PO1 order line, mandatory, up to 100,000, in 850 purchase order, X12 005010, group PO\n")
    assert ["PO103", "355", "X", "ID", "2", "unit"] in [line.split() for line in text.splitlines()]
    assert "  if PO103 is there, then also PO102\n" in text
    assert "  PO106 and PO107: both, or neither; likewise each pair up to PO125\n" in text


def test_a_place_deep_in_a_message_is_found_by_its_path() -> None:
    text = said("show", "ORDERS@D96A", "LIN.PRI")
    assert text.splitlines()[0].startswith("PRI price")
    assert "PRI0101" in text


@pytest.mark.parametrize(
    ("what", "head", "uses"),
    [
        ("355@005010", "355 unit, X12 005010", "PO103"),
        ("C507@D01B", "C507 composite, EDIFACT D01B", "DTM01"),
        ("C040@004010", "C040 composite, X12 004010", "REF04"),
        ("N4@005010", "N4 city, state, postal code, X12 005010", "850"),
        ("4343@D96A", "4343", "BGM04"),
    ],
)
def test_segments_composites_and_elements_say_where_they_stand(what: str, head: str, uses: str) -> None:
    text = said("show", what)
    assert text.startswith(head)
    assert uses in text.partition("stands in")[2]


def test_without_a_release_the_newest_is_shown() -> None:
    assert said("show", "850").startswith("850 purchase order, X12 005010")
    assert said("show", "ORDERS").startswith("ORDERS purchase order, EDIFACT D01B")


def test_an_element_with_the_number_of_a_set_is_asked_for_by_name() -> None:
    assert said("show", "810@005010").startswith("810 invoice")
    assert said("show", "810@005010", "--element").startswith("810 ")
    assert "invoice" not in said("show", "810@005010", "--element").splitlines()[0]


def test_scripts_read_the_tree_and_every_segment() -> None:
    found = read("show", "850@004010")
    assert (found["set"], found["release"], found["name"]) == ("850", "004010", "purchase order")
    assert found["places"][0] == {
        "key": "BEG",
        "tag": "BEG",
        "name": "order header",
        "use": "M",
        "max": 1,
        "list": False,
    }
    assert found["segments"]["PO1"]["elements"][2]["element"] == "355"
    assert found["agreements"] == ["CTT01 is the number of PO1", "CTT02 is the sum of PO1.PO102"]


def test_scripts_read_a_place_with_its_syntax_notes() -> None:
    found = read("show", "850@004010", "CUR")
    assert found["segment"]["syntax"][0] == {"note": "C0807", "means": "if CUR08 is there, then also CUR07"}


def test_scripts_read_components_and_codes() -> None:
    composite = read("show", "DTM@D96A")["elements"][0]
    assert [one["key"] for one in composite["components"]] == ["DTM0101", "DTM0102", "DTM0103"]
    assert "00" in read("show", "353@004010")["codes"]


def test_the_list_has_every_set_with_its_releases() -> None:
    lines = [line.split() for line in said("list").splitlines()]
    assert ["850", "X12", "purchase", "order", "004010", "005010"] in lines
    names = {(one["standard"], one["set"]) for one in read("list", "D96A")}
    assert ("EDIFACT", "ORDERS") in names
    assert not any(standard == "X12" for standard, _ in names)


def test_the_schema_is_json() -> None:
    assert json.loads(said("schema", "ORDERS@D96A"))["properties"]["_set"] == {"const": "ORDERS"}


def test_local_versions_of_a_project_are_shown(project: str) -> None:
    text = said("show", "850@004010ACME", "--project", project)
    assert ["2", "O", "2", "ZA1", "dock", "appointment"] in [line.split() for line in text.splitlines()]
    assert "9001" in said("show", "ZA1@004010ACME", "--project", project)
    assert {"standard": "X12", "set": "888", "release": "004010ACME", "name": "item maintenance"} in read(
        "list", "004010ACME", "--project", project
    )


def test_a_partners_rules_are_marked_where_they_narrow(project: str) -> None:
    lines = said("show", "850@004010", "--partner", "acme", "--project", project).splitlines()
    assert lines[0].endswith("as partner acme narrows it")
    assert "    16   M       10  DTM         date or time  ◂ O 10" in lines
    assert any(line.endswith("order line  ◂ M 100,000") for line in lines)
    assert any(line.split()[1:3] == ["-", "-"] and "SAC" in line for line in lines)
    assert lines[-2:] == ["  N1[N101=ST] is mandatory", "  PO1.SAC is not used"]
    beg = said("show", "850@004010", "BEG", "--partner", "acme", "--project", project)
    assert "   BEG02  92       M   ID    2        order type            NE SA\n" in beg
    assert "   BEG04  328      -   AN" in beg


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["show", "ORDER@D96A"], "D303", "did you mean 'ORDERS'?"),
        (["show", "850@00501"], "D302", "did you mean '005010'?"),
        (["list", "00401"], "D302", "did you mean '004010'?"),
        (["show", "850@005010", "PO2"], "D203", None),
        (["schema", "355@005010"], "D301", None),
        (["show", "850", "--partner", "acm", "--project", "{project}"], "D304", "did you mean 'acme'?"),
    ],
)
def test_what_is_not_there_gets_a_finding_and_a_suggestion(
    words: list[str], code: str, hint: str | None, project: str
) -> None:
    error = ran(*(word.format(project=project) for word in words)).exception
    assert isinstance(error, ConfigError)
    assert error.code == code
    assert len(error.findings) == 1
    assert hint is None or error.hint == hint


def test_only_a_set_has_places() -> None:
    result = ran("show", "355@005010", "PO1")
    assert (result.exit_code, "355@005010 is no set" in result.output) == (2, True)
