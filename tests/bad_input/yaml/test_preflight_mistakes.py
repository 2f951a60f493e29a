"""What goes wrong where preflight rules are named is told with its place and what was probably meant."""

from __future__ import annotations

import pytest
from tests.bad_input.yaml.conftest import Findings
from tests.bad_input.yaml.test_partner_mistakes import ACME, ROUTES

ROUTE = """\
from: {topic: order.received}
steps:
  - validate: shipment/v1
  - check: [%s]
to: [{file: {path: out}}]
"""


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{preflight: ssc}", "4:25: error P290: preflight rule 'ssc' does not exist; did you mean 'sscc'?"),
        ("{preflight: sscc, severty: warn}", "4:31: error P291: unknown option 'severty' of rule 'sscc'; did you mean"),
        ("{preflight: sscc, severity: bad}", "4:41: error P291: unknown value 'bad'"),
        ("{preflight: sscc, tolerance: 1}", "4:31: error P291: rule 'sscc' has no 'tolerance'; it has: severity"),
        (
            "{preflight: packed-quantities, tolerance: much}",
            "4:55: error P291: expected an amount or a share, such as 0.01",
        ),
        ("{preflight: price}", "4:25: error P292: 'price' judges invoice/v1, but the document here is shipment/v1"),
        ("{preflight: sscc, partner: acm}", "4:40: error P144: partner 'acm' does not exist; did you mean 'acme'?"),
        ("{preflight: gln}, {preflight: gln}", "error R219: two rules are named 'gln'"),
    ],
)
def test_a_mistake_in_a_rule_of_a_step_is_told_at_its_place(findings: Findings, rule: str, expected: str) -> None:
    found = findings({**ROUTES, "partners/acme.yaml": ACME, "routes/ship.yaml": ROUTE % rule})
    told = [one for one in found if one.startswith("routes/ship.yaml")]
    assert any(expected in one for one in told), told


def test_a_number_cannot_be_remembered_where_a_file_is_split(findings: Findings) -> None:
    steps = "steps: [decode: json, split: items, validate: invoice/v1, check: [{preflight: duplicate-number}]]"
    route = f"from: {{file: {{path: in}}}}\n{steps}\nto: [{{file: {{path: out}}}}]\n"
    found = findings({**ROUTES, "partners/acme.yaml": ACME, "routes/ship.yaml": route})
    assert any("error P294: 'duplicate-number' cannot stand in a route that splits" in one for one in found), found


@pytest.mark.parametrize(
    ("wished", "expected"),
    [
        ("{prise: warn}", "10:13: error P290: preflight rule 'prise' does not exist; did you mean 'price'?"),
        ("{price: loud}", "error P120: unknown value 'loud'"),
        ("{price: {tolerance: -1}}", "error P120: expected an amount or a share, such as 0.01 or 2%"),
        ("{sscc: {tolerance: 1}}", "error P291: 'sscc' has no 'tolerance'"),
        ("{all: {within: 2d}}", "error P291: 'all' has no 'within'"),
        ("loud", "error P120"),
    ],
)
def test_a_mistake_in_a_profile_is_told_at_its_place(findings: Findings, wished: str, expected: str) -> None:
    found = findings({**ROUTES, "partners/acme.yaml": f"{ACME}preflight: {wished}\n"})
    assert any(expected in one for one in found), found


@pytest.mark.parametrize(
    "wished", ["off", "{all: warn, price: hold}", "{missing-labels: off, price: {tolerance: 2%}}", "{}"]
)
def test_what_a_profile_may_say_has_no_findings(findings: Findings, wished: str) -> None:
    assert findings({**ROUTES, "partners/acme.yaml": f"{ACME}preflight: {wished}\n"}) == []
