"""The bus over LISTEN and NOTIFY passes the suite of all buses, and wakes nobody it need not."""

from __future__ import annotations

import select

import pytest

from crossdock.bus.notify import NotifyBus
from crossdock.errors import Retry
from crossdock.testing.bus_suite import BusBench, BusSuite, hint
from crossdock.testing.servers.postgres import PostgresAddress


class _Time:
    """Seconds that pass when nothing comes for a moment."""

    def __init__(self) -> None:
        self.passed = 0.0

    def monotonic(self) -> float:
        return self.passed

    def readable(self, descriptor: int, seconds: float) -> None:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        if not poll.poll(50):
            self.passed += seconds


@pytest.fixture(scope="module")
def url(postgres: PostgresAddress) -> str:
    return postgres.fresh()


class TestNotifyBus(BusSuite):
    @pytest.fixture
    def bench(self, url: str) -> BusBench:
        time = _Time()
        here, there = (NotifyBus(url, time.monotonic, time.readable) for _ in range(2))
        for side in (here, there):
            side.wait(0.0, lambda: True)
        return BusBench(here, there, there.publish, time.monotonic)


def test_nobody_is_woken_by_what_it_published_itself(url: str) -> None:
    time = _Time()
    bus = NotifyBus(url, time.monotonic, time.readable)
    bus.wait(0.0, lambda: True)
    bus.publish([hint(1)])
    bus.wait(0.5, lambda: False)
    assert time.passed >= 0.5
    bus.close()


def test_the_first_wait_looks_in_the_journal_because_nobody_listened_before(url: str) -> None:
    time = _Time()
    bus = NotifyBus(url, time.monotonic, time.readable)
    assert bus.wait(30.0, lambda: False) == ()
    assert time.passed == 0.0
    bus.close()


def test_projects_that_share_a_database_do_not_wake_each_other(url: str) -> None:
    time = _Time()
    ours = NotifyBus(f"{url}?schema=ours", time.monotonic, time.readable)
    theirs = NotifyBus(f"{url}?schema=theirs")
    ours.wait(0.0, lambda: True)
    theirs.publish([hint(1)])
    ours.wait(0.5, lambda: False)
    assert time.passed >= 0.5
    for bus in (ours, theirs):
        bus.close()


def test_a_bus_whose_server_went_away_says_so_and_comes_back(url: str, postgres: PostgresAddress) -> None:
    bus = NotifyBus(url)
    bus.wait(0.0, lambda: True)
    postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    with pytest.raises(Retry) as refused:
        bus.wait(5.0, lambda: False)
    assert refused.value.code == "E731"
    bus.wait(0.0, lambda: True)
    bus.publish([hint(1)])
    bus.close()
