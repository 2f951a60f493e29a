"""Who gets which work, and in what order."""

from __future__ import annotations

from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Post
from crossdock.testing.journal_suite.bench import QUEUE, Bench, arrival, numbers


class Claiming:
    """``ready``, ``backlog``, ``claim``, ``stop_queue`` and ``start_queues``."""

    def test_claimed_work_is_in_hand(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        assert (work.queue, work.attempt, work.crashes, work.progress, work.phase) == (QUEUE, 1, 0, 0, None)
        assert bench.state(1) is State.WORKING

    def test_what_is_in_hand_is_not_claimed_again(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        assert numbers(bench.take(limit=1)) == [1]
        assert numbers(bench.take()) == [2]
        assert bench.take() == []

    def test_every_claim_has_a_token_of_its_own(self, bench: Bench) -> None:
        bench.arrive(1, 2, 3)
        first, second = bench.take(limit=1), bench.take(limit=2)
        assert len({work.token for work in (*first, *second)}) == 2

    def test_work_comes_as_it_came(self, bench: Bench) -> None:
        bench.arrive(3, 1, 2)
        assert numbers(bench.take()) == [3, 1, 2]

    def test_higher_priority_comes_first(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.arrive(2, priority=5)
        bench.arrive(3, priority=-5)
        bench.arrive(4, priority=5)
        assert numbers(bench.take()) == [2, 4, 1, 3]

    def test_work_that_has_been_due_for_longer_comes_first(self, bench: Bench) -> None:
        bench.arrive(1, 2, 3)
        for work, wait in zip(bench.take(), (30.0, 10.0, 20.0), strict=True):
            bench.settle(work, Event.RETRY, delay=wait)
        bench.clock.advance(60.0)
        assert numbers(bench.take()) == [2, 3, 1]

    def test_what_is_due_again_is_not_starved_by_what_is_new(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.settle(bench.take_one(), Event.RETRY, delay=10.0)
        bench.arrive(2, 3)
        bench.clock.advance(20.0)
        assert numbers(bench.take(limit=2)) == [1, 2]

    def test_no_more_than_the_limit_is_claimed(self, bench: Bench) -> None:
        bench.arrive(1, 2, 3)
        assert numbers(bench.take(limit=2)) == [1, 2]

    def test_work_that_is_not_due_stays(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.settle(bench.take_one(), Event.RETRY, delay=10.0)
        assert (bench.journal.ready(), bench.take()) == ([], [])
        bench.clock.advance(9.9)
        assert (bench.journal.ready(), bench.take()) == ([], [])
        bench.clock.advance(0.1)
        assert bench.journal.ready() == [QUEUE]
        assert numbers(bench.take()) == [1]

    def test_a_queue_that_does_not_exist_has_no_work(self, bench: Bench) -> None:
        assert bench.take("nowhere") == []
        assert bench.journal.backlog("nowhere", 10) == (0, 0.0)
        assert bench.journal.audit().sums == ()

    def test_ready_names_the_queues_with_work_due(self, bench: Bench) -> None:
        bench.journal.accept([arrival(1, Post(queue="a"), Post(queue="b"))])
        bench.take("a")
        assert bench.journal.ready() == ["b"]

    def test_nothing_comes_from_a_stopped_queue(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.journal.stop_queue(QUEUE, "its host name is wrong")
        assert (bench.journal.ready(), bench.take()) == ([], [])
        assert bench.journal.stopped() == {QUEUE: "its host name is wrong"}

    def test_other_queues_go_on_when_one_is_stopped(self, bench: Bench) -> None:
        bench.journal.accept([arrival(1, Post(queue="a"), Post(queue="b"))])
        bench.journal.stop_queue("a", "no")
        assert bench.journal.ready() == ["b"]
        assert numbers(bench.take("b")) == [1]

    def test_a_queue_can_be_stopped_before_it_has_work(self, bench: Bench) -> None:
        bench.journal.stop_queue(QUEUE, "no")
        bench.arrive(1)
        assert bench.take() == []

    def test_all_queues_start_again(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.journal.stop_queue(QUEUE, "no")
        bench.journal.start_queues()
        assert bench.journal.stopped() == {}
        assert numbers(bench.take()) == [1]

    def test_work_in_hand_may_be_settled_while_its_queue_is_stopped(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        bench.journal.stop_queue(QUEUE, "no")
        assert bench.settle(work, Event.DELIVER)

    def test_backlog_counts_what_is_due_up_to_a_limit(self, bench: Bench) -> None:
        bench.arrive(1, 2, 3)
        bench.settle(bench.take_one(), Event.RETRY, delay=1000.0)
        assert bench.journal.backlog(QUEUE, 100)[0] == 2
        assert bench.journal.backlog(QUEUE, 1)[0] == 1

    def test_backlog_tells_how_long_the_oldest_has_been_due(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.clock.advance(7.0)
        bench.arrive(2)
        bench.clock.advance(5.0)
        assert bench.journal.backlog(QUEUE, 10) == (2, 12.0)
        bench.settle(bench.take_one(), Event.RETRY, delay=10.0)
        bench.clock.advance(11.0)
        assert bench.journal.backlog(QUEUE, 10) == (2, 16.0)

    def test_nothing_due_has_waited_for_no_time(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.take()
        bench.clock.advance(5.0)
        assert bench.journal.backlog(QUEUE, 10) == (0, 0.0)
