"""The fault matrix, row "HTTP destination", against a real peer: the same key, one effect."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from tests.unit.http_out.conftest import Ground, parcel

from crossdock.connector import Done, Effect, Parcel
from crossdock.connector.http.exchange import Request
from crossdock.errors import Doubt, Halt, Reject, Retry, Untried
from crossdock.testing.servers.http_peer import Fault
from crossdock.testing.servers.proxy import TcpProxy
from crossdock_connectors.http.options import SinkOptions
from crossdock_connectors.http.sink import HttpSink


def keyed(ground: Ground, **more: object) -> HttpSink:
    return ground.sink(post="/orders", key_header="Idempotency-Key", **more)


def sent(sink: HttpSink, one: Parcel) -> object:
    (outcome,) = sink.send([one])
    return outcome


def test_a_post_with_a_key_is_delivered_and_its_receipt_is_what_the_peer_calls_it(ground: Ground) -> None:
    one = parcel()
    assert sent(keyed(ground, receipt="id"), one) == Done("orders")
    request = ground.peer.seen[-1]
    headers = request["headers"]
    assert isinstance(headers, dict)
    assert (headers["idempotency-key"], headers["content-type"], request["body"]) == (
        one.key,
        "application/json",
        '{"n": 1}',
    )


@pytest.mark.parametrize("kind", ["hang", "close", "reset", "drip_head"])
def test_no_answer_after_the_server_did_it_is_in_doubt_and_the_same_key_has_one_effect(
    ground: Ground, kind: str
) -> None:
    one, sink = parcel(), keyed(ground)
    ground.peer.plan(Fault(kind=kind, effect=True))  # type: ignore[arg-type] # one of them
    assert isinstance(sent(sink, one), Doubt)
    assert isinstance(sent(sink, one), Done)
    assert ground.peer.effects[one.key] == 1


@pytest.mark.parametrize("kind", ["cut", "drip", "bomb", "large"])
def test_a_body_that_does_not_arrive_does_not_undo_a_success(ground: Ground, kind: str) -> None:
    one = parcel()
    ground.peer.plan(Fault(kind=kind, effect=True))  # type: ignore[arg-type] # one of them
    assert isinstance(sent(keyed(ground), one), Done)
    assert ground.peer.effects[one.key] == 1


@pytest.mark.parametrize("kind", ["cut", "drip", "bomb", "large"])
def test_a_body_that_a_rule_asks_about_must_arrive(ground: Ground, kind: str) -> None:
    one, sink = parcel(), keyed(ground, success="ok")
    ground.peer.plan(Fault(kind=kind, effect=True))  # type: ignore[arg-type] # one of them
    assert isinstance(sent(sink, one), Doubt)
    assert isinstance(sent(sink, one), Done)
    assert ground.peer.effects[one.key] == 1


def test_a_slow_drip_ends_when_the_time_of_the_exchange_is_up(ground: Ground) -> None:
    begun = time.monotonic()
    ground.peer.plan(Fault(kind="drip_head"))
    assert isinstance(sent(keyed(ground, timeout="500ms"), parcel()), Doubt)
    assert time.monotonic() - begun < 3


def test_429_with_retry_after_is_honoured_and_those_behind_are_not_sent(ground: Ground) -> None:
    ground.peer.plan(Fault(kind="status", status=429, headers={"Retry-After": "7"}))
    outcomes = keyed(ground).send([parcel(), parcel()])
    assert [(type(one), getattr(one, "after", None)) for one in outcomes] == [(Retry, 7.0), (Untried, 7.0)]
    assert len(ground.peer.seen) == 1


def test_503_is_tried_again_later(ground: Ground) -> None:
    one, sink = parcel(), keyed(ground)
    ground.peer.plan(Fault(kind="status", status=503))
    assert isinstance(sent(sink, one), Retry)
    assert isinstance(sent(sink, one), Done)


def test_200_with_an_error_body_is_rejected_by_the_success_rule(ground: Ground) -> None:
    ground.peer.plan(Fault(kind="status", status=200, body='{"ok": false, "error": "unknown buyer"}'))
    outcome = sent(keyed(ground, success="ok"), parcel())
    assert isinstance(outcome, Reject)
    assert "unknown buyer" in outcome.message


def test_a_rejected_document_does_not_stop_the_others(ground: Ground) -> None:
    ground.peer.plan(Fault(kind="status", status=400))
    outcomes = keyed(ground).send([parcel(), parcel()])
    assert [type(one) for one in outcomes] == [Reject, Done]


def test_credentials_that_are_refused_stop_the_route_before_anything_else_is_sent(ground: Ground) -> None:
    ground.peer.plan(Fault(kind="status", status=403))
    outcomes = keyed(ground).send([parcel(), parcel()])
    assert [type(one) for one in outcomes] == [Halt, Halt]
    assert len(ground.peer.seen) == 1


def test_a_refused_connection_is_no_doubt(ground: Ground, proxied: Callable[[int], TcpProxy]) -> None:
    proxy = proxied(ground.peer.port)
    sink = ground.sink(post=f"http://127.0.0.1:{proxy.port}/orders")
    proxy.refuse()
    assert isinstance(sent(sink, parcel()), Retry)
    proxy.heal()
    assert isinstance(sent(sink, parcel()), Done)


def test_a_black_hole_is_in_doubt_once_something_was_sent(ground: Ground, proxied: Callable[[int], TcpProxy]) -> None:
    proxy = proxied(ground.peer.port)
    sink = ground.sink(post=f"http://127.0.0.1:{proxy.port}/orders", key_header="Idempotency-Key")
    one = parcel()
    assert isinstance(sent(sink, parcel()), Done)
    proxy.black_hole()
    assert isinstance(sent(sink, one), Doubt)
    proxy.heal()
    assert isinstance(sent(sink, one), Done)
    assert ground.peer.effects[one.key] == 1


def test_a_half_open_connection_is_in_doubt_and_then_replaced(
    ground: Ground, proxied: Callable[[int], TcpProxy]
) -> None:
    proxy = proxied(ground.peer.port)
    sink = ground.sink(post=f"http://127.0.0.1:{proxy.port}/orders", key_header="Idempotency-Key")
    assert isinstance(sent(sink, parcel()), Done)
    proxy.half_open()
    one = parcel()
    assert isinstance(sent(sink, one), Doubt)
    proxy.heal()
    assert isinstance(sent(sink, one), Done)
    assert ground.peer.effects[one.key] == 1


def test_a_lost_reply_of_a_post_without_a_key_stays_in_doubt(
    ground: Ground, proxied: Callable[[int], TcpProxy]
) -> None:
    proxy = proxied(ground.peer.port)
    sink = ground.sink(post=f"http://127.0.0.1:{proxy.port}/orders")
    body = b'{"lost": "reply"}'
    proxy.lose_reply_to(body)
    assert isinstance(sent(sink, parcel(data=body)), Doubt)


def test_connections_are_kept(ground: Ground) -> None:
    sink = keyed(ground)
    sink.send([parcel(), parcel(), parcel()])
    assert len({request["connection"] for request in ground.peer.seen}) == 1


def test_a_kept_connection_that_the_peer_has_closed_is_replaced_where_twice_is_once(ground: Ground) -> None:
    sink, one = keyed(ground), parcel()
    sent(sink, parcel())
    ground.peer.plan(Fault(kind="close", effect=True))
    assert isinstance(sent(sink, one), Done)
    assert ground.peer.effects[one.key] == 1


def test_a_post_without_a_key_is_never_sent_twice_over_a_kept_connection(ground: Ground) -> None:
    sink, body = ground.sink(post="/orders"), b'{"once": "only"}'
    sent(sink, parcel())
    before = len(ground.peer.seen)
    ground.peer.plan(Fault(kind="close", effect=True))
    assert isinstance(sent(sink, parcel(data=body)), Doubt)
    assert len(ground.peer.seen) == before + 1


def test_a_peer_that_was_restarted_is_reached_again(ground: Ground) -> None:
    sink = ground.sink(post="/orders")
    assert isinstance(sent(sink, parcel()), Done)
    ground.peer.restart()
    assert isinstance(sent(sink, parcel()), Done)


def test_a_limit_that_is_used_up_is_not_tried_in_vain(ground: Ground) -> None:
    sink = keyed(ground)
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"}
    ground.peer.plan(Fault(kind="status", status=200, headers=headers))
    assert isinstance(sent(sink, parcel()), Done)
    outcome = sent(sink, parcel())
    assert isinstance(outcome, Retry)
    assert 25 < (outcome.after or 0) <= 30
    assert len(ground.peer.seen) == 1


def test_a_put_has_the_effect_of_its_state_once(ground: Ground) -> None:
    sink, one = ground.sink(put="/orders/{n}"), parcel({"n": "4711"}, data=b'{"state": 9}')
    ground.peer.plan(Fault(kind="reset", effect=True))
    assert isinstance(sent(sink, one), Doubt)
    assert isinstance(sent(sink, one), Done)
    assert ground.peer.effects['PUT /orders/4711 {"state": 9}'] == 1


@pytest.mark.parametrize(
    ("options", "effect"),
    [
        ({"post": "https://a.example/"}, Effect.OPAQUE),
        ({"patch": "https://a.example/"}, Effect.OPAQUE),
        ({"post": "https://a.example/", "key_header": "Idempotency-Key"}, Effect.KEYED),
        ({"put": "https://a.example/{id}"}, Effect.KEYED),
        ({"delete": "https://a.example/{id}"}, Effect.KEYED),
        ({"put": "https://a.example/{id}", "repeatable": False}, Effect.OPAQUE),
        ({"post": "https://a.example/", "repeatable": True}, Effect.KEYED),
        ({"post": "https://a.example/", "bulk": {}}, Effect.OPAQUE),
        ({"post": "https://a.example/", "bulk": {"key_field": "key"}}, Effect.KEYED),
        ({"put": "https://a.example/", "bulk": {}}, Effect.OPAQUE),
    ],
)
def test_the_effect_class_is_what_the_request_promises(options: dict[str, object], effect: Effect) -> None:
    assert SinkOptions.model_validate(options).effect is effect


def test_an_empty_and_a_large_payload_arrive_as_they_are(ground: Ground) -> None:
    large = b'{"text": "' + b"x" * 3_000_000 + b'"}'
    sink = keyed(ground, timeout="10s")
    assert [type(one) for one in sink.send([parcel(data=b""), parcel(data=large)])] == [Done, Done]
    assert [len(str(request["body"])) for request in ground.peer.seen[-2:]] == [0, len(large)]


def test_a_request_the_peer_took_no_part_of_is_no_doubt(ground: Ground, proxied: Callable[[int], TcpProxy]) -> None:
    proxy = proxied(ground.peer.port)
    client = ground.client()
    url = f"http://127.0.0.1:{proxy.port}/echo"
    assert client.ask(Request(method="POST", url=url)).status == 200
    proxy.cut()
    with pytest.raises(Retry):
        client.ask(Request(method="POST", url=url))
