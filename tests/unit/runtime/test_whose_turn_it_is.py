"""Which sources are polled at a moment: those that hang give their place back, those that failed share half of them."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from tests.unit.runtime.conftest import Rig

from crossdock.connector import Source
from crossdock.runtime import watches
from crossdock.runtime.watches import LONGEST_PAUSE, PATIENCE, PLACES, SPREAD, SUSPECTS, Places, Polled, Watch

NOW = 1000.0


@pytest.fixture
def rig(rig: Rig) -> Rig:
    rig.start(r="from:\n  file: {path: in}\nto:\n  - fake: {to: out}\n")
    return rig


def _watch(rig: Rig, *, failures: int = 0, slow: bool = False, for_seconds: float | None = None) -> Watch:
    watch = Watch(route=rig.project.routes["r"], open=_never, every=1.0, failures=failures, slow=slow)
    if for_seconds is not None:
        watch.poll, watch.stirred = Future[Polled](), NOW - for_seconds
    return watch


def _never() -> Source:
    raise AssertionError


def _free(polling: list[Watch], asking: Watch) -> int:
    places = Places(polling, NOW)
    return sum(places.take(asking) for _ in range(2 * PLACES))


def test_as_many_are_polled_at_once_as_there_are_places(rig: Rig) -> None:
    assert _free([], _watch(rig)) == PLACES
    assert _free([_watch(rig, for_seconds=1.0) for _ in range(10)], _watch(rig)) == PLACES - 10


def test_a_poll_that_hangs_gives_its_place_back(rig: Rig) -> None:
    hanging = [_watch(rig, for_seconds=PATIENCE) for _ in range(5 * PLACES)]
    assert _free(hanging, _watch(rig)) == PLACES


def test_those_that_failed_or_hung_the_last_time_share_half_of_the_places(rig: Rig) -> None:
    assert _free([], _watch(rig, failures=1)) == SUSPECTS
    assert _free([_watch(rig, slow=True, for_seconds=1.0) for _ in range(SUSPECTS)], _watch(rig, failures=3)) == 0
    assert _free([_watch(rig, slow=True, for_seconds=1.0) for _ in range(SUSPECTS)], _watch(rig)) == PLACES - SUSPECTS


def test_threads_have_an_end(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches, "THREADS", 7)
    assert _free([_watch(rig, for_seconds=3600.0) for _ in range(5)], _watch(rig)) == 2


def test_a_poll_that_has_ended_does_not_hang(rig: Rig) -> None:
    watch = _watch(rig, for_seconds=3600.0)
    assert watch.hangs(NOW)
    assert watch.poll is not None
    watch.poll.set_result(Polled.NOTHING)
    assert not watch.hangs(NOW)


def test_who_fails_is_asked_ever_more_rarely_at_moments_that_chance_spreads(rig: Rig) -> None:
    pauses = [_watch(rig, failures=failures).pause(0.0) for failures in (1, 2, 3, 4, 5, 50)]
    assert pauses == [10.0, 20.0, 40.0, 80.0, LONGEST_PAUSE, LONGEST_PAUSE]
    assert _watch(rig, failures=1).pause(1.0) == 10.0 * (1 - SPREAD)
