"""What is known of documents by their names: sets, IDocs, layouts, contracts; and what nobody knows."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.canonical.contract import Contract
from crossdock.mapping.shapes.contract import shape_of_contract
from crossdock.mapping.shapes.infer import Inference
from crossdock.mapping.shapes.shape import ANYTHING, Record, Shape, alternatives, kinds_of
from crossdock.route.documents.checking import added_by
from crossdock.route.documents.known import Documents
from crossdock.route.resources import Layouts
from crossdock.yaml_source import load

LAYOUT = b"width: 30\nrecord:\n  tag: A\n  fields: {number: 9, total: {width: 10, decimals: 2}}\n  groups:\n    lines: {tag: L, fields: {sku: 20}}\n"
DOCUMENTS = Documents(CONTRACTS, Layouts({"orders": load(LAYOUT, "orders.yaml")}))


def doubts(text: str, shape: Shape) -> list[str]:
    inference = Inference({"root": shape}, {})
    inference.of(text, shape)
    return [f"{doubt.severity} {doubt.code} {doubt.hint}" for doubt in inference.doubts]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x12/850", "PO1[].{q: PO102, t: PID[0].PID05, v: _ids.VP, s: SCH[].SCH06}"),
        ("x12/850", "SAC[0]._dec.SAC05 && _env.sender && _ctl.isa && _set"),
        ("x12/856", "HL_S[].HL_O[].HL_P[].HL_I[].SN1.SN102"),
        ("x12/856", "HL[0]._up._up.PRF.PRF01"),
        ("edifact/ORDERS", "BGM.BGM02 || BGM.BGM0201"),
        ("edifact/ORDERS", "LIN[0].QTY[?QTY0101=='21'] | [0].QTY0102"),
        ("idoc/ORDERS05", "IDOC.E1EDP01[].E1EDP19[0].IDTNR"),
        ("idoc/ORDERS05", "IDOC.ZCUSTOM.FIELD && IDOC.EDI_DC40.MESCOD"),
        ("fixed/orders", "[number, total, lines[0].sku]"),
        ("order/v1", "lines[].schedules[].ship_to.address.street[0]"),
    ],
)
def test_what_is_described_is_there(name: str, text: str) -> None:
    assert doubts(text, DOCUMENTS.read_as(name)) == []


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("x12/850", "PO1[0].P0102", "error M150 did you mean 'PO102'?"),
        ("x12/850", "BEG.BEG33", "warning M150 did you mean 'BEG03'?"),
        ("x12/850", "SDQ[0].SDQ01", "warning M150 it stands at PO1[].SDQ[]"),
        ("x12/850", "BEG.PO102", "error M150 it stands at PO1[].PO102"),
        ("x12/856", "HL_S[0].HL_O[0].PRFF", "error M150 did you mean 'PRF'?"),
        ("edifact/ORDERS", "LIN[0].QTY[0].QTY012", "error M150 did you mean 'QTY0102'?"),
        ("idoc/ORDERS05", "IDOC.E1EDK03[0].DATUMM", "error M150 did you mean 'DATUM'?"),
        ("fixed/orders", "lines[0].skuu", "error M150 did you mean 'sku'?"),
        (
            "edifact/ORDERS",
            "LIN[].QTY[?QTY0101=='21'] | [0].QTY0102",
            "error M151 [].QTY0102 is that of each, [0].QTY0102 that of the first",
        ),
        ("order/v1", "buyer.naem", "error M150 did you mean 'name'?"),
    ],
)
def test_what_is_not_described_is_told_with_what_was_meant(name: str, text: str, told: str) -> None:
    assert doubts(text, DOCUMENTS.read_as(name)) == [told]


@pytest.mark.parametrize(
    "name", [None, "json/order", "x12/999999", "edifact/NOSUCH", "idoc/NOSUCH01", "fixed/none", "csv"]
)
def test_nobody_knows_what_is_not_described(name: str | None) -> None:
    assert DOCUMENTS.read_as(name) == DOCUMENTS.made_as(name) == ANYTHING


def test_a_writer_takes_one_segment_for_a_list_and_numbers_for_text() -> None:
    made = DOCUMENTS.made_as("x12/850")
    assert isinstance(made, Record)
    lines = made.at("PO1")
    assert lines is not None
    assert kinds_of(lines) == {"list", "object"}
    heading = next(each for each in alternatives(made.at("BEG") or ANYTHING) if isinstance(each, Record))
    assert kinds_of(heading.at("BEG03") or ANYTHING) == {"text", "number"}


def test_what_a_contract_requires_is_known_with_its_words() -> None:
    shape = shape_of_contract(CONTRACTS["order/v1"])
    assert [name for name, entry in shape.fields.items() if entry.required] == [
        "number", "ordered_on", "currency", "buyer", "lines",
    ]  # fmt: skip
    assert shape.fields["currency"].title == "Currency of all amounts."


def test_of_a_contract_of_a_project_only_what_is_certain_is_taken() -> None:
    class Part(BaseModel):
        model_config = ConfigDict(extra="allow")
        code: str

    class Own(BaseModel):
        model_config = ConfigDict(extra="forbid")
        part: Part
        amount: int

    shape = shape_of_contract(Contract.of("own/v1", Own))
    assert doubts("part.whatever", shape) == []
    assert doubts("amount == 'twelve'", shape) == []
    assert doubts("prat", shape) == ["error M150 did you mean 'part'?"]


def test_fields_that_steps_add_are_found_wherever_they_stand() -> None:
    route = load(
        b"steps:\n- set: {fields: {a.b: x, c: y}}\n- choose:\n  - when: x\n    steps: [{lookup: {table: t, key: k, as: row}}]\n",
        "r.yaml",
    )
    assert set(added_by(route.value)) == {"a", "c", "row"}
