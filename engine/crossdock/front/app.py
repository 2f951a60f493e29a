"""The ASGI application: from a request to who answers it, and from an answer to bytes.

Addresses are looked up as they came, undecoded: nothing with a ``%`` in it is one of ours, so there is nothing to hide
in an encoding. Answers say nothing of the machinery; to browsers they say that they are to be taken as what they are.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

from crossdock.front.callers import Certificate
from crossdock.front.pages import Page
from crossdock.front.problem import MEDIA_TYPE, Problem
from crossdock.front.reception import MESSAGES, Answer, Incoming, Reception, Served, Weigh

LOG = logging.getLogger("crossdock.front")

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
#: Fields that may stand once: with two of them nobody knows which one counts.
_SINGLE = frozenset(
    {
        "authorization",
        "host",
        "x-api-key",
        "idempotency-key",
        "content-type",
        "content-length",
        "content-encoding",
        "webhook-id",
        "webhook-timestamp",
        "traceparent",
    }
)
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}\Z")  # W3C Trace Context, 3.2.2
_ALWAYS = [(b"x-content-type-options", b"nosniff")]


class Front:
    """Serves the addresses of a project. ``pages`` are what it answers itself, by path."""

    def __init__(self, served: Mapping[str, Served], reception: Reception, pages: Mapping[str, Page]) -> None:
        self._served = served
        self._by_route = {one.route.name: one for one in served.values()}
        self._reception = reception
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's request, as ASGI hands it over."""
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope, receive)
        except Problem as problem:
            answer = _told(problem)
        except (asyncio.CancelledError, _Gone):
            return
        except Exception:  # the boundary to the network: who asked is answered, and the others are served on
            LOG.exception("a request could not be answered")
            answer = Answer(status=500, body=b'{"title":"Something failed here","status":500}', content_type=MEDIA_TYPE)
        await _send(answer, send, head=scope["method"] == "HEAD")

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        path = scope["raw_path"].decode("latin-1")
        served = self._served.get(path)
        if served is not None:
            _refuse_method(scope["method"], ("POST",))
            return await self._reception.receive(served, _incoming(scope, receive, path))
        if path.startswith(MESSAGES) and _ID.match(path[len(MESSAGES) :]):
            _refuse_method(scope["method"], ("GET", "HEAD"))
            incoming = _incoming(scope, receive, path)
            return await self._reception.standing(self._by_route, path[len(MESSAGES) :], incoming)
        page = self._pages.get(path)
        if page is None:
            raise Problem("W101", "see /openapi.json for what there is")
        _refuse_method(scope["method"], ("GET", "HEAD"))
        return Answer(status=200, body=page.body, content_type=page.content_type, headers=page.headers)


class _Gone(Exception):
    """The connection ended before the request did."""


def _refuse_method(method: str, allowed: tuple[str, ...]) -> None:
    if method not in allowed:
        listed = ", ".join(allowed)
        raise Problem("W102", f"it is {listed}", headers={"Allow": listed})


def _incoming(scope: Scope, receive: Receive, path: str) -> Incoming:
    headers = _headers(scope["headers"])
    length = headers.get("content-length")
    if length is not None and not (length.isascii() and length.isdigit() and len(length) < 16):  # noqa: PLR2004
        raise Problem("W129", "Content-Length is no number")
    return Incoming(
        method=scope["method"],
        path=path,
        headers=headers,
        body=lambda largest, patience, weigh: _body(receive, largest, patience, weigh),
        certificate=_certificate(scope),
        length=None if length is None else int(length),
        query=scope.get("query_string", b"").decode("latin-1"),
    )


def _certificate(scope: Scope) -> Certificate | None:
    names = scope.get("state", {}).get("certificate")
    return Certificate(names) if names else None


def _headers(listed: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """By lower-case name. What comes twice is a list (RFC 9110, 5.3); what must not come twice is refused."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in listed:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if name not in headers:
            headers[name] = value
        elif name in _SINGLE or "signature" in name:
            raise Problem("W129", f"the header {name} stands there twice")
        else:
            headers[name] = f"{headers[name]}, {value}"
    trace = headers.get("traceparent")
    if trace is not None and not _TRACEPARENT.match(trace):
        del headers["traceparent"]
    return headers


async def _body(receive: Receive, largest: int, patience: float, weigh: Weigh) -> bytes:
    try:
        async with asyncio.timeout(patience):
            return await _all(receive, largest, weigh)
    except TimeoutError:
        raise Problem("W110", f"it may take {patience:g} s", headers={"Connection": "close"}) from None


async def _all(receive: Receive, largest: int, weigh: Weigh) -> bytes:
    pieces: list[bytes] = []
    size = 0
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise _Gone
        piece = event.get("body", b"")
        size += len(piece)
        if size > largest:
            raise Problem("W106", f"at most {largest} bytes are taken here")
        weigh(len(piece))
        pieces.append(piece)
        more = event.get("more_body", False)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _told(problem: Problem) -> Answer:
    return Answer(status=problem.status, body=problem.body(), content_type=MEDIA_TYPE, headers=problem.headers)


async def _send(answer: Answer, send: Send, *, head: bool) -> None:
    headers = [
        (b"content-type", answer.content_type.encode("latin-1", "replace")),
        (b"content-length", b"%d" % len(answer.body)),
        *_ALWAYS,
        *((name.lower().encode(), value.encode("latin-1", "replace")) for name, value in answer.headers.items()),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else answer.body})
