"""What every bus must do, as tests.

A bus passes when its subclass of ``BusSuite`` does:

    class TestMyBus(BusSuite):
        @pytest.fixture
        def bench(self) -> BusBench:
            ...

A bus is a hint: the suite asks that nobody sleeps through work and that losing every hint does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from crossdock.bus.contract import Bus, Hint

TIMEOUT = 30.0


@dataclass(slots=True)
class BusBench:
    """Two connections to one bus, in the hands of two processes.

    ``tell`` does what an engine does on the other side: commit work, then publish the hints. ``time`` are the seconds
    that passed for whoever waits; nothing in a test really sleeps.
    """

    here: Bus
    there: Bus
    tell: Callable[[list[Hint]], None]
    time: Callable[[], float]

    def wait(self, timeout: float = TIMEOUT, interrupt: Callable[[], bool] = lambda: False) -> list[Hint]:
        """Wait on this side."""
        return list(self.here.wait(timeout, interrupt))


def hint(number: int) -> Hint:
    """A hint at message ``number``."""
    return Hint(message=f"message {number}", queue="orders")


class BusSuite:
    """The whole contract of ``crossdock.bus.contract.Bus``."""

    @pytest.fixture(autouse=True)
    def closed(self, bench: BusBench) -> Iterator[None]:
        """Both sides can be closed after every test, and closed again."""
        yield
        for side in (bench.here, bench.there):
            side.close()
            side.close()

    def test_who_waits_is_woken_by_work(self, bench: BusBench) -> None:
        bench.tell([hint(1)])
        assert bench.wait() in ([hint(1)], [])
        assert bench.time() < TIMEOUT

    def test_work_told_while_somebody_waits_wakes_them(self, bench: BusBench) -> None:
        told = iter([True])

        def tell_at_the_second_look() -> bool:
            if next(told, False):
                bench.tell([hint(1)])
            return False

        bench.wait(interrupt=tell_at_the_second_look)
        assert bench.time() < TIMEOUT

    def test_work_told_between_two_waits_is_not_slept_through(self, bench: BusBench) -> None:
        bench.tell([hint(1)])
        bench.wait()
        bench.tell([hint(2)])
        assert bench.wait() in ([hint(2)], [])
        assert bench.time() < TIMEOUT

    def test_a_hint_is_given_once(self, bench: BusBench) -> None:
        bench.tell([hint(1)])
        bench.wait()
        assert bench.wait(timeout=0.5) == []

    def test_many_hints_wake_at_once_and_keep_their_order(self, bench: BusBench) -> None:
        hints = [hint(number) for number in range(1000)]
        bench.tell(hints)
        arrived = bench.wait()
        assert bench.time() < TIMEOUT
        while more := bench.wait(timeout=0.5):
            arrived += more
        assert arrived in (hints, [])

    def test_a_wait_ends_when_its_time_is_up(self, bench: BusBench) -> None:
        assert bench.wait(timeout=5.0) == []
        assert bench.time() <= 5.5

    def test_a_wait_of_no_time_returns_at_once(self, bench: BusBench) -> None:
        assert bench.wait(timeout=0.0) == []
        assert bench.time() == 0.0

    def test_an_interrupt_ends_a_wait(self, bench: BusBench) -> None:
        looks = iter([False, False, True])
        assert bench.wait(interrupt=lambda: next(looks, True)) == []
        assert bench.time() < 1.0

    def test_nothing_to_publish_is_nothing(self, bench: BusBench) -> None:
        bench.there.publish([])
        assert bench.wait(timeout=0.5) == []

    def test_losing_every_hint_does_no_harm(self, bench: BusBench) -> None:
        bench.tell([hint(1)])
        bench.there.close()
        bench.tell([hint(2)])
        bench.wait()
        assert bench.time() < TIMEOUT
