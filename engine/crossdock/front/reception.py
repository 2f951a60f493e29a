"""One request, from its headers to its answer: who sends, what, whether it may come in, and under which id it is kept.

The order is that of cost and trust: what can be refused from the headers is, before a byte of the body is read; nothing
of the body is looked at before its size is known; and nothing is answered with success before it is on disk.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from crossdock.connector.endpoint import Endpoint, Reply
from crossdock.errors import CrossdockError, Finding
from crossdock.front import bodies, subscriptions
from crossdock.front.allowance import Allowance
from crossdock.front.bodies import Document
from crossdock.front.callers import CHALLENGE, Caller, Callers, Certificate, proves
from crossdock.front.checking import findings_of
from crossdock.front.commits import Commits, Kept
from crossdock.front.idempotency import TOGETHER, key_of, refuse_other, scoped, together
from crossdock.front.problem import Problem
from crossdock.front.standing import Standing, Told
from crossdock.front.watching import MOST_WAITING, Watching
from crossdock.journal.contract import Entry
from crossdock.message import EMPTY, Inline, Message
from crossdock.route.compiled import CompiledRoute

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
MESSAGES = "/messages/"
MOST_IN_FLIGHT = 256 * 1024 * 1024  # bytes of bodies held at the same time by one process, or two of the largest
_BESIDE = 256 * 1024  # bytes from which a body is unpacked beside the loop: others are served meanwhile
COMMIT_SECONDS = 30.0  # for the journal to answer
SLOW_SECONDS = 0.25  # by which a request is put off where much waits behind it
_FULL = frozenset({"E714", "E773", "E775"})  # codes of a disk without room
_NO_ROOM, _CLOSED, _UNKNOWN = "W122", "W121", "W123"


#: Hears of bytes that are held from now on. Raises ``Problem`` where they are too many.
Weigh = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A request whose body was not read yet. ``headers`` have lower-case names; ``length`` as it says, if it does.

    ``query`` is what stands behind the ``?``, as it came.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: Callable[[int, float, Weigh], Awaitable[bytes]]
    certificate: Certificate | None = None
    length: int | None = None
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a caller is told."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """Why a route lets nothing in now (``code`` of admission), or only slowly."""

    code: str
    reason: str
    come_again: float
    slow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A route with its address. ``entry`` makes what the journal takes of a message and its identity."""

    route: CompiledRoute
    endpoint: Endpoint
    entry: Callable[[Message, str], Entry]
    notices: Mapping[str, str]


