"""Each step, by what becomes of a document that goes through it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.unit.route.conftest import Bench

from crossdock.errors import Hold, Reject, Severity
from crossdock.message import Document
from crossdock.route.plan import Deliver, Latest, Once, Pass, Publish, Skip, Stop

ORDER: dict[str, Any] = {
    "number": "7",
    "buyer": {"id": "ACME"},
    "status": "open",
    "total": Decimal("12.50"),
    "lines": [{"sku": "a"}],
}


def passed(plan: object) -> Any:  # noqa: ANN401 - its outputs are what the test knows they are
    assert isinstance(plan, Pass)
    return plan


def document_of(plan: object) -> Any:  # noqa: ANN401 - a document, to look into
    return passed(plan).outputs[-1].document


def stopped(plan: object) -> Stop:
    assert isinstance(plan, Stop)
    return plan


def test_filter_lets_through_what_its_condition_holds_for(bench: Bench) -> None:
    assert document_of(bench.plan("- filter: \"status != 'cancelled'\"", ORDER)) == ORDER


def test_filter_skips_the_rest_with_its_reason(bench: Bench) -> None:
    plan = bench.plan("- filter: \"status == 'cancelled'\"", ORDER)
    assert plan == Skip(reason="1 filter: status == 'cancelled'")


def test_filter_takes_a_non_empty_list_for_yes(bench: Bench) -> None:
    assert isinstance(bench.plan("- filter: \"lines[?sku=='a']\"", ORDER), Pass)
    assert isinstance(bench.plan("- filter: \"lines[?sku=='b']\"", ORDER), Skip)


def test_a_condition_that_is_null_stops_the_document(bench: Bench) -> None:
    plan = stopped(bench.plan("- filter: staus", ORDER))
    assert (plan.step, plan.error.code, type(plan.error)) == ("1 filter", "R401", Reject)


def test_an_expression_that_fails_stops_the_document_at_its_step(bench: Bench) -> None:
    plan = stopped(bench.plan('- filter: "total > `1`"\n- set: {fields: {x: "dec(\'1O\')"}}', ORDER))
    assert (plan.step, type(plan.error)) == ("2 set", Reject)


def test_map_gives_its_mapping_parameters(bench: Bench) -> None:
    label = "from: json/order\nparameters: {site: null, kind: \"'box'\"}\nfields: {at: $site, no: number, kind: $kind}"
    plan = bench.plan("- map: {mapping: label, with: {site: \"concat('N', number)\"}}", ORDER, label=label)
    assert document_of(plan) == {"at": f"N{ORDER['number']}", "no": ORDER["number"], "kind": "box"}


def test_map_makes_another_document(bench: Bench) -> None:
    plan = bench.plan("- map: short", ORDER, short="from: order/v1\nfields: {no: number}")
    assert document_of(plan) == {"no": "7"}


def test_set_reaches_inwards_and_leaves_the_rest_alone(bench: Bench) -> None:
    before = {"buyer": {"id": "ACME"}, "n": 1}
    plan = bench.plan("- set: {fields: {buyer.region: \"'EU'\", seen: n, new.deep: \"'x'\"}}", before)
    assert document_of(plan) == {"buyer": {"id": "ACME", "region": "EU"}, "n": 1, "seen": 1, "new": {"deep": "x"}}
    assert before == {"buyer": {"id": "ACME"}, "n": 1}


def test_set_computes_every_value_from_the_document_before_it(bench: Bench) -> None:
    assert document_of(bench.plan("- set: {fields: {a: b, b: a}}", {"a": 1, "b": 2})) == {"a": 2, "b": 1}


def test_set_changes_headers_partner_and_correlation(bench: Bench) -> None:
    plan = bench.plan("- set: {headers: {No: number}, partner: buyer.id, correlation: number}", ORDER)
    output = passed(plan).outputs[0]
    assert (dict(output.headers), output.partner, output.correlation) == ({"no": "7"}, "ACME", "7")


def test_what_set_put_into_headers_is_seen_by_later_expressions(bench: Bench) -> None:
    plan = bench.plan("- set: {headers: {no: number}}\n- filter: \"$headers.no == '7'\"", ORDER)
    assert isinstance(plan, Pass)


@pytest.mark.parametrize("step", ["headers: {no: lines}", "partner: nothing", "headers: {no: text}"])
def test_set_refuses_a_header_that_is_not_one_line_of_text(bench: Bench, step: str) -> None:
    assert stopped(bench.plan(f"- set: {{{step}}}", {"lines": [], "number": "1", "text": "a\nb"})).error.code == "R408"


def test_set_cannot_reach_into_what_is_no_object(bench: Bench) -> None:
    assert stopped(bench.plan("- set: {fields: {a.b: \"'x'\"}}", {"a": 1})).error.code == "R408"


def test_once_is_a_guard_with_a_key(bench: Bench) -> None:
    plan = bench.plan('- once: {key: "[buyer.id, number]", within: 90d}', ORDER)
    assert passed(plan).guards == (Once(scope="r/once", key='["ACME","7"]', within=7_776_000),)


def test_keys_of_other_parts_are_other_keys(bench: Bench) -> None:
    one = passed(bench.plan('- once: {key: "[a, b]"}', {"a": "x,y", "b": "z"})).guards[0].key
    other = passed(bench.plan('- once: {key: "[a, b]"}', {"a": "x", "b": "y,z"})).guards[0].key
    assert one != other


def test_once_keeps_keys_400_days_unless_told(bench: Bench) -> None:
    assert passed(bench.plan("- once: {key: number}", ORDER)).guards[0].within == 400 * 86400


def test_the_second_once_of_a_route_has_a_scope_of_its_own(bench: Bench) -> None:
    plan = bench.plan("- once: {key: number}\n- filter: number\n- once: {key: buyer.id}", ORDER)
    assert [guard.scope for guard in passed(plan).guards] == ["r/once", "r/once-2"]


@pytest.mark.parametrize("key", ["nothing", "[number, nothing]", "`[]`", "buyer", "''"])
def test_a_key_with_an_absent_part_stops_the_document(bench: Bench, key: str) -> None:
    assert stopped(bench.plan(f'- once: {{key: "{key}"}}', ORDER)).error.code == "R402"


def test_latest_is_a_guard_with_a_version(bench: Bench) -> None:
    plan = bench.plan("- latest: {key: number, by: total}", ORDER)
    assert passed(plan).guards == (Latest(scope="r/latest", key="7", version="12.50"),)


def test_latest_needs_a_version(bench: Bench) -> None:
    assert stopped(bench.plan("- latest: {key: number, by: lines}", ORDER)).error.code == "R410"


def test_guards_passed_before_an_error_travel_with_the_stop(bench: Bench) -> None:
    plan = stopped(bench.plan("- once: {key: number}\n- filter: nothing", ORDER))
    assert [guard.key for guard in plan.guards] == ["7"]


CHECK = """
- check:
    - {name: big, that: "total < `10`", text: "order {number} is {total}"}
    - {name: note, that: "note != `null`", severity: warn, text: no note}
    - {name: lines, that: "length(lines) > `0`", severity: reject}
