"""``once`` and ``latest``: decided inside the transaction, so that no two messages can pass on one key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossdock.delivery.states import Event, State
from crossdock.errors import Finding
from crossdock.journal.contract import Child, Fate, Outcome, Post, Result, Sent
from crossdock.route.plan import Guard, Latest, Once
from crossdock.testing.journal_suite.bench import Bench, id_of, message, numbers, part

ORDER = Once(scope="orders/once", key="PO-1", within=100.0)


class Guarding:
    """Guards of outcomes."""

    def test_the_first_message_passes_and_the_second_is_skipped(self, bench: Bench) -> None:
        _pass(bench, 1, ORDER)
        _pass(bench, 2, ORDER)
        assert (bench.state(1), bench.state(2)) == (State.DELIVERED, State.SKIPPED)
        assert bench.item(2).code == "E301"
        assert id_of(1) in (bench.item(2).reason or "")

    def test_a_duplicate_goes_nowhere_but_can_be_found(self, bench: Bench) -> None:
        _pass(bench, 1, ORDER)
        bench.arrive(2)
        also = (Sent(message=message(3), posts=(Post(queue="crm"),)),)
        outcome = replace(_outcome(ORDER), posts=(Post(queue="erp"),), also=also, keys=("PO-1",))
        bench.commit(bench.take_one(), outcome)
        assert (bench.take("erp"), bench.take("crm"), bench.journal.message(id_of(3))) == ([], [], None)
        assert [one.id for one in bench.journal.named("PO-1", 10)] == [id_of(2)]

    def test_messages_of_one_holder_are_no_duplicates_of_each_other(self, bench: Bench) -> None:
        for number, holder in ((1, "file 1"), (2, "file 1"), (3, "file 2"), (4, None)):
            _pass(bench, number, replace(ORDER, holder=holder))
        assert [bench.state(number) for number in (1, 2)] == [State.DELIVERED, State.DELIVERED]
        assert [bench.state(number) for number in (3, 4)] == [State.SKIPPED, State.SKIPPED]

    def test_what_is_to_leave_instead_leaves_only_where_a_guard_blocks(self, bench: Bench) -> None:
        for number in (1, 2):
            bench.arrive(number)
            instead = (Sent(message=message(number + 10), posts=(Post(queue="crm"),)),)
            also = (Sent(message=message(number + 20), posts=(Post(queue="erp"),)),)
            bench.commit(bench.take_one(), replace(_outcome(ORDER), also=also, instead=instead))
        assert (numbers(bench.take("erp")), numbers(bench.take("crm"))) == ([21], [12])

    def test_what_a_person_must_decide_is_held_and_passes_when_it_is_released(self, bench: Bench) -> None:
        said = Finding(code="P250", message="invoice 1 was sent before", rule="duplicate-number")
        _pass(bench, 1, replace(ORDER, held=said))
        _pass(bench, 2, replace(ORDER, held=said))
        assert (bench.state(1), bench.state(2)) == (State.DELIVERED, State.HELD)
        held = bench.item(2)
        assert (held.code, held.reason) == ("P250", f"invoice 1 was sent before, with message {id_of(1)}")
        assert bench.journal.decide(held.row, Event.RELEASE, None)
        work = bench.take_one()
        assert work.released == {"duplicate-number"}
        bench.commit(work, _outcome())
        assert bench.state(2) is State.DELIVERED

    def test_another_key_and_another_scope_pass(self, bench: Bench) -> None:
        _pass(bench, 1, ORDER)
        _pass(bench, 2, replace(ORDER, key="PO-2"))
        _pass(bench, 3, replace(ORDER, scope="another/once"))
        assert {bench.state(number) for number in (1, 2, 3)} == {State.DELIVERED}

    @pytest.mark.parametrize("key", ["a\0b", "quote ' \" \\", "😀 Ü \u2028", "x" * 5000, "", "0123"])
    def test_a_key_is_any_text(self, bench: Bench, key: str) -> None:
        for number in (1, 2):
            _pass(bench, number, replace(ORDER, key=key), Latest(scope="s", key=key, version="1"))
        assert bench.state(2) is State.SKIPPED

    def test_keys_that_begin_alike_are_not_alike(self, bench: Bench) -> None:
        _pass(bench, 1, replace(ORDER, key="a\0b"))
        _pass(bench, 2, replace(ORDER, key="a\0c"))
        _pass(bench, 3, replace(ORDER, key="a"))
        assert {bench.state(number) for number in (1, 2, 3)} == {State.DELIVERED}

    def test_two_messages_of_one_batch_see_each_other(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        results = [Result(work=work, outcome=_outcome(ORDER)) for work in bench.take()]
        bench.journal.commit(results)
        assert (bench.state(1), bench.state(2)) == (State.DELIVERED, State.SKIPPED)

    def test_parts_of_one_message_are_guarded_too(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        children = [Child(message=part(work.message, position), outcome=_outcome(ORDER)) for position in (1, 2)]
        bench.commit(work, Outcome(fate=Fate(event=Event.DELIVER)), *children, progress=2)
        assert [bench.state(child.message.id) for child in children] == [State.DELIVERED, State.SKIPPED]

    def test_a_key_is_free_again_after_its_time(self, bench: Bench) -> None:
        _pass(bench, 1, ORDER)
        bench.clock.advance(100.0)
        _pass(bench, 2, ORDER)
        bench.clock.advance(0.5)
        _pass(bench, 3, ORDER)
        assert [bench.state(number) for number in (2, 3)] == [State.SKIPPED, State.DELIVERED]

    @pytest.mark.parametrize("event", [Event.REJECT, Event.HOLD, Event.SKIP, Event.RETRY, Event.RETURN])
    def test_a_message_that_did_not_pass_takes_no_key(self, bench: Bench, event: Event) -> None:
        _pass(bench, 1, ORDER, event=event, delay=50.0)
        _pass(bench, 2, ORDER)
        assert bench.state(2) is State.DELIVERED

    @pytest.mark.parametrize("event", [Event.REJECT, Event.HOLD])
    def test_a_duplicate_of_what_was_delivered_is_skipped_and_not_judged(self, bench: Bench, event: Event) -> None:
        _pass(bench, 1, ORDER)
        _pass(bench, 2, ORDER, event=event)
        assert (bench.state(2), bench.item(2).code) == (State.SKIPPED, "E301")

    def test_a_duplicate_that_is_to_be_tried_again_is_judged_when_it_comes_again(self, bench: Bench) -> None:
        _pass(bench, 1, ORDER)
        _pass(bench, 2, ORDER, event=Event.RETRY)
        assert bench.state(2) is State.WAITING

    def test_a_message_passes_its_own_key(self, bench: Bench) -> None:
        latest = Latest(scope="stock", key="SKU-1", version="7")
        _pass(bench, 1, ORDER, latest, post="second")
        bench.commit(bench.take_one("second"), _outcome(ORDER, latest))
        assert bench.state(1, "second") is State.DELIVERED

    def test_all_guards_must_let_it_pass_before_any_key_is_taken(self, bench: Bench) -> None:
        other = replace(ORDER, scope="second step")
        _pass(bench, 1, other)
        _pass(bench, 2, ORDER, other)
        _pass(bench, 3, ORDER)
        assert [bench.state(number) for number in (2, 3)] == [State.SKIPPED, State.DELIVERED]

    @pytest.mark.parametrize(
        ("first", "second", "passes"),
        [
            ("1", "2", True),
            ("9", "10", True),
            ("10", "9", False),
            ("1.0", "1", False),
            ("2026-01-31", "2026-02-01", True),
            ("2026-02-01", "2026-01-31", False),
            ("b", "a", False),
            ("7", "7", False),
        ],
    )
    def test_only_a_newer_version_passes(self, bench: Bench, first: str, second: str, *, passes: bool) -> None:
        _pass(bench, 1, Latest(scope="stock", key="SKU-1", version=first))
        _pass(bench, 2, Latest(scope="stock", key="SKU-1", version=second))
        assert bench.state(2) is (State.DELIVERED if passes else State.SKIPPED)
        assert bench.item(2).code == (None if passes else "E302")

    def test_an_outdated_version_does_not_replace_the_newest(self, bench: Bench) -> None:
        for number, version in ((1, "5"), (2, "3"), (3, "4"), (4, "6")):
            _pass(bench, number, Latest(scope="stock", key="SKU-1", version=version))
        states = [bench.state(number) for number in (1, 2, 3, 4)]
        assert states == [State.DELIVERED, State.SKIPPED, State.SKIPPED, State.DELIVERED]

    def test_an_outdated_message_tells_what_it_lost_against(self, bench: Bench) -> None:
        _pass(bench, 1, Latest(scope="stock", key="SKU-1", version="5"))
        _pass(bench, 2, Latest(scope="stock", key="SKU-1", version="4"))
        assert bench.item(2).reason == "latest: SKU-1 already stands at 5, this is 4"

    def test_the_key_of_an_arrival_is_not_the_key_of_a_step(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.commit(bench.take_one(), _outcome(replace(ORDER, key="file 1")))
        assert bench.state(1) is State.DELIVERED
        assert numbers(bench.take()) == []


def _outcome(*guards: Guard, event: Event = Event.DELIVER, delay: float = 0.0, post: str | None = None) -> Outcome:
    posts = (Post(queue=post),) if post else ()
    return Outcome(fate=Fate(event=event, delay=delay, spent=event is not Event.RETURN), guards=guards, posts=posts)


def _pass(
    bench: Bench, number: int, *guards: Guard, event: Event = Event.DELIVER, delay: float = 0.0, post: str | None = None
) -> None:
    """A message of that number meets the guards."""
    bench.arrive(number)
    work = next(one for one in bench.take() if one.message.id == id_of(number))
    bench.commit(work, _outcome(*guards, event=event, delay=delay, post=post))
