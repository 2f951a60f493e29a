"""Sources hand over, the journal makes it durable, and only then is a receipt settled."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count

import pytest
from tests.unit.runtime.conftest import Rig

from crossdock.bus.memory import MemoryBus
from crossdock.connector import Arrival, Verdict
from crossdock.errors import Finding, Halt, Retry
from crossdock.journal.contract import Entry
from crossdock.message import Inline
from crossdock.runtime.custody import Everything
from crossdock.runtime.intake import BATCH_ARRIVALS, FAILED_REST, Intake
from crossdock.runtime.pulse import Pulse
from crossdock.runtime.watches import Polled, Watch

ROUTE = "from:\n  file: {path: in}\nto:\n  - fake: {to: out}\n"


class FakeSource:
    """Brings what is put into ``ready``; ``log`` has what was settled, in order, with what the journal knew then."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.ready: list[Arrival] = []
        self.log: list[tuple[str, Verdict, int]] = []
        self.error: Exception | None = None
        self.heard: Callable[[], None] = lambda: None
        self.asked = 0
        self.closed = 0
        self.calm = True

    def poll(self) -> Iterator[Arrival]:
        if self.error:
            raise self.error
        for arrival in self.ready:
            self.asked += 1
            yield arrival

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        self.heard()
        self.log.append((arrival.identity, verdict, len(self.rig.items("r"))))

    def quiet(self) -> bool:
        return self.calm

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def source(rig: Rig) -> FakeSource:
    rig.start(r=ROUTE)
    return FakeSource(rig)


@pytest.fixture
def pulse() -> Pulse:
    return Pulse(1)


@pytest.fixture
def watch(rig: Rig, source: FakeSource) -> Watch:
    return Watch(route=rig.project.routes["r"], open=lambda: source, every=1.0)


@pytest.fixture
def intake(rig: Rig, watch: Watch, pulse: Pulse) -> Intake:
    return Intake(
        watches=[watch],
        open_journal=lambda: rig.journal,
        bus=MemoryBus(),
        new_id=rig.new_id,
        keep=1000.0,
        largest=1000,
        reach=lambda name: None,
        slot=pulse.slot(0),
    )


def arrivals(*names: str, findings: tuple[Finding, ...] = ()) -> list[Arrival]:
    return [Arrival(identity=name, payload=Inline(name.encode()), findings=findings) for name in names]


def test_a_receipt_is_settled_only_once_its_payload_is_recorded(
    source: FakeSource, intake: Intake, watch: Watch
) -> None:
    source.ready = arrivals("a", "b")
    assert intake.poll(watch) is Polled.SOMETHING
    assert source.log == [("a", Verdict.ACCEPTED, 2), ("b", Verdict.ACCEPTED, 2)]


def test_a_payload_larger_than_the_project_allows_is_refused_at_the_border(
    source: FakeSource, intake: Intake, watch: Watch
) -> None:
    source.ready = [*arrivals("a"), Arrival(identity="large", payload=Inline(b"x" * 1001))]
    intake.poll(watch)
    assert ("large", Verdict.REFUSED) in [(name, verdict) for name, verdict, _ in source.log]
    assert ("a", Verdict.ACCEPTED) in [(name, verdict) for name, verdict, _ in source.log]


def test_what_comes_again_is_a_duplicate_and_makes_no_work(
    rig: Rig, source: FakeSource, intake: Intake, watch: Watch
) -> None:
    source.ready = arrivals("a")
    intake.poll(watch)
    intake.poll(watch)
    assert [verdict for _, verdict, _ in source.log] == [Verdict.ACCEPTED, Verdict.DUPLICATE]
    assert len(rig.items("r")) == 1


