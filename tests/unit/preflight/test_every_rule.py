"""What holds for all preflight rules: silence about what is right, no exception whatever comes, words one can act on."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.preflight.conftest import INVOICE, ORDER, RIGHT, SHIPMENT, ask

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.message import Document
from crossdock.partner.preflight.library import RULES, about, shape_of

NAMES = sorted(
    {key for document in RIGHT.values() for key in document} | {"quantity", "contents", "HL01", "HL02", "HL03"}
)
VALUES = st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=20)
DOCUMENTS = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=25,
)


@pytest.mark.parametrize("shape", RIGHT)
def test_rules_say_nothing_about_a_document_that_is_right(shape: str) -> None:
    found = {rule.name: ask(rule.name, RIGHT[shape], ORDER, SHIPMENT, usage="P", came_as="P") for rule in about(shape)}
    assert {name: found[name] for name in found if found[name]} == {}


def test_the_documents_that_are_right_are_so_by_their_contracts() -> None:
    for shape in ("shipment/v1", "invoice/v1", "order/v1"):
        CONTRACTS[shape].validate(RIGHT[shape])


@pytest.mark.parametrize("name", RULES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(document=DOCUMENTS, known=DOCUMENTS)
def test_no_document_makes_a_rule_fail(name: str, document: Document, known: Document) -> None:
    listed: dict[str, Document] = {"lines": document, "HL": document, "packs": document}
    tree = document if isinstance(document, dict) else listed
    order: dict[str, Document] = {**ORDER, **(known if isinstance(known, dict) else {}), "ordered_on": "2026-11-20"}
    changes: list[dict[str, Document]] = [tree, {**SHIPMENT, **tree}, {**INVOICE, **tree}]
    for one in changes:
        ask(name, one, order, SHIPMENT, usage="P", came_as="T")


@pytest.mark.parametrize("name", RULES)
def test_numbers_that_are_none_do_no_harm(name: str) -> None:
    for bad in (
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1E+999999"),
        Decimal("1E-999999"),
        10**400,
        "9" * 5000,
        True,
    ):
        lines: Document = [
            {"number": bad, "quantity": bad, "unit_price": bad, "price_base_quantity": bad, "amount": bad, "sku": "A"}
        ]
        ask(name, {**SHIPMENT, "lines": lines}, {**ORDER, "lines": lines}, SHIPMENT)
        ask(name, {**INVOICE, "lines": lines, "total": bad, "taxes": lines}, {**ORDER, "lines": lines}, SHIPMENT)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_what_it_asks_and_judges_something(rule: object) -> None:
    known = RULES[getattr(rule, "name", "")]
    assert known.about.endswith(".")
    assert known.reads
    assert all(code.startswith("P2") for code in known.codes)


def test_what_a_document_is_can_be_told_where_nobody_says() -> None:
    assert {shape: shape_of(document) for shape, document in RIGHT.items()} == {shape: shape for shape in RIGHT}
    assert shape_of({"_set": "DESADV"}) == "edifact/DESADV"
    assert shape_of([]) == ""
    answer: Document = {"number": "1", "acknowledged_on": "2026-11-21", "ordered_on": "2026-11-20"}
    assert shape_of(answer) == "order_acknowledgement/v1", "an answer names the day of the order it answers"


def test_large_documents_are_judged_in_time_that_grows_with_them() -> None:
    count = 1500
    lines: list[Document] = [
        {
            "number": n,
            "order_line": n if n % 2 else None,
            "sku": f"S{n}",
            "quantity": 1,
            "unit": "EA",
            "unit_price": 1,
            "amount": 1,
        }
        for n in range(count)
    ]
    packs: list[Document] = [{"number": n, "contents": [{"line": n, "quantity": 1}]} for n in range(count)]
    empty: list[Document] = [{"number": n} for n in range(count)]
    order: dict[str, Document] = {**ORDER, "lines": lines}
    shipment: dict[str, Document] = {**SHIPMENT, "lines": lines, "packs": [*packs, *empty]}
    began = time.process_time()
    for rule in about("shipment/v1"):
        ask(rule.name, shipment, order)
    for rule in about("invoice/v1"):
        ask(rule.name, {**INVOICE, "lines": lines}, order, shipment)
    assert time.process_time() - began < 10
