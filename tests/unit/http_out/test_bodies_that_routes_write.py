"""JSON that a route writes around what it sends or asks: values go in as values, secrets come out nowhere."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr, ValidationError
from tests.unit.http_out.conftest import Ground, parcel

from crossdock.connector.http.body import Body
from crossdock.errors import Reject
from crossdock.message import EMPTY, Document
from crossdock_connectors.http.options import CallOptions, SinkOptions, SourceOptions


@pytest.mark.parametrize(
    ("written", "values", "made"),
    [
        ({"a": "$document"}, {"document": {"b": [1, None]}}, {"a": {"b": [1, None]}}),
        ({"a": "$document.b.c"}, {"document": {"b": {"c": "x"}}}, {"a": "x"}),
        ({"a": "$document.b.c"}, {"document": {"b": 1}}, {"a": None}),
        ({"a": ["$key", True, 1, None, "plain"]}, {"key": '","x":"'}, {"a": ['","x":"', True, 1, None, "plain"]}),
        ({"a": "since {$since}!"}, {"since": "2026"}, {"a": "since 2026!"}),
        ({"a": "since {$since}!"}, {"since": None}, {"a": None}),
        ({"a": "query($n: Int) { x(n: $n) { y } }"}, EMPTY, {"a": "query($n: Int) { x(n: $n) { y } }"}),
        ({"a": {"b": SecretStr("hush")}}, EMPTY, {"a": {"b": "hush"}}),
    ],
)
def test_what_is_filled_in(written: dict[str, object], values: dict[str, Document], made: Document) -> None:
    body = SinkOptions.model_validate({"post": "https://e.example/x", "body": {"a": 1}}).body
    assert body is not None
    assert json.loads(Body(written).filled(values)) == made  # type: ignore[arg-type]  # as an author writes it


def test_a_hole_that_nobody_fills_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match=r"'\$page' is not known in a body; there may be: "):
        SinkOptions.model_validate({"post": "https://e.example/x", "body": {"a": "$page"}})
    with pytest.raises(ValidationError, match=r"'\$document' is not known"):
        SourceOptions.model_validate({"post": "https://e.example/x", "body": {"a": "$document"}})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"get": "https://e.example/x", "body": {}}, "a GET has no body"),
        ({"delete": "https://e.example/x", "body": {}}, "a DELETE has no body"),
        ({"post": "https://e.example/x", "body": "text"}, "keys and values"),
    ],
)
def test_where_no_body_belongs(options: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        CallOptions.model_validate(options)


def test_a_payload_that_is_no_json_is_rejected_and_nothing_is_sent(ground: Ground) -> None:
    (told,) = ground.sink(post="/echo", body={"a": "$document"}).send([parcel(data=b"<xml/>")])
    assert isinstance(told, Reject)
    assert ground.peer.seen == []


def test_a_secret_in_a_body_is_sent_and_never_shown(ground: Ground) -> None:
    body = {"password": SecretStr("hush-canary"), "args": "$document"}
    call = ground.call(post="/echo", body=body, success="nothing")
    told = call.ask(parcel(data=b"[1]"))
    assert isinstance(told, Reject)
    assert "hush-canary" not in str(told)
    sent = ground.peer.seen[0]
    assert json.loads(str(sent["body"])) == {"password": "hush-canary", "args": [1]}
    assert sent["headers"]["content-type"] == "application/json"  # type: ignore[index,call-overload]  # a document
