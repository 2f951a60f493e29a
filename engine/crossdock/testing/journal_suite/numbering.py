"""Control numbers: drawn with the commit that records the message, none twice, none left out, never others for a resend."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from crossdock.control import Numbering, Seen, Series
from crossdock.delivery.states import Event
from crossdock.journal.contract import Child, Fate, Outcome, Post, Result, Sent, Work
from crossdock.journal.ledger import Received
from crossdock.message import Message, read_all
from crossdock.route.plan import Once
from crossdock.testing.journal_suite.bench import Bench, delivered, part

OUT = "acme/x12/interchange"
LARGE = 100_000  # bytes: more than a row takes


def written(numbers: Sequence[int]) -> bytes:
    """A payload that tells its numbers."""
    return ",".join(str(number) for number in numbers).encode()


def stamped(parent: Message, position: int, numbering: Numbering) -> Sent:
    """A message whose payload is numbered."""
    return Sent(message=part(parent, position, route="out"), posts=(Post(queue="out/file"),), numbering=numbering)


def series(last: int = 999_999_999, first: int = 1, name: str = OUT) -> Numbering:
    """One number of a series."""
    return Numbering(scopes=(Series(name=name, first=first, last=last),), write=written)


def stamp(bench: Bench, number: int, numbering: Numbering | None = None, count: int = 1) -> list[bytes]:
    """Work on one message that gives so many numbered ones; their payloads."""
    bench.arrive(number)
    work = bench.take_one()
    also = [stamped(work.message, position, numbering or series()) for position in range(count)]
    assert bench.commit(work, delivered(also=also))
    return [_body(bench, sent.message.id) for sent in also]


def _body(bench: Bench, id: str) -> bytes:
    found = bench.journal.message(id)
    assert found is not None
    assert found.body.size == len(read_all(found.body))
    return read_all(found.body)


class Stamping:
    """``Sent.numbering``, ``numbers``, ``set_number``, ``Outcome.seen``, ``received``."""

    def test_the_payload_is_what_is_written_under_the_next_number(self, bench: Bench) -> None:
        assert [stamp(bench, number) for number in (1, 2, 3)] == [[b"1"], [b"2"], [b"3"]]

    def test_the_queue_gets_the_payload_that_was_written(self, bench: Bench) -> None:
        stamp(bench, 1)
        (work,) = bench.take("out/file")
        assert read_all(work.message.body) == b"1"

    def test_one_transaction_numbers_in_the_order_of_its_results(self, bench: Bench) -> None:
        bench.arrive(1, 2, 3)
        works = bench.take()
        also = [stamped(work.message, 0, series()) for work in works]
        results = [Result(work=work, outcome=delivered(also=[one])) for work, one in zip(works, also, strict=True)]
        assert bench.journal.commit(results) == [True, True, True]
        assert [_body(bench, one.message.id) for one in also] == [b"1", b"2", b"3"]

    def test_a_payload_may_need_several_numbers_also_of_one_series(self, bench: Bench) -> None:
        group, transaction = Series(name="acme/x12/group"), Series(name="acme/x12/transaction")
        both = Numbering(scopes=(group, transaction, transaction), write=written)
        assert [stamp(bench, number, both) for number in (1, 2)] == [[b"1,1,2"], [b"2,3,4"]]

    def test_partners_do_not_share_numbers(self, bench: Bench) -> None:
        stamp(bench, 1)
        assert stamp(bench, 2, series(name="globex/x12/interchange")) == [b"1"]

    def test_a_series_begins_again_behind_its_last_number(self, bench: Bench) -> None:
        small = series(last=7, first=5)
        assert [stamp(bench, number, small)[0] for number in (1, 2, 3, 4)] == [b"5", b"6", b"7", b"5"]

    def test_what_is_not_carried_out_takes_no_number(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        bench.journal.give_back(owner="host", crashed=True)
        assert not bench.commit(work, delivered(also=[stamped(work.message, 0, series())]))
        assert bench.journal.numbers() == []
        assert stamp_again(bench) == b"1"

    def test_what_a_guard_holds_back_takes_no_number(self, bench: Bench) -> None:
        once = (Once(scope="once", key="PO-1", within=1e6),)
        bench.arrive(1, 2)
        for work in bench.take():
            also = (stamped(work.message, 0, series()),)
            bench.commit(work, Outcome(fate=Fate(event=Event.DELIVER), guards=once, also=also))
        assert [one.number for one in bench.journal.numbers()] == [1]

    def test_what_is_recorded_already_is_not_numbered_again(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        child = _numbered_part(work)
        assert bench.commit(work, None, child)
        bench.journal.give_back(owner="host", crashed=True)
        assert bench.commit(bench.take_one(), delivered(), child, progress=1)
        assert _body(bench, child.outcome.also[0].message.id) == b"1"
        assert [one.number for one in bench.journal.numbers()] == [1]

    def test_a_commit_that_fails_leaves_no_gap(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()

        def broken(numbers: Sequence[int]) -> bytes:
            raise ZeroDivisionError

        bad = Numbering(scopes=(Series(name=OUT),), write=broken)
        with pytest.raises(ZeroDivisionError):
            bench.commit(work, delivered(also=[stamped(work.message, 0, bad)]))
        assert bench.journal.numbers() == []
        assert bench.commit(work, delivered(also=[stamped(work.message, 0, series())]))
        assert [one.number for one in bench.journal.numbers()] == [1]

    def test_a_large_payload_is_kept_outside_of_its_row(self, bench: Bench) -> None:
        def long(numbers: Sequence[int]) -> bytes:
            return written(numbers) + b"." * LARGE

        large = Numbering(scopes=(Series(name=OUT),), write=long)
        assert stamp(bench, 1, large) == [long([1])]
        assert stamp(bench, 2, large) == [long([2])]

    def test_the_same_large_bytes_may_be_written_twice(self, bench: Bench) -> None:
        same = Numbering(scopes=(Series(name=OUT),), write=lambda numbers: b"." * LARGE)
        assert stamp(bench, 1, same, count=2) == [b"." * LARGE] * 2

    def test_counters_tell_how_far_they_have_come_and_when(self, bench: Bench) -> None:
        stamp(bench, 1)
        bench.clock.advance(5.0)
        stamp(bench, 2)
        stamp(bench, 3, series(name="acme/edifact/interchange"))
        first, second = bench.journal.numbers()
        assert (first.scope, first.number) == ("acme/edifact/interchange", 1)
        assert (second.scope, second.number, second.at) == (OUT, 2, bench.clock.now())

    def test_a_series_goes_on_behind_what_another_system_gave(self, bench: Bench) -> None:
        bench.journal.set_number(OUT, 4711)
        assert stamp(bench, 1) == [b"4712"]
        bench.journal.set_number(OUT, 0)
        assert stamp(bench, 2) == [b"1"]

    def test_numbers_that_came_in_without_a_gap_are_counted(self, bench: Bench) -> None:
        for number in (7, 8, 9):
            _came(bench, number, number)
        assert _received(bench) == Received(scope="in", last=9, at=bench.clock.now(), count=3, missing=(), twice=())

    def test_gaps_are_told_until_they_are_filled(self, bench: Bench) -> None:
        for number in (1, 2, 5, 9):
            _came(bench, number, number)
        assert _received(bench).missing == ((3, 4), (6, 8))
        _came(bench, 10, 3)
        assert _received(bench).missing == ((4, 4), (6, 8))

    def test_a_number_of_two_exchanges_came_twice(self, bench: Bench) -> None:
        for number, control in enumerate((1, 2, 2, 3), start=1):
            _came(bench, number, control)
        assert _received(bench).twice == (2,)

    def test_a_number_is_seen_though_a_guard_holds_the_message_back(self, bench: Bench) -> None:
        once = (Once(scope="interchange", key="1", within=1e6),)
        bench.arrive(1, 2)
        for work in bench.take():
            bench.commit(work, Outcome(fate=Fate(event=Event.DELIVER), guards=once, seen=(Seen(scope="in", number=1),)))
        assert _received(bench).twice == (1,)

    def test_work_that_is_done_again_sees_nothing_twice(self, bench: Bench) -> None:
        bench.arrive(1)
        for event in (Event.RETRY, Event.RETRY, Event.DELIVER):
            bench.commit(
                bench.take_one(),
                Outcome(fate=Fate(event=event, code="E1", reason="so"), seen=(Seen(scope="in", number=1),)),
            )
        assert (_received(bench).count, _received(bench).twice) == (1, ())

    def test_a_series_that_began_anew_has_no_gap(self, bench: Bench) -> None:
        for place, number in enumerate((99_998, 99_999, 1, 2), start=1):
            bench.clock.advance(1.0)
            _came(bench, place, number)
        assert (_received(bench).last, _received(bench).missing) == (2, ())

    def test_numbers_that_came_in_are_forgotten_with_their_time(self, bench: Bench) -> None:
        for number in (1, 5, 6):
            _came(bench, number, number)
            bench.clock.advance(10.0)
        assert bench.journal.purge(messages_before=bench.clock.now() - 25.0, limit=100) == 1
        assert (_received(bench).count, _received(bench).missing) == (2, ())


def stamp_again(bench: Bench) -> bytes:
    """The work of message 1 once more, numbered."""
    work = bench.take_one()
    sent = stamped(work.message, 0, series())
    assert bench.commit(work, delivered(also=[sent]))
    return _body(bench, sent.message.id)


def _numbered_part(work: Work) -> Child:
    """A part that is sent on as a numbered payload."""
    one = part(work.message, 1)
    return Child(message=one, outcome=delivered(also=[stamped(one, 0, series())]))


def _came(bench: Bench, message: int, number: int) -> None:
    bench.arrive(message)
    outcome = Outcome(fate=Fate(event=Event.DELIVER), seen=(Seen(scope="in", number=number),))
    assert bench.commit(bench.take_one(), outcome)


def _received(bench: Bench) -> Received:
    (found,) = bench.journal.received()
    return found
