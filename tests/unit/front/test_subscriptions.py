"""Notifications that tell a secret instead of being signed, and the handshake before them, as Business Central has it."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from crossdock.connector.endpoint import Style, Webhook
from crossdock.front.problem import Problem
from crossdock.front.subscriptions import LONGEST_TOKEN, echo
from crossdock.front.webhooks import identity

HOOK = Webhook(style=Style.BUSINESS_CENTRAL, secrets=(SecretStr("new"), SecretStr("hush")))
NOTIFICATION: dict[str, object] = {
    "subscriptionId": "salesOrders",
    "clientState": "hush",
    "expirationDateTime": "2026-11-23T07:52:31Z",
    "resource": "https://api.businesscentral.dynamics.com/v2.0/production/api/v2.0/companies(b18)/salesOrders(5d1)",
    "changeType": "updated",
    "lastModifiedDateTime": "2026-11-20T07:52:31Z",
}


def _body(*changes: dict[str, object]) -> bytes:
    return json.dumps({"value": [{**NOTIFICATION, **change} for change in changes]}).encode()


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("validationToken=abc-123", "abc-123"),
        ("tenant=7&validationToken=a%3Cb%3E%2F%2B%C3%A9", "a<b>/+é"),
        ("validationTokens=abc", None),
        ("tenant=7", None),
        ("", None),
    ],
)
def test_a_handshake_is_answered_with_its_token(query: str, wanted: str | None) -> None:
    assert echo(HOOK, query) == wanted


@pytest.mark.parametrize(
    "query",
    [
        "validationToken=",
        "validationToken=a&validationToken=b",
        "validationToken=" + "a" * (LONGEST_TOKEN + 1),
        "validationToken=a%0D%0Ab",
        "validationToken=%00",
        "validationToken=%FF",
        "validationToken=a&" + "&".join("abcdefghijklmnopqrstuvw"),
    ],
)
def test_what_is_no_token_is_not_echoed(query: str) -> None:
    with pytest.raises(Problem) as refused:
        echo(HOOK, query)
    assert refused.value.code == "W129"


def test_no_other_address_echoes_anything() -> None:
    assert echo(None, "validationToken=a") is None
    assert echo(Webhook(style=Style.GITHUB, secrets=HOOK.secrets), "validationToken=a") is None


def test_notifications_that_tell_either_secret_count_and_the_same_bytes_are_the_same() -> None:
    both = _body({}, {"clientState": "new"})
    assert identity(HOOK, {}, both, 0.0) == identity(HOOK, {}, both, 9.0) != identity(HOOK, {}, _body({}), 0.0)


@pytest.mark.parametrize("wrong", ["hus", "hush ", "", None, 7, ["hush"], "\ud800"])
def test_one_that_tells_another_secret_spoils_them_all(wrong: object) -> None:
    with pytest.raises(Problem) as refused:
        identity(HOOK, {}, _body({}, {"clientState": wrong}), 0.0)
    assert refused.value.code == "W116"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"value": []}', b'{"value": "hush"}', b"\xff", b"[" * 100_000])
def test_a_body_without_notifications_says_nothing_of_its_sender(body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        identity(HOOK, {}, body, 0.0)
    assert refused.value.code == "W103"
