"""A source that brings nothing for too long: told once for each gap, over with the next arrival."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.unit.runtime.conftest import Rig

from crossdock.bus.memory import MemoryBus
from crossdock.connector import Arrival, Verdict
from crossdock.errors import ConfigError
from crossdock.message import Inline, read_all
from crossdock.runtime.expected import Expected, Standing, standings
from crossdock.runtime.intake import Intake
from crossdock.runtime.pulse import Pulse
from crossdock.runtime.subscriptions import Subscriptions
from crossdock.runtime.watches import Watch

ROUTE = "from:\n  file: {path: in}\n  expect: {within: 1h}\nto:\n  - fake: {to: out}\n"
ALARM = "from: {topic: crossdock.overdue.*}\nto:\n  - fake: {to: alarms}\n"


class Brings:
    """A source that brings what it is told to."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def poll(self) -> Iterator[Arrival]:
        yield from (Arrival(identity=name, payload=Inline(b"x")) for name in self.names)

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """It stays where it is, and comes again."""

    def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def source() -> Brings:
    return Brings()


def _bring(rig: Rig, source: Brings, *names: str) -> None:
    source.names = list(names)
    intake = Intake(
        watches=[],
        open_journal=lambda: rig.journal,
        bus=MemoryBus(),
        new_id=rig.new_id,
        keep=1e6,
        largest=1000,
        reach=lambda name: None,
        slot=Pulse(1).slot(0),
        now=rig.clock.now,
    )
    intake.poll(Watch(route=rig.project.routes["r"], open=lambda: source, every=1.0))


def _look(rig: Rig) -> list[Standing]:
    routes = rig.project.routes.values()
    Expected(routes, Subscriptions(routes), rig.new_id, rig.clock.now).look(rig.journal)
    return standings(routes, rig.journal, rig.clock.now())


def _alarms(rig: Rig) -> list[dict[str, str]]:
    return [json.loads(read_all(item.message.body)) for item in rig.items("alarm")]


def test_what_does_not_come_in_time_is_told_once(rig: Rig, source: Brings) -> None:
    rig.start(r=ROUTE, alarm=ALARM)
    _bring(rig, source, "a")
    rig.clock.advance(3599)
    assert [one.overdue for one in _look(rig)] == [False]
    rig.clock.advance(1)
    for _ in range(3):
        assert [one.overdue for one in _look(rig)] == [True]
        rig.clock.advance(7200)
    (alarm,) = _alarms(rig)
    assert (alarm["route"], alarm["state"]) == ("r", "overdue")
    assert "expected by" in alarm["reason"]
    assert rig.balanced()


def test_an_arrival_ends_it_and_the_next_gap_is_told_anew(rig: Rig, source: Brings) -> None:
    rig.start(r=ROUTE, alarm=ALARM)
    _bring(rig, source, "a")
    rig.clock.advance(4000)
    _look(rig)
    _bring(rig, source, "b")
    assert [one.overdue for one in _look(rig)] == [False]
    rig.clock.advance(4000)
    _look(rig)
    assert len(_alarms(rig)) == 2


def test_what_came_before_and_comes_again_is_nothing_new(rig: Rig, source: Brings) -> None:
    rig.start(r=ROUTE, alarm=ALARM)
    _bring(rig, source, "a")
    rig.clock.advance(3500)
    _bring(rig, source, "a")
    rig.clock.advance(200)
    assert [one.overdue for one in _look(rig)] == [True]


def test_a_source_that_never_brought_anything_is_overdue_from_when_it_was_first_watched(rig: Rig) -> None:
    rig.start(r=ROUTE, alarm=ALARM)
    _look(rig)
    rig.clock.advance(3599)
    assert _look(rig)[0].overdue is False
    rig.clock.advance(2)
    assert (_look(rig)[0].overdue, _look(rig)[0].last) == (True, None)
    assert "none ever came" in _alarms(rig)[0]["reason"]


def test_where_nobody_reads_the_topic_it_is_noted_all_the_same(rig: Rig) -> None:
    rig.start(r=ROUTE)
    _look(rig)
    rig.clock.advance(4000)
    assert [one.overdue for one in _look(rig)] == [True]
    assert rig.balanced()


def test_a_route_that_is_switched_off_expects_nothing(rig: Rig) -> None:
    rig.start(r=f"enabled: false\n{ROUTE}")
    assert _look(rig) == []


@pytest.mark.parametrize(
    ("last", "due"),
    [
        ("2026-11-20T05:50:00", "2026-11-23T06:00:00"),  # a Friday: Monday's is next
        ("2026-11-20T06:10:00", "2026-11-24T06:00:00"),  # late for Friday's: it is Monday's
        ("2026-11-23T05:59:59", "2026-11-24T06:00:00"),
    ],
)
def test_a_timetable_says_by_when_it_comes_again(rig: Rig, last: str, due: str) -> None:
    rig.start(r=ROUTE.replace("within: 1h", 'by: "0 6 * * 1-5"'))
    expectation = rig.project.routes["r"].expectation
    assert expectation is not None
    assert expectation.due(_seconds(last)) == _seconds(due)


def test_a_timetable_is_read_in_its_time_zone(rig: Rig) -> None:
    rig.start(r=ROUTE.replace("within: 1h", 'by: "0 6 * * *", timezone: Europe/Berlin'))
    expectation = rig.project.routes["r"].expectation
    assert expectation is not None
    assert expectation.due(_seconds("2026-07-01T03:00:00")) == _seconds("2026-07-02T04:00:00")


@pytest.mark.parametrize(
    "expect",
    ["{}", "{within: 1h, by: '0 6 * * *'}", "{within: soon}", "{by: '0 6 * *'}", "{by: '0 6 31 2 *'}", "{till: 1h}"],
)
def test_an_expectation_that_means_nothing_is_found_by_check(rig: Rig, expect: str) -> None:
    with pytest.raises(ConfigError):
        rig.start(r=ROUTE.replace("{within: 1h}", expect))


def test_a_topic_is_not_expected_to_bring_anything(rig: Rig) -> None:
    with pytest.raises(ConfigError, match="R101"):
        rig.start(r="from: {topic: t, expect: {within: 1h}}\nto:\n  - fake: {to: out}\n")


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
