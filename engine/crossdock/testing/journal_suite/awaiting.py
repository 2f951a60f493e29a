"""The ledger: what was sent and is to be acknowledged, what answers it, what is overdue."""

from __future__ import annotations

from collections.abc import Sequence

from crossdock.control import AckState, Answer, Awaited, Numbering, Reference, Series
from crossdock.delivery.states import Event
from crossdock.journal.contract import Fate, Outcome, Post, Query, Sent
from crossdock.journal.ledger import Awaiting, LedgerQuery
from crossdock.message import Inline, Message, child_id, read_all
from crossdock.testing.journal_suite.bench import QUEUE, Bench, arrival, delivered, part
from crossdock.testing.journal_suite.numbering import written

OUT = "out/file"
_SERIES = tuple(Series(name=f"acme/x12/{level}") for level in ("interchange", "group"))


class AwaitingAnswers:
    """``Numbering.awaits``, ``ledger``, ``standings``, ``overdue``."""

    def test_what_is_numbered_is_awaited_under_its_numbers(self, bench: Bench) -> None:
        id = send(bench, 1, keys=("PO-1", "PO-2"), within=60.0)
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
        send(bench, 1, within=60.0)
        bench.clock.advance(10.0)
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.sent, row.due) == (None, None)
        leave(bench)
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.sent, row.due) == (bench.clock.now(), bench.clock.now() + 60.0)

    def test_the_ledger_is_read_newest_first_and_in_pages(self, bench: Bench) -> None:
        ids = [send(bench, number) for number in (1, 2, 3)]
        first = bench.journal.ledger(LedgerQuery(limit=2))
        assert [row.message for row in first] == [ids[2], ids[1]]
        rest = bench.journal.ledger(LedgerQuery(below=first[-1].row))
        assert [row.message for row in rest] == [ids[0]]

    def test_the_ledger_is_read_by_partner_state_and_message(self, bench: Bench) -> None:
        ids = [send(bench, 1), send(bench, 2, partner="globex"), send(bench, 3)]
        answer(bench, 10, Answer(reference=Reference(partner="acme", group="3"), state=AckState.ACCEPTED))
        asked = (
            LedgerQuery(partner="globex"),
            LedgerQuery(states=(AckState.ACCEPTED, AckState.REJECTED)),
            LedgerQuery(message=ids[0]),
            LedgerQuery(partner="acme", states=(AckState.WAITING,)),
        )
        found = [[row.message for row in bench.journal.ledger(one)] for one in asked]
        assert found == [[ids[1]], [ids[2]], [ids[0]], [ids[0]]]

    def test_documents_are_counted_by_partner_and_state(self, bench: Bench) -> None:
        send(bench, 1, transactions=2)
        send(bench, 2, partner="globex")
        first = Reference(partner="acme", group="1", set_id="855", transaction="1")
        answer(bench, 10, Answer(reference=first, state=AckState.REJECTED))
        assert bench.journal.standings() == {
            "acme": {AckState.REJECTED: 1, AckState.WAITING: 1},
            "globex": {AckState.WAITING: 1},
        }

    def test_what_is_not_acknowledged_in_time_becomes_overdue_and_is_told_once(self, bench: Bench) -> None:
        id = send(bench, 1, within=60.0)
        leave(bench)
        assert bench.journal.overdue(tell, 10) == 0
        bench.clock.advance(60.0)
        assert (bench.journal.overdue(tell, 10), bench.journal.overdue(tell, 10)) == (1, 0)
        assert states(bench) == {AckState.OVERDUE: 1}
        (alarm,) = bench.take("alarms")
        assert (alarm.message.parent, alarm.message.topic, read_all(alarm.message.body)) == (id, "ack.overdue", b"1")

    def test_what_a_person_gave_up_is_not_overdue(self, bench: Bench) -> None:
        send(bench, 1, within=60.0)
        for work in bench.take(OUT):
            bench.settle(work, Fate(event=Event.REJECT, code="E1", reason="so"))
        (dead,) = bench.journal.items(Query(queue=OUT))
        assert bench.journal.decide(dead.row, Event.DISCARD, None)
        bench.clock.advance(100.0)
        assert bench.journal.overdue(tell, 10) == 0
        assert [(row.sent, row.due) for row in bench.journal.ledger(LedgerQuery())] == [(None, None)]

    def test_what_a_person_mended_is_awaited_in_its_place(self, bench: Bench) -> None:
        send(bench, 1, within=60.0)
        for work in bench.take(OUT):
            bench.settle(work, Fate(event=Event.REJECT, code="E1", reason="so"))
        (dead,) = bench.journal.items(Query(queue=OUT))
        entry = arrival(90, Post(queue=OUT))
        assert bench.journal.replace(dead.row, entry, "mended")
        assert [row.message for row in bench.journal.awaited(FIRST)] == [entry.message.id]
        leave(bench)
        bench.clock.advance(60.0)
        assert bench.journal.overdue(tell, 10) == 1

    def test_what_has_not_left_hides_nothing_that_has(self, bench: Bench) -> None:
        send(bench, 1, within=60.0)
        leave(bench)
        for number in range(2, 8):
            send(bench, number, within=10.0)
        bench.clock.advance(60.0)
        assert bench.journal.overdue(tell, 1) == 1

    def test_an_alarm_waits_in_the_lane_of_its_reader(self, bench: Bench) -> None:
        for number in (1, 2):
            send(bench, number, within=60.0)
        leave(bench)
        bench.clock.advance(60.0)
        assert bench.journal.overdue(lambda row: tell(row, lane="acme"), 10) == 2
        assert len(bench.take("alarms")) == 1

    def test_nobody_needs_to_be_told(self, bench: Bench) -> None:
        send(bench, 1, within=60.0)
        leave(bench)
        bench.clock.advance(60.0)
        assert bench.journal.overdue(lambda row: None, 10) == 1
        assert states(bench) == {AckState.OVERDUE: 1}

    def test_overdue_is_raised_in_steps(self, bench: Bench) -> None:
        for number in (1, 2, 3):
            send(bench, number, within=60.0)
        leave(bench)
        bench.clock.advance(60.0)
        assert [bench.journal.overdue(tell, 2) for _ in range(3)] == [2, 1, 0]

    def test_what_has_not_left_is_not_overdue(self, bench: Bench) -> None:
        send(bench, 1, within=60.0)
        bench.clock.advance(100.0)
        assert bench.journal.overdue(tell, 10) == 0
        leave(bench)
        bench.clock.advance(59.0)
        assert bench.journal.overdue(tell, 10) == 0
        bench.clock.advance(1.0)
        assert bench.journal.overdue(tell, 10) == 1

    def test_what_may_take_any_time_is_never_overdue(self, bench: Bench) -> None:
        send(bench, 1)
        leave(bench)
        bench.clock.advance(1e7)
        assert bench.journal.overdue(tell, 10) == 0

    def test_what_was_awaited_is_forgotten_with_its_message(self, bench: Bench) -> None:
        send(bench, 1)
        leave(bench)
        bench.clock.advance(100.0)
        for _ in range(2):
            bench.journal.purge(messages_before=bench.clock.now(), limit=100)
        assert bench.journal.ledger(LedgerQuery()) == []
        assert [one.number for one in bench.journal.numbers()] == [1, 1]


