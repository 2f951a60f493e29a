"""Polling: pages of every kind, what changed since, nothing lost and nothing ahead of what was taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError
from tests.unit.http_out.conftest import NOW, Ground

from crossdock.connector import Arrival, NotesInMemory, Verdict
from crossdock.errors import Halt, Retry
from crossdock.message import Document
from crossdock.testing.servers.http_peer import Fault
from crossdock_connectors.http.options import SourceOptions
from crossdock_connectors.http.source import HttpSource

PAGINGS: dict[str, dict[str, object]] = {
    "cursor": {"by": "cursor", "at": "meta.next"},
    "page": {"by": "page"},
    "offset": {"by": "offset"},
    "link": {"by": "link"},
}


def items(count: int, first: int = 0) -> list[dict[str, Document]]:
    return [{"id": n, "updated": f"2026-11-01T00:00:{n:02}Z"} for n in range(first, first + count)]


def paged(ground: Ground, by: str = "cursor", clock: Callable[[], float] = lambda: 0.0, **more: object) -> HttpSource:
    options: dict[str, object] = {"get": f"/items?by={by}", "items": "data.items", "id": "id", "version": "updated"}
    return ground.source({**options, "paging": PAGINGS[by], "page_size": 3, **more}, clock)


def take(ground: Ground, source: HttpSource, arrivals: Iterable[Arrival]) -> list[int]:
    """As the engine does: durable with its notes, then settled."""
    taken = []
    for arrival in arrivals:
        ground.notes.write(dict(arrival.notes))
        source.settle(arrival, Verdict.ACCEPTED)
        taken.append(json.loads(b"".join(arrival.payload.chunks()))["id"])
    return taken


def place(ground: Ground) -> dict[str, object]:
    found = json.loads(ground.notes.read(["place"]).get("place", "{}"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("by", PAGINGS)
@pytest.mark.parametrize("count", [0, 1, 3, 7])
def test_every_item_of_every_page_comes_once(ground: Ground, by: str, count: int) -> None:
    ground.peer.items(*items(count))
    source = paged(ground, by)
    assert take(ground, source, source.poll()) == list(range(count))
    assert source.quiet()
    assert "next" not in place(ground)


def test_a_server_that_gives_smaller_pages_than_asked_loses_nothing(ground: Ground) -> None:
    ground.peer.items(*items(7))
    ground.peer.behave(cap=2)
    source = paged(ground, "offset", page_size=5)
    assert take(ground, source, source.poll()) == list(range(7))


def test_an_item_is_known_by_its_id_and_version(ground: Ground) -> None:
    ground.peer.items(*items(1))
    source = paged(ground)
    (first,) = source.poll()
    (again,) = source.poll()
    ground.peer.items({"id": 0, "updated": "2026-11-02T00:00:00Z"})
    (changed,) = source.poll()
    assert first.identity == again.identity != changed.identity


def test_an_item_without_a_version_is_known_by_its_content(ground: Ground) -> None:
    ground.peer.items({"id": 1, "price": Decimal("1.50")})
    source = paged(ground, version=None)
    (first,) = source.poll()
    ground.peer.items({"id": 1, "price": Decimal("1.75")})
    (changed,) = source.poll()
    assert first.identity != changed.identity


def test_numbers_of_an_item_keep_their_digits(ground: Ground) -> None:
    ground.peer.plan(
        Fault(kind="status", status=200, body='{"data": {"items": [{"id": 1, "price": 1.50}]}, "meta": {}}')
    )
    (arrival,) = paged(ground, version=None).poll()
    assert b"1.50" in b"".join(arrival.payload.chunks())


def test_what_has_just_been_taken_is_not_brought_again_and_nothing_is_noted_anew(ground: Ground) -> None:
    ground.peer.items(*items(5))
    source = paged(ground, "page")
    take(ground, source, source.poll())
    noted = ground.notes.read(["place"])
    for _ in range(3):
        assert take(ground, source, source.poll()) == []
    assert ground.notes.read(["place"]) == noted


def test_a_crash_between_pages_goes_on_where_the_last_taken_page_ended(ground: Ground) -> None:
    ground.peer.items(*items(8))
    source = paged(ground)
    arrivals = iter(source.poll())
    assert take(ground, source, [next(arrivals) for _ in range(4)]) == [0, 1, 2, 3]
    after = paged(ground)  # another process
    assert take(ground, after, after.poll()) == [3, 4, 5, 6, 7]


def test_what_was_found_and_not_taken_comes_again(ground: Ground) -> None:
    ground.peer.items(*items(4))
    source = paged(ground)
    assert len(list(source.poll())) == 4  # and then the journal was not there
    assert place(ground) == {}
    assert take(ground, source, source.poll()) == [0, 1, 2, 3]


def test_numbered_pages_start_over_after_a_restart(ground: Ground) -> None:
    ground.peer.items(*items(8))
    source = paged(ground, "page")
    arrivals = iter(source.poll())
    take(ground, source, [next(arrivals) for _ in range(4)])
    after = paged(ground, "page")
    assert take(ground, after, after.poll()) == list(range(8))


@pytest.mark.parametrize("by", ["page", "offset"])
def test_an_empty_last_page_moves_nothing_before_all_is_settled(ground: Ground, by: str) -> None:
    ground.peer.items(*items(3))
    source = paged(ground, by)
    arrivals = list(source.poll())  # the empty page has been asked for by now
    assert place(ground) == {}
    take(ground, source, arrivals)
    assert "next" not in place(ground)


def test_a_refused_item_does_not_hold_up_the_place(ground: Ground) -> None:
    ground.peer.items(*items(4))
    source = paged(ground)
    for arrival in source.poll():
        if arrival.notes:
            source.settle(arrival, Verdict.REFUSED)
        else:
            take(ground, source, [arrival])
    assert "next" not in place(ground)


def test_only_what_changed_is_asked_for_with_a_little_overlap(ground: Ground) -> None:
    since = {"parameter": "since", "field": "updated", "overlap": "10s"}
    ground.peer.items(*items(30))
    source = paged(ground, since=since)
    assert len(take(ground, source, source.poll())) == 30
    assert take(ground, source, source.poll()) == []  # it knows what it has just taken …
    after = paged(ground, since=since)  # … and another process lets the journal know it
    assert take(ground, after, after.poll()) == list(range(19, 30))
    assert ground.peer.seen[-1]["query"] | {"cursor": ""} == {  # type: ignore[operator] # an object
        "by": "cursor",
        "since": "2026-11-01T00:00:19Z",
        "limit": "3",
        "cursor": "",
    }


def test_the_watermark_moves_at_the_end_of_a_sweep_and_not_before(ground: Ground) -> None:
    ground.peer.items(*reversed(items(8)))
    source = paged(ground, since={"parameter": "since", "field": "updated"})
    arrivals = iter(source.poll())
    take(ground, source, [next(arrivals) for _ in range(4)])
    assert "since" not in place(ground)
    take(ground, source, arrivals)
    assert place(ground) == {"since": "2026-11-01T00:00:07+00:00"}


def test_an_item_from_the_future_does_not_hide_what_comes_after_it(ground: Ground) -> None:
    ground.peer.items({"id": 1, "updated": "2099-01-01T00:00:00Z"})
    source = paged(ground, since={"parameter": "since", "field": "updated"})
    take(ground, source, source.poll())
    assert place(ground) == {"since": NOW.isoformat()}


@pytest.mark.parametrize("value", [None, "soon", True, [1], "2026-99-99"])
def test_an_item_without_a_time_moves_no_watermark(ground: Ground, value: Document) -> None:
    ground.peer.items({"id": 1, "updated": value})
    source = paged(ground, version=None, since={"parameter": "since", "field": "updated"})
    take(ground, source, source.poll())
    assert place(ground) == {}


@pytest.mark.parametrize(
    ("form", "value", "asked"),
    [("unix", 1_790_000_060, "1790000000"), ("unix_ms", 1_790_000_060_000, "1790000000000"), ("number", 42, "42")],
)
def test_watermarks_come_in_several_forms(ground: Ground, form: str, value: int, asked: str) -> None:
    ground.peer.items({"id": 1, "updated": value})
    source = paged(ground, version=None, since={"parameter": "after", "field": "updated", "form": form})
    take(ground, source, source.poll())
    take(ground, source, source.poll())
    query = ground.peer.seen[-1]["query"]
    assert isinstance(query, dict)
    assert query["after"] == asked


def test_pages_that_go_in_a_circle_stop_the_route(ground: Ground) -> None:
    ground.peer.items(*items(6))
    ground.peer.behave(loop=True)
    source = paged(ground)
    with pytest.raises(Halt) as caught:
        take(ground, source, source.poll())
    assert caught.value.code == "K731"


def test_a_link_that_leads_elsewhere_is_not_followed(ground: Ground) -> None:
    body = '{"data": {"items": [{"id": 1}]}}'
    ground.peer.plan(
        Fault(kind="status", status=200, body=body, headers={"Link": '<http://evil.example/>; rel="next"'})
    )
    with pytest.raises(Halt) as caught:
        list(paged(ground, "link", version=None).poll())
    assert caught.value.code == "K731"


def test_a_limit_in_the_middle_waits_and_goes_on(ground: Ground) -> None:
    ground.peer.items(*items(5))
    seconds = [0.0]
    source = paged(ground, clock=lambda: seconds[0])
    arrivals = iter(source.poll())
    taken = take(ground, source, [next(arrivals) for _ in range(3)])
    ground.peer.plan(Fault(kind="status", status=429, headers={"Retry-After": "30"}))
    with pytest.raises(Retry):
        next(arrivals)
    assert list(source.poll()) == []
    assert not source.quiet()
    seconds[0] = 31.0
    assert [*taken, *take(ground, source, source.poll())] == [0, 1, 2, 3, 4]


def test_a_cursor_that_has_expired_starts_the_sweep_over(ground: Ground) -> None:
    ground.peer.items(*items(5))
    source = paged(ground)
    arrivals = iter(source.poll())
    take(ground, source, [next(arrivals) for _ in range(3)])
    ground.peer.plan(Fault(kind="status", status=410))
    with pytest.raises(Retry):
        next(arrivals)
    assert take(ground, source, source.poll()) == [3, 4]  # from the first page, of which it knows all


@pytest.mark.parametrize("kind", ["hang", "reset", "cut", "drip", "large"])
def test_a_page_that_does_not_arrive_is_asked_for_again(ground: Ground, kind: str) -> None:
    ground.peer.items(*items(2))
    source = paged(ground, timeout="600ms")
    ground.peer.plan(Fault(kind=kind))  # type: ignore[arg-type] # one of them
    with pytest.raises(Retry):
        list(source.poll())
    assert take(ground, source, source.poll()) == [0, 1]


@pytest.mark.parametrize("body", ["<html>", '{"data": {"items": {"id": 1}}}', "[" * 3000])
def test_a_page_that_cannot_be_read_is_told_and_nothing_is_taken(ground: Ground, body: str) -> None:
    ground.peer.plan(Fault(kind="status", status=200, body=body))
    with pytest.raises(Retry) as caught:
        list(paged(ground).poll())
    assert caught.value.code == "K730"
    assert place(ground) == {}


def test_a_document_comes_when_it_has_changed(ground: Ground) -> None:
    source = ground.source({"get": "/document"})
    identities = []
    for content in ([{"a": 1}], [{"a": 1}], [{"a": 2}], [{"a": 1}]):
        ground.peer.items(*content)
        for arrival in source.poll():
            ground.notes.write(dict(arrival.notes))
            source.settle(arrival, Verdict.ACCEPTED)
            identities.append(arrival.identity)
    assert len(set(identities)) == len(identities) == 3


def test_what_has_not_changed_is_asked_for_with_its_etag(ground: Ground) -> None:
    ground.peer.items({"a": 1})
    source = ground.source({"get": "/document", "items": "@"})
    for arrival in source.poll():
        ground.notes.write(dict(arrival.notes))
        source.settle(arrival, Verdict.ACCEPTED)
    assert list(source.poll()) == []
    headers = ground.peer.seen[-1]["headers"]
    assert isinstance(headers, dict)
    assert "if-none-match" in headers


def test_an_etag_is_not_kept_before_its_document_is_taken(ground: Ground) -> None:
    ground.peer.items({"a": 1})
    source = ground.source({"get": "/document", "items": "@"})
    assert len(list(source.poll())) == 1
    assert len(list(source.poll())) == 1


def test_notes_that_another_version_wrote_begin_anew(ground: Ground) -> None:
    ground.notes = NotesInMemory({"place": '{"since": 5, "unknown": true'})
    ground.peer.items(*items(2))
    source = paged(ground)
    assert take(ground, source, source.poll()) == [0, 1]


def test_a_clock_that_goes_back_does_not_move_the_watermark_past_what_came(ground: Ground) -> None:
    ground.peer.items(*items(5))
    source = paged(ground, since={"parameter": "since", "field": "updated"})
    take(ground, source, source.poll())
    ground.time = NOW - timedelta(days=365)
    assert take(ground, source, source.poll()) == []


@pytest.mark.parametrize(
    "options",
    [
        {"get": "https://a.example/", "paging": {"by": "page"}},
        {"get": "https://a.example/", "items": "a", "version": "b"},
        {"get": "https://a.example/{x}"},
        {"get": "https://a.example/", "items": "a", "paging": {"by": "magic"}},
        {"get": "https://a.example/", "items": "a["},
        {"get": "https://a.example/", "headers": {"X": "{n}"}},
    ],
)
def test_mistakes_are_found_before_anything_runs(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SourceOptions.model_validate(options)
