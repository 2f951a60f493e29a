"""Replies that no peer should give, to what asks, sends and polls: each is told, none stops anything else.

Whoever asks gets an answer or an error of ours within the time of the exchange; never a traceback, never half of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crossdock.connector import Connector, Done, NotesInMemory, Parcel, Surroundings
from crossdock.errors import CrossdockError
from crossdock.message import Inline
from crossdock.testing.servers.http_peer import Fault, HttpPeer
from crossdock_connectors import graphql, http, odata, soap

MESSAGE = "01a1a0e4-7c30-7abc-8000-000000000001"
DEEP = '{"value": ' + "[" * 20_000 + "]" * 20_000 + "}"
JSON = {
    "nothing": "",
    "no json": "<html>Bad Gateway</html>",
    "cut off": '{"value": [{"id": 1}',
    "null": "null",
    "a number": "7",
    "a list": "[]",
    "nested too deep": DEEP,
    "not a number": '{"value": [{"id": NaN, "Changed": Infinity}]}',
    "a name twice": '{"data": {"orders": 1, "orders": 2}, "value": [], "value": 7}',
    "a large exponent": '{"value": [{"id": 1e999999}], "data": {"orders": {"nodes": [{"id": 1e999999}]}}}',
    "half a surrogate pair": '{"value": [{"id": "\\ud800"}], "data": {"orders": {"nodes": [{"id": "\\udfff"}]}}}',
    "a NUL": '{"value": [{"id": "a\\u0000b"}], "data": {"orders": {"nodes": [{"id": "a\\u0000b"}]}}}',
    "no list": '{"value": {"id": 1}, "data": {"orders": {"nodes": {"id": 1}}}, "d": {"results": 7}}',
    "no objects in the list": '{"value": [1, null, "x", []], "data": {"orders": {"nodes": [1, null, "x", []]}}}',
    "a link that is none": '{"value": [], "@odata.nextLink": 7, "data": {"orders": {"nodes": [], "pageInfo": []}}}',
    "a link elsewhere": '{"value": [], "@odata.nextLink": "http://169.254.169.254/latest/meta-data"}',
    "a link to a file": '{"value": [], "@odata.nextLink": "file:///etc/passwd"}',
    "a cursor that is none": '{"data": {"orders": {"nodes": [], "pageInfo": {"hasNextPage": true, "endCursor": {}}}}}',
    "errors that are none": '{"errors": "no", "data": null}',
    "errors of nothing": '{"errors": [null, 7, {}, {"message": {}, "extensions": []}]}',
    "costs that are none": '{"errors": [{"extensions": {"code": "THROTTLED"}}], "extensions": {"cost": {"throttleStatus": 7}}}',
    "a bucket that never fills": '{"errors": [{"extensions": {"code": "THROTTLED"}}], "extensions": {"cost": '
    '{"requestedQueryCost": 9, "throttleStatus": {"currentlyAvailable": -1e300, "restoreRate": 1e-300}}}}',
    "an error of odata that is none": '{"error": {"message": ["x"], "details": {"a": 1}, "innererror": 7}}',
}
XML = {
    "nothing": "",
    "no xml": "<html><br></html>",
    "cut off": '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><a>',
    "an external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "a bomb": '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>',
    "another root": "<Envelope><Body/></Envelope>",
    "no body": '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>',
    "two bodies": '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/><e:Body/></e:Envelope>',
    "a fault of nothing": '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault/></e:Body></e:Envelope>',
    "nested too deep": '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    + "<a>" * 5000
    + "</a>" * 5000
    + "</e:Body></e:Envelope>",
    "a prefix of nobody": "<e:Envelope><e:Body/></e:Envelope>",
    "another encoding": '<?xml version="1.0" encoding="utf-7"?><a/>',
}
QUERY = "query Q($after: String) { orders(after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }"
PAGED = {"query": QUERY, "items": "orders.nodes", "id": "id", "paging": {"info": "orders.pageInfo"}}
PLACES: dict[str, tuple[Connector, str, dict[str, object], dict[str, str]]] = {
    "http source": (http.CONNECTOR, "source", {"get": "/x", "items": "value", "id": "id"}, JSON),
    "http call": (http.CONNECTOR, "call", {"get": "/x"}, JSON),
    "odata source": (odata.CONNECTOR, "source", {"service": "/x", "entity": "Orders", "id": "id"}, JSON),
    "odata v2 source": (odata.CONNECTOR, "source", {"service": "/x", "entity": "Orders", "version": "v2"}, JSON),
    "odata call": (odata.CONNECTOR, "call", {"service": "/x", "entity": "Orders", "do": "read", "key": "n"}, JSON),
    "odata sink": (odata.CONNECTOR, "sink", {"service": "/x", "entity": "Orders", "receipt": "id"}, JSON),
    "odata batch": (odata.CONNECTOR, "sink", {"service": "/x", "entity": "Orders", "batch": {"form": "json"}}, JSON),
    "graphql source": (graphql.CONNECTOR, "source", {"post": "/x", **PAGED}, JSON),
    "graphql call": (graphql.CONNECTOR, "call", {"post": "/x", "query": QUERY}, JSON),
    "graphql sink": (
        graphql.CONNECTOR,
        "sink",
        {"post": "/x", "mutation": "mutation M { make { id } }", "variables": {}, "receipt": "make.id"},
        JSON,
    ),
    "soap call": (soap.CONNECTOR, "call", {"post": "/x"}, XML),
    "soap sink": (soap.CONNECTOR, "sink", {"post": "/x", "receipt": "string(//a)"}, XML),
}
USES: dict[str, Callable[[Any, Parcel], object]] = {
    "source": lambda source, one: list(source.poll()),
    "call": lambda call, one: call.ask(one),
    "sink": lambda sink, one: sink.send([one])[0],
}


@pytest.fixture
def peer(http_peer: HttpPeer) -> HttpPeer:
    return http_peer.fresh()


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("place", PLACES)
def test_a_hostile_reply_is_told_or_taken_and_never_more(
    peer: HttpPeer, tmp_path: Path, place: str, status: int
) -> None:
    connector, role, options, bodies = PLACES[place]
    where = {name: f"{peer.url}{value}" if value == "/x" else value for name, value in options.items()}
    read = getattr(connector, role).options.model_validate({**where, "allow_private": True, "timeout": "5s"})
    around = Surroundings(
        root=tmp_path, name="r", now=lambda: datetime(2026, 11, 20, tzinfo=UTC), notes=NotesInMemory()
    )
    opened = getattr(connector, role).open(read, around)
    parcel = Parcel(
        key="k", message=MESSAGE, payload=Inline(b"<a/>" if bodies is XML else b'{"n": "1"}'), document={"n": "1"}
    )
    media = "text/xml" if bodies is XML else "application/json"
    for name, body in bodies.items():
        peer.plan(Fault(kind="status", path="/", status=status, body=body, headers={"Content-Type": media}))
        assert _is_ours(lambda: USES[role](opened, parcel)), name
    opened.close()


def _is_ours(use: Callable[[], object]) -> bool:
    try:
        outcome = use()
    except CrossdockError:
        return True
    return isinstance(outcome, Done | CrossdockError | dict | list | str | int | None) or outcome is None
