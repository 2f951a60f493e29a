"""What people ask: messages by any name, work by any filter, the counts."""

from __future__ import annotations

import pytest

from crossdock.delivery.states import Event, State
from crossdock.errors import Finding
from crossdock.journal.contract import Child, Fate, Outcome, Post, Query, Sent
from crossdock.testing.journal_suite.bench import QUEUE, Bench, arrival, delivered, id_of, message, part


class Asking:
    """``message``, ``named``, ``children``, ``items``, ``attempts``, ``counts``, ``pending``."""

    def test_a_message_is_found_by_its_id(self, bench: Bench) -> None:
        bench.arrive(1)
        assert bench.journal.message(id_of(1)) == message(1)
        assert bench.journal.message(id_of(2)) is None

    def test_a_message_is_named_by_the_beginning_of_its_id(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        assert [one.id for one in bench.journal.named(id_of(1), 10)] == [id_of(1)]
        assert [one.id for one in bench.journal.named(id_of(1)[:8].upper(), 10)] == [id_of(1), id_of(2)]

    def test_a_few_characters_name_nothing(self, bench: Bench) -> None:
        bench.arrive(1)
        assert bench.journal.named(id_of(1)[:5], 10) == []
        assert bench.journal.named("", 10) == []

    @pytest.mark.parametrize("key", ["______", "%%%%%%", "' OR 1=1", "zzzzzz", "\0\0\0\0\0\0"])
    def test_an_unknown_name_names_nothing(self, bench: Bench, key: str) -> None:
        bench.arrive(1)
        assert bench.journal.named(key, 10) == []

    def test_messages_are_named_by_business_keys_in_the_order_they_came(self, bench: Bench) -> None:
        bench.arrive(1, 2, 3)
        for work, keys in zip(bench.take(), (["PO-1", "A"], ["PO-2"], ["PO-1", "PO-1"]), strict=True):
            bench.commit(work, delivered(keys=keys))
        assert [one.id for one in bench.journal.named("PO-1", 10)] == [id_of(1), id_of(3)]
        assert [one.id for one in bench.journal.named("PO-1", 1)] == [id_of(1)]
        assert [one.id for one in bench.journal.named("A", 10)] == [id_of(1)]

    def test_an_id_names_its_message_even_if_a_partner_calls_an_order_like_it(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        for work, keys in zip(bench.take(), ([], [id_of(1)]), strict=True):
            bench.commit(work, delivered(keys=keys))
        assert [one.id for one in bench.journal.named(id_of(1), 10)] == [id_of(1)]

    def test_children_come_by_position(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        parts = [part(work.message, position) for position in (10, 9, 2)]
        bench.commit(work, None, *(Child(message=one, outcome=delivered()) for one in parts), progress=10)
        assert [one.position for one in bench.journal.children(id_of(1), 10)] == [2, 9, 10]
        assert [one.position for one in bench.journal.children(id_of(1), 2)] == [2, 9]
        assert bench.journal.children(id_of(2), 10) == []

    def test_what_was_made_of_a_message_is_its_child_too(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        made = part(work.message, 0)
        bench.commit(work, delivered(also=[Sent(message=made, posts=())]))
        assert bench.journal.children(id_of(1), 10) == [made]

    def test_a_message_and_all_that_was_made_of_it_are_counted_and_listed(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        work = next(one for one in bench.take() if one.message.id == id_of(1))
        parts = [part(work.message, position) for position in (1, 2, 3)]
        posted = delivered(Post(queue=f"{QUEUE}/erp"))
        bench.commit(work, posted, *(Child(message=one, outcome=posted) for one in parts), progress=3)
        counted = {(one.state, one.sends): one.count for one in bench.journal.family(id_of(1))}
        assert counted == {(State.DELIVERED, False): 4, (State.WAITING, True): 4}
        found = list(bench.journal.items(Query(family=id_of(1), states=(State.WAITING,))))
        assert {one.message.id for one in found} == {id_of(1), *(one.id for one in parts)}
        assert len(list(bench.journal.items(Query(family=parts[0].id)))) == 2
        assert (bench.journal.family(id_of(9)), list(bench.journal.items(Query(family=id_of(9))))) == ([], [])

    def test_work_is_listed_newest_first(self, bench: Bench) -> None:
        bench.arrive(1, 2, 3)
        assert _listed(bench, Query()) == [id_of(3), id_of(2), id_of(1)]
        assert _listed(bench, Query(limit=2)) == [id_of(3), id_of(2)]

    def test_work_is_listed_by_state(self, bench: Bench) -> None:
        for number, state in enumerate((State.HELD, State.DEAD, State.DELIVERED, State.DEAD), start=1):
            bench.bring(state, number)
        assert _listed(bench, Query(states=(State.DEAD,))) == [id_of(4), id_of(2)]
        assert _listed(bench, Query(states=(State.HELD, State.DELIVERED))) == [id_of(3), id_of(1)]

    def test_the_work_of_a_route_is_that_of_its_destinations_too(self, bench: Bench) -> None:
        queues = ("orders", "orders/erp", "orders2", "orders2/erp", "orders%")
        bench.journal.accept([arrival(1, *(Post(queue=queue) for queue in queues))])
        found = {item.queue for item in bench.journal.items(Query(route="orders"))}
        assert found == {"orders", "orders/erp"}
        assert [item.queue for item in bench.journal.items(Query(queue="orders"))] == ["orders"]

    def test_filters_are_combined(self, bench: Bench) -> None:
        bench.journal.accept([arrival(1, Post(queue="orders"), Post(queue="orders/erp")), arrival(2)])
        query = Query(states=(State.WAITING,), route="orders", queue="orders/erp", message=id_of(1))
        assert _listed(bench, query) == [id_of(1)]
        assert _listed(bench, Query(route="orders", message=id_of(2), states=(State.DEAD,))) == []

    def test_work_may_change_while_it_is_listed(self, bench: Bench) -> None:
        for number in (1, 2, 3):
            bench.bring(State.HELD, number)
        for item in bench.journal.items(Query(states=(State.HELD,))):
            assert bench.journal.decide(item.row, Event.DISCARD, "all of them")
            bench.arrive(item.row + 10)
        assert _listed(bench, Query(states=(State.HELD,))) == []

    def test_an_item_tells_everything_about_its_work(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.clock.advance(2.0)
        work = bench.take_one()
        bench.commit(work, Outcome(fate=Fate(event=Event.REJECT, code="X1", reason="wrong"), keys=("PO-1",)))
        item = bench.item(1)
        assert (item.row, item.message, item.queue, item.state) == (work.row, message(1), QUEUE, State.DEAD)
        assert (item.attempts, item.crashes, item.phase, item.progress) == (1, 0, None, 0)
        assert (item.code, item.reason, item.receipt) == ("X1", "wrong", None)
        assert (item.accepted, item.settled) == (bench.clock.now() - 2.0, bench.clock.now())

    def test_work_that_is_not_there_has_no_history(self, bench: Bench) -> None:
        assert bench.journal.attempts(4711) == []

    def test_work_is_counted_by_queue_and_state(self, bench: Bench) -> None:
        bench.bring(State.DEAD, 1)
        bench.bring(State.HELD, 2)
        bench.bring(State.WAITING, 3)
        bench.journal.stop_queue("empty", "no")
        assert bench.journal.counts() == {
            "empty": {},
            QUEUE: {State.DEAD: 1, State.HELD: 1, State.WAITING: 1},
        }

    def test_a_queue_that_nothing_came_to_is_not_listed(self, bench: Bench) -> None:
        bench.arrive(1)
        again = arrival(2, Post(queue="new", lane="a"), identity="file 1")
        assert bench.journal.accept([again]) == [id_of(1)]
        assert list(bench.journal.counts()) == [QUEUE]
        assert [one.queue for one in bench.journal.audit().sums] == [QUEUE]

    def test_what_waits_or_is_in_hand_is_pending(self, bench: Bench) -> None:
        for number, state in enumerate(State, start=1):
            bench.bring(state, number) if state is not State.WAITING else None
        assert bench.journal.pending() == 1
        bench.arrive(20, 21)
        assert bench.journal.pending() == 3

    def test_what_waits_in_a_stopped_queue_is_not_pending(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        bench.take(limit=1)
        bench.journal.stop_queue(QUEUE, "no")
        assert bench.journal.pending() == 1
        bench.journal.start_queues()
        assert bench.journal.pending() == 2

    def test_refusals_are_told_newest_first_with_their_findings(self, bench: Bench) -> None:
        finding = Finding(code="E723", message="too large", value="9 GB")
        bench.journal.refuse(QUEUE, "a", [finding, finding])
        bench.clock.advance(5.0)
        bench.journal.refuse("other", "b", [])
        second, first = bench.journal.refusals(10)
        assert (first.at, first.route, first.identity) == (bench.clock.now() - 5.0, QUEUE, "a")
        assert [dict(found) for found in first.findings] == [finding.as_dict()] * 2
        assert (second.route, second.identity, second.findings) == ("other", "b", ())
        assert [one.identity for one in bench.journal.refusals(1)] == ["b"]

    def test_an_item_tells_lane_and_priority(self, bench: Bench) -> None:
        bench.arrive(1, lane="acme", priority=4)
        bench.arrive(2)
        assert [(bench.item(number).lane, bench.item(number).priority) for number in (1, 2)] == [("acme", 4), (None, 0)]

    def test_pending_follows_every_way_out_of_a_hand(self, bench: Bench) -> None:
        bench.arrive(1, 2, 3)
        works = bench.take()
        bench.settle(works[0], Event.DELIVER)
        bench.settle(works[1], Event.RETRY)
        assert bench.journal.pending() == 2
        bench.journal.give_back(owner="host", crashed=True)
        assert bench.journal.pending() == 2


def _listed(bench: Bench, query: Query) -> list[str]:
    return [item.message.id for item in bench.journal.items(query)]
