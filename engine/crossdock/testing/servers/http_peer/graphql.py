"""GraphQL as the peer speaks it: orders that are listed by cursor, made once for a key, refused, or too expensive.

It knows no grammar: what is asked for is told by words in the text, and by variables.
"""

from __future__ import annotations

import hashlib
import json

from crossdock.testing.servers.http_peer.state import Json, State

_FIRST = 2  # nodes of a page, where nothing is said


def answer(state: State, body: bytes) -> tuple[int, Json]:
    """The reply to a request."""
    if not body:
        return 400, _errors("there is no query", "BAD_REQUEST")
    given = json.loads(body)
    text, variables = given.get("query"), given.get("variables") or {}
    persisted = (given.get("extensions") or {}).get("persistedQuery")
    if persisted is not None:
        if text is None:
            text = state.texts.get(persisted["sha256Hash"])
        elif hashlib.sha256(text.encode()).hexdigest() == persisted["sha256Hash"]:
            state.texts[persisted["sha256Hash"]] = text
        if text is None:
            return 200, _errors("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
    if text is None:
        return 400, _errors("there is no query", "BAD_REQUEST")
    return _made(state, variables) if "orderCreate" in text else (200, _listed(state, variables))


def _made(state: State, variables: dict[str, Json]) -> tuple[int, Json]:
    given = variables.get("input")
    if isinstance(given, dict) and given.get("refuse"):
        errors: Json = [{"field": ["input", "number"], "message": "is taken", "code": "TAKEN"}]
        return 200, {"data": {"orderCreate": {"order": None, "userErrors": errors}}}
    key = variables.get("key")
    body = json.dumps(given).encode()
    _, made = state.do(str(key) if key else None, body, {"order": {"id": "gid://shop/Order/1"}, "userErrors": []})
    return 200, {"data": {"orderCreate": made}}


def _listed(state: State, variables: dict[str, Json]) -> Json:
    since = variables.get("since")
    chosen = [one for one in state.items if isinstance(one, dict) and (not since or str(one["updated"]) >= str(since))]
    wanted, after = variables.get("first"), variables.get("after")
    first = wanted if isinstance(wanted, int) else _FIRST
    start = int(str(after)) if after is not None else 0
    more = start + first < len(chosen) or bool(state.settings.get("loop"))
    end = str(start + first if not state.settings.get("loop") else 0 if start else first)
    info: Json = {"hasNextPage": more, "endCursor": end}
    return {"data": {"orders": {"nodes": [*chosen[start : start + first]], "pageInfo": info}}}


def _errors(message: str, code: str) -> Json:
    return {"errors": [{"message": message, "extensions": {"code": code}}]}
