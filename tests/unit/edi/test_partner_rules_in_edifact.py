"""What a partner's rules find in EDIFACT messages: groups, composites, qualifiers in components."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.unit.edi.conftest import OWNER, edifact, reported, told, under


@pytest.mark.parametrize(
    ("rules", "found", "cause"),
    [
        ({"require": ["DTM[2]"]}, ("X245", "DTM"), "13"),
        ({"require": ["NAD[DP]"]}, ("X245", "NAD"), "13"),
        ({"require": ["LIN.IMD"]}, ("X245", "IMD"), "13"),
        ({"require": ["NAD[BY].NAD0203", "LIN.LIN04"]}, ("X251", "LIN04"), "13"),
        ({"codes": {"LIN.QTY.QTY0101": ["12"]}}, ("X262", "QTY0101"), "12"),
        ({"codes": {"DTM[137].DTM0103": ["203"]}}, ("X262", "DTM0103"), "12"),
        ({"forbid": ["LIN.LIN03"]}, ("X267", "LIN03"), "15"),
        ({"forbid": ["NAD.NAD0203"]}, ("X267", "NAD0203"), "15"),
        ({"forbid": ["CNT"]}, ("X243", "CNT"), "15"),
        ({"length": {"BGM02": 2}}, ("X256", "BGM02"), "39"),
        ({"length": {"NAD[BY].NAD0201": "14/17"}}, ("X255", "NAD0201"), "40"),
    ],
)
def test_a_broken_rule_of_a_partner_is_told_as_theirs(
    rules: Mapping[str, object], found: tuple[str, str], cause: str
) -> None:
    part = edifact(under(rules, "ORDERS"))
    own = [(code, rule) for code, _, rule in told(part)]
    assert own == [(found[0], OWNER)]
    assert (part.findings[0].place.element or "").startswith(found[1][:5])
    assert reported(part.findings[0])["0085"] == cause


def test_a_message_that_keeps_the_rules_has_no_finding() -> None:
    rules = {"require": ["NAD[BY].NAD0201", "LIN.LIN0301"], "forbid": ["LIN.IMD"], "max": {"LIN": 50}}
    part = edifact(under(rules, "ORDERS"))
    assert (part.findings, part.document) == ((), edifact(None).document)