def test_the_same_identity_from_another_route_is_another_arrival(rig: Rig, source: FakeSource, intake: Intake) -> None:
    rig.start(r=ROUTE, s=ROUTE.replace("path: in", "path: there"))
    source.ready = arrivals("a")
    for name in ("r", "s"):
        intake.poll(Watch(route=rig.project.routes[name], open=lambda: source, every=1.0))
    assert (len(rig.items("r")), len(rig.items("s"))) == (1, 1)


def test_what_is_refused_at_the_border_is_noted_and_its_neighbour_accepted(
    rig: Rig, source: FakeSource, intake: Intake, watch: Watch
) -> None:
    source.ready = [*arrivals("a", findings=(Finding(code="K201", message="empty"),)), *arrivals("b")]
    intake.poll(watch)
    assert [(name, verdict) for name, verdict, _ in source.log] == [("a", Verdict.REFUSED), ("b", Verdict.ACCEPTED)]
    assert len(rig.items("r")) == 1


def test_no_more_is_asked_for_than_a_batch_ahead(source: FakeSource, intake: Intake, watch: Watch) -> None:
    source.ready = arrivals(*(str(n) for n in range(BATCH_ARRIVALS + 1)))
    asked: list[int] = []
    source.heard = lambda: asked.append(source.asked)
    intake.poll(watch)
    assert asked[0] == BATCH_ARRIVALS


def test_large_payloads_are_not_gathered(source: FakeSource, intake: Intake, watch: Watch) -> None:
    source.ready = [Arrival(identity=name, payload=Inline(bytes(5_000_000))) for name in "abc"]
    asked: list[int] = []
    source.heard = lambda: asked.append(source.asked)
    intake.poll(watch)
    assert asked == [2, 2, 3]


def test_one_arrival_the_journal_cannot_take_fails_no_neighbour(
    rig: Rig, source: FakeSource, intake: Intake, watch: Watch
) -> None:
    real = rig.journal.accept

    def accept(entries: Sequence[Entry]) -> object:
        if any(entry.message.body == Inline(b"b") for entry in entries):
            raise Retry("E702", "the disk is full")
        return real(entries)

    rig.journal.accept = accept
    source.ready = arrivals("a", "b", "c")
    intake.poll(watch)
    assert [name for name, _, _ in source.log] == ["a", "c"]


def test_a_source_that_fails_is_told_and_asked_again_later(source: FakeSource, intake: Intake, watch: Watch) -> None:
    source.error = ZeroDivisionError("a defect")
    assert intake.poll(watch) is Polled.FAILED
    source.error, source.ready = None, arrivals("a")
    assert intake.poll(watch) is Polled.SOMETHING


def test_a_source_whose_configuration_is_wrong_is_not_asked_again(
    source: FakeSource, intake: Intake, watch: Watch
) -> None:
    source.error = Halt("X1", "no such user")
    turns = iter([False, False, False, False, True])
    intake.run(lambda: next(turns))
    assert (watch.due, watch.quiet) == (math.inf, math.inf)


def test_a_source_that_cannot_be_opened_is_told_and_tried_again(rig: Rig, intake: Intake, source: FakeSource) -> None:
    tries = []

    def open_() -> FakeSource:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("no such device")
        return source

    watch = Watch(route=rig.project.routes["r"], open=open_, every=1.0)
    assert intake.poll(watch) is Polled.FAILED
    assert intake.poll(watch) is Polled.NOTHING


def test_a_source_that_watches_something_unfinished_is_not_quiet(
    source: FakeSource, intake: Intake, watch: Watch
) -> None:
    assert intake.poll(watch) is Polled.NOTHING
    source.calm = False
    assert intake.poll(watch) is Polled.SOMETHING


def test_a_poll_ends_with_its_batch_when_intake_is_told_to_stop(
    source: FakeSource, intake: Intake, watch: Watch
) -> None:
    source.ready = arrivals(*(str(n) for n in range(3 * BATCH_ARRIVALS)))
    intake.poll(watch, lambda: True)
    assert len(source.log) == BATCH_ARRIVALS