FIRST = Reference(partner="acme", group="1")


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


def send(
    bench: Bench,
    number: int,
    *,
    partner: str = "acme",
    transactions: int = 1,
    keys: tuple[str, ...] = (),
    within: float | None = None,
    set_id: str = "855",
) -> str:
    """Number and send so many documents; the id of the message that carries them."""
    bench.arrive(number)
    work = bench.take_one()
    sent = numbered(work.message, partner=partner, transactions=transactions, keys=keys, within=within, set_id=set_id)
    assert bench.commit(work, delivered(also=[sent]))
    return sent.message.id


def leave(bench: Bench) -> None:
    """Whatever is to be delivered is."""
    for work in bench.take(OUT):
        bench.settle(work, Fate(event=Event.DELIVER))


def answering(*answers: Answer) -> Outcome:
    """What is delivered, and says so of what was sent."""
    return Outcome(fate=Fate(event=Event.DELIVER), answers=answers)


def answer(bench: Bench, number: int, *answers: Answer) -> None:
    """An acknowledgement has come as message ``number``."""
    bench.arrive(number)
    assert bench.commit(bench.take_one(QUEUE), answering(*answers))


def states(bench: Bench) -> object:
    """How many documents of acme stand how."""
    return bench.journal.standings()["acme"]


def tell(row: Awaiting, lane: str | None = None) -> Sent:
    """The alarm about a row."""
    told = Message(
        id=child_id(row.message, row.route, f"ack.overdue {row.row}"),
        parent=row.message,
        correlation=row.correlation,
        route=row.route,
        topic="ack.overdue",
        body=Inline(row.interchange.encode()),
    )
    return Sent(message=told, posts=(Post(queue="alarms", lane=lane),))