"""


def test_check_holds_the_document_with_every_broken_rule(bench: Bench) -> None:
    error = stopped(bench.plan(CHECK, ORDER)).error
    assert isinstance(error, Hold)
    assert [(f.rule, f.message, f.severity) for f in error.findings] == [
        ("big", "order 7 is 12.50", Severity.ERROR),
        ("note", "no note", Severity.WARNING),
    ]


def test_check_rejects_where_one_broken_rule_says_so(bench: Bench) -> None:
    assert isinstance(stopped(bench.plan(CHECK, {**ORDER, "lines": []})).error, Reject)


def test_check_lets_a_released_document_through_with_its_findings(bench: Bench) -> None:
    plan = bench.plan(CHECK, ORDER, released=frozenset({"big"}))
    assert [finding.rule for finding in passed(plan).findings] == ["big", "note"]


def test_a_release_is_for_its_rules_only(bench: Bench) -> None:
    assert isinstance(stopped(bench.plan(CHECK, ORDER, released=frozenset({"other"}))).error, Hold)


def test_check_is_silent_about_rules_that_hold(bench: Bench) -> None:
    assert passed(bench.plan(CHECK, {**ORDER, "total": 1, "note": "x"})).findings == ()


UNITS = "code,name,factor\nEA,each,1\nBX,box,\n"


def test_lookup_merges_the_row_under_a_name(bench: Bench) -> None:
    plan = bench.plan("- lookup: {table: units, key: unit, as: row}", {"unit": "EA"}, units_csv=UNITS)
    assert document_of(plan) == {"unit": "EA", "row": {"code": "EA", "name": "each", "factor": "1"}}


def test_lookup_leaves_empty_cells_out(bench: Bench) -> None:
    plan = bench.plan("- lookup: {table: units, key: unit, as: row}", {"unit": "BX"}, units_csv=UNITS)
    assert document_of(plan)["row"] == {"code": "BX", "name": "box"}


@pytest.mark.parametrize("document", [{"unit": "ZZ"}, {}, {"unit": None}])
def test_lookup_stops_a_document_without_a_row(bench: Bench, document: Document) -> None:
    plan = bench.plan("- lookup: {table: units, key: unit, as: row}", document, units_csv=UNITS)
    assert stopped(plan).error.code == "R404"


def test_lookup_that_is_optional_adds_nothing(bench: Bench) -> None:
    step = "- lookup: {table: units, key: unit, as: row, optional: true}"
    assert document_of(bench.plan(step, {"unit": "ZZ"}, units_csv=UNITS)) == {"unit": "ZZ"}


def test_tap_publishes_the_document_as_it_is_there(bench: Bench) -> None:
    plan = passed(bench.plan("- tap: audit.{status}\n- set: {fields: {status: \"'done'\"}}", ORDER))
    tap, delivery = plan.outputs
    assert isinstance(tap, Publish)
    assert (tap.slot, tap.topic, tap.document) == ("tap", "audit.open", ORDER)
    assert delivery.document["status"] == "done"


def test_tap_publishes_even_if_the_document_is_skipped_or_stopped_later(bench: Bench) -> None:
    for step in ("filter: \"number == '8'\"", "filter: nothing"):
        plan = bench.plan(f"- tap: audit\n- {step}", ORDER)
        assert [output.topic for output in plan.outputs] == ["audit"]


def test_tap_may_have_a_condition(bench: Bench) -> None:
    plan = passed(bench.plan("- tap: {topic: audit, when: \"status == 'closed'\"}", ORDER))
    assert [type(output) for output in plan.outputs] == [Deliver]


@pytest.mark.parametrize("status", ["a.b", "a b", "", "*", None, ["x"], "a/b", "ü"])
def test_a_value_never_becomes_the_structure_of_a_topic(bench: Bench, status: Document) -> None:
    assert stopped(bench.plan("- tap: audit.{status}", {"status": status})).error.code == "R405"


def test_encode_makes_the_bytes_once_for_all_destinations(bench: Bench) -> None:
    (output,) = passed(bench.plan("- encode: lines", {"a": Decimal("1.50")})).outputs
    assert (output.payload, output.content_type) == (b'{"a":1.50}\n', "application/x-ndjson")


CHOOSE = """
- choose:
    - when: "total > `100`"
      steps: [{set: {fields: {size: "'big'"}}}]
      to: [{topic: order.big}, {folder: {path: big}}]
    - when: "total > `10`"
      to: [{topic: order.middle}]
    - otherwise: {steps: [{filter: "number == '8'"}]}
