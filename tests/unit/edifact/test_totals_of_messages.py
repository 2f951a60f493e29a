"""Control totals and sums of messages: what agrees is silent, what does not is told with its place."""

from __future__ import annotations

from crossdock.codecs.edifact.dictionary.library import find_set
from crossdock.codecs.edifact.totals import Mismatch, mismatches
from crossdock.message import Document


def told(name: str, root: dict[str, Document]) -> list[Mismatch]:
    definition = find_set(name, "D96A")
    assert definition is not None
    return list(mismatches(definition.balances, root))


def qualified(tag: str, qualifier: str, value: str) -> dict[str, Document]:
    return {f"{tag}0101": qualifier, f"{tag}0102": value}


def line(*quantities: tuple[str, str], amount: str = "") -> dict[str, Document]:
    found: dict[str, Document] = {"QTY": [qualified("QTY", *one) for one in quantities]}
    if amount:
        found["MOA"] = [qualified("MOA", "203", amount)]
    return found


def test_a_count_of_lines_that_agrees_is_silent() -> None:
    assert told("ORDERS", {"LIN": [line(), line()], "CNT": [qualified("CNT", "2", "2")]}) == []


def test_a_count_of_lines_that_does_not_agree_is_told_at_its_place() -> None:
    root: dict[str, Document] = {
        "LIN": [line(), line()],
        "CNT": [qualified("CNT", "7", "9"), qualified("CNT", "2", "3")],
    }
    assert told("ORDERS", root) == [("total_count", "CNT[2]", "/CNT/1", "3", "2", "LIN")]


def test_lines_are_counted_below_packages_in_a_despatch_advice() -> None:
    packages: Document = [{"LIN": [line(), line()]}, {"LIN": [line()]}, {}]
    assert told("DESADV", {"CPS": packages, "CNT": [qualified("CNT", "2", "3")]}) == []
    assert len(told("DESADV", {"CPS": packages, "CNT": [qualified("CNT", "2", "2")]})) == 1


def test_quantities_may_be_added_up_all_or_those_of_the_message() -> None:
    lines: Document = [line(("47", "2.5"), ("46", "2")), line(("47", "7,5"), ("46", "8"))]
    for total in ("10", "20", "10,0"):
        assert told("INVOIC", {"LIN": lines, "CNT": [qualified("CNT", "1", total)]}) == []
    wrong = told("INVOIC", {"LIN": lines, "CNT": [qualified("CNT", "1", "11")]})
    assert wrong == [("total_sum", "CNT[1]", "/CNT/0", "11", "20.0", "LIN.QTY")]


def test_line_amounts_are_added_up_only_where_every_line_has_one() -> None:
    total: Document = [qualified("MOA", "79", "30")]
    assert told("INVOIC", {"LIN": [line(amount="10.00"), line(amount="20.00")], "MOA_sum": total}) == []
    assert told("INVOIC", {"LIN": [line(amount="10"), line()], "MOA_sum": total}) == []
    wrong = told("INVOIC", {"LIN": [line(amount="10"), line(amount="10.5")], "MOA_sum": total})
    assert [one[1:] for one in wrong] == [("MOA_sum[79]", "/MOA_sum/0", "30", "20.5", "LIN.MOA[203]")]


def test_amounts_of_35_digits_are_added_up_exactly() -> None:
    big = "1" + "0" * 33 + "1"
    root: dict[str, Document] = {"LIN": [line(amount=big), line(amount="1")], "MOA_sum": [qualified("MOA", "79", big)]}
    assert [actual for *_, actual, _ in told("INVOIC", root)] == ["1" + "0" * 33 + "2"]


def test_taxes_are_added_up_over_the_rates() -> None:
    taxes: Document = [
        {"MOA": [qualified("MOA", "124", "19.00"), qualified("MOA", "125", "100")]},
        {"MOA": [qualified("MOA", "124", "7.00"), qualified("MOA", "125", "100")]},
    ]
    right: Document = [qualified("MOA", "176", "26"), qualified("MOA", "125", "200.00")]
    wrong: Document = [qualified("MOA", "176", "27"), qualified("MOA", "125", "201")]
    assert told("INVOIC", {"TAX_sum": taxes, "MOA_sum": right}) == []
    assert [one[2] for one in told("INVOIC", {"TAX_sum": taxes, "MOA_sum": wrong})] == ["/MOA_sum/1", "/MOA_sum/0"]


def test_a_single_total_is_an_object_and_found_as_well() -> None:
    root: dict[str, Document] = {"CPS": [{"LIN": [line()]}], "CNT": qualified("CNT", "2", "2")}
    assert [one[2] for one in told("RECADV", root)] == ["/CNT"]


def test_what_is_no_number_is_left_to_the_element_check() -> None:
    for value in ("many", "NaN", "1e999999999", "", "Infinity"):
        assert told("ORDERS", {"LIN": [line()], "CNT": [qualified("CNT", "2", value)]}) == []
    assert told("ORDERS", {"LIN": [line(("21", "1e999999999"))], "CNT": [qualified("CNT", "1", "1")]}) == []
    assert told("ORDERS", {"LIN": "nonsense", "CNT": [{"CNT0101": "2"}, "nonsense"]}) == []
