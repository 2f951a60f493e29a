"""What each field of a result came from, and why it stayed empty."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossdock import yaml_source
from crossdock.errors import Reject
from crossdock.mapping.compile import YamlMapping, compile_mapping
from crossdock.mapping.explanation.told import Cause, Explanation, Outcome, Told
from crossdock.mapping.explanation.walk import MAX_FIELDS
from crossdock.mapping.lookup import parse_table
from crossdock.mapping.scope import Scope
from crossdock.message import Document

TABLES = {"uom": parse_table("uom", b"x12,rec20,erp\nEA,C62,ST\nCA,CS,KAR\n", "mappings/tables/uom.csv")}
SCOPE = Scope(id="m-1", route="orders-in", now=datetime(2026, 11, 20, 10, 30, tzinfo=UTC), partner="acme")
ORDER: Document = {
    "BEG": {"BEG03": "PO-1", "BEG05": ""},
    "N1": [{"N101": "BY", "N102": "ACME"}, {"N101": "ST", "N102": "DC 7", "N104": "0007"}],
    "PO1": [
        {"PO101": "1", "PO102": "10", "PO103": "EA", "PO104": "1.50"},
        {"PO101": "2", "PO102": "5", "PO103": "CA", "PO104": "2.25"},
    ],
}


def _mapping(fields: str, let: str = "") -> YamlMapping:
    text = (
        "from: x12/850\n" + dedent(let) + "fields:\n" + "\n".join(f"  {line}" for line in dedent(fields).splitlines())
    )
    return compile_mapping("m", yaml_source.load(text.encode(), "mappings/m.yaml"), TABLES)


def _explain(fields: str, document: Document = ORDER, let: str = "") -> Explanation:
    """The explanation; its result is the compiled mapping's."""
    mapping = _mapping(fields, let)
    explanation = mapping.explain(document, SCOPE)
    assert explanation.result == mapping.apply(document, SCOPE)
    return explanation


def _one(fields: str, document: Document = ORDER, let: str = "") -> Told:
    return _explain(fields, document, let).fields[0]


def test_a_field_tells_its_expression_its_place_and_the_value_it_took() -> None:
    told = _one("number: BEG.BEG03")
    assert (told.pointer, told.value, told.text, told.origins) == ("/number", "PO-1", "BEG.BEG03", ("/BEG/BEG03",))
    assert (told.place.file, told.place.line, told.place.column) == ("mappings/m.yaml", 3, 11)


def test_what_was_put_together_tells_every_part() -> None:
    told = _one("key: concat(BEG.BEG03, '-', N1[0].N102)")
    assert told.origins == ("/BEG/BEG03", "/N1/0/N102")


def test_a_sum_tells_each_line() -> None:
    assert _one("total: sum_of(PO1, &PO102)").origins == ("/PO1/0/PO102", "/PO1/1/PO102")


def test_what_a_condition_looked_at_is_told_beside_what_was_taken() -> None:
    for expression in ("by(N1, 'N101', 'ST').N102", "N1[?N101=='ST'] | [0].N102"):
        told = _one(f'ship: "{expression}"')
        assert (told.origins, told.consulted) == (("/N1/1/N102",), ("/N1/1/N101",))


def test_a_lookup_tells_table_and_code() -> None:
    told = _one("unit: lookup('uom', PO1[0].PO103)")
    assert [(row.function, row.table, row.key) for row in told.rows] == [("lookup", "uom", "EA")]
    assert told.origins == ("/PO1/0/PO103",)


def test_a_loop_tells_the_element_of_each_line() -> None:
    fields = """\
        lines:
          each: PO1
          fields: {number: $index, sku: PO101, buyer: "$root.BEG.BEG03"}
        """
    told = {one.pointer: one.origins for one in _explain(fields).fields}
    assert told["/lines/1/sku"] == ("/PO1/1/PO101",)
    assert told["/lines/1/buyer"] == ("/BEG/BEG03",)
    assert told["/lines/1/number"] == ()


def test_an_object_made_by_an_expression_tells_each_value_in_it() -> None:
    told = {one.pointer: one.origins for one in _explain("lines: 'PO1[].{n: PO101, c: [PO103, PO102]}'").fields}
    assert told["/lines/1/c/0"] == ("/PO1/1/PO103",)
    assert len(told) == 6


