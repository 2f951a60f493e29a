"""Questions and their answers; several documents in one request and an answer for each."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from pydantic import ValidationError
from tests.unit.http_out.conftest import Ground, parcel

from crossdock.connector import Done, Effect
from crossdock.errors import Doubt, Halt, Reject, Retry, Untried
from crossdock.message import Document
from crossdock.testing.servers.http_peer import Fault
from crossdock_connectors.http.options import CallOptions, SinkOptions


def answered(ground: Ground, body: str, content_type: str | None, status: int = 200, **options: object) -> object:
    headers = {} if content_type is None else {"Content-Type": content_type}
    ground.peer.plan(Fault(kind="status", status=status, body=body, headers=headers))
    return ground.call(**{"get": "/lookup/1", **options}).ask(parcel())


@pytest.mark.parametrize(
    ("body", "content_type", "document"),
    [
        ('{"price": 12.50}', "application/json", {"price": Decimal("12.50")}),
        ('{"a": 1}', "application/hal+json; charset=utf-8", {"a": 1}),
        ("<a><b>x</b></a>", "text/xml", {"a": {"b": "x"}}),
        ("sku,stock\nA,1\n", "text/csv", [{"sku": "A", "stock": "1"}]),
        ("hello", "text/plain", "hello"),
        ('{"a": 1}', None, {"a": 1}),
        ("", "application/json", None),
    ],
)
def test_a_reply_is_read_as_its_content_type_says(
    ground: Ground, body: str, content_type: str | None, document: Document
) -> None:
    assert answered(ground, body, content_type) == document


def test_numbers_keep_their_digits(ground: Ground) -> None:
    found = answered(ground, '{"price": 0.10}', "application/json")
    assert isinstance(found, dict)
    assert str(found["price"]) == "0.10"


def test_no_content_is_nothing(ground: Ground) -> None:
    assert answered(ground, "", None, status=204) is None


def test_what_is_not_there_may_be_an_answer(ground: Ground) -> None:
    call = ground.call(get="/lookup/{n}", rules=[{"status": 404, "then": "empty"}])
    assert call.ask(parcel({"n": "77"})) is None
    assert isinstance(ground.call(get="/lookup/{n}").ask(parcel({"n": "77"})), Reject)


def test_a_value_is_looked_up(ground: Ground) -> None:
    ground.peer.items({"id": "A/1", "stock": 3})
    call = ground.call(get="/lookup/{sku}")
    assert isinstance(call.ask(parcel({"sku": "A/1"})), Reject)  # it stays one part of the path, which is another one
    ground.peer.items({"id": "A1", "stock": 3})
    assert call.ask(parcel({"sku": "A1"})) == {"id": "A1", "stock": 3}


@pytest.mark.parametrize("body", ['{"a": 1', "[" * 5000, '{"a": 1, "a": 2}', '{"a": NaN}'])
def test_a_reply_that_cannot_be_read_is_told(ground: Ground, body: str) -> None:
    found = answered(ground, body, "application/json")
    assert isinstance(found, Reject)
    assert found.code == "K734"


def test_a_reply_that_cannot_be_read_of_a_question_with_an_effect_is_in_doubt(ground: Ground) -> None:
    assert isinstance(answered(ground, "{", "application/json", get=None, post="/orders"), Doubt)


def test_a_reply_that_is_too_large_is_told(ground: Ground) -> None:
    found = answered(ground, " " * 3000, "application/json", max_response="2KB")
    assert isinstance(found, Reject)


@pytest.mark.parametrize(
    ("options", "effect"),
    [
        ({"get": "https://a.example/"}, None),
        ({"post": "https://a.example/", "reads": True}, None),
        ({"post": "https://a.example/"}, Effect.OPAQUE),
        ({"post": "https://a.example/", "key_header": "Idempotency-Key"}, Effect.KEYED),
        ({"put": "https://a.example/{id}"}, Effect.KEYED),
    ],
)
def test_a_call_says_whether_it_changes_something(options: dict[str, object], effect: Effect | None) -> None:
    assert CallOptions.model_validate(options).effect is effect


def test_a_get_is_repeated_over_a_connection_the_peer_has_closed(ground: Ground) -> None:
    ground.peer.items({"id": "A1"})
    call = ground.call(get="/lookup/A1")
    call.ask(parcel())
    ground.peer.plan(Fault(kind="close"))
    assert call.ask(parcel()) == {"id": "A1"}


# Bulks


def docs(*names: str, **more: object) -> list[bytes]:
    return [json.dumps({"sku": name, **(more if name == "bad" else {})}).encode() for name in names]


@pytest.mark.parametrize("form", [{"send": "array"}, {"send": "lines"}, {"under": "items"}])
def test_each_of_a_bulk_has_its_own_outcome(ground: Ground, form: dict[str, object]) -> None:
    bulk = {**form, "items": "results", "ok": "ok", "receipt": "number", "key_field": "key"}
    parcels = [parcel(data=data) for data in docs("A", "bad", "C", refuse=True)]
    outcomes = ground.sink(post="/bulk", bulk=bulk).send(parcels)
    assert [outcomes[0], outcomes[2]] == [Done("NA"), Done("NC")]
    assert isinstance(outcomes[1], Reject)
    assert "not this one" in outcomes[1].message
    assert [ground.peer.effects[one.key] for one in parcels] == [1, 0, 1]
    assert len(ground.peer.seen) == 1


def test_answers_in_another_order_are_matched_by_id(ground: Ground) -> None:
    bulk = {"items": "results", "ok": "ok", "receipt": "number", "id": "sku", "document_id": "sku"}
    parcels = [parcel(data=data) for data in docs("A", "bad", "C", busy=True)]
    outcomes = ground.sink(post="/bulk?reversed=1", bulk={**bulk, "retry": "busy"}).send(parcels)
    assert [outcomes[0], outcomes[2]] == [Done("NA"), Done("NC")]
    assert isinstance(outcomes[1], Retry)
    assert outcomes[1].only_this


def test_what_the_reply_does_not_mention_is_in_doubt(ground: Ground) -> None:
    bulk = {"items": "results", "ok": "ok", "id": "sku", "document_id": "sku"}
    outcomes = ground.sink(post="/bulk?lost=1", bulk=bulk).send([parcel(data=data) for data in docs("A", "B")])
    assert [type(one) for one in outcomes] == [Done, Doubt]


def test_fewer_answers_than_documents_say_nothing_by_their_place(ground: Ground) -> None:
    bulk = {"items": "results", "ok": "ok"}
    outcomes = ground.sink(post="/bulk?lost=1", bulk=bulk).send([parcel(data=data) for data in docs("A", "B")])
    assert [type(one) for one in outcomes] == [Doubt, Doubt]


def test_a_bulk_that_failed_fails_for_each_and_what_comes_behind_waits(ground: Ground) -> None:
    ground.peer.plan(Fault(kind="status", status=503))
    sink = ground.sink(post="/bulk", bulk={"size": 2, "items": "results"})
    outcomes = sink.send([parcel(data=data) for data in docs("A", "B", "C")])
    assert [type(one) for one in outcomes] == [Retry, Retry, Untried]
    assert len(ground.peer.seen) == 1


def test_what_is_no_object_stays_behind_and_the_others_go(ground: Ground) -> None:
    sink = ground.sink(post="/bulk", bulk={"items": "results", "ok": "ok"})
    outcomes = sink.send([parcel(data=data) for data in (b'{"sku": "A"}', b"[1]", b"{", b'{"sku": "B"}')])
    assert [type(one) for one in outcomes] == [Done, Reject, Reject, Done]


def test_documents_of_a_bulk_keep_every_digit(ground: Ground) -> None:
    sink = ground.sink(post="/bulk", bulk={"items": "results", "under": "items", "key_field": "key"})
    sink.send([parcel(data=b'{ "sku":"A",\n "price": 1.50}', key="k"), parcel(data=b"{}", key="l")])
    assert ground.peer.seen[-1]["body"] == '{"items":[{"key":"k","sku":"A",\n "price": 1.50},{"key":"l"}]}'


@pytest.mark.parametrize(
    "options",
    [
        {"post": "https://a.example/{n}", "bulk": {}},
        {"post": "https://a.example/", "bulk": {}, "key_header": "K"},
        {"delete": "https://a.example/", "bulk": {}},
        {"post": "https://a.example/", "bulk": {"id": "a"}},
        {"post": "https://a.example/", "bulk": {"send": "lines", "under": "x"}},
        {"post": "https://a.example/", "honours_key_for": "24h"},
        {"post": "https://a.example/", "put": "https://a.example/"},
        {"query": {"a": "b"}},
        {"get": "https://a.example/"},
        {"post": "https://a.example/", "rules": [{"then": "done"}]},
        {"post": "https://a.example/", "rules": [{"status": "9xx", "then": "done"}]},
        {"post": "https://a.example/", "success": "a ="},
    ],
)
def test_mistakes_are_found_before_anything_runs(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SinkOptions.model_validate(options)


def test_a_halt_says_so_for_all(ground: Ground) -> None:
    ground.peer.plan(Fault(kind="status", status=401))
    outcomes = ground.sink(post="/bulk", bulk={"size": 2, "items": "results"}).send(
        [parcel(data=data) for data in docs("A", "B", "C")]
    )
    assert [type(one) for one in outcomes] == [Halt, Halt, Halt]
