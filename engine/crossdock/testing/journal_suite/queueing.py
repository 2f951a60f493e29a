"""Parts in lanes: a split message's parts wait behind what is open in their lane, and keep their place in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Child, Fate, Outcome, Post, Result, Work
from crossdock.message import Inline, read_all
from crossdock.testing.journal_suite.bench import QUEUE, Bench, arrival, delivered, id_of, numbers, part

RAW = b"as it came"


class Queueing:
    """``Child.lane``, ``Child.raw``; ``stuck`` and ``pending``; what replaces work in a lane."""

    @pytest.mark.parametrize("event", [Event.HOLD, Event.RETRY, Event.LOSE_SIGHT])
    def test_a_later_part_waits_behind_an_open_one_of_its_lane(self, bench: Bench, event: Event) -> None:
        first, second, other = _split(bench, 1, ("acme", event), ("acme", Event.DELIVER), ("brandt", Event.DELIVER))
        assert bench.state(second) is State.WAITING
        assert bench.state(other) is State.DELIVERED
        assert bench.state(first) is not State.DELIVERED

    @pytest.mark.parametrize("event", [Event.DELIVER, Event.SKIP, Event.REJECT])
    def test_a_part_that_is_done_with_keeps_nobody_waiting(self, bench: Bench, event: Event) -> None:
        _, second = _split(bench, 1, ("acme", event), ("acme", Event.DELIVER))
        assert bench.state(second) is State.DELIVERED

    def test_a_part_that_waits_was_not_carried_out(self, bench: Bench) -> None:
        _, second = _split(bench, 1, ("acme", Event.HOLD), ("acme", Event.DELIVER))
        assert bench.take("erp") == []
        kept = bench.journal.message(second)
        assert kept is not None
        assert (read_all(kept.body), kept.content_type) == (RAW, "application/raw")
        item = bench.item(second)
        assert (item.attempts, item.due, item.settled, item.code) == (0, 0.0, None, None)
        assert (item.lane, item.priority) == ("acme", 3)

    def test_a_part_that_waits_is_found_by_its_keys(self, bench: Bench) -> None:
        _, second = _split(bench, 1, ("acme", Event.HOLD), ("acme", Event.DELIVER))
        assert [one.id for one in bench.journal.named("key 2", 10)] == [second]

    def test_parts_come_one_after_the_other_when_the_first_is_done(self, bench: Bench) -> None:
        first, *later = _split(bench, 1, ("acme", Event.HOLD), ("acme", Event.DELIVER), ("acme", Event.DELIVER))
        bench.journal.decide(bench.item(first).row, Event.RELEASE, None)
        for expected in (first, *later):
            work = bench.take_one()
            assert work.message.id == expected
            assert bench.take() == []
            bench.settle(work, Event.DELIVER)

    def test_parts_of_another_message_wait_too(self, bench: Bench) -> None:
        _split(bench, 1, ("acme", Event.HOLD))
        (later,) = _split(bench, 2, ("acme", Event.DELIVER))
        assert bench.state(later) is State.WAITING

    def test_a_part_does_not_wait_for_the_message_it_is_part_of(self, bench: Bench) -> None:
        (only,) = _split(bench, 1, ("acme", Event.DELIVER), lane="acme")
        assert bench.state(only) is State.DELIVERED

    def test_an_open_part_goes_before_what_came_after_its_parent(self, bench: Bench) -> None:
        bench.arrive(1, 2, lane="acme")
        first, second = _parts(bench, bench.take_one(), ("acme", Event.HOLD), ("acme", Event.DELIVER))
        assert bench.take() == []
        bench.journal.decide(bench.item(first).row, Event.RELEASE, None)
        came = []
        while works := bench.take():
            came += [work.message.id for work in works]
            bench.settle(works[0], Event.DELIVER)
        assert came == [first, second, id_of(2)]

    def test_a_part_waits_for_what_is_in_hand(self, bench: Bench) -> None:
        (first,) = _split(bench, 1, ("acme", Event.RETRY))
        bench.arrive(2)
        retried, splitting = bench.take()
        assert retried.message.id == first
        (later,) = _parts(bench, splitting, ("acme", Event.DELIVER))
        assert bench.state(later) is State.WAITING
        bench.settle(retried, Event.DELIVER)
        assert bench.take_one().message.id == later

    def test_what_frees_a_lane_in_the_same_commit_is_out_of_the_way(self, bench: Bench) -> None:
        (first,) = _split(bench, 1, ("acme", Event.RETRY))
        bench.arrive(2)
        retried, splitting = bench.take()
        child = _child(splitting, 1, "acme", Event.DELIVER)
        results = [
            Result(work=retried, outcome=delivered()),
            Result(work=splitting, outcome=delivered(), children=(child,), progress=1),
        ]
        assert bench.journal.commit(results) == [True, True]
        assert [bench.state(one) for one in (first, child.message.id)] == [State.DELIVERED] * 2

    def test_parts_without_a_lane_wait_for_nobody(self, bench: Bench) -> None:
        _, second = _split(bench, 1, (None, Event.HOLD), (None, Event.DELIVER))
        assert bench.state(second) is State.DELIVERED

    def test_parts_keep_their_priority(self, bench: Bench) -> None:
        _split(bench, 1, ("acme", Event.RETRY))
        bench.arrive(2)
        bench.arrive(3, priority=4)
        assert [work.message.position or numbers([work])[0] for work in bench.take()] == [3, 1, 2]

    def test_a_part_that_waits_is_not_doubled_when_it_is_said_again(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        children = [_child(work, 1, "acme", Event.HOLD), _child(work, 2, "acme", Event.DELIVER)]
        bench.commit(work, None, *children, progress=0)
        bench.journal.give_back(owner="host", crashed=False)
        again = next(one for one in bench.take() if one.row == work.row)
        assert bench.commit(again, delivered(), *children, progress=2)
        assert bench.journal.counts()[QUEUE] == {State.DELIVERED: 1, State.HELD: 1, State.WAITING: 1}

    @pytest.mark.parametrize("state", [State.HELD, State.DOUBT])
    def test_what_waits_behind_a_piece_that_waits_for_a_person_is_stuck(self, bench: Bench, state: State) -> None:
        row = bench.bring(state, 1, lane="acme")
        bench.arrive(2, 3, lane="acme")
        bench.arrive(4)
        assert (bench.journal.stuck(), bench.journal.pending()) == ({QUEUE: 2}, 1)
        bench.journal.decide(row, Event.RELEASE, None)
        assert (bench.journal.stuck(), bench.journal.pending()) == ({}, 4)

    @pytest.mark.parametrize("state", [State.WAITING, State.WORKING])
    def test_what_waits_behind_a_piece_that_moves_by_itself_is_pending(self, bench: Bench, state: State) -> None:
        bench.bring(state, 1, lane="acme")
        bench.arrive(2, 3, lane="acme")
        assert (bench.journal.stuck(), bench.journal.pending()) == ({}, 3)

    def test_a_queue_with_nothing_but_what_waits_in_lanes_is_not_ready(self, bench: Bench) -> None:
        bench.bring(State.HELD, 1, lane="acme")
        bench.arrive(2, 3, lane="acme")
        assert bench.journal.ready() == []
        assert bench.journal.backlog(QUEUE, 10) == (0, 0.0)

    def test_nothing_of_a_lane_is_given_out_while_something_of_it_is_in_hand(self, bench: Bench) -> None:
        row = bench.bring(State.DEAD, 1, lane="acme")
        bench.arrive(2, lane="acme")
        later = bench.take_one()
        bench.journal.decide(row, Event.RELEASE, None)
        assert bench.take() == []
        bench.settle(later, Event.RETRY)
        assert [numbers(bench.take()), numbers(bench.take())] == [[1], []]

    def test_what_is_given_back_keeps_its_lane(self, bench: Bench) -> None:
        bench.arrive(1, 2, lane="acme")
        bench.take()
        bench.journal.give_back(owner="host", crashed=True)
        assert [numbers(bench.take()), numbers(bench.take())] == [[1], []]

    @pytest.mark.parametrize("state", [State.HELD, State.DEAD])
    def test_what_replaces_work_has_its_lane_its_place_there_and_its_priority(self, bench: Bench, state: State) -> None:
        bench.arrive(1, lane="acme", priority=7)
        bench.arrive(2, lane="acme")
        work = bench.take_one()
        bench.settle(work, Event.HOLD if state is State.HELD else Event.REJECT)
        assert bench.journal.replace(work.row, arrival(3), "mended")
        assert (bench.item(3).lane, bench.item(3).priority) == ("acme", 7)
        assert [numbers(bench.take()), numbers(bench.take())] == [[3], []]

    def test_what_replaces_a_part_goes_before_the_parts_behind_it(self, bench: Bench) -> None:
        _, second, third = _split(bench, 1, ("acme", Event.DELIVER), ("acme", Event.HOLD), ("acme", Event.DELIVER))
        assert bench.journal.replace(bench.item(second).row, arrival(9), "mended")
        came = []
        while works := bench.take():
            came += [work.message.id for work in works]
            bench.settle(works[0], Event.DELIVER)
        assert came == [id_of(9), third]

    def test_parts_of_what_replaces_a_part_go_before_the_parts_behind_it(self, bench: Bench) -> None:
        first, second = _split(bench, 1, ("acme", Event.HOLD), ("acme", Event.DELIVER))
        bench.journal.replace(bench.item(first).row, arrival(9), "mended")
        (again,) = _parts(bench, bench.take_one(), ("acme", Event.DELIVER))
        assert bench.state(again) is State.DELIVERED
        assert bench.take_one().message.id == second

    def test_what_replaces_work_without_a_lane_waits_for_nobody(self, bench: Bench) -> None:
        row = bench.bring(State.DEAD, 1)
        bench.arrive(2, lane="acme")
        bench.journal.replace(row, arrival(3, Post(queue=QUEUE, lane="acme")), "mended")
        assert numbers(bench.take()) == [2, 3]


def _child(parent: Work, position: int, lane: str | None, event: Event) -> Child:
    one = part(parent.message, position)
    fate = Fate(event=event, code="E000", reason="as the test wants it")
    outcome = Outcome(
        fate=fate, posts=(Post(queue="erp"),) if event is Event.DELIVER else (), keys=(f"key {position}",)
    )
    raw = replace(one, content_type="application/raw", body=Inline(RAW))
    return Child(message=one, outcome=outcome, lane=lane, priority=3, raw=raw)


def _parts(bench: Bench, work: Work, *parts: tuple[str | None, Event]) -> list[str]:
    children = [_child(work, position, lane, event) for position, (lane, event) in enumerate(parts, start=1)]
    assert bench.commit(work, delivered(), *children, progress=len(children))
    return [child.message.id for child in children]


def _split(bench: Bench, number: int, *parts: tuple[str | None, Event], lane: str | None = None) -> list[str]:
    """Message ``number``, split into parts with their lanes and fates; the ids of these."""
    bench.arrive(number, lane=lane)
    work = next(one for one in bench.take() if one.message.id == id_of(number))
    return _parts(bench, work, *parts)
