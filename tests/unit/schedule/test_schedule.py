"""A timetable is told once for each of its moments, whatever clocks, restarts and machines do."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from crossdock.connector import Arrival, NotesInMemory, Surroundings, Verdict
from crossdock.message import read_all
from crossdock_connectors.schedule import ScheduleSource, SourceOptions
from crossdock_connectors.schedule.timetable import Timetable

BERLIN = "Europe/Berlin"


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Machine:
    """A source with a clock of its own; ``notes`` and ``known`` are the journal, which machines share."""

    def __init__(self, notes: NotesInMemory, known: set[str], now: str, **options: object) -> None:
        self.now, self.notes, self.known = _utc(now), notes, known
        around = Surroundings(root=Path(), name="reorder", now=lambda: self.now, notes=notes)
        self.source = ScheduleSource(SourceOptions.model_validate(options), around)

    def look(self, now: str | None = None) -> list[Arrival]:
        """What is new in one poll, accepted as the engine does."""
        if now is not None:
            self.now = _utc(now)
        fresh = []
        for arrival in self.source.poll():
            verdict = Verdict.DUPLICATE if arrival.identity in self.known else Verdict.ACCEPTED
            if verdict is Verdict.ACCEPTED:
                fresh.append(arrival)
            self.known.add(arrival.identity)
            self.notes.write(dict(arrival.notes))
            self.source.settle(arrival, verdict)
        return fresh


def _machine(now: str, **options: object) -> Machine:
    return Machine(NotesInMemory(), set(), now, **options)


def _moments(arrivals: Sequence[Arrival]) -> list[str]:
    return [arrival.headers["schedule.at"] for arrival in arrivals]


def test_a_moment_is_told_once_when_it_has_come() -> None:
    machine = _machine("2026-11-20T04:59:00", cron="0 6 * * 1-5", timezone=BERLIN)
    assert machine.look() == []
    assert _moments(machine.look("2026-11-20T05:00:00.4")) == ["2026-11-20T06:00:00+01:00"]
    assert machine.look("2026-11-20T05:00:01") == []


def test_the_document_says_which_moment_it_stands_for() -> None:
    machine = _machine("2026-11-20T04:59:00", every="15m", bring={"what": "reorder"})
    machine.look()
    (arrival,) = machine.look("2026-11-20T05:00:02")
    assert json.loads(read_all(arrival.payload)) == {
        "what": "reorder",
        "schedule": "reorder",
        "scheduled_at": "2026-11-20T05:00:00+00:00",
        "scheduled_utc": "2026-11-20T05:00:00Z",
        "sequence": 1,
        "missed": 0,
    }
    (second,) = machine.look("2026-11-20T05:15:00")
    assert second.headers["schedule.sequence"] == "2"


def test_a_restart_neither_repeats_nor_forgets() -> None:
    first = _machine("2026-11-20T04:59:00", every="15m")
    first.look()
    first.look("2026-11-20T05:00:01")
    again = Machine(first.notes, first.known, "2026-11-20T05:00:02", every="15m")
    assert again.look() == []
    assert _moments(again.look("2026-11-20T05:15:01")) == ["2026-11-20T05:15:00+00:00"]


def test_a_crash_between_the_commit_and_the_receipt_repeats_nothing() -> None:
    machine = _machine("2026-11-20T04:59:00", every="15m")
    machine.look()
    machine.now = _utc("2026-11-20T05:00:01")
    (arrival,) = machine.source.poll()
    machine.known.add(arrival.identity)  # durable with its notes, and then the process died
    machine.notes.write(dict(arrival.notes))
    again = Machine(machine.notes, machine.known, "2026-11-20T05:00:05", every="15m")
    assert again.look() == []


def test_what_could_not_be_accepted_is_brought_again() -> None:
    machine = _machine("2026-11-20T04:59:00", every="15m")
    machine.look()
    machine.now = _utc("2026-11-20T05:00:01")
    assert [one.identity for one in machine.source.poll()] == [one.identity for one in machine.source.poll()]
    assert len(machine.look()) == 1


def test_two_machines_make_one_message() -> None:
    first = _machine("2026-11-20T04:59:00", every="15m")
    second = Machine(first.notes, first.known, "2026-11-20T04:59:30", every="15m")
    first.look()
    second.look()
    told = [*first.look("2026-11-20T05:00:01"), *second.look("2026-11-20T05:00:02")]
    assert len(told) == 1


def test_of_missed_moments_the_latest_is_made_up_for_and_the_others_are_counted() -> None:
    first = _machine("2026-11-20T04:59:00", every="1h")
    first.look()
    again = Machine(first.notes, first.known, "2026-11-20T09:30:00", every="1h")
    (arrival,) = again.look()
    assert arrival.headers["schedule.at"] == "2026-11-20T09:00:00+00:00"
    assert json.loads(read_all(arrival.payload))["missed"] == 4


def test_where_a_newer_moment_is_due_a_missed_one_is_not_made_up_for() -> None:
    first = _machine("2026-11-20T04:59:00", every="1h")
    first.look()
    again = Machine(first.notes, first.known, "2026-11-20T09:00:10", every="1h")
    assert _moments(again.look()) == ["2026-11-20T09:00:00+00:00"]


def test_all_missed_moments_are_made_up_for_in_order() -> None:
    first = _machine("2026-11-20T04:59:00", every="1h", missed="all")
    first.look()
    again = Machine(first.notes, first.known, "2026-11-20T07:30:00", every="1h", missed="all")
    assert [moment[11:16] for moment in _moments(again.look())] == ["05:00", "06:00", "07:00"]


def test_many_missed_moments_come_in_bounded_polls() -> None:
    first = _machine("2026-01-01T00:00:00", every="1m", missed="all")
    first.look()
    again = Machine(first.notes, first.known, "2026-01-02T00:00:00", every="1m", missed="all")
    assert [len(again.look()), len(again.look()), len(again.look())] == [1000, 440, 0]


def test_missed_moments_can_be_passed_over_and_that_is_told(caplog: pytest.LogCaptureFixture) -> None:
    first = _machine("2026-11-20T04:59:00", every="1h", missed="skip")
    first.look()
    again = Machine(first.notes, first.known, "2026-11-20T07:30:00", every="1h", missed="skip")
    with caplog.at_level(logging.WARNING):
        assert again.look() == again.look() == []
    assert len(caplog.messages) == 1
    assert "3 moments passed" in caplog.messages[0]
    assert _moments(again.look("2026-11-20T08:00:01")) == ["2026-11-20T08:00:00+00:00"]


def test_a_year_of_standing_still_costs_nothing() -> None:
    first = _machine("2025-01-01T00:00:00", every="1s")
    first.look()
    again = Machine(first.notes, first.known, "2026-01-01T00:00:00", every="1s")
    assert len(again.look()) <= 61


def test_the_timetable_begins_when_the_route_first_runs() -> None:
    assert _machine("2026-11-20T05:00:30", cron="0 * * * *").look() == []


def test_a_clock_that_is_put_back_repeats_nothing_and_loses_nothing() -> None:
    machine = _machine("2026-11-20T04:59:00", every="1h")
    machine.look()
    machine.look("2027-11-20T05:00:01")  # a year ahead by mistake
    assert machine.look("2026-11-20T05:30:00") == []
    assert _moments(machine.look("2026-11-20T06:00:01")) == ["2026-11-20T06:00:00+00:00"]


def _day(cron: str, begin: str, end: str) -> list[str]:
    table = Timetable(SourceOptions.model_validate({"cron": cron, "timezone": BERLIN}))
    found = takewhile(lambda one: one < _utc(end), table.after(_utc(begin)))
    return [one.isoformat() for one in found]


SPRING = ("2026-03-28T22:59:59", "2026-03-29T21:59:59")  # 29 March 2026: 02:00 becomes 03:00
AUTUMN = ("2026-10-24T21:59:59", "2026-10-25T22:59:59")  # 25 October 2026: 03:00 becomes 02:00


def test_a_moment_in_the_hour_that_does_not_exist_comes_at_its_end() -> None:
    assert _day("30 2 * * *", *SPRING) == ["2026-03-29T03:00:00+02:00"]


def test_a_moment_in_the_hour_that_exists_twice_comes_once() -> None:
    assert _day("30 2 * * *", *AUTUMN) == ["2026-10-25T02:30:00+02:00"]


def test_two_moments_that_become_one_instant_come_once() -> None:
    assert _day("0 2,3 * * *", *SPRING) == ["2026-03-29T03:00:00+02:00"]


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)], ids=["spring", "autumn"])
def test_what_comes_every_hour_follows_the_real_time(day: tuple[str, str], hours: int) -> None:
    assert len(_day("0 * * * *", *day)) == hours


@settings(max_examples=40, deadline=None)
@given(
    minutes=st.integers(0, 60 * 24 * 365),
    cron=st.sampled_from(["30 2 * * *", "*/20 * * * *", "0 2,3 * * *", "0 6 * * 1-5", "15 1-3 * * SUN", "59 23 L * *"]),
)
def test_backwards_are_the_same_moments_as_forwards(minutes: int, cron: str) -> None:
    table = Timetable(SourceOptions.model_validate({"cron": cron, "timezone": BERLIN}))
    begin = _utc("2026-01-01T00:00:00") + timedelta(minutes=minutes)
    forward = list(islice(table.after(begin), 10))
    backward = list(takewhile(lambda one: one > begin, table.until(forward[-1])))
    assert [one.astimezone(UTC) for one in reversed(backward)] == [one.astimezone(UTC) for one in forward]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "either 'cron' or 'every'"),
        ({"cron": "0 6 * * *", "every": "1h"}, "either 'cron' or 'every'"),
        ({"cron": "0 6 * *"}, "five fields"),
        ({"cron": "0 0 6 * * *"}, "five fields"),
        ({"cron": "0 25 * * *"}, "bad hour"),
        ({"cron": "0 0 30 2 *"}, "bad day-of-month"),
        ({"cron": "0 6 * * *", "timezone": "Europe/Berln"}, "no time zone"),
        ({"cron": "0 6 * * *", "timezone": "../../etc/passwd"}, "no time zone"),
        ({"every": "10ms"}, "1s to"),
        ({"every": "1500ms"}, "whole seconds"),
        ({"every": "1h", "timezone": BERLIN}, "'timezone' goes with 'cron'"),
        ({"every": "1h", "bring": {"sequence": 1}}, "fills itself"),
    ],
)
def test_a_timetable_that_cannot_be_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SourceOptions.model_validate(options)
    assert words in str(caught.value)
