"""Versions a project describes in the notation of our tables: what they change, and every mistake with its place."""

from __future__ import annotations

import pytest
from tests.unit.edi.conftest import ORDER, edifact, local_of, told, x12

from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.local import read_locals
from crossdock.codecs.edi.model import UNLIMITED, Node, TransactionSet
from crossdock.codecs.edifact.standard import EDIFACT
from crossdock.codecs.x12.standard import X12
from crossdock.errors import ConfigError

ACME = """
version 004010ACME from 004010   # what our warehouse sends

elements
9001  AN 1/10  dock door
355   ID 2/2   unit {CA EA}

segments
ZA1   "dock appointment"  9001! 373 337 | C0302

set 850 004010ACME from 004010
add ZA1 2 after BEG
add ZA1=ZA1_line * { N3 2 } into PO1
add G61 before N1
change PO1.REF M 12
change CTT M
drop PO1.SAC
check CTT01 == count(N1);

set 888 004010ACME IB "item maintenance"
BEG M; ZA1 *;
PO1 M 100 { ZA1; N1 2 { N3 } };
check CTT01 == count(PO1);
"""


def dictionary(text: str = ACME) -> Dictionary:
    return Dictionary(X12, local_of(text))


def known(number: str, version: str) -> TransactionSet:
    found = dictionary().find(number, version)
    assert found is not None
    return found


def place(nodes: tuple[Node, ...], *path: str) -> Node:
    node = next(one for one in nodes if one.name == path[0])
    return place(node.children, *path[1:]) if path[1:] else node


def test_a_changed_set_has_what_was_added_and_lacks_what_was_dropped() -> None:
    nodes = known("850", "004010ACME").nodes
    assert [node.name for node in nodes[:3]] == ["BEG", "ZA1", "CUR"]
    names = [node.name for node in nodes]
    assert names[names.index("G61") + 1] == "N1"
    line = place(nodes, "PO1")
    assert (line.children[-1].name, line.children[-1].maximum) == ("ZA1_line", UNLIMITED)
    assert [one.name for one in line.children[-1].children] == ["N3"]
    assert (place(nodes, "PO1", "REF").required, place(nodes, "PO1", "REF").maximum) == (True, 12)
    assert "SAC" not in [one.name for one in line.children]


def test_a_changed_set_keeps_the_checks_of_the_release_and_adds_its_own() -> None:
    checks = known("850", "004010ACME").checks
    assert [check.path for check in checks] == [("PO1",), ("PO1", "PO102"), ("N1",)]


def test_a_set_of_its_own_stands_beside_those_of_the_release() -> None:
    found = known("888", "004010ACME")
    assert (found.group, found.rule, [node.name for node in found.nodes]) == (
        "IB",
        "X12 004010ACME",
        ["BEG", "ZA1", "PO1"],
    )
    assert dictionary().set_name("888") == "item maintenance"
    assert ("888", "004010ACME") in dictionary().known()


def test_sets_that_a_version_does_not_name_have_its_segments_and_elements() -> None:
    quantity = place(known("855", "004010ACME").nodes, "PO1").segment.fields[2].element
    assert quantity.codes == frozenset({"CA", "EA"})
    assert X12.segments_of("004010")["PO1"].fields[2].element.codes is None


def test_a_version_is_chosen_by_the_group_header_exactly() -> None:
    assert known("850", "004010ACME").release == "004010ACME"
    assert known("850", "004010").release == "004010"
    assert known("850", "004010VICS") is X12.find_set("850", "004010")


def test_documents_are_read_by_the_local_version() -> None:
    body = [ORDER[0], "ZA1*D7*20261120", *ORDER[1:-2], "REF*ZZ*1", ORDER[-1]]
    part = x12(dictionary().grammar, body, version="004010ACME")
    document = part.document
    assert isinstance(document, dict)
    assert document["ZA1"] == [{"ZA101": "D7", "ZA102": "20261120"}]


def test_a_segment_of_a_local_version_is_known_where_it_is_out_of_place() -> None:
    part = x12(dictionary().grammar, [*ORDER, "ZA1*D7"], version="004010ACME")
    assert "X141" not in [code for code, *_ in told(part)]
    plain = x12(None, [*ORDER, "ZA1*D7"])
    assert [code for code, *_ in told(plain)] == ["X141"]


def test_an_agreement_may_read_a_set_by_another_version_than_it_names() -> None:
    sets = dictionary().sets({}, "partner acme", {"850": "004010ACME"})
    grammar, other = sets("850", "004010"), sets("855", "004010")
    assert grammar is not None
    assert other is not None
    assert (grammar.definition.release, other.definition.release) == ("004010ACME", "004010")


def test_a_release_can_be_added_to_but_not_changed() -> None:
    added = dictionary('version 004010\nset 888 004010 IB "item maintenance"\nBEG M;\n')
    assert added.find("888", "004010VICS") is not None
    assert added.find("850", "004010") is X12.find_set("850", "004010")
    with pytest.raises(ConfigError) as refused:
        dictionary("version 004010\nelements\n355 AN 1/3 unit\nset 850 004010 PO\nBEG M;\n")
    assert [(one.code, one.place.line) for one in refused.value.findings] == [("D113", 3), ("D113", 4)]


def test_a_release_nobody_describes_begins_as_another_one() -> None:
    described = dictionary("version 003060 from 004010\n")
    found = described.find("850", "003060VICS")
    assert found is not None
    assert (found.release, len(found.nodes)) == ("003060", len(known("850", "004010").nodes))


