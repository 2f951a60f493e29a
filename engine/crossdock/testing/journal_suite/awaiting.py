"""The ledger: what was sent and is to be acknowledged, what answers it, what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from crossdock.control import AckState, Answer, Awaited, Numbering, Reference, Series, Weight
from crossdock.delivery.states import Event
from crossdock.journal.contract import Fate, Outcome, Post, Query, Sent
from crossdock.journal.ledger import Awaiting, LedgerQuery
from crossdock.message import Inline, Message, child_id, read_all
from crossdock.route.plan import Once
from crossdock.testing.journal_suite.bench import QUEUE, Bench, arrival, delivered, part
from crossdock.testing.journal_suite.numbering import written

OUT = "out/file"
_SERIES = tuple(Series(name=f"acme/x12/{level}") for level in ("interchange", "group"))


class Acknowledging:
    """``Numbering.awaits``, ``Outcome.answers``, ``awaited``, ``ledger``, ``standings``, ``overdue``."""

    def test_what_is_numbered_is_awaited_under_its_numbers(self, bench: Bench) -> None:
        id = _send(bench, 1, keys=("PO-1", "PO-2"), within=60.0)
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.message, row.route, row.partner, row.standard, row.set_id) == (id, "out", "acme", "x12", "855")
        assert (row.interchange, row.group, row.transaction, row.keys) == ("1", "1", "1", ("PO-1", "PO-2"))
        assert (row.state, row.at, row.answered, row.codes, row.detail) == (
            "waiting",
            bench.clock.now(),
            None,
            (),
            None,
        )

    def test_time_runs_from_when_it_has_left(self, bench: Bench) -> None:
        _send(bench, 1, within=60.0)
        bench.clock.advance(10.0)
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.sent, row.due) == (None, None)
        _leave(bench)
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.sent, row.due) == (bench.clock.now(), bench.clock.now() + 60.0)

    def test_it_is_found_by_what_acknowledgements_repeat(self, bench: Bench) -> None:
        ids = [_send(bench, number) for number in (1, 2, 3)]
        for reference in (
            Reference(partner="acme", interchange="000000002"),
            Reference(partner="acme", group="2"),
            Reference(partner="acme", set_id="855", group="2", transaction="0001"),
            Reference(partner="acme", standard="x12", interchange="2", transaction="1"),
        ):
            assert [row.message for row in bench.journal.awaited(reference)] == [ids[1]]

    @pytest.mark.parametrize(
        "reference",
        [
            Reference(partner="globex", interchange="2"),
            Reference(partner="acme", interchange="4"),
            Reference(partner="acme", set_id="856", group="2", transaction="0001"),
            Reference(partner="acme", standard="edifact", interchange="2"),
        ],
    )
    def test_other_partners_numbers_and_sets_find_nothing(self, bench: Bench, reference: Reference) -> None:
        _send(bench, 1)
        _send(bench, 2)
        assert bench.journal.awaited(reference) == []

    def test_a_group_is_all_its_transactions(self, bench: Bench) -> None:
        _send(bench, 1, transactions=3)
        found = bench.journal.awaited(Reference(partner="acme", group="1"))
        assert [row.transaction for row in found] == ["1", "2", "3"]

    def test_of_numbers_that_began_again_the_last_is_meant(self, bench: Bench) -> None:
        _send(bench, 1)
        bench.journal.set_number("acme/x12/group", 0)
        again = _send(bench, 2)
        assert [row.message for row in bench.journal.awaited(Reference(partner="acme", group="1"))] == [again]

    @pytest.mark.parametrize("state", sorted(set(AckState) - {AckState.WAITING, AckState.OVERDUE}))
    def test_an_answer_changes_the_row_in_the_commit_that_brings_it(self, bench: Bench, state: AckState) -> None:
        _send(bench, 1)
        _answer(bench, 10, Answer(reference=_FIRST, state=state, codes=("AK502 5",), detail="segment 3"))
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.state, row.answered) == (state, bench.clock.now())
        assert (row.codes, row.detail) == (("AK502 5",), "segment 3")

    def test_what_is_said_of_a_part_counts_behind_what_is_said_of_the_whole(self, bench: Bench) -> None:
        _send(bench, 1, transactions=2)
        second = Reference(partner="acme", group="1", set_id="855", transaction="0002")
        _answer(
            bench,
            10,
            Answer(reference=_FIRST, state=AckState.ACCEPTED),
            Answer(reference=second, state=AckState.REJECTED),
        )
        assert [row.state for row in bench.journal.ledger(LedgerQuery())] == [AckState.REJECTED, AckState.ACCEPTED]

    def test_an_answer_that_decides_nothing_leaves_it_waiting(self, bench: Bench) -> None:
        _send(bench, 1)
        noted = Answer(reference=Reference(partner="acme", interchange="1"), state=None, codes=("TA105 000",))
        _answer(bench, 10, noted)
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.state, row.answered, row.codes) == (AckState.WAITING, None, ("TA105 000",))

    def test_an_answer_that_decides_nothing_changes_nothing_that_is_decided(self, bench: Bench) -> None:
        _send(bench, 1)
        _answer(bench, 10, Answer(reference=_FIRST, state=AckState.REJECTED, codes=("AK905 1",)))
        _answer(bench, 11, Answer(reference=_FIRST, state=None, codes=("TA105 000",)))
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.state, row.codes) == (AckState.REJECTED, ("AK905 1",))

    def test_what_an_application_said_stands_whatever_is_said_of_syntax(self, bench: Bench) -> None:
        _send(bench, 1)
        said = Answer(reference=_FIRST, state=AckState.REJECTED, codes=("848",), weight=Weight.CONTENT)
        _answer(bench, 10, said)
        _answer(bench, 11, Answer(reference=_FIRST, state=AckState.ACCEPTED))
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.state, row.codes, row.weight) == (AckState.REJECTED, ("848",), Weight.CONTENT)

    def test_an_application_may_think_better_of_it(self, bench: Bench) -> None:
        _send(bench, 1)
        for number, state in ((10, AckState.REJECTED), (11, AckState.ACCEPTED)):
            _answer(bench, number, Answer(reference=_FIRST, state=state, weight=Weight.CONTENT))
        assert _states(bench) == {AckState.ACCEPTED: 1}

    def test_an_application_goes_before_what_was_said_of_syntax(self, bench: Bench) -> None:
        _send(bench, 1)
        _answer(bench, 10, Answer(reference=_FIRST, state=AckState.ACCEPTED))
        _answer(bench, 11, Answer(reference=_FIRST, state=AckState.REJECTED, weight=Weight.CONTENT))
        assert _states(bench) == {AckState.REJECTED: 1}

    def test_a_copy_that_is_refused_as_one_too_many_changes_nothing_that_is_decided(self, bench: Bench) -> None:
        _send(bench, 1)
        again = Answer(reference=_FIRST, state=AckState.REJECTED, codes=("025",), weight=Weight.RECEIPT)
        _answer(bench, 10, Answer(reference=_FIRST, state=AckState.ACCEPTED))
        _answer(bench, 11, again)
        assert _states(bench) == {AckState.ACCEPTED: 1}

    def test_a_number_that_was_received_before_is_refused_until_more_is_said(self, bench: Bench) -> None:
        _send(bench, 1)
        _answer(bench, 10, Answer(reference=_FIRST, state=AckState.REJECTED, codes=("025",), weight=Weight.RECEIPT))
        assert _states(bench) == {AckState.REJECTED: 1}
        _answer(bench, 11, Answer(reference=_FIRST, state=AckState.ACCEPTED))
        assert _states(bench) == {AckState.ACCEPTED: 1}

    def test_many_answers_of_one_message_count_in_their_order(self, bench: Bench) -> None:
        _send(bench, 1, transactions=40)
        parts = [Reference(partner="acme", group="1", set_id="855", transaction=str(n)) for n in range(40, 0, -1)]
        said = [Answer(reference=one, state=AckState.REJECTED) for one in parts[::2]]
        _answer(
            bench,
            10,
            Answer(reference=_FIRST, state=AckState.ACCEPTED),
            *said,
            replace(said[0], state=AckState.ACCEPTED),
        )
        assert _states(bench) == {AckState.ACCEPTED: 21, AckState.REJECTED: 19}

    def test_an_answer_that_knows_only_the_business_finds_the_document_by_its_key(self, bench: Bench) -> None:
        ids = [_send(bench, number, keys=(f"INV-{number}", "PO-1")) for number in (1, 2)]
        found = bench.journal.awaited(Reference(partner="acme", key="INV-1"))
        assert [row.message for row in found] == ids[:1]
        assert bench.journal.awaited(Reference(partner="globex", key="INV-1")) == []
        assert bench.journal.awaited(Reference(partner="acme", key="INV-3")) == []

    def test_a_document_goes_before_those_that_refer_to_it(self, bench: Bench) -> None:
        shipment = _send(bench, 1, set_id="856", keys=("S-1", "PO-1"))
        _send(bench, 2, set_id="810", keys=("INV-1", "PO-1", "S-1"))
        assert [row.message for row in bench.journal.awaited(Reference(partner="acme", key="S-1"))] == [shipment]

    def test_of_documents_of_one_number_the_set_decides_and_without_it_none_is_meant(self, bench: Bench) -> None:
        shipment = _send(bench, 1, set_id="856", keys=("1001",))
        _send(bench, 2, set_id="810", keys=("1001",))
        assert bench.journal.awaited(Reference(partner="acme", key="1001")) == []
        found = bench.journal.awaited(Reference(partner="acme", set_id="856", standard="x12", key="1001"))
        assert [row.message for row in found] == [shipment]

    def test_of_a_document_that_was_sent_again_the_last_is_meant(self, bench: Bench) -> None:
        _send(bench, 1, keys=("INV-1",))
        again = _send(bench, 2, keys=("INV-1",))
        _answer(bench, 10, Answer(reference=Reference(partner="acme", key="INV-1"), state=AckState.REJECTED))
        assert {row.message: row.state for row in bench.journal.ledger(LedgerQuery())}[again] is AckState.REJECTED
        assert _states(bench) == {AckState.WAITING: 1, AckState.REJECTED: 1}

    def test_a_key_is_forgotten_with_its_document(self, bench: Bench) -> None:
        _send(bench, 1, keys=("INV-1",))
        _leave(bench)
        bench.clock.advance(100.0)
        for _ in range(2):
            bench.journal.purge(messages_before=bench.clock.now(), limit=100)
        assert bench.journal.awaited(Reference(partner="acme", key="INV-1")) == []

    def test_a_key_may_be_any_text(self, bench: Bench) -> None:
        id = _send(bench, 1, keys=("no\0ne \\u0000", "k" * 5000, "Gr\u00f6\u00dfe"))
        found = bench.journal.awaited(Reference(partner="acme", key="Gr\u00f6\u00dfe"))
        assert [(row.message, row.keys[0]) for row in found] == [(id, "no\u2400ne \\u0000")]
        assert bench.journal.awaited(Reference(partner="acme", key="k" * 5000)) == []

    def test_an_answer_of_lost_work_changes_nothing(self, bench: Bench) -> None:
        _send(bench, 1)
        bench.arrive(10)
        work = bench.take_one()
        bench.journal.give_back(owner="host", crashed=True)
        assert not bench.commit(work, _answering(Answer(reference=_FIRST, state=AckState.ACCEPTED)))
        assert _states(bench) == {AckState.WAITING: 1}

    def test_an_acknowledgement_that_came_before_answers_nothing(self, bench: Bench) -> None:
        _send(bench, 1)
        once = (Once(scope="interchange", key="1", within=1e6),)
        for number, state in ((10, AckState.ACCEPTED), (11, AckState.REJECTED)):
            bench.arrive(number)
            answers = (Answer(reference=_FIRST, state=state),)
            bench.commit(bench.take_one(), Outcome(fate=Fate(event=Event.DELIVER), guards=once, answers=answers))
        assert _states(bench) == {AckState.ACCEPTED: 1}

    def test_an_acknowledgement_that_goes_nowhere_answers(self, bench: Bench) -> None:
        _send(bench, 1)
        bench.arrive(10)
        answers = (Answer(reference=_FIRST, state=AckState.ACCEPTED),)
        bench.commit(bench.take_one(), Outcome(fate=Fate(event=Event.SKIP), answers=answers))
        assert _states(bench) == {AckState.ACCEPTED: 1}

    def test_the_ledger_is_read_newest_first_and_in_pages(self, bench: Bench) -> None:
        ids = [_send(bench, number) for number in (1, 2, 3)]
        first = bench.journal.ledger(LedgerQuery(limit=2))
        assert [row.message for row in first] == [ids[2], ids[1]]
        rest = bench.journal.ledger(LedgerQuery(below=first[-1].row))
        assert [row.message for row in rest] == [ids[0]]

    def test_the_ledger_is_read_by_partner_state_and_message(self, bench: Bench) -> None:
        ids = [_send(bench, 1), _send(bench, 2, partner="globex"), _send(bench, 3)]
        _answer(bench, 10, Answer(reference=Reference(partner="acme", group="3"), state=AckState.ACCEPTED))
        asked = (
            LedgerQuery(partner="globex"),
            LedgerQuery(states=(AckState.ACCEPTED, AckState.REJECTED)),
            LedgerQuery(message=ids[0]),
            LedgerQuery(partner="acme", states=(AckState.WAITING,)),
        )
        found = [[row.message for row in bench.journal.ledger(one)] for one in asked]
        assert found == [[ids[1]], [ids[2]], [ids[0]], [ids[0]]]

    def test_documents_are_counted_by_partner_and_state(self, bench: Bench) -> None:
        _send(bench, 1, transactions=2)
        _send(bench, 2, partner="globex")
        first = Reference(partner="acme", group="1", set_id="855", transaction="1")
        _answer(bench, 10, Answer(reference=first, state=AckState.REJECTED))
        assert bench.journal.standings() == {
            "acme": {AckState.REJECTED: 1, AckState.WAITING: 1},
            "globex": {AckState.WAITING: 1},
        }

    def test_what_is_not_acknowledged_in_time_becomes_overdue_and_is_told_once(self, bench: Bench) -> None:
        id = _send(bench, 1, within=60.0)
        _leave(bench)
        assert bench.journal.overdue(_tell, 10) == 0
        bench.clock.advance(60.0)
        assert (bench.journal.overdue(_tell, 10), bench.journal.overdue(_tell, 10)) == (1, 0)
        assert _states(bench) == {AckState.OVERDUE: 1}
        (alarm,) = bench.take("alarms")
        assert (alarm.message.parent, alarm.message.topic, read_all(alarm.message.body)) == (id, "ack.overdue", b"1")

    def test_what_a_person_gave_up_is_not_overdue(self, bench: Bench) -> None:
        _send(bench, 1, within=60.0)
        for work in bench.take(OUT):
            bench.settle(work, Fate(event=Event.REJECT, code="E1", reason="so"))
        (dead,) = bench.journal.items(Query(queue=OUT))
        assert bench.journal.decide(dead.row, Event.DISCARD, None)
        bench.clock.advance(100.0)
        assert bench.journal.overdue(_tell, 10) == 0
        assert [(row.sent, row.due) for row in bench.journal.ledger(LedgerQuery())] == [(None, None)]

    def test_what_a_person_mended_is_awaited_in_its_place(self, bench: Bench) -> None:
        _send(bench, 1, within=60.0)
        for work in bench.take(OUT):
            bench.settle(work, Fate(event=Event.REJECT, code="E1", reason="so"))
        (dead,) = bench.journal.items(Query(queue=OUT))
        entry = arrival(90, Post(queue=OUT))
        assert bench.journal.replace(dead.row, entry, "mended")
        assert [row.message for row in bench.journal.awaited(_FIRST)] == [entry.message.id]
        _leave(bench)
        bench.clock.advance(60.0)
        assert bench.journal.overdue(_tell, 10) == 1

    def test_what_has_not_left_hides_nothing_that_has(self, bench: Bench) -> None:
        _send(bench, 1, within=60.0)
        _leave(bench)
        for number in range(2, 8):
            _send(bench, number, within=10.0)
        bench.clock.advance(60.0)
        assert bench.journal.overdue(_tell, 1) == 1

    def test_an_alarm_waits_in_the_lane_of_its_reader(self, bench: Bench) -> None:
        for number in (1, 2):
            _send(bench, number, within=60.0)
        _leave(bench)
        bench.clock.advance(60.0)
        assert bench.journal.overdue(lambda row: _tell(row, lane="acme"), 10) == 2
        assert len(bench.take("alarms")) == 1

    def test_nobody_needs_to_be_told(self, bench: Bench) -> None:
        _send(bench, 1, within=60.0)
        _leave(bench)
        bench.clock.advance(60.0)
        assert bench.journal.overdue(lambda row: None, 10) == 1
        assert _states(bench) == {AckState.OVERDUE: 1}

    def test_overdue_is_raised_in_steps(self, bench: Bench) -> None:
        for number in (1, 2, 3):
            _send(bench, number, within=60.0)
        _leave(bench)
        bench.clock.advance(60.0)
        assert [bench.journal.overdue(_tell, 2) for _ in range(3)] == [2, 1, 0]

    def test_what_has_not_left_is_not_overdue(self, bench: Bench) -> None:
        _send(bench, 1, within=60.0)
        bench.clock.advance(100.0)
        assert bench.journal.overdue(_tell, 10) == 0
        _leave(bench)
        bench.clock.advance(59.0)
        assert bench.journal.overdue(_tell, 10) == 0
        bench.clock.advance(1.0)
        assert bench.journal.overdue(_tell, 10) == 1

    def test_what_may_take_any_time_is_never_overdue(self, bench: Bench) -> None:
        _send(bench, 1)
        _leave(bench)
        bench.clock.advance(1e7)
        assert bench.journal.overdue(_tell, 10) == 0

    def test_what_is_answered_is_not_overdue(self, bench: Bench) -> None:
        _send(bench, 1, within=60.0)
        _leave(bench)
        _answer(bench, 10, Answer(reference=_FIRST, state=AckState.ACCEPTED))
        bench.clock.advance(60.0)
        assert bench.journal.overdue(_tell, 10) == 0

    def test_an_answer_may_come_late(self, bench: Bench) -> None:
        _send(bench, 1, within=60.0)
        _leave(bench)
        bench.clock.advance(60.0)
        bench.journal.overdue(_tell, 10)
        _answer(bench, 10, Answer(reference=_FIRST, state=AckState.ACCEPTED))
        assert _states(bench) == {AckState.ACCEPTED: 1}

    def test_what_was_awaited_is_forgotten_with_its_message(self, bench: Bench) -> None:
        _send(bench, 1)
        _leave(bench)
        bench.clock.advance(100.0)
        for _ in range(2):
            bench.journal.purge(messages_before=bench.clock.now(), limit=100)
        assert bench.journal.ledger(LedgerQuery()) == []
        assert [one.number for one in bench.journal.numbers()] == [1, 1]


_FIRST = Reference(partner="acme", group="1")


def numbered(
    parent: Message,
    *,
    partner: str = "acme",
    transactions: int = 1,
    keys: tuple[str, ...] = (),
    within: float | None = None,
    set_id: str = "855",
) -> Sent:
    """An interchange of so many documents, each awaited."""

    def awaits(numbers: Sequence[int]) -> tuple[Awaited, ...]:
        return tuple(
            Awaited(
                partner=partner,
                standard="x12",
                set_id=set_id,
                interchange=f"{numbers[0]:09}",
                group=str(numbers[1]),
                transaction=f"{position:04}",
                keys=keys,
                within=within,
            )
            for position in range(1, transactions + 1)
        )

    return Sent(
        message=part(parent, 0, route="out"),
        posts=(Post(queue=OUT),),
        numbering=Numbering(scopes=_SERIES, write=written, awaits=awaits),
    )


def _send(
    bench: Bench,
    number: int,
    *,
    partner: str = "acme",
    transactions: int = 1,
    keys: tuple[str, ...] = (),
    within: float | None = None,
    set_id: str = "855",
) -> str:
    bench.arrive(number)
    work = bench.take_one()
    sent = numbered(work.message, partner=partner, transactions=transactions, keys=keys, within=within, set_id=set_id)
    assert bench.commit(work, delivered(also=[sent]))
    return sent.message.id


def _leave(bench: Bench) -> None:
    """Whatever is to be delivered is."""
    for work in bench.take(OUT):
        bench.settle(work, Fate(event=Event.DELIVER))


def _answering(*answers: Answer) -> Outcome:
    return Outcome(fate=Fate(event=Event.DELIVER), answers=answers)


def _answer(bench: Bench, number: int, *answers: Answer) -> None:
    bench.arrive(number)
    assert bench.commit(bench.take_one(QUEUE), _answering(*answers))


def _states(bench: Bench) -> object:
    return bench.journal.standings()["acme"]


def _tell(row: Awaiting, lane: str | None = None) -> Sent:
    told = Message(
        id=child_id(row.message, row.route, f"ack.overdue {row.row}"),
        parent=row.message,
        correlation=row.correlation,
        route=row.route,
        topic="ack.overdue",
        body=Inline(row.interchange.encode()),
    )
    return Sent(message=told, posts=(Post(queue="alarms", lane=lane),))
