"""The table of statuses, rules before it, the success rule behind it, and how long to wait."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from tests.unit.http_out.conftest import NOW

from crossdock.connector.http.exchange import Response
from crossdock.connector.http.expression import Expression
from crossdock.connector.http.judgement import Judge
from crossdock.connector.http.options import Rule
from crossdock.connector.http.redaction import Redaction
from crossdock.connector.http.waiting import retry_after, used_up
from crossdock.errors import CrossdockError, Doubt, Halt, Hold, Reject, Retry


def reply(status: int, body: object = None, **headers: str) -> Response:
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=named, body=data, url="https://erp.example/orders?key=s3cret")


def judge(*rules: dict[str, object], success: str | None = None, refused: str = "halt", keyed: bool = False) -> Judge:
    return Judge(
        redaction=Redaction(["canary-7f31"]),
        now=lambda: NOW,
        rules=tuple(Rule.model_validate(rule) for rule in rules),
        success=None if success is None else Expression.parse(success),
        refused=refused,
        keyed=keyed,
    )


_TABLE: list[tuple[int, type[CrossdockError], str]] = [
    (301, Retry, "K709"),
    (400, Reject, "K713"),
    (401, Halt, "K712"),
    (403, Halt, "K712"),
    (404, Reject, "K713"),
    (408, Retry, "K711"),
    (409, Reject, "K714"),
    (412, Reject, "K713"),
    (413, Reject, "K713"),
    (422, Reject, "K713"),
    (423, Retry, "K714"),
    (425, Retry, "K711"),
    (429, Retry, "K710"),
    (500, Retry, "K711"),
    (502, Doubt, "K704"),
    (503, Retry, "K711"),
    (504, Doubt, "K704"),
]


@pytest.mark.parametrize(("status", "kind", "code"), _TABLE)
def test_each_status_means_what_the_table_says(status: int, kind: type[CrossdockError], code: str) -> None:
    failure = judge().failure(reply(status))
    assert (type(failure), failure.code if failure else None) == (kind, code)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 207])
def test_a_success_is_one(status: int) -> None:
    assert judge().failure(reply(status)) is None


def test_refused_may_mean_later() -> None:
    assert isinstance(judge(refused="retry").failure(reply(403)), Retry)


def test_a_conflict_of_a_key_is_the_first_request_that_still_runs() -> None:
    failure = judge(keyed=True).failure(reply(409))
    assert isinstance(failure, Retry)
    assert failure.only_this


def test_200_with_an_error_body_is_no_success() -> None:
    failure = judge(success="ok").failure(reply(200, {"ok": False, "error": "stock is locked"}))
    assert isinstance(failure, Reject)
    assert "stock is locked" in failure.message


def test_a_success_that_cannot_be_read_is_in_doubt() -> None:
    assert isinstance(judge(success="ok").failure(reply(200, b"<html>")), Doubt)
    cut = Response(status=200, headers={}, body=b"", url="https://a.example/", cut="it was cut off")
    assert isinstance(judge(success="ok").failure(cut), Doubt)
    assert judge().failure(cut) is None


def test_rules_come_first_and_in_order() -> None:
    ruled = judge(
        {"status": 409, "when": "code == 'EXISTS'", "then": "done"},
        {"status": "4xx", "when": "code == 'LOCKED'", "then": "retry"},
        {"status": [404, 410], "then": "hold"},
    )
    assert ruled.failure(reply(409, {"code": "EXISTS"})) is None
    assert isinstance(ruled.failure(reply(409, {"code": "LOCKED"})), Retry)
    assert isinstance(ruled.failure(reply(409, {"code": "OTHER"})), Reject)
    assert isinstance(ruled.failure(reply(410)), Hold)


@pytest.mark.parametrize(("then", "kind"), [("reject", Reject), ("halt", Halt), ("doubt", Doubt), ("hold", Hold)])
def test_a_rule_decides(then: str, kind: type[CrossdockError]) -> None:
    assert isinstance(judge({"status": 200, "then": then}).failure(reply(200)), kind)


def test_numbers_with_a_fraction_can_be_compared() -> None:
    assert judge(success="total >= `10.5`").failure(reply(200, b'{"total": 10.50}')) is None


def test_problem_details_become_findings() -> None:
    body = {
        "type": "https://erp.example/problems/invalid",
        "title": "The order is invalid",
        "detail": "2 lines are wrong",
        "errors": [{"detail": "unknown", "pointer": "#/lines/0/sku"}, {"detail": "negative", "pointer": "#/lines/1"}],
    }
    failure = judge().failure(reply(422, body))
    assert failure is not None
    assert "2 lines are wrong" in failure.message
    assert [(one.message, one.place.pointer) for one in failure.findings] == [
        ("unknown", "#/lines/0/sku"),
        ("negative", "#/lines/1"),
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"message": "no such item"}}, "no such item"),
        ({"error": "invalid", "error_description": "bad grant"}, "bad grant"),
        ({"errors": {"sku": ["is unknown"]}}, '{"errors"'),
        ([{"message": "first"}, {"message": "second"}], "first"),
        (b"plain text", "plain text"),
        (b"\x1b[31mred\x00", "·[31mred·"),
        (b"<html><body>x", ""),
    ],
)
def test_what_the_peer_says_is_told(body: object, said: str) -> None:
    kind = "text/html" if isinstance(body, bytes) and body.startswith(b"<") else "application/json"
    failure = judge().failure(reply(400, body, content_type=kind))
    assert failure is not None
    assert failure.message.startswith(f"https://erp.example/orders?key=… answered 400 {said}".rstrip())


def test_what_the_peer_repeats_of_our_secrets_is_not_told() -> None:
    failure = judge().failure(
        reply(400, {"detail": "bad token canary-7f31 (Y2FuYXJ5LTdmMzE=)", "errors": ["canary-7f31"]})
    )
    assert failure is not None
    assert "canary" not in f"{failure} {failure.findings}"


@pytest.mark.parametrize(
    "form",
    [lambda one: json.dumps(one)[1:-1], lambda one: quote(one, safe="").lower(), lambda one: one.encode().hex()],
    ids=["JSON", "lower-case percent", "hex"],
)
def test_a_secret_is_known_in_the_forms_it_comes_back_in(form: Callable[[str], str]) -> None:
    secret = 'pÄss/"w\\ord'
    assert form(secret) not in Redaction([secret])(f"you said {form(secret)}, no")


def test_tokens_that_come_and_go_do_not_push_out_what_lasts() -> None:
    redaction = Redaction(["canary"])
    for number in range(500):
        redaction.add(f"token-{number}" * 50, passing=True)
    assert "canary" not in redaction("you sent canary")
    assert "token-499" not in redaction("token-499" * 50)


def test_what_the_peer_says_is_bounded() -> None:
    failure = judge().failure(reply(400, {"detail": "x" * 100_000, "errors": ["y"] * 1000}))
    assert failure is not None
    assert (len(failure.message) < 700, len(failure.findings)) == (True, 50)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 5000, b'{"a": "' + b"[" * 1000 + b'"}'])
def test_a_deep_reply_harms_nobody(body: bytes) -> None:
    assert isinstance(judge().failure(reply(400, body)), Reject)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Fri, 20 Nov 2026 12:31:00 GMT", 60.0),
        ("Fri, 20 Nov 2020 12:31:00 GMT", 0.0),
        ("999999999999999", 86_400.0),
        ("soon", None),
        ("-5", None),
        ("1e3", None),
        ("", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(text: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text}, NOW) == seconds


def test_a_limit_that_is_used_up_tells_until_when() -> None:
    left = {"x-ratelimit-remaining": "0"}
    assert used_up({**left, "x-ratelimit-reset": "30"}, NOW) == 30.0
    assert used_up({**left, "x-ratelimit-reset": str(int(NOW.timestamp()) + 45)}, NOW) == 45.0
    assert used_up({"x-ratelimit-remaining": "3", "x-ratelimit-reset": "30"}, NOW) is None
    assert used_up({**left, "x-ratelimit-reset": "nan"}, NOW) is None


def test_429_waits_as_long_as_its_limit_lasts() -> None:
    failure = judge().failure(reply(429, x_ratelimit_reset="17"))
    assert isinstance(failure, Retry)
    assert failure.after == 17.0
