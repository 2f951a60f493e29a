"""Polling entity sets: every page, what changed, links that lead astray, dates of V2."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from tests.unit.odata.conftest import Ground

from crossdock.connector import Arrival, Verdict
from crossdock.errors import CrossdockError, Halt, Retry
from crossdock.message import Document
from crossdock.testing.servers.http_peer import Fault
from crossdock_connectors.odata.source import ODataSource

VERSIONS = pytest.mark.parametrize("version", ["v2", "v4"])


def items(count: int) -> list[dict[str, Document]]:
    return [{"ID": n, "Changed": f"2026-11-01T00:00:{n:02}Z"} for n in range(count)]


def take(ground: Ground, source: ODataSource, arrivals: Iterable[Arrival]) -> list[int]:
    taken = []
    for arrival in arrivals:
        ground.notes.write(dict(arrival.notes))
        source.settle(arrival, Verdict.ACCEPTED)
        taken.append(json.loads(b"".join(arrival.payload.chunks()))["ID"])
    return taken


@VERSIONS
@pytest.mark.parametrize("paging", ["links", "skip"])
@pytest.mark.parametrize("count", [0, 3, 7])
def test_every_entity_comes_once(ground: Ground, version: str, paging: str, count: int) -> None:
    ground.peer.items(*items(count))
    source = ground.source(version=version, paging=paging, id="ID", page_size=3)
    assert take(ground, source, source.poll()) == list(range(count))
    assert source.quiet()


@VERSIONS
def test_only_what_changed_since_is_asked_for(ground: Ground, version: str) -> None:
    ground.peer.items(*items(2))
    since = {"field": "Changed", "overlap": "0s"}
    source = ground.source(version=version, id="ID", since=since, filter="Status eq 'Open'")
    take(ground, source, source.poll())
    take(ground, source, source.poll())
    moment = "2026-11-01T00:00:01Z"
    value = f"datetimeoffset'{moment}'" if version == "v2" else moment
    wanted = {"$filter": f"(Status eq 'Open') and (Changed ge {value})", "$orderby": "Changed asc"}
    assert ground.peer.seen[-1]["query"] == wanted


def test_a_link_for_what_changed_is_followed_at_the_next_poll(ground: Ground) -> None:
    ground.peer.items(*items(2))
    source = ground.source(id="ID", delta=True)
    assert take(ground, source, source.poll()) == [0, 1]
    ground.peer.items(*items(4))
    assert take(ground, source, source.poll()) == [2, 3]
    assert ground.peer.seen[-1]["query"] == {"$skiptoken": "2"}


def test_a_link_for_what_changed_that_is_too_old_begins_anew(ground: Ground) -> None:
    ground.peer.items(*items(2))
    source = ground.source(id="ID", delta=True)
    take(ground, source, source.poll())
    ground.peer.plan(Fault(kind="status", path="/odata", status=410))
    with pytest.raises(Retry):
        list(source.poll())
    take(ground, source, source.poll())
    assert ground.peer.seen[-1]["query"] == {}


@pytest.mark.parametrize("link", ["https://evil.example/x", "//evil.example/x", "http://127.0.0.1:1/x"])
def test_a_next_page_elsewhere_is_not_asked_for(ground: Ground, link: str) -> None:
    ground.peer.items(*items(1))
    ground.peer.behave(next=link)
    with pytest.raises(Halt) as raised:
        list(ground.source().poll())
    assert raised.value.code == "K731"


def test_links_that_never_end_are_followed_so_far_and_no_further(ground: Ground) -> None:
    ground.peer.items(*items(1))
    ground.peer.behave(loop=True)
    source = ground.source(id="ID", max_pages=5)
    assert take(ground, source, source.poll()) == [0]
    assert len(ground.peer.seen) == 5
    assert not source.quiet()


def test_a_link_back_to_the_same_page_stops_the_route(ground: Ground) -> None:
    ground.peer.items(*items(1))
    ground.peer.behave(next="Orders?$skiptoken=0")
    with pytest.raises(Halt) as raised:
        list(ground.source().poll())
    assert raised.value.code == "K731"


def test_dates_of_v2_come_as_everybody_writes_them(ground: Ground) -> None:
    date, moment = "/Date(1795132800000)/", "/Date(1795177800000+0060)/"
    ground.peer.items({"ID": 1, "Day": date, "At": moment, "No": "/Date(x)/", "Far": "/Date(99999999999999999)/"})
    (arrival,) = ground.source(version="v2").poll()
    found = json.loads(b"".join(arrival.payload.chunks()))
    assert found == {
        "ID": 1,
        "Day": "2026-11-20T00:00:00",
        "At": "2026-11-20T13:30:00+01:00",
        "No": "/Date(x)/",
        "Far": "/Date(99999999999999999)/",
    }


@pytest.mark.parametrize("body", ["", "<feed/>", "[]", "{}", '{"value": 5}', '{"value": [1', '{"d": null}'])
def test_a_page_that_is_none_is_asked_for_again(ground: Ground, body: str) -> None:
    ground.peer.plan(Fault(kind="status", path="/odata", status=200, body=body))
    with pytest.raises(Retry):
        list(ground.source().poll())


@pytest.mark.parametrize("kind", ["bomb", "large"])
def test_a_page_that_is_too_large_is_not_taken(ground: Ground, kind: str) -> None:
    ground.peer.plan(Fault(kind="bomb" if kind == "bomb" else "large", path="/odata"))
    with pytest.raises(CrossdockError):
        list(ground.source(max_response="1MB").poll())