def test_sources_are_closed_when_intake_leaves(source: FakeSource, intake: Intake, watch: Watch) -> None:
    intake.poll(watch)
    intake.run(lambda: True)
    assert source.closed == 1


class Hanging(FakeSource):
    """Its configuration is wrong, and whoever closes it waits."""

    def __init__(self, rig: Rig) -> None:
        super().__init__(rig)
        self.error = Halt("X1", "wrong")
        self.over = threading.Event()

    def close(self) -> None:
        self.over.wait(30)
        super().close()


def test_a_source_that_hangs_when_it_is_closed_holds_up_nobody(rig: Rig, source: FakeSource) -> None:
    bad, custody, polls, seconds = Hanging(rig), FakeCustody(), list[float](), count()
    source.heard = lambda: polls.append(0.0)
    source.ready = arrivals("a")
    intake = Intake(
        watches=[
            Watch(route=rig.project.routes["r"], open=lambda: bad, every=0.0),
            Watch(route=replace(rig.project.routes["r"], name="other"), open=lambda: source, every=0.0),
        ],
        open_journal=lambda: rig.journal,
        bus=MemoryBus(),
        new_id=rig.new_id,
        keep=1000.0,
        largest=1000,
        reach=lambda name: None,
        slot=Pulse(1).slot(0),
        custody=custody,
        monotonic=lambda: float(next(seconds)),
    )
    intake.run(lambda: len(polls) >= 5 or bool(bad.over.is_set()))
    assert len(polls) >= 5
    assert (source.closed, bad.closed) == (1, 0)
    assert {route for route, _ in custody.given_up} == {"r", "other"}
    bad.over.set()


def test_the_supervisor_hears_when_something_was_brought(
    source: FakeSource, intake: Intake, watch: Watch, pulse: Pulse
) -> None:
    source.ready = arrivals("a")
    assert pulse.read(0).brought == 0.0
    intake.poll(watch)
    assert pulse.read(0).brought > 0.0


def test_a_route_that_keeps_an_order_takes_its_arrivals_one_by_one(
    rig: Rig, source: FakeSource, intake: Intake
) -> None:
    rig.start(r=ROUTE.replace("to:\n", "steps:\n  - decode: lines\norder: {by: k}\nto:\n"))
    source.ready = [Arrival(identity=name, payload=Inline(b'{"k":"1"}')) for name in "ab"]
    intake.poll(Watch(route=rig.project.routes["r"], open=lambda: source, every=1.0))
    assert len(rig.journal.claim("r", owner="here/w", limit=10, lease=60)) == 1
    assert rig.states("r") == {"working": 1, "waiting": 1}


class FakeCustody(Everything):
    """Holds until it is told otherwise; notes what was given up."""

    def __init__(self) -> None:
        self.held = True
        self.given_up: list[tuple[str, float]] = []
        self.others = False

    def wants(self, route: str) -> bool:
        return self.held

    def holds(self, route: str) -> bool:
        return self.held

    def could_be_elsewhere(self, route: str) -> bool:
        return self.others

    def give_up(self, route: str, seconds: float = 0.0) -> None:
        self.given_up.append((route, seconds))


@pytest.fixture
def custody() -> FakeCustody:
    return FakeCustody()


@pytest.fixture
def custodian(rig: Rig, watch: Watch, pulse: Pulse, custody: FakeCustody) -> Intake:
    """An intake that may lose its source to another host."""
    return Intake(
        watches=[watch],
        open_journal=lambda: rig.journal,
        bus=MemoryBus(),
        new_id=rig.new_id,
        keep=1000.0,
        largest=1000,
        reach=lambda name: None,
        slot=pulse.slot(0),
        custody=custody,
    )


def turns(count: int) -> Callable[[], bool]:
    left = iter([False] * count + [True])
    return lambda: next(left)