def test_edifact_has_local_versions_too() -> None:
    text = "standard EDIFACT\nversion D96A:ACME from D96A\nset ORDERS D96A:ACME from D96A\nchange DTM M 2\ndrop RFF\n"
    described = Dictionary(EDIFACT, local_of(text))
    found = described.find("ORDERS", "D96A:ACME")
    assert found is not None
    assert place(found.nodes, "DTM").maximum == 2
    assert "RFF" not in [node.name for node in found.nodes]
    assert described.find("ORDERS", "D96A") is EDIFACT.find_set("ORDERS", "D96A")
    assert described.find("ORDERS", "D96A:EAN008") is EDIFACT.find_set("ORDERS", "D96A")


def test_a_message_is_read_by_the_local_version_that_was_agreed() -> None:
    text = "standard EDIFACT\nversion D96A:ACME from D96A\nset ORDERS D96A:ACME from D96A\ndrop DTM\n"
    sets = Dictionary(EDIFACT, local_of(text)).sets({}, "partner acme", {"ORDERS": "D96A:ACME"})
    part = edifact(sets)
    assert [one.rule for one in part.findings] == ["EDIFACT D96A:ACME"]


def test_two_projects_in_one_process_do_not_meet() -> None:
    one, other = dictionary(), dictionary("version 004010ACME from 005010\n")
    first, second = one.find("850", "004010ACME"), other.find("850", "004010ACME")
    assert first is not None
    assert second is not None
    assert len(first.nodes) != len(second.nodes)


@pytest.mark.parametrize(
    ("text", "code", "place", "hint"),
    [
        ("versoin X from 004010\n", "D101", (1, 1), "did you mean 'version'?"),
        ("elements\n", "D102", (1, 1), "version 004010ACME from 004010"),
        ("standard X13\n", "D103", (1, 10), "did you mean 'X12'?"),
        ("version 004010ACME form 004010\n", "D104", (1, 1), None),
        ("version A from 004011\n", "D104", (1, 16), "did you mean '004010'?"),
        ("version A from 004010\nversion A from 004010\n", "D105", (2, 9), None),
        ("version A from 004010\nset 850\n", "D106", (2, 1), None),
        ("version A from 004010\nset 850 B PO\nBEG;\n", "D106", (2, 9), "it stands below version A"),
        ("version A from 004010\nset 859 A from 004010\n", "D107", (2, 1), None),
        ("version A from 004010\nelements\n9001 XX 1/2 door\n", "D110", (3, 1), None),
        ("version A from 004010\nsegments\nZA1 (235*2\n", "D111", (3, 5), None),
        ("version A from 004010\nsegments\nZA1\n", "D111", (3, 1), None),
        ("version A from 004010\nsegments\nZA1 353! 3745\n", "D112", (3, 10), "did you mean '375'?"),
        ("version A from 004010\nsegments\nZA11 353!\n", "D114", (3, 1), None),
        ("version A from 004010\nsegments\nZA1 353! 373 | X12\n", "D115", (3, 16), None),
        ("version A from 004010\nset 850 A PO\n", "D120", (2, 1), None),
        ("version A from 004010\nset 850 A PO\nBEG;\ncheck CTT01 = count(PO1)\n", "D121", (4, 1), None),
        ("version A from 004010\nset 850 A PO\nBEG; BEG;\n", "D122", (2, 1), "name the second, such as BEG=BEG_end"),
        ("version A from 004010\nset 850 A PO\nBEG; N1 { N3;\n", "D123", (3, 9), None),
        ("version A from 004010\nset 850 A PO\nBEG; } N1;\n", "D123", (3, 6), None),
        ("version A from 004010\nset 850 A PO\nBEG; { N3 };\n", "D123", (3, 6), None),
        ("version A from 004010\nset 850 A PO\nBEG M; REF five;\n", "D124", (3, 8), None),
        ("version A from 004010\nset 850 A PO\nBEGG M;\n", "D125", (3, 1), "did you mean 'BEG'?"),
        ("version A from 004010\nset 850 A from 004010\nadd ZZZ after BEG\n", "D125", (3, 5), None),
        ("version A from 004010\nset 850 A from 004010\nremove BEG\n", "D126", (3, 1), None),
        ("version A from 004010\nset 850 A from 004010\nchange PO1.REFF M\n", "D127", (3, 8), "did you mean 'REF'?"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_column(
    text: str, code: str, place: tuple[int, int], hint: str | None
) -> None:
    with pytest.raises(ConfigError) as refused:
        local_of(text)
    (finding,) = refused.value.findings
    assert (finding.code, finding.place.file) == (code, "mappings/edi/acme.txt")
    assert (finding.place.line, finding.place.column) == place
    assert hint is None or finding.hint == hint


def test_all_mistakes_of_a_file_are_told_at_once_in_order() -> None:
    with pytest.raises(ConfigError) as refused:
        local_of("version A from 004010\nelements\n1 X\nsegments\nZA1 x!\nset 850 A PO\nXX; YY\n")
    assert [(one.code, one.place.line) for one in refused.value.findings] == [
        ("D110", 3),
        ("D112", 5),
        ("D125", 7),
        ("D125", 7),
    ]


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ConfigError) as refused:
        read_locals(b"version \xff", "mappings/edi/acme.txt", {"X12": X12})
    assert refused.value.code == "D100"
