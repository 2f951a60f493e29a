"""Mutations and queries: variables, keys, errors of every kind, done in part, persisted texts."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.unit.graphql.conftest import CREATE, LIST, Ground
from tests.unit.http_out.conftest import parcel

from crossdock.connector import Done, Effect
from crossdock.errors import CrossdockError, Doubt, Halt, Hold, Reject, Retry
from crossdock.message import Document
from crossdock.testing.servers.http_peer import Fault
from crossdock_connectors.graphql.options import CallOptions, SinkOptions


def said(ground: Ground, answer: Document, status: int = 200, **headers: str) -> None:
    ground.peer.plan(Fault(kind="status", path="/graphql", status=status, body=json.dumps(answer), headers=headers))


def errors(code: str, **more: Document) -> dict[str, Document]:
    return {"errors": [{"message": "no", "extensions": {"code": code}}], **more}


def sent(ground: Ground, **options: object) -> Done | CrossdockError:
    return ground.sink(**options).send([parcel()])[0]


def last_body(ground: Ground) -> str:
    return str(ground.peer.seen[-1]["body"])


def test_a_document_becomes_a_variable_with_every_digit(ground: Ground) -> None:
    (outcome,) = ground.sink(receipt="orderCreate.order.id").send([parcel(data=b'{"total": 12.50}')])
    assert outcome == Done("gid://shop/Order/1")
    assert '"variables":{"input":{"total":12.50}}' in last_body(ground).replace(": ", ":")


def test_without_variables_the_document_has_them_by_name(ground: Ground) -> None:
    (outcome,) = ground.sink(variables=None).send([parcel(data=b'{"input": {"n": 1}}')])
    assert isinstance(outcome, Done)


def test_a_document_that_names_nothing_is_rejected(ground: Ground) -> None:
    (outcome,) = ground.sink(variables=None).send([parcel(data=b"[1]")])
    assert isinstance(outcome, Reject)
    assert outcome.code == "K757"


def test_what_is_asked_twice_with_a_key_is_done_once(ground: Ground) -> None:
    ground.peer.plan(Fault(kind="close", path="/graphql", effect=True))
    sink, one = ground.sink(key_variable="key"), parcel(key="k1")
    assert isinstance(sink.send([one])[0], Doubt)
    assert isinstance(sink.send([one])[0], Done)
    assert ground.peer.effects == {"k1": 1}


def test_a_key_can_go_into_an_object(ground: Ground) -> None:
    ground.sink(key_variable="input.clientMutationId").send([parcel(key="k2", data=b'{"n": 1}')])
    assert json.loads(last_body(ground))["variables"]["input"] == {"n": 1, "clientMutationId": "k2"}


@pytest.mark.parametrize(
    ("options", "effect"),
    [({}, Effect.OPAQUE), ({"key_variable": "key"}, Effect.KEYED), ({"repeatable": True}, Effect.KEYED)],
)
def test_the_effect_class_is_what_was_declared(options: dict[str, object], effect: Effect) -> None:
    given = {"post": "https://a.example/graphql", "mutation": CREATE, **options}
    assert SinkOptions.model_validate(given).effect is effect


def test_user_errors_reject_with_the_field_they_name(ground: Ground) -> None:
    (outcome,) = ground.sink().send([parcel(data=b'{"refuse": true}')])
    assert isinstance(outcome, Reject)
    assert (outcome.code, outcome.findings[0].place.pointer) == ("K753", "input/number")
    assert "is taken (TAKEN)" in outcome.message


def test_user_errors_can_be_such_as_pass(ground: Ground) -> None:
    (outcome,) = ground.sink(again=["TAKEN"]).send([parcel(data=b'{"refuse": true}')])
    assert isinstance(outcome, Retry)
    assert outcome.only_this


def test_a_throttled_peer_is_left_alone_until_its_bucket_has_enough(ground: Ground) -> None:
    status = {"maximumAvailable": 1000, "currentlyAvailable": 40, "restoreRate": 50}
    cost: Document = {"cost": {"requestedQueryCost": 140, "throttleStatus": status}}  # type: ignore[dict-item]  # invariant
    said(ground, errors("THROTTLED", extensions=cost))
    outcome = sent(ground)
    assert isinstance(outcome, Retry)
    assert outcome.after == 2.0


def test_what_costs_more_than_is_ever_allowed_is_rejected(ground: Ground) -> None:
    status = {"maximumAvailable": 100, "currentlyAvailable": 40, "restoreRate": 50}
    cost: Document = {"cost": {"requestedQueryCost": 140, "throttleStatus": status}}  # type: ignore[dict-item]  # invariant
    said(ground, errors("THROTTLED", extensions=cost))
    assert isinstance(sent(ground), Reject)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (errors("BAD_USER_INPUT"), Reject, "K750"),
        (errors("SERVICE_UNAVAILABLE"), Retry, "K758"),
        (errors("INTERNAL_SERVER_ERROR"), Retry, "K758"),
        (errors("INTERNAL_SERVER_ERROR", data=None), Doubt, "K758"),
        (errors("UNAUTHENTICATED"), Halt, "K755"),
        (errors("X", data={"orderCreate": {"order": {"id": "1"}}}), Hold, "K754"),
        (errors("THROTTLED", data={"orderCreate": {"order": {"id": "1"}}}), Hold, "K754"),
        ({"errors": "all of it"}, Doubt, "K751"),
        ({"anything": "else"}, Doubt, "K751"),
        ([], Doubt, "K751"),
    ],
)
def test_errors_are_understood_by_code_and_by_what_was_done(
    ground: Ground, answer: Document, kind: type[CrossdockError], code: str
) -> None:
    said(ground, answer)
    outcome = sent(ground)
    assert isinstance(outcome, kind)
    assert outcome.code == code


def test_errors_are_understood_whatever_the_status_is(ground: Ground) -> None:
    said(ground, errors("BAD_USER_INPUT"), 400)
    outcome = sent(ground)
    assert isinstance(outcome, Reject)
    assert outcome.code == "K750"


def test_a_status_that_limits_us_is_what_it_is(ground: Ground) -> None:
    said(ground, errors("X"), 429, **{"Retry-After": "7"})
    outcome = sent(ground)
    assert isinstance(outcome, Retry)
    assert outcome.after == 7.0


def test_a_rule_decides_before_anything_else(ground: Ground) -> None:
    said(ground, errors("DUPLICATE"))
    rule = {"when": "errors[0].extensions.code == 'DUPLICATE'", "then": "done"}
    assert isinstance(sent(ground, rules=[rule]), Done)


def test_a_call_answers_what_it_selects(ground: Ground) -> None:
    ground.peer.items({"id": "A", "updated": "1", "total": Decimal("2.50")})
    call = ground.call(query=LIST, variables={"first": "n"}, result="orders.nodes[0]")
    assert call.ask(parcel(data=b'{"n": 1}')) == {"id": "A", "updated": "1", "total": Decimal("2.50")}


@pytest.mark.parametrize(("partial", "expected"), [(True, {"orders": None, "shop": "x"}), (False, Reject)])
def test_half_an_answer_is_taken_only_where_that_is_said(ground: Ground, *, partial: bool, expected: object) -> None:
    said(ground, errors("X", data={"orders": None, "shop": "x"}))
    answer = ground.call(query=LIST, variables={}, partial=partial).ask(parcel())
    assert answer == expected or (isinstance(expected, type) and isinstance(answer, expected))


def test_a_persisted_text_goes_once_and_its_hash_from_then_on(ground: Ground) -> None:
    sink = ground.sink(persisted=True)
    assert all(isinstance(one, Done) for one in sink.send([parcel(), parcel()]))
    assert ["query" in json.loads(str(one["body"])) for one in ground.peer.seen] == [False, True, False]


def test_a_document_id_goes_instead_of_the_text(ground: Ground) -> None:
    sent(ground, document_id="sha256:abc", operation="Create")
    body = json.loads(last_body(ground))
    assert (body["documentId"], body["operationName"], "query" in body) == ("sha256:abc", "Create", False)


def test_a_text_may_lie_in_a_file_of_the_project(ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "create.graphql").write_text(CREATE)
    assert isinstance(sent(ground, mutation="create.graphql"), Done)


@pytest.mark.parametrize("text", [None, LIST, "mutation {"])
def test_a_file_that_cannot_be_used_stops_the_route(ground: Ground, tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "create.graphql").write_text(text)
    with pytest.raises(Halt) as raised:
        ground.sink(mutation="create.graphql")
    assert raised.value.code == "K756"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"query": LIST, "variables": {"frist": "@"}}, "no variable 'frist'"),
        ({"query": CREATE}, "write it under 'mutation:'"),
        ({"query": "query A { a } query B { b }"}, "say which one"),
        ({"query": "query A { a"}, "never closed"),
        ({"query": "subscription { a }"}, "no single answer"),
        ({"query": "../secret.graphql"}, "in the project"),
        ({"query": LIST, "mutation": CREATE}, "one of 'query:' and 'mutation:'"),
        ({"mutation": CREATE, "partial": True}, "for a person"),
        ({"query": LIST, "post": "http://a.example/", "auth": {"bearer": "xxxxx"}}, "https"),
    ],
)
def test_mistakes_are_told_before_anything_runs(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        CallOptions.model_validate({"post": "https://a.example/graphql", **options})
