"""OData as the peer speaks it: entities under keys, with ETags, pages, links for what changed, and batches.

``/odata/v4/…`` and ``/odata/v2/…`` are the two versions of one store. ``settings``: ``csrf`` wants a token, ``honours``
honours ids of requests, ``meddles`` changes an entity before the next so many changes of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from crossdock.testing.servers.http_peer.state import Json, State

Headers: TypeAlias = Mapping[str, str]
Reply: TypeAlias = "tuple[int, Json, dict[str, str]]"

_ONE = re.compile(r"([A-Za-z_]\w*)(?:\((.*)\))?\Z")
_PAGE = 3
_MADE, _WRONG = 201, 400  # RFC 9110, 15.3.2 and 15.5.1


def answer(state: State, method: str, path: str, query: Headers, headers: Headers, body: bytes) -> Reply:
    """The reply to a request; ``path`` is what stands behind ``/odata/``, names of headers are in lower case."""
    version, _, rest = path.partition("/")
    if method == "GET" and headers.get("x-csrf-token", "").lower() == "fetch":
        return (
            200,
            {"value": []},
            {"X-CSRF-Token": state.csrf() or "", "Set-Cookie": "SAP_SESSION=s1; path=/; HttpOnly"},
        )
    if method == "HEAD":
        return 200, None, {}
    if method == "GET":
        return _listed(state, version, rest, query) if "(" not in rest else _one(state, version, rest)
    if state.settings.get("csrf") and (
        headers.get("x-csrf-token") != state.csrf(new=False) or "SAP_SESSION=s1" not in headers.get("cookie", "")
    ):
        return 403, "CSRF token validation failed", {"X-CSRF-Token": "Required"}
    if rest == "$batch":
        return _batch(state, version, headers, body)
    return _changed(state, version, method, rest, headers, body)


def _error(status: int, code: str, text: str, version: str, target: str | None = None) -> Reply:
    if version == "v2":
        detail: Json = {"code": code, "message": text, "propertyref": target}
        inner: Json = {"errordetails": [detail]}
        return status, {"error": {"code": code, "message": {"lang": "en", "value": text}, "innererror": inner}}, {}
    more: Json = [{"code": code, "message": text, "target": target}]
    return status, {"error": {"code": code, "message": text, "details": more}}, {}


def _listed(state: State, version: str, rest: str, query: Headers) -> Reply:
    chosen = [one for one in state.items if isinstance(one, dict)]
    since = re.search(r"Changed ge (?:datetimeoffset')?([^')]+)", query.get("$filter", ""))
    if since:
        chosen = [one for one in chosen if str(one["Changed"]) >= since[1]]
    start = int(query.get("$skiptoken") or query.get("$skip") or "0")
    size = min(int(query.get("$top", "1000")), _PAGE)
    page: list[Json] = [*chosen[start : start + size]]
    following = (
        f"{rest}?$skiptoken={start + size}" if start + size < len(chosen) or state.settings.get("loop") else None
    )
    elsewhere = state.settings.get("next")
    link = str(elsewhere) if elsewhere else following
    if "$skip" in query:
        link = None
    if version == "v2":
        inner: dict[str, Json] = {"results": page, **({"__next": link} if link else {})}
        return 200, {"d": inner}, {}
    delta: dict[str, Json] = {"@odata.deltaLink": f"{rest}?$skiptoken={len(chosen)}"} if not link else {}
    return 200, {"value": page, **({"@odata.nextLink": link} if link else delta)}, {}


def _one(state: State, version: str, rest: str) -> Reply:
    entity = state.entities.get(rest)
    if entity is None:
        return _error(404, "NOT_FOUND", f"there is no {rest}", version)
    etag = _etag(entity)
    shown: dict[str, Json] = {**entity[1], **({} if version == "v2" else {"@odata.etag": etag})}
    return 200, {"d": shown} if version == "v2" else shown, {"ETag": etag}


def _etag(entity: tuple[int, dict[str, Json]]) -> str:
    return f'W/"{entity[0]}"'


def _changed(state: State, version: str, method: str, rest: str, headers: Headers, body: bytes) -> Reply:
    if not _ONE.match(rest) or ("(" not in rest and method != "POST"):
        return _error(404, "NOT_FOUND", f"there is no {rest}", version)
    given = json.loads(body) if body else {}
    if isinstance(given, dict) and given.get("refuse"):
        return _error(400, "SO/042", "Sold-to party 4711 does not exist", version, "SoldTo")
    if method == "POST":
        return _created(state, rest, headers, given, body)
    return _updated(state, version, method, rest, headers, given)


def _created(state: State, rest: str, headers: Headers, given: dict[str, Json], body: bytes) -> Reply:
    request = headers.get("repeatability-request-id") if state.settings.get("honours") else None
    status, _ = state.do(request, body, None)
    number = len(state.entities) + (status == _MADE)
    if status == _MADE:
        state.entities[f"{rest}('{number}')"] = (1, given)
    more = {"Repeatability-Result": "accepted"} if request else {}
    return 201, {**given, "OrderID": str(number)}, {"Location": f"{rest}('{number}')", **more}


def _updated(state: State, version: str, method: str, rest: str, headers: Headers, given: dict[str, Json]) -> Reply:
    before = state.entities.get(rest)
    meddles = state.settings.get("meddles")
    if before is not None and isinstance(meddles, int) and meddles > 0:
        state.settings["meddles"] = meddles - 1
        before = state.entities[rest] = (before[0] + 1, before[1])
    wanted = headers.get("if-match")
    if wanted not in (None, "*") and (before is None or wanted != _etag(before)):
        return _error(412, "CHANGED", "the entity has changed", version)
    if before is not None and not wanted and state.settings.get("strict"):
        return _error(428, "ETAG", "an ETag is wanted", version)
    if method == "DELETE":
        if before is None:
            return _error(404, "NOT_FOUND", f"there is no {rest}", version)
        state.do(f"DELETE {rest}", b"", None)
        del state.entities[rest]
        return 204, None, {}
    after = given if method == "PUT" or before is None else {**before[1], **given}
    if before is None or after != before[1]:
        state.do(None if before else rest, json.dumps(after).encode(), None)
        state.entities[rest] = (1 if before is None else before[0] + 1, after)
    return 204, None, {"ETag": _etag(state.entities[rest])}


def _batch(state: State, version: str, headers: Headers, body: bytes) -> Reply:
    if headers["content-type"].startswith("application/json"):
        answers: list[Json] = []
        for asked in json.loads(body)["requests"]:
            data = json.dumps(asked["body"]).encode() if "body" in asked else b""
            status, said, more = _changed(state, version, asked["method"].upper(), asked["url"], asked["headers"], data)
            answers.append({"id": asked["id"], "status": status, "headers": {**more}, "body": said})
        lost = state.settings.get("lost", 0)
        return 200, {"responses": answers[::-1][: len(answers) - (lost if isinstance(lost, int) else 0)]}, {}
    parts = list(_parts(headers["content-type"], body))
    lines = [_said(_changed(state, version, *one), number, version) for number, one in enumerate(parts)]
    lost = state.settings.get("lost", 0)
    kept = lines[: len(lines) - (lost if isinstance(lost, int) else 0)]
    text = "".join(f"--r\r\n{line}\r\n" for line in kept) + "--r--\r\n"
    return 202, text, {"Content-Type": "multipart/mixed; boundary=r"}


def _said(reply: Reply, number: int, version: str) -> str:
    status, answer, more = reply
    body = "" if answer is None else json.dumps(answer)
    head = "".join(f"{name}: {value}\r\n" for name, value in more.items())
    one = (
        "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        f"HTTP/1.1 {status} Said\r\n{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}\r\n"
    )
    if version == "v4" or status >= _WRONG:  # a change set that failed is answered by one reply
        return one
    return f"Content-Type: multipart/mixed; boundary=s{number}\r\n\r\n--s{number}\r\n{one}\r\n--s{number}--\r\n"


def _parts(content_type: str, body: bytes) -> Iterator[tuple[str, str, Headers, bytes]]:
    """Method, path, headers and body of each request; change sets are gone into."""
    boundary = content_type.partition("boundary=")[2].encode()
    for piece in body.split(b"--" + boundary)[1:-1]:
        outer, _, content = piece.lstrip(b"\r\n").partition(b"\r\n\r\n")
        if b"multipart/mixed" in outer:
            kind = next(line for line in outer.decode().splitlines() if line.startswith("Content-Type"))
            yield from _parts(kind, content)
            continue
        head, _, data = content.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        method, path, _ = first.split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
        yield method, path, headers, data[: int(headers["content-length"])]
