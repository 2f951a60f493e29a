"""Polling by cursor: every node once, what changed since, nothing lost where the peer is odd."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from tests.unit.graphql.conftest import Ground

from crossdock.connector import Arrival, Verdict
from crossdock.errors import Halt, Retry
from crossdock.message import Document
from crossdock.testing.servers.http_peer import Fault
from crossdock_connectors.graphql.source import GraphQlSource


def items(count: int) -> list[dict[str, Document]]:
    return [{"id": f"gid://{n}", "updated": f"2026-11-01T00:00:{n:02}Z", "total": 1} for n in range(count)]


def take(ground: Ground, source: GraphQlSource, arrivals: Iterable[Arrival]) -> list[str]:
    taken = []
    for arrival in arrivals:
        ground.notes.write(dict(arrival.notes))
        source.settle(arrival, Verdict.ACCEPTED)
        taken.append(json.loads(b"".join(arrival.payload.chunks()))["id"])
    return taken


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_every_node_comes_once(ground: Ground, count: int) -> None:
    ground.peer.items(*items(count))
    source = ground.source(page_size=2, id="id", version="updated")
    assert take(ground, source, source.poll()) == [f"gid://{n}" for n in range(count)]
    assert source.quiet()
    assert take(ground, source, source.poll()) == []


def test_only_what_changed_since_is_asked_for(ground: Ground) -> None:
    ground.peer.items(*items(2))
    since = {"field": "updated", "variable": "since", "overlap": "0s"}
    source = ground.source(id="id", version="updated", since=since)
    take(ground, source, source.poll())
    take(ground, source, source.poll())
    assert json.loads(str(ground.peer.seen[-1]["body"]))["variables"] == {"since": "2026-11-01T00:00:01Z"}


def test_a_value_can_be_written_into_a_search_text(ground: Ground) -> None:
    since = {"field": "updated", "variable": "since", "written": "updated_at:>='{}'", "start": "2026-01-01T00:00:00Z"}
    source = ground.source(since=since)
    take(ground, source, source.poll())
    variables = json.loads(str(ground.peer.seen[-1]["body"]))["variables"]
    assert variables == {"since": "updated_at:>='2026-01-01T00:00:00Z'"}


def test_a_sweep_goes_on_at_the_page_that_failed(ground: Ground) -> None:
    ground.peer.items(*items(5))
    source = ground.source(page_size=2)
    arrivals = iter(source.poll())
    first = take(ground, source, [next(arrivals), next(arrivals)])
    ground.peer.plan(Fault(kind="status", path="/graphql", status=503))
    with pytest.raises(Retry):
        take(ground, source, arrivals)
    assert first + take(ground, source, source.poll()) == [f"gid://{n}" for n in range(5)]


def test_a_cursor_that_goes_in_a_circle_stops_the_route(ground: Ground) -> None:
    ground.peer.items(*items(4))
    ground.peer.behave(loop=True)
    source = ground.source(page_size=2)
    with pytest.raises(Halt) as raised:
        take(ground, source, source.poll())
    assert raised.value.code == "K731"


@pytest.mark.parametrize(
    "data",
    [
        {"orders": {"nodes": 5, "pageInfo": {"hasNextPage": False}}},
        {"orders": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": None}}},
        {"orders": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": {"a": 1}}}},
    ],
)
def test_a_page_that_makes_no_sense_is_asked_for_again(ground: Ground, data: Document) -> None:
    body = json.dumps({"data": data})
    ground.peer.plan(Fault(kind="status", path="/graphql", status=200, body=body))
    source = ground.source()
    with pytest.raises(Retry):
        list(source.poll())


def test_a_throttled_poll_rests_as_long_as_it_should(ground: Ground) -> None:
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
    fault = Fault(
        kind="status", path="/graphql", status=200, body=json.dumps({"errors": [error]}), headers={"Retry-After": "9"}
    )
    ground.peer.plan(fault)
    source = ground.source()
    with pytest.raises(Retry) as raised:
        list(source.poll())
    assert raised.value.after == 9.0
    assert list(source.poll()) == []
