"""Groups: what was sent as one effect comes again as one, whole and alone, until it is done with."""

from __future__ import annotations

import pytest

from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Phase, Post, Work
from crossdock.testing.journal_suite.bench import QUEUE, Bench, arrival, id_of, numbers


class Grouping:
    """``Phase.GROUPED``."""

    def test_a_group_comes_again_whole_and_alone(self, bench: Bench) -> None:
        works = _grouped(bench, 1, 2)
        bench.arrive(3)
        _all(bench, works, Event.RETRY)
        again = bench.take()
        assert numbers(again) == [1, 2]
        assert [(work.phase, work.proof) for work in again] == [(Phase.GROUPED, "key")] * 2
        assert numbers(bench.take()) == [3]

    def test_a_group_is_larger_than_the_limit_rather_than_torn(self, bench: Bench) -> None:
        _all(bench, _grouped(bench, 1, 2, 3), Event.RETRY)
        assert numbers(bench.take(limit=1)) == [1, 2, 3]

    def test_a_group_is_whole_after_a_crash_too(self, bench: Bench) -> None:
        _grouped(bench, 1, 2)
        bench.journal.give_back(owner="host", crashed=True)
        again = bench.take()
        assert [(number, work.crashes) for number, work in zip(numbers(again), again, strict=True)] == [(1, 1), (2, 1)]

    def test_members_come_with_the_first_of_them_that_is_due(self, bench: Bench) -> None:
        one, two = _grouped(bench, 1, 2)
        bench.settle(one, Event.RETRY, delay=10.0)
        bench.settle(two, Event.RETRY, delay=1000.0)
        assert bench.take() == []
        bench.clock.advance(10.0)
        assert numbers(bench.take()) == [1, 2]

    def test_groups_are_told_apart_by_key_and_queue(self, bench: Bench) -> None:
        bench.journal.accept([arrival(number, Post(queue=QUEUE), Post(queue="crm")) for number in (1, 2)])
        first, second = bench.take()
        third, _ = bench.take("crm")
        bench.journal.advance([first, second, third], Phase.GROUPED, ["a", "b", "a"])
        bench.journal.give_back(owner="host", crashed=False)
        assert [numbers(bench.take()) for _ in range(3)] == [[1], [2], []]
        assert [numbers(bench.take("crm")) for _ in range(2)] == [[1], [2]]

    def test_a_group_that_was_delivered_is_none_any_more(self, bench: Bench) -> None:
        works = _grouped(bench, 1, 2)
        _all(bench, works, Event.DELIVER)
        assert [bench.item(number).phase for number in (1, 2)] == [None, None]

    @pytest.mark.parametrize("state", [State.DEAD, State.HELD])
    def test_releasing_one_of_a_group_releases_all_of_it(self, bench: Bench, state: State) -> None:
        works = _grouped(bench, 1, 2, 3)
        _all(bench, works, Event.REJECT if state is State.DEAD else Event.HOLD)
        assert bench.journal.decide(works[1].row, Event.RELEASE, "mended")
        assert numbers(bench.take()) == [1, 2, 3]
        assert [bench.journal.attempts(work.row)[-1].reason for work in works] == ["mended"] * 3

    def test_one_that_a_person_gave_up_is_left_out(self, bench: Bench) -> None:
        works = _grouped(bench, 1, 2, 3)
        _all(bench, works, Event.REJECT)
        assert bench.journal.decide(works[1].row, Event.DISCARD, "wrong")
        assert (bench.state(1), bench.state(3)) == (State.DEAD, State.DEAD)
        bench.journal.decide(works[0].row, Event.RELEASE, None)
        assert numbers(bench.take()) == [1, 3]

    def test_a_group_does_not_come_while_a_person_must_decide_about_one_of_it(self, bench: Bench) -> None:
        one, two = _grouped(bench, 1, 2)
        bench.settle(one, Event.RETRY)
        bench.settle(two, Event.REJECT)
        assert bench.take() == []
        bench.journal.decide(two.row, Event.DISCARD, "wrong")
        assert numbers(bench.take()) == [1]

    def test_a_group_takes_its_members_out_of_their_lanes(self, bench: Bench) -> None:
        bench.arrive(1, lane="acme")
        bench.arrive(2, lane="brandt")
        works = bench.take()
        bench.journal.advance(works, Phase.GROUPED, ["key", "key"])
        bench.arrive(3, lane="acme")
        _all(bench, works, Event.RETRY)
        assert numbers(bench.take()) == [1, 2]
        assert bench.take() == []


def _grouped(bench: Bench, *those: int) -> list[Work]:
    bench.arrive(*those)
    works = bench.take()
    bench.journal.advance(works, Phase.GROUPED, ["key"] * len(works))
    assert [work.message.id for work in works] == [id_of(number) for number in those]
    return works


def _all(bench: Bench, works: list[Work], event: Event) -> None:
    for work in works:
        assert bench.settle(work, event)
