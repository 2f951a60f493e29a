"""Preflight rules in ``check``: beside rules of one's own, by severity, released by name, with samples of cases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject, load_project
from crossdock.testing.route_cases import run_route_cases

ROUTE = """\
from: {{topic: shipment.sent}}
steps:
  - check: [{rules}]
  - validate: shipment/v1
to:
  - topic: shipment.checked
cases:
  - given: {given}
    with: {known}
    {expect}
"""
SHIPMENT = {
    "number": "SH-1",
    "shipped_on": "2026-11-27",
    "order_number": "PO-1",
    "ship_to": {"id": "7"},
    "lines": [{"number": 1, "order_line": 1, "sku": "A", "quantity": 12, "unit": "EA"}],
    "packs": [{"number": 1, "sscc": "106141410000000012", "contents": [{"line": 1, "quantity": 12}]}],
}
ORDER = {
    "number": "PO-1",
    "ordered_on": "2026-11-20",
    "currency": "USD",
    "buyer": {"id": "B"},
    "lines": [{"number": 1, "sku": "A", "quantity": 10, "unit": "EA"}],
}
PASSES = 'expect: {shipment.checked: {number: "SH-1"}}'


def load(root: Path, rules: str, expect: str, known: Sequence[object] = (), given: object = None) -> LoadedProject:
    for name in ("routes", "samples"):
        (root / name).mkdir(exist_ok=True)
    (root / "crossdock.yaml").write_text("")
    (root / "samples/order.json").write_text(json.dumps(ORDER))
    text = ROUTE.format(
        rules=rules,
        given=json.dumps(given or SHIPMENT),
        known=json.dumps(list(known)),
        expect=expect,
    )
    (root / "routes/ship.yaml").write_text(text)
    registries = Registry("crossdock.connectors", Connector), Registry("crossdock.codecs", CodecKind)
    return load_project(root, environment={}, connectors=registries[0], codecs=registries[1])


def problems(project: LoadedProject) -> list[str]:
    return [problem for one in run_route_cases(project) for problem in one.problems]


@pytest.mark.parametrize(
    ("rules", "expect"),
    [
        ("{preflight: sscc}", "expect_error: P210"),
        ("{preflight: sscc, severity: reject}", "expect_error: P210"),
        ("{preflight: sscc, severity: warn}", PASSES),
        ("{preflight: asn-quantities}", "expect_error: P230"),
        ("{preflight: asn-quantities, tolerance: 20%}, {preflight: sscc, severity: warn}", PASSES),
        ("{name: big, that: 'lines[0].quantity < `5`', severity: warn}, {preflight: sscc, severity: warn}", PASSES),
        ("{name: big, that: 'lines[0].quantity < `5`'}, {preflight: sscc, severity: warn}", "expect_error: R403"),
    ],
)
def test_rules_of_the_library_decide_as_rules_of_ones_own_do(tmp_path: Path, rules: str, expect: str) -> None:
    assert problems(load(tmp_path, rules, expect, ["samples/order.json"])) == []


def test_a_case_without_the_order_compares_with_nothing(tmp_path: Path) -> None:
    rules = "{preflight: asn-quantities}, {preflight: sscc, severity: warn}"
    assert problems(load(tmp_path, rules, PASSES)) == []
    assert problems(load(tmp_path, f"{{preflight: order-known, severity: hold}}, {rules}", "expect_error: P280")) == []


def test_an_order_may_be_written_into_the_case(tmp_path: Path) -> None:
    assert problems(load(tmp_path, "{preflight: asn-quantities}", "expect_error: P230", [ORDER])) == []


def test_what_is_of_another_kind_is_held_and_not_passed_over(tmp_path: Path) -> None:
    given = {"greeting": "hello"}
    assert problems(load(tmp_path, "{preflight: sscc}", "expect_error: P293", given=given)) == []


def test_without_the_rule_the_contract_refuses_a_wrong_key(tmp_path: Path) -> None:
    assert problems(load(tmp_path, "{preflight: order-known, severity: warn}", "expect_error: C110")) == []


def test_a_wrong_key_that_may_pass_does_not_let_another_mistake_pass(tmp_path: Path) -> None:
    given = {**SHIPMENT, "shipped_on": "tomorrow"}
    assert problems(load(tmp_path, "{preflight: sscc, severity: warn}", "expect_error: C106", given=given)) == []


def test_a_sample_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"samples/ordr\.json"):
        load(tmp_path, "{preflight: sscc}", PASSES, ["samples/ordr.json"])
