"""What a partner's rules find in X12 documents, whose rule it was, and that they cost good ones nothing."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from tests.unit.edi.conftest import ORDER, OWNER, reported, told, under, x12

from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.narrowed import grammar_of_set
from crossdock.codecs.edi.narrowing import narrow
from crossdock.codecs.x12.codec import X12Codec
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.grammar import SYNTAX
from crossdock.codecs.x12.sampling import sample_body
from crossdock.codecs.x12.settings import Address, Settings
from crossdock.codecs.x12.shapes import reader_of
from crossdock.codecs.x12.standard import X12
from crossdock.errors import Reject


def order(*, without: str = "", **changed: str) -> list[str]:
    """The order, with some segments written differently."""
    return [changed.get(line[:3].rstrip("*"), line) for line in ORDER if not without or not line.startswith(without)]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ({"require": ["DTM"]}, ("X145", "DTM")),
        ({"require": ["PO1.SAC"]}, ("X145", "SAC")),
        ({"require": ["PO1.PO108"]}, ("X151", "PO108")),
        ({"require": ["BEG04"]}, ("X151", "BEG04")),
        ({"require": ["N1[N101=SF]"]}, ("X145", "N1")),
        ({"require": ["N1[BY].N4"]}, ("X145", "N4")),
        ({"require": ["N1[ST].N105"]}, ("X151", "N105")),
        ({"forbid": ["PO1.PID"]}, ("X143", "PID")),
        ({"forbid": ["CTT"]}, ("X143", "CTT")),
        ({"forbid": ["PO1.PO107"]}, ("X167", "PO107")),
        ({"forbid": ["N1[BY]"]}, ("X143", "N1")),
        ({"forbid": ["N1[BY].N104"]}, ("X167", "N104")),
        ({"max": {"N1": 1}}, ("X146", "N1")),
        ({"codes": {"BEG02": ["NE", "KN"]}}, ("X158", "BEG02")),
        ({"codes": {"N1[ST].N103": ["91"]}}, ("X158", "N103")),
        ({"length": {"BEG03": 2}}, ("X155", "BEG03")),
        ({"length": {"PO1.PID.PID05": "10/20"}}, ("X154", "PID05")),
        ({"length": {"N1[ST].N102": 3}}, ("X155", "N102")),
    ],
)
def test_a_broken_rule_of_a_partner_is_one_finding_that_names_the_partner(
    rules: Mapping[str, object], found: tuple[str, str]
) -> None:
    part = x12(under(rules))
    assert told(part) == [(*found, OWNER)]
    assert part.findings[0].message.endswith(f"(rule of {OWNER})")


@pytest.mark.parametrize(
    "rules",
    [
        {"require": ["PO1", "PO1.PO107", "N1[ST]", "N1[ST].N3", "BEG05", "PO1.PID"]},
        {"forbid": ["DTM", "PO1.SAC", "BEG04", "N1[SF]", "N1[BY].N3"]},
        {"max": {"PO1": 200, "N1": 2, "N1[ST]": 1}, "codes": {"BEG02": ["SA"], "N1[ST].N103": ["92"]}},
        {"length": {"BEG03": 10, "N1.N104": "4/13"}},
    ],
)
def test_a_document_that_keeps_the_rules_is_read_as_without_them(rules: Mapping[str, object]) -> None:
    part, plain = x12(under(rules)), x12(None)
    assert (part.findings, part.document) == ((), plain.document)


def test_what_the_standard_finds_too_is_the_standards_rule() -> None:
    part = x12(under({"require": ["DTM"], "length": {"BEG03": 10}}), order(BEG=f"BEG*00*SA*{'9' * 30}**20261320"))
    assert told(part) == [
        ("X155", "BEG03", "X12 004010"),
        ("X159", "BEG05", "X12 004010"),
        ("X145", "DTM", OWNER),
    ]


def test_reports_carry_the_codes_of_the_standard() -> None:
    part = x12(under({"require": ["DTM", "PO1.PO108"], "forbid": ["N1[BY].N104"], "codes": {"BEG02": ["NE"]}}))
    assert [reported(one) for one in part.findings] == [
        {"AK304": "8", "AK403": "7", "AK402": "92"},
        {"AK304": "3"},
        {"AK304": "8", "AK403": "10", "AK402": "67"},
        {"AK304": "8", "AK403": "1", "AK402": "235"},
    ]


def test_findings_say_where_in_the_file_they_are() -> None:
    part = x12(under({"forbid": ["N1[BY].N104"], "require": ["N1[ST].N4"]}))
    absent, sent = part.findings
    assert (absent.place.segment, absent.place.pointer) == (3, "/N1/0")
    assert (sent.place.segment, sent.place.pointer, sent.value) == (5, "/N1/1/N104", "0001")
    assert sent.message.startswith('N1 2, identification (N104) is "0001": it may not be sent')


def test_each_entry_beyond_a_maximum_by_qualifier_is_told() -> None:
    lines = [*ORDER[:2], "N1*ST*DC 8*92*0008", *ORDER[2:]]
    part = x12(under({"max": {"N1[ST]": 1}}), lines)
    assert [(one.place.pointer, one.code) for one in part.findings] == [("/N1/1", "X146")]


def test_a_lower_maximum_leaves_the_shape_of_the_document_alone() -> None:
    narrowed = x12(under({"max": {"N1": 1, "PO1": 1}}), order(without="N1*BY"))
    assert narrowed.findings == ()
    document = narrowed.document
    assert isinstance(document, dict)
    assert isinstance(document["N1"], list)
    assert isinstance(document["PO1"], list)


def test_a_forbidden_segment_is_still_read_where_it_stands() -> None:
    part = x12(under({"forbid": ["PO1.PID"]}))
    assert part.document == x12(None).document


def test_only_the_set_with_rules_is_narrowed() -> None:
    sets = under({"require": ["DTM"]})
    rejected, untouched = sets("850", "004010"), sets("855", "004010")
    assert rejected is not None
    assert untouched is not None
    assert (rejected.definition.owner, untouched.definition.owner) == (OWNER, "")


def test_a_compiled_set_is_found_again_without_compiling() -> None:
    sets = under({"require": ["DTM"]})
    assert sets("850", "004010") is sets("850", "004010")
    assert sets("850", "004010VICS") == sets("850", "004010")


def test_partners_with_the_same_rules_share_a_compiled_set() -> None:
    rules = {"require": ["DTM"], "codes": {"BEG02": ["SA"]}}
    definition = Dictionary(X12).find("850", "004010")
    assert definition is not None
    one, other = (grammar_of_set(narrow(definition, rules, OWNER), SYNTAX) for _ in range(2))
    assert one is other


def test_a_narrowed_segment_has_a_generated_reader_of_its_own() -> None:
    definition = Dictionary(X12).find("850", "004010")
    assert definition is not None
    narrowed = narrow(definition, {"require": ["BEG04"], "codes": {"BEG02": ["SA"]}}, OWNER).nodes[0].segment
    plain = definition.nodes[0].segment
    beg = ["BEG", "00", "SA", "PO1", "", "20261120"]
    assert reader_of(plain, "004010").again(beg) is not None
    assert reader_of(narrowed, "004010").again(beg) is None
    assert reader_of(narrowed, "004010").again(["BEG", "00", "SA", "PO1", "R1", "20261120"]) is not None
    assert reader_of(narrowed, "004010").again(["BEG", "00", "NE", "PO1", "R1", "20261120"]) is None


def test_what_is_written_for_a_partner_is_judged_by_their_rules() -> None:
    address = Address(id="GLOBEX"), Address(id="ACMEDIST")
    settings = Settings(sender=address[0], receiver=address[1], date="20261121", sets=under({"require": ["N1[SF]"]}))
    with pytest.raises(Reject) as refused:
        b"".join(X12Codec(settings).write([x12(None).document]))
    assert [(one.code, one.rule) for one in refused.value.findings] == [("X145", OWNER)]


def test_samples_of_a_narrowed_set_keep_what_its_tree_says() -> None:
    definition = Dictionary(X12).find("850", "004010")
    assert definition is not None
    rules = {"require": ["DTM"], "forbid": ["PO1.PID", "N1", "BEG04"], "codes": {"BEG02": ["NE"]}}
    narrowed = narrow(definition, rules, OWNER)
    for seed in range(5):
        chance = random.Random(seed)  # noqa: S311 - the same samples every time
        part = x12(under(rules), sample_body(narrowed, chance.randrange, Delimiters(component=">")))
        assert [one for one in part.findings if one.rule == OWNER] == []
