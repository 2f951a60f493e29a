"""Sets and releases without dictionary, and the HL tree."""

# ruff: noqa: ANN401 - the bench is a fixture of conftest.py, which no test can import

from __future__ import annotations

from typing import Any

import pytest

from crossdock.codecs.x12.settings import Address, Settings
from crossdock.codecs.x12.writing import Writing
from crossdock.errors import Reject, Severity

ASN = (
    "BSN*00*S1*20261121*0930",
    "HL*1**S",
    "TD5*B*2*UPSN",
    "REF*BM*B-1",
    "HL*2*1*O",
    "PRF*PO1",
    "HL*3*2*I",
    "LIN*1*VP*SKU1",
    "SN1*1*10*EA",
    "HL*4*2*I",
    "LIN*2*VP*SKU2",
    "CTT*4",
)


def test_an_unknown_set_is_read_by_structure_with_a_note(bench: Any) -> None:
    outcome = bench.read(bench.wrap(["BIG*20261121*INV1", "N1*ST*A", "N1*BT*B", "TDS*1000"], number="811", group="CI"))
    assert [(finding.code, finding.severity) for finding in outcome.part.findings] == [("X135", Severity.NOTE)]
    document = outcome.document
    assert document["BIG"] == [{"BIG01": "20261121", "BIG02": "INV1"}]
    assert document["N1"] == [{"N101": "ST", "N102": "A"}, {"N101": "BT", "N102": "B"}]
    assert document["_order"] == ["BIG", "N1", "N1", "TDS"]


def test_an_unknown_release_of_a_known_set_says_so(bench: Any) -> None:
    outcome = bench.read(bench.wrap(bench.order, version="003040"))
    assert outcome.codes == ["X136"]
    assert outcome.document["PO1"][0]["PO107"] == "SKU1"


def test_an_unknown_set_can_be_made_an_error(bench: Any) -> None:
    settings = Settings(unknown_set=Severity.ERROR)
    outcome = bench.read(bench.wrap(["BIG*20261121*INV1"], number="811"), settings)
    assert outcome.part.findings[0].severity is Severity.ERROR


def test_components_and_repetitions_are_kept_apart_without_dictionary(bench: Any) -> None:
    outcome = bench.read(bench.wrap(["ZZ1*A>B*1^2*C"], version="005010", number="899"))
    assert outcome.document["ZZ1"] == [{"ZZ10101": "A", "ZZ10102": "B", "ZZ102": ["1", "2"], "ZZ103": "C"}]


def test_hl_gives_a_tree_by_level_beside_the_flat_list(bench: Any) -> None:
    document = bench.read(bench.wrap(ASN, number="861", group="RC")).document
    shipment = document["HL_S"][0]
    assert shipment["TD5"][0]["TD503"] == "UPSN"
    order = shipment["HL_O"][0]
    assert order["PRF"][0]["PRF01"] == "PO1"
    assert [item["LIN"][0]["LIN03"] for item in order["HL_I"]] == ["SKU1", "SKU2"]
    assert [entry["HL03"] for entry in document["HL"]] == ["S", "O", "I", "I"]
    assert document["CTT"] == [{"CTT01": "4"}]


def test_each_flat_hl_has_its_parent_as_up(bench: Any) -> None:
    flat = bench.read(bench.wrap(ASN, number="861", group="RC")).document["HL"]
    assert flat[3]["_up"]["PRF"] == [{"PRF01": "PO1"}]
    assert flat[3]["_up"]["_up"]["REF"] == [{"REF01": "BM", "REF02": "B-1"}]
    assert "_up" not in flat[0]


def test_an_hl_that_names_no_parent_before_it_is_a_warning(bench: Any) -> None:
    outcome = bench.read(bench.wrap(["BSN*00*S1", "HL*1**S", "HL*2*9*O", "HL*2*1*O"], number="861", group="RC"))
    assert [finding.code for finding in outcome.part.findings] == ["X135", "X173", "X174"]


def test_a_very_deep_hierarchy_stays_shallow(bench: Any) -> None:
    chain = [f"HL*{n}*{n - 1 if n > 1 else ''}*I" for n in range(1, 200)]
    document = bench.read(bench.wrap(["BSN*00*S1", *chain], number="861", group="RC")).document
    depth, node = 0, document
    while "HL_I" in node:
        node, depth = node["HL_I"][0], depth + 1
    assert depth == 32


def test_what_was_read_by_structure_is_written_back(bench: Any) -> None:
    for version in ("004010", "005010"):
        data = bench.wrap(ASN, [*ASN, "ZZ1*A>B**C"], version=version, number="861", group="RC")
        written = b"".join(Writing().chunks(part.document for part in bench.read(data).parts))
        assert written == data


OUT = Settings(sender=Address(id="US", qualifier="ZZ"), receiver=Address(id="GLOBEX", qualifier="ZZ"), date="20261121")


def shipped(**more: object) -> dict[str, Any]:
    """An 856 that has its tree and no list."""
    items = [{"LIN": {"LIN02": "VP", "LIN03": name}, "SN1": {"SN102": "1", "SN103": "EA"}} for name in ("A", "B")]
    order = {"PRF": {"PRF01": "PO1"}, "HL_P": [{"HL_I": items[:1]}], "HL_I": items[1:]}
    beginning = {"BSN01": "00", "BSN02": "S1", "BSN03": "20261121", "BSN04": "0930"}
    return {"_set": "856", "_ver": "004010", "BSN": beginning, "HL_S": {"HL_O": [order]}, **more}


def levels(document: dict[str, Any]) -> list[str]:
    text = b"".join(Writing(OUT).chunks([document])).decode()
    return [segment for segment in text.split("~") if segment.startswith("HL*")]


def test_a_tree_is_written_as_the_list_it_comes_to() -> None:
    assert levels(shipped()) == ["HL*1**S*1", "HL*2*1*O*1", "HL*3*2*P*1", "HL*4*3*I*0", "HL*5*2*I*0"]


def test_a_list_that_is_there_goes_before_the_tree() -> None:
    assert levels(shipped(HL=[{"HL01": "7", "HL03": "S"}])) == ["HL*7**S"]


def test_what_an_entry_of_the_tree_says_of_itself_is_kept() -> None:
    assert levels(shipped(HL_S={"HL01": "9", "HL04": "0"})) == ["HL*9**S*0"]


def test_what_is_no_segment_in_a_tree_is_refused() -> None:
    with pytest.raises(Reject) as caught:
        levels(shipped(HL_S=["S"]))
    assert [one.code for one in caught.value.findings] == ["X192"]
