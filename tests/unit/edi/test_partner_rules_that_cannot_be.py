"""Rules that would widen a set, contradict it or lead nowhere, each told with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.unit.edi.conftest import OWNER

from crossdock.codecs.edi.narrowing import Narrowing, check_rules, narrow
from crossdock.codecs.edi.standard import Standard
from crossdock.codecs.edifact.standard import EDIFACT
from crossdock.codecs.x12.standard import X12
from crossdock.errors import ConfigError, Place


def checked(
    rules: Mapping[str, object], standard: Standard = X12, number: str = "850", release: str = "004010"
) -> Narrowing:
    definition = standard.find_set(number, release)
    assert definition is not None
    return check_rules(definition, rules, OWNER)


@pytest.mark.parametrize(
    ("rules", "code", "says"),
    [
        ({"max": {"N1": 500}}, "D205", "'N1' may stand 200 times at most: 500 is more"),
        ({"length": {"BEG03": 50}}, "D205", "'BEG03' has 1 to 22 characters: 1/50 is wider"),
        ({"codes": {"BEG01": ["99"]}}, "D205", "'99' is not among the codes of 'BEG01'"),
        ({"codes": {"BEG02": ["SAX"]}}, "D205", "'SAX' does not fit into 'BEG02', which has 2 to 2 characters"),
        ({"forbid": ["BEG"]}, "D204", "'BEG' cannot be forbidden: it is mandatory"),
        ({"forbid": ["BEG03"]}, "D204", "'BEG03' cannot be forbidden: it is mandatory"),
        ({"require": ["DTM"], "forbid": ["DTM"]}, "D204", "'DTM' cannot be forbidden: it is mandatory"),
        ({"max": {"PO1": 0}}, "D206", "the maximum of 'PO1' is 0"),
        ({"max": {"BEG02": 1}}, "D206", "'BEG02' is an element: only a segment or loop has a maximum"),
        ({"codes": {"N1": ["ST"]}}, "D206", "'N1' has no codes of its own"),
        ({"length": {"BEG03": "12/3"}}, "D206", "no value of 'BEG03' has 12 to 3 characters"),
        ({"require": ["DTN"]}, "D203", "there is no 'DTN' in 850 004010"),
        ({"require": ["PO1.PO199"]}, "D203", "PO1 has no element 'PO199'"),
        ({"require": ["PO1.N9.N999"]}, "D203", "N9 has no element 'N999'"),
        ({"require": ["N1.N104.N3"]}, "D203", "'N104' is an element: nothing is below it"),
        ({"require": ["N1[N199=ST]"]}, "D203", "N1 has no element 'N199'"),
        ({"require": ["N1[ST"]}, "D202", "'N1[ST' is no path"),
        ({"require": [""]}, "D202", "'' is no path"),
        ({"codes": {"BEG02": []}}, "D201", "'BEG02' needs a list of codes"),
        ({"max": {"PO1": "many"}}, "D201", "'PO1' needs a number"),
        ({"length": {"BEG03": "long"}}, "D201", "'BEG03' needs a length, such as 10 or 2/10"),
    ],
)
def test_a_rule_that_cannot_be_says_why(rules: Mapping[str, object], code: str, says: str) -> None:
    (fault,) = checked(rules).faults
    assert (fault.finding.code, fault.finding.message) == (code, says)


def test_a_mistyped_path_gets_a_suggestion() -> None:
    (fault,) = checked({"require": ["PO1.PIDD"]}).faults
    assert fault.finding.hint == "did you mean 'PID'?"


def test_every_wrong_rule_is_told_with_where_it_was_written_and_the_others_hold() -> None:
    narrowing = checked({"require": ["DTM", "XYZ"], "max": {"PO1": 200, "N1": 900}})
    assert [fault.written for fault in narrowing.faults] == [("require", 1), ("max", "N1")]
    here = Place(file="partners/acme.yaml", line=7, column=3)
    assert narrowing.faults[0].at(here).place == here
    places = {node.name: node for node in narrowing.definition.nodes}
    assert (places["DTM"].required, places["PO1"].maximum, places["N1"].maximum) == (True, 200, 200)


def test_narrow_raises_with_all_of_them() -> None:
    definition = X12.find_set("850", "004010")
    assert definition is not None
    with pytest.raises(ConfigError) as refused:
        narrow(definition, {"require": ["XYZ"], "forbid": ["BEG"]}, OWNER)
    assert [one.code for one in refused.value.findings] == ["D203", "D204"]


def test_without_rules_the_set_stays_itself() -> None:
    definition = X12.find_set("850", "004010")
    assert definition is not None
    assert narrow(definition, {}, OWNER) is definition


def test_paths_of_edifact_reach_components() -> None:
    rules = {"require": ["LIN.LIN0301", "DTM[2]"], "codes": {"QTY0101": ["21"]}}
    (fault,) = checked(rules, EDIFACT, "ORDERS", "D96A").faults
    assert (fault.finding.code, fault.written) == ("D203", ("codes", "QTY0101"))
