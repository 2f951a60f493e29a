"""Leases: who holds work, for how long, and what happens when they do not come back."""

from __future__ import annotations

import pytest

from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Child, Phase, Result
from crossdock.testing.journal_suite.bench import LEASE, Bench, delivered, id_of, numbers, part


class Leasing:
    """``renew``, ``give_back``, and what a worker can do that lost its lease."""

    def test_a_lease_that_ran_out_is_given_back(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.take(lease=LEASE)
        bench.clock.advance(LEASE)
        assert bench.journal.give_back(crashed=True) == 0
        bench.clock.advance(0.5)
        assert bench.journal.give_back(crashed=True) == 1
        assert bench.state(1) is State.WAITING

    def test_a_renewed_lease_lives_on(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        works = bench.take(lease=LEASE)
        bench.clock.advance(LEASE - 1.0)
        bench.journal.renew(works[:1], LEASE)
        bench.clock.advance(LEASE - 1.0)
        assert bench.journal.give_back(crashed=True) == 0

    def test_renewing_what_was_lost_brings_nothing_back(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        bench.journal.give_back(owner="host", crashed=True)
        bench.journal.renew([work], LEASE)
        assert bench.state(1) is State.WAITING

    @pytest.mark.parametrize("hours", [1, -1, 24 * 365])
    def test_the_wall_clock_steals_no_lease_and_keeps_none_alive(self, bench: Bench, hours: int) -> None:
        bench.arrive(1)
        bench.take(lease=LEASE)
        bench.clock.set_wall(hours * 3600.0)
        assert bench.journal.give_back(crashed=True) == 0
        bench.clock.advance(LEASE + 1.0)
        assert bench.journal.give_back(crashed=True) == 1

    def test_an_owner_gives_back_what_it_holds_and_nothing_else(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        bench.take(owner="host/1", limit=1)
        bench.take(owner="host/10", limit=1)
        assert bench.journal.give_back(owner="host/1", crashed=False) == 1
        assert (bench.state(1), bench.state(2)) == (State.WAITING, State.WORKING)

    def test_a_host_covers_its_workers_and_no_other_host(self, bench: Bench) -> None:
        bench.arrive(1, 2, 3, 4)
        for owner in ("host", "host/1", "host2/1", "h%st/1"):
            bench.take(owner=owner, limit=1)
        assert bench.journal.give_back(owner="host", crashed=True) == 2
        assert bench.journal.give_back(owner="h%st", crashed=True) == 1
        assert bench.state(3) is State.WORKING

    def test_giving_back_twice_gives_back_once(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        bench.take()
        assert bench.journal.give_back(owner="host", crashed=True) == 2
        assert bench.journal.give_back(owner="host", crashed=True) == 0

    def test_work_that_is_given_back_is_due_at_once_and_spent_no_attempt(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.take()
        bench.journal.give_back(owner="host", crashed=False)
        work = bench.take_one()
        assert (work.attempt, work.crashes) == (1, 0)

    def test_a_crash_is_counted_and_costs_an_attempt(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.take()
        bench.journal.give_back(owner="host", crashed=True)
        work = bench.take_one()
        assert (work.attempt, work.crashes) == (2, 1)

    def test_what_was_in_hand_at_a_crash_comes_alone(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        bench.take()
        bench.journal.give_back(owner="host", crashed=True)
        bench.arrive(3, 4)
        assert [numbers(bench.take()) for _ in range(4)] == [[1], [2], [3, 4], []]

    def test_crashed_work_comes_in_its_turn_however_much_is_waiting(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.take()
        bench.journal.give_back(owner="host", crashed=True)
        bench.arrive(*range(2, 12))
        assert numbers(bench.take(limit=5)) == [1]

    def test_fresh_work_of_higher_priority_does_not_take_crashed_work_with_it(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.take()
        bench.journal.give_back(owner="host", crashed=True)
        bench.arrive(2, priority=1)
        bench.arrive(3)
        assert [numbers(bench.take()) for _ in range(2)] == [[2, 3], [1]]

    def test_crashes_are_forgotten_when_parts_were_committed(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.take()
        bench.journal.give_back(owner="host", crashed=True)
        bench.commit(bench.take_one(), None, progress=0)
        assert bench.item(1).crashes == 0

    def test_crashes_are_forgotten_when_an_attempt_ended_by_itself(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.take()
        bench.journal.give_back(owner="host", crashed=True)
        bench.settle(bench.take_one(), Event.RETRY)
        bench.arrive(2)
        assert [(work.crashes, number) for work in bench.take() for number in numbers([work])] == [(0, 1), (0, 2)]

    def test_crashes_are_not_forgotten_when_work_is_put_back(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.take()
        bench.journal.give_back(owner="host", crashed=True)
        bench.settle(bench.take_one(), Event.RETURN)
        assert bench.take_one().crashes == 1

    def test_a_late_settle_changes_nothing(self, bench: Bench) -> None:
        bench.arrive(1)
        late = bench.take_one()
        bench.journal.give_back(owner="host", crashed=True)
        child = part(late.message, 1)
        outcome = delivered(keys=["PO-1"])
        assert bench.commit(late, outcome, Child(message=child, outcome=delivered()), progress=1) is False
        assert bench.state(1) is State.WAITING
        assert bench.journal.message(child.id) is None
        assert bench.journal.named("PO-1", 10) == []

    def test_a_late_settle_does_not_settle_the_next_holders_work(self, bench: Bench) -> None:
        bench.arrive(1)
        late = bench.take_one()
        bench.journal.give_back(owner="host", crashed=True)
        now = bench.take_one()
        assert bench.settle(late, Event.REJECT) is False
        assert bench.settle(now, Event.DELIVER) is True
        assert bench.state(1) is State.DELIVERED

    def test_a_lost_result_does_not_harm_the_others_of_its_batch(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        works = [bench.take_one(owner="a"), bench.take_one(owner="b")]
        bench.journal.give_back(owner="a", crashed=True)
        results = [Result(work=work, outcome=delivered()) for work in works]
        assert bench.journal.commit(results) == [False, True]

    def test_a_lease_that_ran_out_still_holds_until_somebody_takes_it_back(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one(lease=1.0)
        bench.clock.advance(100.0)
        assert bench.settle(work, Event.DELIVER)

    def test_a_phase_is_not_recorded_for_a_lost_lease(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        lost = bench.take_one(owner="a")
        held = bench.take_one(owner="b")
        bench.journal.give_back(owner="a", crashed=False)
        assert bench.journal.advance([lost, held], Phase.STAGED, ["p1", "p2"]) == [None, held]
        assert bench.item(id_of(1)).phase is None
        assert bench.item(id_of(2)).phase is Phase.STAGED

    def test_a_phase_is_not_recorded_on_work_that_somebody_else_has_now(self, bench: Bench) -> None:
        bench.arrive(1)
        lost = bench.take_one(owner="a")
        bench.journal.give_back(owner="a", crashed=True)
        bench.take_one(owner="b")
        assert bench.journal.advance([lost], Phase.SENDING, [None]) == [None]
        assert bench.item(1).phase is None