def test_what_was_found_is_not_accepted_once_another_host_may_poll_the_source(
    rig: Rig, source: FakeSource, custodian: Intake, custody: FakeCustody, watch: Watch
) -> None:
    class Late(list[Arrival]):
        def __iter__(self) -> Iterator[Arrival]:
            yield from super().__iter__()
            custody.held = False  # while the last one was read

    source.ready = Late([*arrivals("a"), *arrivals("b", findings=(Finding(code="K201", message="empty"),))])
    custodian.poll(watch)
    assert (rig.items("r"), source.log) == ([], [])


def test_a_poll_ends_with_its_batch_when_its_source_is_wanted_elsewhere(
    source: FakeSource, custodian: Intake, custody: FakeCustody, watch: Watch
) -> None:
    source.ready = arrivals(*(str(n) for n in range(3 * BATCH_ARRIVALS)))

    def lose() -> None:
        custody.held = False

    source.heard = lose
    custodian.poll(watch)
    assert len(source.log) == BATCH_ARRIVALS


def test_a_source_that_is_another_hosts_now_is_closed_and_given_up(
    source: FakeSource, custodian: Intake, custody: FakeCustody, watch: Watch
) -> None:
    custodian.poll(watch)
    custody.held = False
    custodian.run(turns(1))
    assert (source.closed, custody.given_up[0]) == (1, ("r", 0.0))


def test_a_source_that_is_another_hosts_is_not_polled(
    source: FakeSource, custodian: Intake, custody: FakeCustody
) -> None:
    custody.held = False
    custodian.run(turns(3))
    assert source.closed == 0


def test_every_source_is_given_up_when_intake_leaves(custodian: Intake, custody: FakeCustody) -> None:
    custodian.run(turns(0))
    assert custody.given_up == [("r", 0.0)]


@pytest.mark.parametrize(("others", "given_up"), [(True, ("r", FAILED_REST)), (False, ("r", 0.0))])
def test_a_source_that_fails_here_is_left_to_others_where_there_are_any(
    source: FakeSource,
    custodian: Intake,
    custody: FakeCustody,
    watch: Watch,
    *,
    others: bool,
    given_up: tuple[str, float],
) -> None:
    custody.others = others
    source.error = Retry("X1", "no way there from here")
    custodian.run(lambda: watch.due > 0)
    assert custody.given_up[0] == given_up


def test_a_source_that_halts_here_is_given_up_for_good(
    source: FakeSource, custodian: Intake, custody: FakeCustody, watch: Watch
) -> None:
    source.error = Halt("X1", "no such user")
    custodian.run(lambda: watch.due > 0)
    assert custody.given_up[0] == ("r", math.inf)


def test_a_source_is_not_to_blame_for_a_journal_that_takes_nothing(
    rig: Rig, source: FakeSource, intake: Intake, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(entries: Sequence[Entry]) -> list[str]:
        raise Retry("E714", "the disk of the journal is full")

    monkeypatch.setattr(rig.journal, "accept", refuse)
    source.ready = arrivals("a")
    assert intake.poll(watch) is Polled.UNTAKEN
    assert source.log == []


def test_a_source_that_fails_is_asked_ever_more_rarely_until_it_answers(
    source: FakeSource, intake: Intake, watch: Watch
) -> None:
    source.error = Retry("X1", "no way there")
    polls = _polls(intake, watch, 2)
    assert watch.failures == 2
    assert polls[1] - polls[0] > 5.0
    source.error = None
    _polls(intake, watch, 1)
    assert watch.failures == 0


def _polls(intake: Intake, watch: Watch, times: int) -> list[float]:
    """For how long the source is left alone after each of so many polls."""
    pauses = []
    for _ in range(times):
        watch.due, done = 0.0, iter([False] * 200)

        def ended(done: Iterator[bool] = done) -> bool:
            return watch.due > 0 or next(done, True)

        intake.run(ended)
        pauses.append(watch.due - watch.begun)
    return pauses