#: What a destination was sent, rendered as it was: the payload and its media type.
Rendered = Callable[[CompiledRoute, str, Message], tuple[bytes, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a reception stands on. ``shut`` asks the door of a route."""

    commits: Commits
    watching: Watching
    callers: Callers
    shut: Callable[[str], Shut | None]
    new_id: Callable[[], str]
    rendered: Rendered
    monotonic: Callable[[], float] = time.monotonic


class Reception:
    """Receives what comes in at addresses, and tells how it stands."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._allowance = Allowance()
        self._carried = _Carried()

    async def receive(self, served: Served, request: Incoming) -> Answer:
        """Take a request in. Raises ``Problem``."""
        endpoint, headers = served.endpoint, request.headers
        handshake = subscriptions.echo(endpoint.access.webhook, request.query)
        if handshake is not None:
            return Answer(status=200, body=handshake.encode(), content_type=TEXT)
        caller = await self._house.callers.before_body(served.route.name, endpoint, headers, request.certificate)
        if caller is not None:
            self._refuse_too_many(endpoint, caller)
        await self._refuse_shut(served.route.name)
        key = key_of(headers.get("idempotency-key"), endpoint.key)
        content_type = headers.get("content-type", "")
        if bodies.media_type(content_type) != bodies.MULTIPART:
            bodies.refuse_other_media(bodies.media_type(content_type), endpoint.accepts)
        load = _Load(self._carried, max(MOST_IN_FLIGHT, 2 * endpoint.largest))
        try:
            raw = await _body(endpoint, request, load)
            if caller is None:
                caller = self._house.callers.by_signature(served.route.name, endpoint, headers, raw)
                self._refuse_too_many(endpoint, caller)
            documents = await _documents(endpoint, headers, raw, load)
            return await self._keep(served, request, caller, caller.identity or key, documents)
        finally:
            load.drop()

    def _refuse_too_many(self, endpoint: Endpoint, caller: Caller) -> None:
        now = self._house.monotonic()
        waits = [
            self._allowance.take(name, rate, now)
            for name, rate in ((caller.name, caller.rate), (f"{caller.name} {endpoint.path}", endpoint.rate))
            if rate is not None
        ]
        if waits and max(waits) > 0:
            after = _after(max(waits))
            raise Problem("W120", f"come again in {after} s", headers={"Retry-After": after})

    async def _refuse_shut(self, route: str) -> None:
        if self._house.commits.full:
            raise Problem("W127", "as much as may is waiting to be kept", headers={"Retry-After": "1"})
        shut = self._house.shut(route)
        if shut is None:
            return
        if shut.slow:
            await asyncio.sleep(SLOW_SECONDS)
            return
        code = _NO_ROOM if shut.code in _FULL else _CLOSED
        raise Problem(code, "come again later", headers={"Retry-After": _after(shut.come_again)})

    async def _keep(
        self, served: Served, request: Incoming, caller: Caller, key: str | None, documents: Sequence[Document]
    ) -> Answer:
        if key is not None and len(documents) > 1:
            name = together(one.data for one in documents)
            documents = [replace(one, headers={**one.headers, TOGETHER: name}) for one in documents]
        entries = [self._entry(served, request, caller, key, at, one) for at, one in enumerate(documents)]
        if served.endpoint.check:
            await self._refuse_wrong(served, entries)
        kept = await self._kept(entries)
        for one in kept:
            if one.again is not None:
                refuse_other(one.again)
        reply = served.endpoint.reply
        if reply is None:
            return _taken(served, kept)
        return await self._replied(served, kept, reply)

    def _entry(
        self, served: Served, request: Incoming, caller: Caller, key: str | None, at: int, document: Document
    ) -> Entry:
        id = self._house.new_id()
        message = Message(
            id=id,
            correlation=id,
            route=served.route.name,
            partner=caller.partner or served.endpoint.partner,
            content_type=document.content_type,
            headers=_kept_headers(served.endpoint, request, caller, key, document),
            body=Inline(document.data),
            trace=request.headers.get("traceparent"),
        )
        return served.entry(message, scoped(caller.name, key, at) if key is not None else id)

    async def _refuse_wrong(self, served: Served, entries: Sequence[Entry]) -> None:
        """What the route would reject is not taken. Steps compute, so they do it beside the loop."""
        now = datetime.now(UTC)
        found: list[Finding] = []
        for entry in entries:
            found += await asyncio.to_thread(findings_of, served.route, entry.message, now)
        if found:
            raise Problem("W124", f"{found[0].code}: {found[0].message}", findings=found)

    async def _kept(self, entries: Sequence[Entry]) -> list[Kept]:
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                return await self._house.commits.keep(entries)
        except TimeoutError:
            raise _unknown() from None
        except CrossdockError as error:
            if error.code in _FULL:
                raise Problem(_NO_ROOM, "nothing was kept", headers={"Retry-After": "5"}) from error
            raise _unknown() from error

    async def _replied(self, served: Served, kept: Sequence[Kept], reply: Reply) -> Answer:
        """What the caller waits for. A second request does not wait for the first one: it is told to come again."""
        (first, *others) = kept
        if others or self._house.watching.waiting >= MOST_WAITING:
            return _taken(served, kept)
        queue = f"{served.route.name}/{reply.of}" if reply.of else None
        told = await self._house.watching.told(first.id, _enough, 0.0 if first.again else reply.within, queue)
        if told is None or not _enough(told):
            if first.again is None:
                return _taken(served, kept)
            headers = {"Retry-After": "1", "Link": f'<{MESSAGES}{first.id}>; rel="status"'}
            raise Problem("W114", "come again for its answer", headers=headers, instance=MESSAGES + first.id)
        return self._final(served, told, reply)

    def _final(self, served: Served, told: Told, reply: Reply) -> Answer:
        where = MESSAGES + told.message.id
        if told.sent is not None and reply.of is not None:
            data, content_type = self._house.rendered(served.route, reply.of, told.sent)
            headers = {**served.notices, "Content-Location": where}
            return Answer(status=200, body=data, content_type=content_type, headers=headers)
        if told.standing is Standing.REJECTED:
            body = Problem("W125", told.reason, headers=served.notices, instance=where)
            return _with_findings(body, told)
        status = 200 if told.standing in {Standing.DONE, Standing.SKIPPED} else 202
        return Answer(status=status, body=standing_json(told), headers={**served.notices, "Location": where})

    async def standing(self, served: Mapping[str, Served], id: str, request: Incoming) -> Answer:
        """How a message stands, for who sent it. Of everybody else's there is no such message. Raises ``Problem``."""
        if not proves(request.headers, request.certificate) and not any(
            one.endpoint.access.anybody for one in served.values()
        ):
            raise Problem("W103", "ask with what you sent it with", headers=CHALLENGE)
        told = await self._house.watching.told(id)
        one = served.get(told.message.route) if told is not None else None
        if told is None or one is None or told.message.parent is not None:
            raise _no_message()
        try:
            caller = await self._house.callers.asking(
                one.route.name, one.endpoint, request.headers, request.certificate
            )
        except Problem as problem:
            raise _no_message() from problem
        if caller is None or told.message.headers.get("http.caller") != caller.name:
            raise _no_message()
        return Answer(status=200, body=standing_json(told), headers={"Cache-Control": "no-store"})


@dataclass(slots=True)
class _Carried:
    """Bytes of all requests together."""

    size: int = 0


class _Load:
    """What one request holds of them. ``most`` is what all may."""

    def __init__(self, carried: _Carried, most: int) -> None:
        self._carried, self._most, self._mine = carried, most, 0

    def take(self, size: int) -> None:
        """Hold more. Raises ``Problem`` W127."""
        if self._carried.size + size > self._most:
            raise Problem("W127", "too many large documents are being received", headers={"Retry-After": "1"})
        self._carried.size += size
        self._mine += size

    def drop(self) -> None:
        """Hold nothing any more."""
        self._carried.size -= self._mine
        self._mine = 0


async def _body(endpoint: Endpoint, request: Incoming, load: _Load) -> bytes:
    if request.length is not None and request.length > endpoint.largest:
        raise Problem("W106", f"at most {endpoint.largest} bytes are taken here")
    body = await request.body(endpoint.largest, endpoint.patience, load.take)
    if not body:
        raise Problem("W128", "there is nothing to take in")
    return body


async def _documents(endpoint: Endpoint, headers: Mapping[str, str], raw: bytes, load: _Load) -> Sequence[Document]:
    coding, content_type = headers.get("content-encoding", ""), headers.get("content-type", "")

    def read() -> list[Document]:
        return bodies.documents(bodies.unpacked(raw, coding, endpoint.largest), content_type, endpoint.accepts)

    documents = read() if len(raw) < _BESIDE else await asyncio.to_thread(read)
    if coding:
        load.take(sum(len(one.data) for one in documents))
    return documents


def _enough(told: Told) -> bool:
    """Whether a caller has what it waits for: what was sent, or an end."""
    return told.final or told.sent is not None


def _kept_headers(
    endpoint: Endpoint, request: Incoming, caller: Caller, key: str | None, document: Document
) -> Mapping[str, str]:
    """What the message knows of its request."""
    told = {"http.path": request.path, "http.caller": caller.name}
    if key is not None:
        told["http.key"] = key
    for name in endpoint.keep:
        if (value := request.headers.get(name.lower())) is not None:
            told[f"http.header.{name}"] = value
    return {**told, **document.headers}


def _taken(served: Served, kept: Sequence[Kept]) -> Answer:
    """Accepted (RFC 9110, 15.3.3): kept for good, and where to ask for it. The same for every try."""
    where = MESSAGES + kept[0].id
    if len(kept) == 1:
        body = b'{"id":"%b","status":"%b"}' % (kept[0].id.encode(), where.encode())
    else:
        body = json.dumps({"messages": [{"id": one.id, "status": MESSAGES + one.id} for one in kept]}).encode()
    return Answer(status=202, body=body, headers={**served.notices, "Location": where})


def standing_json(told: Told) -> bytes:
    """How a message stands, as callers see it."""
    return json.dumps(
        {
            "id": told.message.id,
            "standing": str(told.standing),
            "final": told.final,
            "accepted": _time(told.accepted),
            "settled": _time(told.settled),
            "work": dict(told.work),
            "complete": told.whole,
            "findings": list(told.findings),
        },
        ensure_ascii=False,
    ).encode()


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _with_findings(problem: Problem, told: Told) -> Answer:
    fields = {**json.loads(problem.body()), "findings": list(told.findings)}
    body = json.dumps(fields, ensure_ascii=False).encode()
    return Answer(status=problem.status, body=body, content_type="application/problem+json", headers=problem.headers)


def _no_message() -> Problem:
    return Problem("W126", "there is none of that id that you sent")


def _unknown() -> Problem:
    detail = "send it again later, with the same Idempotency-Key: it is not taken twice"
    return Problem(_UNKNOWN, detail, headers={"Retry-After": "2"})


def _after(seconds: float) -> str:
    """Whole seconds, at least one (RFC 9110, 10.2.3)."""
    return str(max(1, round(seconds + 0.499)))
