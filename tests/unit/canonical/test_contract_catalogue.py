"""The catalogue, and what every contract in it keeps."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from crossdock import document_json
from crossdock.canonical.catalogue import CONTRACTS, MODULES, Catalogue
from crossdock.canonical.contract import Contract
from crossdock.canonical.shape import slot_at, slots
from crossdock.errors import ConfigError
from crossdock.message import Document

SAMPLES = Path(__file__).parents[3] / "samples" / "canonical"
EVERY_CONTRACT = sorted(MODULES)


def sample(name: str) -> Document:
    return document_json.decode((SAMPLES / f"{name}.json").read_bytes())


@pytest.mark.parametrize("name", EVERY_CONTRACT)
def test_a_realistic_sample_of_each_contract_is_valid_without_a_warning(name: str) -> None:
    judged = CONTRACTS[name].judge(sample(name.partition("/")[0]))
    assert judged.findings == ()


def test_an_adjustment_of_one_item_is_an_inventory() -> None:
    document = CONTRACTS["inventory/v1"].validate(sample("inventory_adjustment"))
    assert CONTRACTS["inventory/v1"].keys(document) == ("HB-M8-40-ZN",)


@pytest.mark.parametrize("name", EVERY_CONTRACT)
def test_the_example_has_every_field_of_the_contract(name: str) -> None:
    contract = CONTRACTS[name]
    example = contract.example()
    assert isinstance(example, dict)
    assert set(slots(contract.model)) == set(example)


@pytest.mark.parametrize("name", EVERY_CONTRACT)
def test_the_normal_form_is_valid_and_its_own_normal_form(name: str) -> None:
    contract = CONTRACTS[name]
    for document in (contract.example(), contract.validate(sample(name.partition("/")[0]))):
        assert contract.validate(document) == document


@pytest.mark.parametrize("name", EVERY_CONTRACT)
def test_the_normal_form_survives_its_way_as_json(name: str) -> None:
    contract = CONTRACTS[name]
    example = contract.example()
    travelled = document_json.decode(document_json.encode(example))
    assert contract.validate(travelled) == example


@pytest.mark.parametrize("name", EVERY_CONTRACT)
def test_every_contract_says_what_it_is_and_has_keys(name: str) -> None:
    contract = CONTRACTS[name]
    assert contract.name == name
    assert contract.about.endswith(".")
    assert contract.keys(contract.example())


def test_a_contract_is_imported_only_when_it_is_asked_for() -> None:
    program = (
        "import sys; from crossdock.canonical.catalogue import CONTRACTS\n"
        "assert len(list(CONTRACTS)) == len(CONTRACTS)\n"
        "assert 'crossdock.canonical.order' not in sys.modules\n"
        "assert CONTRACTS['order/v1'].name == 'order/v1'\n"
        "assert 'crossdock.canonical.invoice' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_contracts_of_a_project_stand_beside_those_of_the_engine() -> None:
    own = Contract.of("pick_list/v2", PickList)
    catalogue = Catalogue([own])
    assert catalogue["pick_list/v2"] is own
    assert "order/v1" in catalogue
    assert len(catalogue) == len(MODULES) + 1
    assert list(catalogue)[-1] == "pick_list/v2"


def test_a_project_cannot_give_a_name_of_the_engine_another_meaning() -> None:
    with pytest.raises(ConfigError) as refused:
        Catalogue([Contract.of("order/v1", PickList)])
    assert [finding.code for finding in refused.value.findings] == ["C004"]


def test_an_unknown_name_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        CONTRACTS["ordre/v1"]


def test_the_shape_tells_required_fields_lists_and_codes() -> None:
    order = CONTRACTS["order/v1"].model
    number, lines = slot_at(order, ["number"]), slot_at(order, ["lines"])
    assert number is not None
    assert number.required
    assert lines is not None
    assert lines.many
    country = slot_at(order, ["lines", 0, "ship_to", "address", "country"])
    assert country is not None
    assert not country.required
    purpose = slot_at(order, ["purpose"])
    assert purpose is not None
    assert "cancellation" in purpose.codes
    assert slot_at(order, ["lines", "colour"]) is None


class PickList(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: str
