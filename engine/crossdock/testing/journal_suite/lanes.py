"""``order: {by}``: what shares a lane goes one after the other, in the order it came."""

from __future__ import annotations

import pytest

from crossdock.delivery.states import OPEN, Event, State
from crossdock.testing.journal_suite.bench import Bench, numbers


class Lanes:
    """Lanes of a queue."""

    def test_a_lane_gives_one_piece_at_a_time(self, bench: Bench) -> None:
        bench.arrive(1, 2, lane="acme")
        assert numbers(bench.take()) == [1]
        assert bench.take() == []

    def test_lanes_do_not_wait_for_each_other(self, bench: Bench) -> None:
        bench.arrive(1, 2, lane="acme")
        bench.arrive(3, 4, lane="brandt")
        bench.arrive(5, 6)
        assert numbers(bench.take()) == [1, 3, 5, 6]

    def test_the_same_lane_of_another_queue_is_another_lane(self, bench: Bench) -> None:
        bench.arrive(1, lane="acme")
        bench.arrive(2, lane="acme", queue="invoices")
        assert numbers([*bench.take(), *bench.take("invoices")]) == [1, 2]

    @pytest.mark.parametrize("state", list(State))
    def test_an_open_piece_keeps_its_lane_and_a_finished_one_frees_it(self, bench: Bench, state: State) -> None:
        bench.bring(state, 1, lane="acme")
        bench.arrive(2, lane="acme")
        expected = {State.WAITING: [1]}.get(state, [] if state in OPEN else [2])
        assert numbers(bench.take()) == expected

    def test_a_piece_that_waits_for_its_next_try_keeps_its_lane(self, bench: Bench) -> None:
        bench.arrive(1, 2, lane="acme")
        bench.settle(bench.take_one(), Event.RETRY, delay=10.0)
        assert bench.take() == []
        bench.clock.advance(10.0)
        assert numbers(bench.take()) == [1]

    @pytest.mark.parametrize("event", [Event.REJECT, Event.DISCARD])
    def test_giving_up_a_held_piece_frees_its_lane(self, bench: Bench, event: Event) -> None:
        row = bench.bring(State.HELD, 1, lane="acme")
        bench.arrive(2, lane="acme")
        assert bench.journal.decide(row, event, "enough")
        assert numbers(bench.take()) == [2]

    def test_a_replayed_piece_goes_before_what_came_after_it(self, bench: Bench) -> None:
        row = bench.bring(State.DEAD, 1, lane="acme")
        bench.arrive(2, lane="acme")
        bench.journal.decide(row, Event.RELEASE, None)
        assert numbers(bench.take()) == [1]
        assert bench.take() == []

    def test_priority_does_not_change_the_order_of_a_lane(self, bench: Bench) -> None:
        bench.arrive(1, lane="acme")
        bench.arrive(2, lane="acme", priority=9)
        assert numbers(bench.take()) == [1]
