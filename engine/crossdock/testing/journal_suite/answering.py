"""What acknowledgements mean, and how they change the ledger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crossdock.control import AckState, Answer, Reference, Weight
from crossdock.delivery.states import Event
from crossdock.journal.contract import Fate, Outcome
from crossdock.journal.ledger import LedgerQuery
from crossdock.route.plan import Once
from crossdock.testing.journal_suite.awaiting import FIRST, answer, answering, leave, send, states, tell
from crossdock.testing.journal_suite.bench import Bench


class Answering:
    """``Outcome.answers``, ``awaited``."""

    def test_it_is_found_by_what_acknowledgements_repeat(self, bench: Bench) -> None:
        ids = [send(bench, number) for number in (1, 2, 3)]
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
        send(bench, 1)
        send(bench, 2)
        assert bench.journal.awaited(reference) == []

    def test_a_group_is_all_its_transactions(self, bench: Bench) -> None:
        send(bench, 1, transactions=3)
        found = bench.journal.awaited(Reference(partner="acme", group="1"))
        assert [row.transaction for row in found] == ["1", "2", "3"]

    def test_of_numbers_that_began_again_the_last_is_meant(self, bench: Bench) -> None:
        send(bench, 1)
        bench.journal.set_number("acme/x12/group", 0)
        again = send(bench, 2)
        assert [row.message for row in bench.journal.awaited(Reference(partner="acme", group="1"))] == [again]

    @pytest.mark.parametrize("state", sorted(set(AckState) - {AckState.WAITING, AckState.OVERDUE}))
    def test_an_answer_changes_the_row_in_the_commit_that_brings_it(self, bench: Bench, state: AckState) -> None:
        send(bench, 1)
        answer(bench, 10, Answer(reference=FIRST, state=state, codes=("AK502 5",), detail="segment 3"))
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.state, row.answered) == (state, bench.clock.now())
        assert (row.codes, row.detail) == (("AK502 5",), "segment 3")

    def test_what_is_said_of_a_part_counts_behind_what_is_said_of_the_whole(self, bench: Bench) -> None:
        send(bench, 1, transactions=2)
        second = Reference(partner="acme", group="1", set_id="855", transaction="0002")
        answer(
            bench,
            10,
            Answer(reference=FIRST, state=AckState.ACCEPTED),
            Answer(reference=second, state=AckState.REJECTED),
        )
        assert [row.state for row in bench.journal.ledger(LedgerQuery())] == [AckState.REJECTED, AckState.ACCEPTED]

    def test_an_answer_that_decides_nothing_leaves_it_waiting(self, bench: Bench) -> None:
        send(bench, 1)
        noted = Answer(reference=Reference(partner="acme", interchange="1"), state=None, codes=("TA105 000",))
        answer(bench, 10, noted)
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.state, row.answered, row.codes) == (AckState.WAITING, None, ("TA105 000",))

    def test_an_answer_that_decides_nothing_changes_nothing_that_is_decided(self, bench: Bench) -> None:
        send(bench, 1)
        answer(bench, 10, Answer(reference=FIRST, state=AckState.REJECTED, codes=("AK905 1",)))
        answer(bench, 11, Answer(reference=FIRST, state=None, codes=("TA105 000",)))
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.state, row.codes) == (AckState.REJECTED, ("AK905 1",))

    def test_what_an_application_said_stands_whatever_is_said_of_syntax(self, bench: Bench) -> None:
        send(bench, 1)
        said = Answer(reference=FIRST, state=AckState.REJECTED, codes=("848",), weight=Weight.CONTENT)
        answer(bench, 10, said)
        answer(bench, 11, Answer(reference=FIRST, state=AckState.ACCEPTED))
        (row,) = bench.journal.ledger(LedgerQuery())
        assert (row.state, row.codes, row.weight) == (AckState.REJECTED, ("848",), Weight.CONTENT)

    def test_an_application_may_think_better_of_it(self, bench: Bench) -> None:
        send(bench, 1)
        for number, state in ((10, AckState.REJECTED), (11, AckState.ACCEPTED)):
            answer(bench, number, Answer(reference=FIRST, state=state, weight=Weight.CONTENT))
        assert states(bench) == {AckState.ACCEPTED: 1}

    def test_an_application_goes_before_what_was_said_of_syntax(self, bench: Bench) -> None:
        send(bench, 1)
        answer(bench, 10, Answer(reference=FIRST, state=AckState.ACCEPTED))
        answer(bench, 11, Answer(reference=FIRST, state=AckState.REJECTED, weight=Weight.CONTENT))
        assert states(bench) == {AckState.REJECTED: 1}

    def test_a_copy_that_is_refused_as_one_too_many_changes_nothing_that_is_decided(self, bench: Bench) -> None:
        send(bench, 1)
        again = Answer(reference=FIRST, state=AckState.REJECTED, codes=("025",), weight=Weight.RECEIPT)
        answer(bench, 10, Answer(reference=FIRST, state=AckState.ACCEPTED))
        answer(bench, 11, again)
        assert states(bench) == {AckState.ACCEPTED: 1}

    def test_a_number_that_was_received_before_is_refused_until_more_is_said(self, bench: Bench) -> None:
        send(bench, 1)
        answer(bench, 10, Answer(reference=FIRST, state=AckState.REJECTED, codes=("025",), weight=Weight.RECEIPT))
        assert states(bench) == {AckState.REJECTED: 1}
        answer(bench, 11, Answer(reference=FIRST, state=AckState.ACCEPTED))
        assert states(bench) == {AckState.ACCEPTED: 1}

    def test_many_answers_of_one_message_count_in_their_order(self, bench: Bench) -> None:
        send(bench, 1, transactions=40)
        parts = [Reference(partner="acme", group="1", set_id="855", transaction=str(n)) for n in range(40, 0, -1)]
        said = [Answer(reference=one, state=AckState.REJECTED) for one in parts[::2]]
        answer(
            bench,
            10,
            Answer(reference=FIRST, state=AckState.ACCEPTED),
            *said,
            replace(said[0], state=AckState.ACCEPTED),
        )
        assert states(bench) == {AckState.ACCEPTED: 21, AckState.REJECTED: 19}

    def test_an_answer_that_knows_only_the_business_finds_the_document_by_its_key(self, bench: Bench) -> None:
        ids = [send(bench, number, keys=(f"INV-{number}", "PO-1")) for number in (1, 2)]
        found = bench.journal.awaited(Reference(partner="acme", key="INV-1"))
        assert [row.message for row in found] == ids[:1]
        assert bench.journal.awaited(Reference(partner="globex", key="INV-1")) == []
        assert bench.journal.awaited(Reference(partner="acme", key="INV-3")) == []

    def test_a_document_goes_before_those_that_refer_to_it(self, bench: Bench) -> None:
        shipment = send(bench, 1, set_id="856", keys=("S-1", "PO-1"))
        send(bench, 2, set_id="810", keys=("INV-1", "PO-1", "S-1"))
        assert [row.message for row in bench.journal.awaited(Reference(partner="acme", key="S-1"))] == [shipment]

    def test_of_documents_of_one_number_the_set_decides_and_without_it_none_is_meant(self, bench: Bench) -> None:
        shipment = send(bench, 1, set_id="856", keys=("1001",))
        send(bench, 2, set_id="810", keys=("1001",))
        assert bench.journal.awaited(Reference(partner="acme", key="1001")) == []
        found = bench.journal.awaited(Reference(partner="acme", set_id="856", standard="x12", key="1001"))
        assert [row.message for row in found] == [shipment]

    def test_of_a_document_that_was_sent_again_the_last_is_meant(self, bench: Bench) -> None:
        send(bench, 1, keys=("INV-1",))
        again = send(bench, 2, keys=("INV-1",))
        answer(bench, 10, Answer(reference=Reference(partner="acme", key="INV-1"), state=AckState.REJECTED))
        assert {row.message: row.state for row in bench.journal.ledger(LedgerQuery())}[again] is AckState.REJECTED
        assert states(bench) == {AckState.WAITING: 1, AckState.REJECTED: 1}

    def test_a_key_is_forgotten_with_its_document(self, bench: Bench) -> None:
        send(bench, 1, keys=("INV-1",))
        leave(bench)
        bench.clock.advance(100.0)
        for _ in range(2):
            bench.journal.purge(messages_before=bench.clock.now(), limit=100)
        assert bench.journal.awaited(Reference(partner="acme", key="INV-1")) == []

    def test_a_key_may_be_any_text(self, bench: Bench) -> None:
        id = send(bench, 1, keys=("no\0ne \\u0000", "k" * 5000, "Gr\u00f6\u00dfe"))
        found = bench.journal.awaited(Reference(partner="acme", key="Gr\u00f6\u00dfe"))
        assert [(row.message, row.keys[0]) for row in found] == [(id, "no\u2400ne \\u0000")]
        assert bench.journal.awaited(Reference(partner="acme", key="k" * 5000)) == []

    def test_an_answer_of_lost_work_changes_nothing(self, bench: Bench) -> None:
        send(bench, 1)
        bench.arrive(10)
        work = bench.take_one()
        bench.journal.give_back(owner="host", crashed=True)
        assert not bench.commit(work, answering(Answer(reference=FIRST, state=AckState.ACCEPTED)))
        assert states(bench) == {AckState.WAITING: 1}

    def test_an_acknowledgement_that_came_before_answers_nothing(self, bench: Bench) -> None:
        send(bench, 1)
        once = (Once(scope="interchange", key="1", within=1e6),)
        for number, state in ((10, AckState.ACCEPTED), (11, AckState.REJECTED)):
            bench.arrive(number)
            answers = (Answer(reference=FIRST, state=state),)
            bench.commit(bench.take_one(), Outcome(fate=Fate(event=Event.DELIVER), guards=once, answers=answers))
        assert states(bench) == {AckState.ACCEPTED: 1}

    def test_an_acknowledgement_that_goes_nowhere_answers(self, bench: Bench) -> None:
        send(bench, 1)
        bench.arrive(10)
        answers = (Answer(reference=FIRST, state=AckState.ACCEPTED),)
        bench.commit(bench.take_one(), Outcome(fate=Fate(event=Event.SKIP), answers=answers))
        assert states(bench) == {AckState.ACCEPTED: 1}

    def test_what_is_answered_is_not_overdue(self, bench: Bench) -> None:
        send(bench, 1, within=60.0)
        leave(bench)
        answer(bench, 10, Answer(reference=FIRST, state=AckState.ACCEPTED))
        bench.clock.advance(60.0)
        assert bench.journal.overdue(tell, 10) == 0

    def test_an_answer_may_come_late(self, bench: Bench) -> None:
        send(bench, 1, within=60.0)
        leave(bench)
        bench.clock.advance(60.0)
        bench.journal.overdue(tell, 10)
        answer(bench, 10, Answer(reference=FIRST, state=AckState.ACCEPTED))
        assert states(bench) == {AckState.ACCEPTED: 1}
