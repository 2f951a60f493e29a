"""JSON Schemas and the reference page are what the models say. ``REWRITE=1 pytest …`` writes both anew."""

import json
import os
import re
from pathlib import Path

import pytest

from crossdock.canonical.catalogue import CONTRACTS, MODULES
from crossdock.canonical.reference_page import reference_page

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "contracts.md"
CANONICAL = ROOT / "engine" / "crossdock" / "canonical"
SCHEMAS = Path(__file__).parent / "schemas"


def expected(path: Path, made: str) -> str:
    """What the file says, after it was written anew where that was asked for."""
    if os.environ.get("REWRITE"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def test_the_reference_page_is_what_the_models_say() -> None:
    page = reference_page(CONTRACTS)
    assert page == expected(PAGE, page)


def test_every_field_on_the_reference_page_has_a_meaning() -> None:
    rows = [row for row in reference_page(CONTRACTS).splitlines() if row.startswith("| `")]
    assert [row for row in rows if row.endswith("|  |")] == []


def test_every_code_of_a_finding_is_on_the_reference_page() -> None:
    sources = [path.read_text(encoding="utf-8") for path in CANONICAL.rglob("*.py")]
    used = {code for source in sources for code in re.findall(r'"(C[0-9]{3})"', source)}
    told = set(re.findall(r"^\| `(C[0-9]{3})` \|", reference_page(CONTRACTS), re.MULTILINE))
    assert used == told


@pytest.mark.parametrize("name", sorted(MODULES))
def test_the_schema_of_a_contract_changes_only_on_purpose(name: str) -> None:
    schema = json.dumps(CONTRACTS[name].json_schema(), indent=1) + "\n"
    assert schema == expected(SCHEMAS / f"{name.replace('/', '.')}.json", schema)


def test_a_schema_speaks_of_exact_numbers_dates_and_no_nulls() -> None:
    schema = CONTRACTS["order/v1"].json_schema()
    text = json.dumps(schema)
    assert schema["$id"] == "urn:crossdock:contract:order:v1"
    assert schema["additionalProperties"] is False
    assert '"null"' not in text
    assert '"format": "decimal"' in text
    assert '"format": "date"' in text
