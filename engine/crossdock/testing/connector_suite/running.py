"""The connector inside a real run: real journal, real processes, kill -9 between any two things it does."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from crossdock.connector import Effect
from crossdock.delivery.states import State
from crossdock.testing.connector_suite.enduring import proxy_of
from crossdock.testing.connector_suite.ground import Ground, OverTcp, ShowsWaiting, SinkGround, SourceGround
from crossdock.testing.connector_suite.project import SuiteProject
from crossdock.testing.connector_suite.suite import Suite, needs, of_effect

_TOLD = {"at", "level", "from", "text"}
STOP = 20.0  # seconds within which a run that is asked to stop has stopped, on a busy machine
_CONFIRMED = (Effect.KEYED, Effect.TRANSACTIONAL)


class Running(Suite):
    """A project, and at its end no secret in its journal and its logs."""

    @pytest.fixture
    def project(self, ground: Ground) -> Iterator[SuiteProject]:
        """The project, without a route yet."""
        made = SuiteProject(ground)
        yield made
        made.close()
        assert made.files_with(ground.secrets) == [], "a secret lies where it does not belong"
        assert all(line.keys() >= _TOLD for line in made.told()), "every line of the log is JSON, and says who and what"


class RunningSourceSuite(Running):
    """A source in a run. Every thing must come out under one key, whatever was killed."""

    @pytest.mark.parametrize(
        "point", ["accept.before_commit", "accept.after_commit", "intake.before_settle", "intake.after_settle"]
    )
    def test_killed_between_read_and_settle_it_loses_nothing_and_doubles_nothing(
        self, ground: SourceGround, project: SuiteProject, point: str
    ) -> None:
        self._put(ground, 3)
        project.reads(ground.options())
        project.dies_at(point)
        self._judge(project, 3)
        assert project.states().keys() <= {"delivered"}

    def test_poison_is_parked_with_its_attempts_which_survive_a_restart_and_replay_is_no_duplicate(
        self, ground: SourceGround, project: SuiteProject
    ) -> None:
        ground.put("a0", b"thing 0")
        ground.put("p1", b"poison")
        project.reads(ground.options())
        project.finish()
        assert project.ledger() == [(key, _hash(b"thing 0")) for key, _ in project.ledger()]
        (parked,) = project.dead()
        assert parked.attempts == 2
        (project.root / "mended").touch()
        project.replay(parked)
        project.finish()
        assert Counter(one for _, one in project.ledger()) == Counter([_hash(b"thing 0"), _hash(b"poison")])

    def test_stopped_in_the_middle_it_drains_in_time_and_goes_on_where_it_was(
        self, ground: SourceGround, project: SuiteProject
    ) -> None:
        self._put(ground, 30)
        project.reads(ground.options())
        project.host.start()
        project.until(lambda: bool(project.ledger()))
        begun = time.monotonic()
        assert project.host.stop() == 0, project.log()
        assert time.monotonic() - begun < STOP
        self._put(ground, 10, first=30)
        project.finish()
        self._judge(project, 40)

    @needs(ShowsWaiting)
    def test_disabled_removed_or_merely_checked_it_takes_nothing(
        self, ground: SourceGround, project: SuiteProject
    ) -> None:
        assert isinstance(ground, ShowsWaiting)
        self._put(ground, 1)
        project.reads(ground.options(), enabled=False)
        project.look()
        project.finish()
        project.removed()
        project.finish()
        assert (project.ledger(), ground.waiting()) == ([], 1)
        project.reads(ground.options())
        project.finish()
        self._judge(project, 1)

    @needs(OverTcp)
    def test_a_server_that_goes_away_and_comes_back_is_read_on(
        self, ground: SourceGround, project: SuiteProject
    ) -> None:
        proxy = proxy_of(ground)
        self._put(ground, 5)
        project.reads(ground.options())
        project.host.start()
        project.until(lambda: len(project.ledger()) == 5)
        proxy.cut()
        self._put(ground, 5, first=5)
        time.sleep(0.5)
        proxy.heal()
        project.until(lambda: len(project.ledger()) == 10)
        assert project.host.stop() == 0
        self._judge(project, 10)

    def _put(self, ground: SourceGround, count: int, first: int = 0) -> None:
        for number in range(first, first + count):
            ground.put(f"a{number}", b"thing %d" % number)

    def _judge(self, project: SuiteProject, count: int) -> None:
        """Each under one key, none under two."""
        found = Counter(one for _, one in project.ledger())
        assert found == Counter(_hash(b"thing %d" % number) for number in range(count)), project.log()


class RunningSinkSuite(Running):
    """A sink in a run. Effects are counted at the counterpart."""

    @of_effect(Effect.PROVABLE)
    @pytest.mark.parametrize("point", ["sink.after_stage", "sink.before_finish", "sink.after_finish"])
    def test_killed_between_stage_and_done_there_is_one_effect(
        self, ground: SinkGround, project: SuiteProject, point: str
    ) -> None:
        self._killed(ground, project, point)
        assert self._effects(ground, 3) == [1, 1, 1], project.log()
        assert project.states().keys() <= {"delivered"}

    @of_effect(*_CONFIRMED)
    @pytest.mark.parametrize("point", ["sink.before_send", "sink.after_send"])
    def test_killed_between_publish_and_confirm_there_is_one_effect(
        self, ground: SinkGround, project: SuiteProject, point: str
    ) -> None:
        self._killed(ground, project, point)
        assert self._effects(ground, 3) == [1, 1, 1], project.log()
        assert project.states().keys() <= {"delivered"}

    @of_effect(Effect.OPAQUE)
    @pytest.mark.parametrize("point", ["sink.before_send", "sink.after_send"])
    def test_killed_while_it_sends_what_is_unclear_is_in_doubt_and_never_repeated(
        self, ground: SinkGround, project: SuiteProject, point: str
    ) -> None:
        self._killed(ground, project, point)
        states = project.states()
        assert states[State.DOUBT] > 0, states
        assert set(self._effects(ground, 0)) <= {1}

    @needs(OverTcp)
    def test_what_waits_for_a_server_that_is_away_is_delivered_when_it_is_back(
        self, ground: SinkGround, project: SuiteProject
    ) -> None:
        proxy = proxy_of(ground)
        project.writes(ground.options())
        proxy.cut()
        for number in range(3):
            project.drop(number)
        project.host.start()
        project.until(lambda: not list((project.root / "suite-inbox").glob("*.json")))
        time.sleep(0.5)
        assert self._effects(ground, 0) == []
        proxy.heal()
        project.until(lambda: len(self._effects(ground, 0)) == 3)
        assert project.host.stop() == 0
        assert self._effects(ground, 3) == [1, 1, 1], project.log()

    def test_checked_or_tested_it_delivers_nothing(self, ground: SinkGround, project: SuiteProject) -> None:
        project.writes(ground.options())
        project.drop(1)
        project.look()
        assert self._effects(ground, 0) == []

    def _killed(self, ground: SinkGround, project: SuiteProject, point: str) -> None:
        project.writes(ground.options())
        for number in range(3):
            project.drop(number)
        project.dies_at(point)

    def _effects(self, ground: SinkGround, wanted: int) -> list[int]:
        """How often each key took effect."""
        end = time.monotonic() + ground.patience
        while len(found := Counter(one.key for one in ground.arrived())) < wanted and time.monotonic() < end:
            time.sleep(0.02)
        return sorted(found.values())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
