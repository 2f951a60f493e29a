"""What the mappings beside the presets make of documented answers keeps the contracts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.document_json import decode, encode
from crossdock.mapping.compile import compile_mapping
from crossdock.mapping.lookup import parse_table
from crossdock.mapping.scope import Scope
from crossdock.yaml_source import load

ROOT = Path(__file__).parents[3] / "mappings"
FILES = {file.stem: file for file in sorted((ROOT / "presets").glob("*.yaml"))}
TABLES = {file.stem: parse_table(file.stem, file.read_bytes(), file.name) for file in (ROOT / "tables").glob("*.csv")}
TO = {name: str(yaml.safe_load(file.read_text()).get("to")) for name, file in FILES.items()}
INTO = [name for name, contract in TO.items() if contract in CONTRACTS]


@pytest.mark.parametrize("name", INTO)
def test_a_documented_answer_becomes_a_document_of_its_contract(name: str) -> None:
    mapping = compile_mapping(name, load(FILES[name].read_bytes(), f"{name}.yaml"), TABLES)
    scope = Scope(id="m1", route="shop", now=datetime(2026, 11, 20, 12, 30, tzinfo=UTC))
    for case in mapping.cases:
        assert isinstance(case.given, dict)
        made = mapping.apply(decode(encode(case.given)), scope)  # type: ignore[arg-type]  # read from YAML
        CONTRACTS[TO[name]].validate(made)


@pytest.mark.parametrize("system", ["shopify", "vendure", "medusa", "salesforce", "netsuite", "business-central", "s4"])
def test_an_order_of_every_system_that_takes_orders_becomes_one_of_ours(system: str) -> None:
    assert any(system in name and TO[name] == "order/v1" for name in FILES)


def test_every_system_has_mappings() -> None:
    systems = ("shopify", "vendure", "medusa", "salesforce", "netsuite", "business-central", "s4", "odoo", "tryton")
    for system in (*systems, "shipstation", "avalara"):
        assert any(system in name for name in FILES), system
