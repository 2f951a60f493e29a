"""A project adds a contract from any pydantic model."""

import datetime
import enum
import uuid
from decimal import Decimal

import pytest
from pydantic import BaseModel, ConfigDict

from crossdock.canonical.contract import Contract
from crossdock.canonical.keys import keys_at
from crossdock.errors import ConfigError, Finding, Halt, Reject, Severity
from crossdock.message import Document


class Zone(enum.Enum):
    COLD = "cold"


class PickLine(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sku: str
    quantity: Decimal


class PickList(BaseModel):
    """What a picker fetches."""

    model_config = ConfigDict(extra="forbid")

    number: str
    picked_on: datetime.date | None = None
    batch: uuid.UUID | None = None
    zone: Zone = Zone.COLD
    bins: tuple[str, ...] = ()
    lines: list[PickLine] = []


class Weighed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    weight: float


PICK_LIST = Contract.of("pick_list/v1", PickList, keys=keys_at("number", "lines[].sku"))


def test_what_the_model_makes_of_values_becomes_plain() -> None:
    document = PICK_LIST.validate(
        {
            "number": "7",
            "picked_on": "2026-11-20",
            "batch": "0d9cbb3e-7f0c-5c53-9d9b-6f1e2a4c8d10",
            "bins": ["A", "B"],
            "lines": [{"sku": "X", "quantity": "2.5"}],
        }
    )
    assert document == {
        "number": "7",
        "picked_on": "2026-11-20",
        "batch": "0d9cbb3e-7f0c-5c53-9d9b-6f1e2a4c8d10",
        "zone": "cold",
        "bins": ["A", "B"],
        "lines": [{"sku": "X", "quantity": Decimal("2.5")}],
    }
    assert PICK_LIST.validate(document) == document
    assert PICK_LIST.keys(document) == ("7", "X")


def test_its_findings_are_told_like_those_of_the_engine() -> None:
    with pytest.raises(Reject) as rejected:
        PICK_LIST.validate({"numbr": "7", "lines": [{"sku": 1, "quantity": "2"}]})
    told = {(f.code, f.place.pointer, f.hint) for f in rejected.value.findings}
    assert ("C101", "/number", None) in told
    assert ("C102", "/numbr", "did you mean 'number'?") in told
    assert "/lines/0/sku" in {pointer for _, pointer, _ in told}
    assert {f.rule for f in rejected.value.findings} == {"pick_list/v1"}


def test_a_model_that_lets_unknown_fields_pass_is_refused() -> None:
    class Lax(BaseModel):
        number: str

    with pytest.raises(ConfigError) as refused:
        Contract.of("Lax", Lax)
    assert [finding.code for finding in refused.value.findings] == ["C001", "C002"]


def test_a_float_in_a_model_halts_because_no_document_holds_one() -> None:
    with pytest.raises(Halt) as halted:
        Contract.of("weighed/v1", Weighed).validate({"weight": 1})
    assert halted.value.code == "C003"


def test_rules_of_a_project_may_warn_and_may_reject() -> None:
    def rules(document: Document) -> list[Finding]:
        assert isinstance(document, dict)
        severity = Severity.ERROR if document["number"] == "13" else Severity.WARNING
        return [Finding(code="X1", message="odd", severity=severity)]

    contract = Contract.of("pick_list/v1", PickList, rules=rules)
    assert [finding.code for finding in contract.judge({"number": "7"}).findings] == ["X1"]
    with pytest.raises(Reject):
        contract.judge({"number": "13"})
