"""Where a route sends, and how."""

from __future__ import annotations

from decimal import Decimal

from tests.unit.route.conftest import Bench, Decide, Make, Workshop

from crossdock.connector import Effect
from crossdock.delivery.schedule import RetryPolicy
from crossdock.route.compiled import CompiledRoute
from crossdock.route.destination import Batch
from crossdock.route.plan import Skip

TOPIC = "from: {topic: t}\n"


def slots(route: CompiledRoute) -> list[str]:
    return [destination.slot for destination in route.destinations]


def test_slots_are_connector_names_numbered_where_they_repeat(bench: Bench) -> None:
    route = bench.route(TOPIC + "to: [{folder: {path: a}}, {printer: {path: b}}, {folder: {path: c}}]\n")
    assert slots(route) == ["folder", "printer", "folder-2"]


def test_a_name_of_its_own_is_the_slot(bench: Bench) -> None:
    assert slots(bench.route(TOPIC + "to: [{folder: {path: a}, name: erp}, {folder: {path: c}}]\n")) == [
        "erp",
        "folder",
    ]


def test_retry_comes_from_the_destination_then_the_route_then_the_project(workshop: Workshop) -> None:
    workshop.write({"crossdock.yaml": "defaults: {retry: {first: 1s, factor: 2}}"})
    text = TOPIC + "retry: {attempts: 8, max: 1h}\nto: [{folder: {path: a}, retry: {max: 30s}}, {folder: {path: b}}]\n"
    project = workshop.load({"crossdock.yaml": "defaults: {retry: {first: 1s, factor: 2}}", "routes/r.yaml": text})
    assert [destination.retry for destination in project.routes["r"].destinations] == [
        RetryPolicy(8, 1.0, 2.0, 30.0),
        RetryPolicy(8, 1.0, 2.0, 3600.0),
    ]


def test_without_a_word_the_defaults_hold(bench: Bench) -> None:
    (destination,) = bench.route(TOPIC + "to: [{folder: {path: a}}]\n").destinations
    assert destination.retry == RetryPolicy()
    assert (destination.timeout, destination.rate, destination.batch, destination.priority) == (30.0, None, None, 5)
    assert destination.kind.effect(destination.options) is Effect.PROVABLE


def test_settings_of_a_destination_are_read(bench: Bench) -> None:
    text = TOPIC + "to: [{folder: {path: a}, rate: 60/min, timeout: 5s, batch: {count: 100, wait: 2s}, priority: 9}]\n"
    (destination,) = bench.route(text).destinations
    assert (destination.rate, destination.timeout, destination.priority) == (1.0, 5.0, 9)
    assert destination.batch == Batch(100, 2.0)


def test_when_decides_per_destination(bench: Bench, decided: Decide) -> None:
    route = bench.route(TOPIC + "to:\n  - {folder: {path: a}, when: big}\n  - {printer: {path: b}}\n")
    assert [output.slot for output in decided(route, {"big": True}).outputs] == ["folder", "printer"]
    assert [output.slot for output in decided(route, {"big": False}).outputs] == ["printer"]


def test_a_document_no_destination_wants_is_skipped_and_says_so(bench: Bench, decided: Decide) -> None:
    route = bench.route(TOPIC + "to: [{folder: {path: a}, when: big}]\n")
    assert decided(route, {"big": False}) == Skip(reason="to: no destination's 'when' holds")


def test_a_destination_maps_and_encodes_when_it_renders(bench: Bench, decided: Decide, message: Make) -> None:
    route = bench.route(
        TOPIC + "to: [{folder: {path: a}, map: short, encode: lines}]\n", short="from: order/v1\nfields: {no: n}"
    )
    arrived = message(b'{"n":1}', content_type="application/json")
    (part,) = route.parts(arrived, bench.now)
    scope = route.scope(arrived, part, bench.now)
    (output,) = route.decide(arrived, part, bench.now).outputs
    assert output.document == {"n": 1}
    assert b"".join(route.render("folder", [({"n": 1}, scope), ({"n": 2}, scope)])) == b'{"no":1}\n{"no":2}\n'
    assert route.destination("folder").content_type == "application/x-ndjson"


def test_without_encode_a_document_is_canonical_json(bench: Bench, message: Make) -> None:
    route = bench.route(TOPIC + "to: [{folder: {path: a}}]\n")
    assert b"".join(route.render("folder", [({"n": Decimal("1.50")}, None)])) == b'{"n":1.50}'


def test_a_topic_gets_the_mapped_document(bench: Bench, decided: Decide) -> None:
    route = bench.route(TOPIC + "to: [{topic: order.out, map: short}]\n", short="from: order/v1\nfields: {no: n}")
    (output,) = decided(route, {"n": 1}).outputs
    assert (output.slot, output.topic, output.document, output.payload) == ("topic", "order.out", {"no": 1}, None)


def test_a_topic_may_get_bytes(bench: Bench, decided: Decide) -> None:
    (output,) = decided(bench.route(TOPIC + "to: [{topic: order.out, encode: lines}]\n"), {"n": 1}).outputs
    assert (output.payload, output.content_type) == (b'{"n":1}\n', "application/x-ndjson")


def test_a_topic_may_depend_on_the_document(bench: Bench, decided: Decide) -> None:
    route = bench.route(TOPIC + 'to: [{topic: "order.{status}"}]\n')
    assert route.published == ("order.*",)
    assert decided(route, {"status": "open"}).outputs[0].topic == "order.open"


def test_order_by_gives_each_delivery_its_lane(bench: Bench, decided: Decide) -> None:
    route = bench.route(TOPIC + "to: [{folder: {path: a}}]\norder: {by: '[a, b]'}\n")
    assert route.ordered
    assert decided(route, {"a": 1, "b": "x"}).outputs[0].lane == '["1","x"]'


def test_a_document_without_its_lane_stops(bench: Bench, decided: Decide) -> None:
    route = bench.route(TOPIC + "to: [{folder: {path: a}}]\norder: {by: a}\n")
    assert decided(route, {}).error.code == "R402"


def test_a_mapping_that_fails_for_a_topic_stops_at_to(bench: Bench, decided: Decide) -> None:
    route = bench.route(TOPIC + "to: [{topic: a.b, map: m}]\n", m="from: order/v1\nfields: {no: int(n)}")
    assert decided(route, {"n": "x"}).step == "to"