def test_an_object_that_a_function_made_keeps_where_its_fields_came_from() -> None:
    told = {one.pointer: one.origins for one in _explain("'x': 'merge(N1[0], {extra: BEG.BEG03})'").fields}
    assert told == {"/x/N101": ("/N1/0/N101",), "/x/N102": ("/N1/0/N102",), "/x/extra": ("/BEG/BEG03",)}


def test_a_constant_tells_where_it_is_written() -> None:
    told = _one("type: {value: standard}")
    assert (told.outcome, told.value, told.origins, told.place.line) == (Outcome.CONSTANT, "standard", (), 3)


@pytest.mark.parametrize(
    ("expression", "cause", "words"),
    [
        ("BEG.BEG07", Cause.ABSENT, "the source has no /BEG/BEG07"),
        ("REF[0].REF02", Cause.ABSENT, "the source has no /REF/0/REF02"),
        ("N1[7].N102", Cause.ABSENT, "the source has no /N1/7/N102"),
        ("date(BEG.BEG05)", Cause.EMPTY_TEXT, "/BEG/BEG05 is empty text"),
        ("by(N1, 'N101', 'VN').N102", Cause.CONDITION, "none of /N1 has N101 'VN'"),
        ("N1[?N101=='VN'] | [0].N102", Cause.CONDITION, "none of the 2 elements of /N1 meets the condition"),
        ("when(BEG.BEG03 == 'x', 'y')", Cause.CONDITION, "the condition of when() does not hold"),
        ("lookup('uom', BEG.BEG03, 'erp', `null`)", Cause.LOOKUP, "table 'uom' has nothing for 'PO-1'"),
        ("coalesce(BEG.A, BEG.B)", Cause.ABSENT, "the source has no /BEG/A; the source has no /BEG/B"),
        ("BEG.A || BEG.B", Cause.ABSENT, "the source has no /BEG/A; the source has no /BEG/B"),
        ("$ship.N9", Cause.ABSENT, "the source has no /N1/1/N9"),
        ("$vendor.N102", Cause.CONDITION, "none of /N1 has N101 'VN'"),
    ],
)
def test_a_field_that_stayed_empty_tells_why(expression: str, cause: Cause, words: str) -> None:
    told = _one(
        f'field: "{expression}"', let="let: {ship: \"by(N1, 'N101', 'ST')\", vendor: \"by(N1, 'N101', 'VN')\"}\n"
    )
    assert told.outcome is Outcome.EMPTY
    assert told.reason is not None
    assert (told.reason.cause, told.reason.text) == (cause, words)


def test_a_default_tells_what_it_stands_in_for() -> None:
    told = _one("field: {expr: BEG.BEG07, default: none}")
    assert (told.outcome, told.value) == (Outcome.DEFAULT, "none")
    assert told.reason is not None
    assert told.reason.pointer == "/BEG/BEG07"


def test_omit_empty_is_a_reason_of_its_own() -> None:
    told = _one("field: {expr: BEG.BEG05, omit_empty: true}")
    assert told.outcome is Outcome.EMPTY
    assert told.reason is not None
    assert told.reason.cause is Cause.OMITTED


def test_a_condition_of_a_field_that_does_not_hold_is_told() -> None:
    told = _one("field: {when: \"BEG.BEG03 == 'x'\", expr: BEG.BEG03}")
    assert told.outcome is Outcome.EMPTY
    assert told.reason is not None
    assert told.reason.cause is Cause.CONDITION
    assert told.consulted == ("/BEG/BEG03",)


def test_of_a_choice_only_the_alternative_that_was_taken_is_told() -> None:
    fields = """\
        who:
          case:
            - {when: "BEG.BEG03 == 'x'", expr: "N1[0].N102"}
            - {expr: "N1[1].N102"}
        """
    explanation = _explain(fields)
    assert [(one.outcome, one.origins) for one in explanation.fields] == [(Outcome.VALUE, ("/N1/1/N102",))]


