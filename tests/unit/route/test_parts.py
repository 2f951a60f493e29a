"""From a message to its parts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from tests.unit.route.conftest import Bench, Make

from crossdock.errors import Reject
from crossdock.message import Document, Message
from crossdock.route.partition import PART
from crossdock.route.plan import Deliver, Pass, Publish, Stop

FOLDER = "from:\n  folder: {path: in}\nto:\n  - folder: {path: out}\nsteps:\n"


def documents(route: Any, arrived: Message, now: datetime) -> list[Document]:  # noqa: ANN401 - a compiled route
    return [part.document for part in route.parts(arrived, now)]


@pytest.fixture
def now(bench: Bench) -> datetime:
    return bench.now


def test_the_codecs_own_parts_are_split_while_reading(bench: Bench, message: Make, now: datetime) -> None:
    route = bench.route(FOLDER + "  - decode: lines\n  - split: lines\n")
    assert route.splits
    assert documents(route, message(b'{"a":1}\n{"a":2}\n'), now) == [{"a": 1}, {"a": 2}]


def test_a_part_that_is_wrong_stops_alone(bench: Bench, message: Make, now: datetime) -> None:
    route = bench.route(FOLDER + "  - decode: lines\n  - split: lines\n")
    arrived = message(b'{"a":1}\nbroken\n{"a":3}\n')
    plans = [route.decide(arrived, part, now) for part in route.parts(arrived, now)]
    assert [type(plan) for plan in plans] == [Pass, Stop, Pass]
    assert (plans[1].step, plans[1].error.code) == ("1 decode", "L1")


def test_without_split_the_payload_is_one_document(bench: Bench, message: Make, now: datetime) -> None:
    route = bench.route(FOLDER + "  - decode: lines\n")
    assert not route.splits
    assert documents(route, message(b'{"a":[1,2]}'), now) == [{"a": [1, 2]}]


def test_an_expression_splits_the_document_it_finds(bench: Bench, message: Make, now: datetime) -> None:
    route = bench.route(FOLDER + "  - decode: lines\n  - split: orders[]\n")
    arrived = message(b'{"orders":[{"n":1},{"n":2}]}')
    parts = list(route.parts(arrived, now))
    assert [(part.position, part.document) for part in parts] == [(1, {"n": 1}), (2, {"n": 2})]


def test_a_part_of_an_expression_comes_back_alone_and_whole(bench: Bench, message: Make, now: datetime) -> None:
    route = bench.route(FOLDER + "  - decode: lines\n  - split: orders[]\n")
    first, _ = route.parts(message(b'{"orders":[{"n":1},{"n":2}]}'), now)
    assert route.part_type == PART
    again = message(first.raw(), content_type=route.part_type)
    assert documents(route, again, now) == [{"n": 1}]


def test_steps_before_a_split_see_the_whole(bench: Bench, message: Make, now: datetime) -> None:
    steps = '  - decode: lines\n  - set: {fields: {both: "[a, b]"}, headers: {sum: total}}\n  - split: both\n'
    route = bench.route(FOLDER + steps)
    parts = list(route.parts(message(b'{"a":1,"b":2,"total":3}'), now))
    assert [(part.document, dict(part.headers)) for part in parts] == [(1, {"sum": "3"}), (2, {"sum": "3"})]


@pytest.mark.parametrize("body", [b'{"orders":{"n":1}}', b"{}"])
def test_what_has_no_list_to_split_is_rejected(bench: Bench, message: Make, now: datetime, body: bytes) -> None:
    route = bench.route(FOLDER + "  - decode: lines\n  - split: orders\n")
    with pytest.raises(Reject, match="R407"):
        list(route.parts(message(body), now))


def test_a_document_from_a_topic_needs_no_decoding(bench: Bench, message: Make, now: datetime) -> None:
    route = bench.route("from: {topic: t}\nto:\n  - folder: {path: out}\n")
    assert documents(route, message(b'{"a":1.50}', content_type="application/json"), now)[0] is not None


def test_json_from_a_topic_that_is_not_ours_is_rejected(bench: Bench, message: Make, now: datetime) -> None:
    route = bench.route("from: {topic: t}\nto:\n  - folder: {path: out}\n")
    with pytest.raises(Reject, match="E402"):
        list(route.parts(message(b"{", content_type="application/json"), now))


def test_what_is_not_decoded_passes_untouched(bench: Bench, message: Make, now: datetime) -> None:
    route = bench.route("from:\n  folder: {path: in}\nto:\n  - folder: {path: out}\n  - topic: raw.copy\n")
    arrived = message(b"\x00\xff", content_type="image/png")
    (part,) = route.parts(arrived, now)
    delivery, copy = route.decide(arrived, part, now).outputs
    assert isinstance(delivery, Deliver)
    assert isinstance(copy, Publish)
    assert [(each.document, each.payload, each.content_type) for each in (delivery, copy)] == [
        (None, None, "image/png")
    ] * 2


def test_headers_of_a_part_join_those_of_the_message(bench: Bench, message: Make, now: datetime) -> None:
    route = bench.route(FOLDER + "  - decode: lines\n  - filter: \"$headers.file == 'x'\"\n")
    arrived = message(b"{}", headers={"file": "x"})
    (part,) = route.parts(arrived, now)
    part.headers = {"control": "1"}
    assert dict(route.decide(arrived, part, now).outputs[0].headers) == {"file": "x", "control": "1"}
