"""Subscriptions whose sender asks first whether the address is ours, and then tells a secret in each notification. Pure.

``business-central`` (Business Central API v2.0, *Working with webhooks*; Microsoft Graph does the same): when the
subscription is made or renewed, a POST with ``?validationToken=…`` wants the token back, as text, with 200, within
seconds and without any proof. Notifications are ``{"value": [{"clientState": …, "resource": …}, …]}``; the
``clientState`` is what was said at the making of the subscription: every one of them has to be the secret.

A notification has no name of its own: the same bytes are the same notification.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from urllib.parse import parse_qs

from crossdock.connector.endpoint import Style, Webhook
from crossdock.front.problem import Problem

TOKEN = "validationToken"
LONGEST_TOKEN = 2048  # characters; those in use have a few dozen
_MOST_PARAMETERS = 20


def echo(webhook: Webhook | None, query: str) -> str | None:
    """What a handshake wants to read; None where the request is none. Raises ``Problem``."""
    if webhook is None or webhook.style is not Style.BUSINESS_CENTRAL or TOKEN not in query:
        return None
    try:
        found = parse_qs(query, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS).get(TOKEN)
    except ValueError:
        raise _no_token() from None
    if found is None:
        return None
    if len(found) > 1 or not 0 < len(found[0]) <= LONGEST_TOKEN or not found[0].isprintable():
        raise _no_token()
    return found[0]


def identity(webhook: Webhook, body: bytes) -> str:
    """What the notifications of a body are known by, where each tells the secret. Raises ``Problem``."""
    told = list(_states(body))
    if not told:
        raise Problem("W103", "the body has no notification with a clientState")
    secrets = [one.get_secret_value().encode() for one in webhook.secrets]
    if not all([any([hmac.compare_digest(state, one) for one in secrets]) for state in told]):  # noqa: C419 - each is compared
        raise Problem("W116", "the clientState of a notification is not the secret")
    return hashlib.sha256(body).hexdigest()


def _states(body: bytes) -> Iterator[bytes]:
    """The secret each notification tells; an empty one where it tells none."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    listed = document.get("value") if isinstance(document, dict) else None
    for one in listed if isinstance(listed, list) else ():
        state = one.get("clientState") if isinstance(one, dict) else None
        yield state.encode("utf-8", "surrogatepass") if isinstance(state, str) else b""


def _no_token() -> Problem:
    return Problem("W129", f"{TOKEN} is not one text of at most {LONGEST_TOKEN} printable characters")