"""


@pytest.mark.parametrize(
    ("total", "slots", "size"), [(500, ["topic", "folder", "folder-2"], "big"), (50, ["topic-2", "folder-2"], None)]
)
def test_choose_goes_the_first_way_that_is_open(bench: Bench, total: int, slots: list[str], size: str | None) -> None:
    plan = passed(bench.plan(CHOOSE, {"total": total, "number": "7"}))
    assert [output.slot for output in plan.outputs] == slots
    assert plan.outputs[-1].document.get("size") == size


def test_choose_goes_otherwise_where_nothing_holds(bench: Bench) -> None:
    plan = bench.plan(CHOOSE, {"total": 1, "number": "7"})
    assert plan == Skip(reason="1 choose, branch 3, 1 filter: number == '8'")


def test_a_step_in_a_branch_is_named_with_its_branch(bench: Bench) -> None:
    steps = "- choose:\n    - when: a\n      steps: [{filter: a}, {filter: nothing}]"
    assert stopped(bench.plan(steps, {"a": "x"})).step == "1 choose, branch 1, 2 filter"


def test_choose_passes_on_what_no_branch_is_for(bench: Bench) -> None:
    assert document_of(bench.plan("- choose: [{when: 'a == `1`', to: [{topic: x.y}]}]", {"a": 2})) == {"a": 2}


def test_validate_gives_the_normal_form_and_its_keys(bench: Bench) -> None:
    document = {
        "type": "adjustment",
        "taken_at": "2026-11-20T06:00:00Z",
        "location": {"id": "W"},
        "number": "N1",
        "items": [{"sku": "a", "unit": "EA", "change": -2, "note": None}],
    }
    plan = passed(bench.plan("- validate: inventory/v1", document))
    assert "note" not in plan.outputs[0].document["items"][0]
    assert plan.keys == ("N1", "a")


def test_what_a_contract_rejects_can_be_found_by_its_keys(bench: Bench) -> None:
    plan = stopped(bench.plan("- validate: inventory/v1", {"number": "N1"}))
    assert (plan.step, plan.keys) == ("1 validate", ("N1",))
    assert len(plan.error.findings) > 2