def test_an_element_of_which_nothing_comes_is_told_once() -> None:
    fields = "{lines: {each: N1, fields: {id: N104}}}"
    explanation = _explain(fields)
    assert explanation.result == {"lines": [{"id": "0007"}]}
    first = explanation.fields[0]
    assert first.outcome is Outcome.EMPTY
    assert first.reason is not None
    assert "/N1/0" in first.reason.text


def test_what_failed_is_told_with_its_value_and_the_others_go_on() -> None:
    mapping = _mapping("quantity: dec(BEG.BEG03)\nnumber: BEG.BEG03")
    explanation = mapping.explain(ORDER, SCOPE)
    failed, good = explanation.fields
    assert (failed.outcome, failed.origins, good.value) == (Outcome.FAILED, ("/BEG/BEG03",), "PO-1")
    with pytest.raises(Reject):
        mapping.apply(ORDER, SCOPE)


def test_values_that_only_conditions_looked_at_count_as_used() -> None:
    explanation = _explain("ship: \"by(N1, 'N101', 'ST').N102\"")
    assert (
        explanation.used == {"/N1/0/N101", "/N1/1/N101", "/N1/1/N102", "/N1/1"}
        or {
            "/N1/0/N101",
            "/N1/1/N101",
            "/N1/1/N102",
        }
        <= explanation.used
    )
    assert "/N1/0/N102" not in explanation.used


def test_very_many_fields_are_counted_and_not_kept() -> None:
    document: Document = {"items": [{"a": str(number)} for number in range(MAX_FIELDS + 5)]}
    explanation = _explain("{items: {each: items, fields: {a: a}}}", document)
    assert (len(explanation.fields), explanation.more) == (MAX_FIELDS, 5)


FIELDS = """\
number: {expr: BEG.BEG03, default: unknown}
total: "sum_of(to_array(PO1 || `[]`), &PO102)"
ship: {fields: {name: "$ship.N102", id: {expr: "$ship.N104", omit_empty: true}}}
any: "N1[].{a: N101, b: N102 || N104}"
flags: ["BEG.BEG03 == 'x'", "length(to_array(N1))", {value: null}, "not_null(BEG.BEG05, $partner)"]
who: {case: [{when: BEG.BEG05, expr: BEG.BEG05}, {fields: {name: "N1[-1].N102"}}], omit_empty: true}
lines:
  each: to_array(PO1 || `[]`)
  omit_empty: true
  fields:
    row: $row
    running: $running
    unit: "lookup('uom', PO103, 'erp', 'ST')"
    code: {when: PO102, expr: "concat(PO101, '/', $root.BEG.BEG03)"}
    parties: {each: "$root.N1[?N101 == 'ST' || N104]", fields: {id: N104 || N102}}
"""

_text = st.sampled_from(["", "1", "10", "2.5", "EA", "CA", "ST", "BY", "x", "PO-1"])
_numbers = st.sampled_from(["", "1", "10", "2.5"])


def _objects(*keys: str) -> st.SearchStrategy[Document]:
    return st.dictionaries(st.sampled_from(keys), _text, max_size=len(keys)).map(dict[str, Document])


_line = st.fixed_dictionaries({}, optional={"PO101": _text, "PO102": _numbers, "PO103": _text})
_order = st.fixed_dictionaries(
    {},
    optional={
        "BEG": _objects("BEG03", "BEG05") | st.none() | st.just("text"),
        "N1": st.lists(_objects("N101", "N102", "N104"), max_size=3),
        "PO1": st.lists(_line, max_size=3) | st.none(),
    },
)


@given(_order)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_document_the_explanation_has_the_result_of_the_mapping(document: Document) -> None:
    explanation = MAPPING.explain(document, SCOPE)
    failed = [one for one in explanation.fields if one.outcome is Outcome.FAILED]
    try:
        result = MAPPING.apply(document, SCOPE)
    except Reject:
        assert failed
    else:
        assert explanation.result == result
        assert not failed


MAPPING = _mapping(FIELDS, "let: {ship: \"by(N1, 'N101', 'ST')\"}\n")


def test_numbers_keep_their_digits() -> None:
    assert _one("price: dec(PO1[0].PO104)").value == Decimal("1.50")
