"""Packs, labels and the HL tree."""

from __future__ import annotations

import time
from typing import cast

from tests.unit.preflight.conftest import HL, SHIPMENT, ask, changed, places

from crossdock.message import Document


def test_a_line_that_no_pack_holds_is_found() -> None:
    (found,) = ask("all-packed", changed(SHIPMENT, packs__2__contents=[{"line": 1, "quantity": 1}]))
    assert (found.code, found.place.pointer) == ("P221", "/lines/1")
    assert found.message == "line 2 (B): 4 BX shipped, but no pack has any of it"


def test_an_empty_pack_is_found_and_a_pallet_around_others_is_not_empty() -> None:
    found = ask(
        "all-packed", changed(SHIPMENT, packs__2__contents=[], lines=[cast("list[Document]", SHIPMENT["lines"])[0]])
    )
    assert places(found) == [("P221", "/packs/2")]


def test_a_shipment_that_tells_no_packs_is_not_asked_for_their_contents() -> None:
    assert ask("all-packed", changed(SHIPMENT, packs=None)) == []


def test_packs_that_hold_more_or_less_than_was_shipped_are_told_with_the_difference() -> None:
    wrong = changed(SHIPMENT, packs__1__contents__0__quantity=12, packs__2__contents__0__quantity=1)
    assert [one.message for one in ask("packed-quantities", wrong)] == [
        "line 1 (A): 10 EA shipped, 12 EA packed: 2 more",
        "line 2 (B): 4 BX shipped, 1 BX packed: 3 less",
    ]


def test_alike_packs_count_as_many_as_they_are() -> None:
    alike = changed(SHIPMENT, packs__1__count=2, packs__1__contents__0__quantity=5)
    assert ask("packed-quantities", alike) == []


def test_contents_of_a_line_that_is_not_there_are_found() -> None:
    wrong = changed(SHIPMENT, packs__1__contents__0__line=9)
    assert ("P222", "/packs/1/contents/0/line") in places(ask("packed-quantities", wrong))


def test_packs_without_a_label_are_found() -> None:
    found = ask("missing-labels", changed(SHIPMENT, packs__0__sscc=None, packs__2__sscc=None))
    assert places(found) == [("P223", "/packs/0/sscc"), ("P223", "/packs/2/sscc")]
    assert found[0].message == "pack 1 (pallet) has no SSCC: nothing can be scanned at the dock"


def test_no_packs_at_all_have_no_labels() -> None:
    assert places(ask("missing-labels", changed(SHIPMENT, packs=None))) == [("P223", "/packs")]


def test_one_sscc_on_two_packs_is_found() -> None:
    found = ask("missing-labels", changed(SHIPMENT, packs__2__sscc="106141410000000026"))
    assert [one.message for one in found] == ["pack 3 has the SSCC of pack 2"]


def test_one_sscc_for_several_alike_packs_is_found() -> None:
    found = ask("missing-labels", changed(SHIPMENT, packs__1__count=3))
    assert places(found) == [("P223", "/packs/1/count")]


def tree(*levels: Document) -> dict[str, Document]:
    return {"_std": "X12", "_set": "856", "HL": list(levels)}


def test_items_before_packs_are_in_order_too() -> None:
    assert ask("hl-tree", tree(*HL[:2], changed(HL[3], HL01="3", HL02="2"), changed(HL[2], HL01="4", HL02="3"))) == []


def test_a_parent_that_does_not_stand_before_is_found() -> None:
    found = ask("hl-tree", tree(*HL[:2], changed(HL[2], HL02="9"), HL[3]))
    assert ("P220", "/HL/2/HL02") in places(found)
    assert found[0].message == "HL 3 (pack): lies below HL 9, which does not stand before it"


def test_a_level_below_the_wrong_one_is_found() -> None:
    found = ask("hl-tree", tree(HL[0], HL[1], changed(HL[2], HL02="1"), HL[3]))
    assert "HL 3 (pack): lies below a shipment, not below order or tare or item" in [one.message for one in found]


def test_a_number_that_stands_twice_and_an_unknown_level_are_found() -> None:
    found = ask("hl-tree", tree(*HL, changed(HL[3], HL01="4"), changed(HL[3], HL01="6", HL03="X")))
    assert [one.message for one in found] == [
        "HL 4 (item): its number stands twice",
        "HL 6 (X): 'X' is no level of a ship notice",
    ]


def test_levels_that_say_nothing_are_found() -> None:
    found = ask("hl-tree", tree(HL[0], changed(HL[1], PRF=None), HL[2]))
    assert [one.message for one in found] == [
        "HL 2 (order): has no PRF",
        "HL 2 (order): has no item below it",
        "HL 3 (pack): is empty: no item below it",
    ]


def test_a_ship_notice_begins_with_its_shipment() -> None:
    assert "HL 2 (order): the first level must be the shipment (S), below nothing" in [
        one.message for one in ask("hl-tree", tree(*HL[1:]))
    ]
    assert places(ask("hl-tree", tree())) == [("P220", "/HL")]


def test_a_level_below_itself_and_a_chain_without_end_take_no_time() -> None:
    chain: list[Document] = [{"HL01": str(n), "HL02": str(n - 1) if n else "0", "HL03": "P"} for n in range(5_000)]
    began = time.process_time()
    assert ask("hl-tree", tree(*chain))
    assert time.process_time() - began < 5
