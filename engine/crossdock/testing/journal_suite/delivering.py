"""How far an effect has come: recorded before it is done, so that its end is known or known to be unclear."""

from __future__ import annotations

import pytest

from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Fate, Outcome, Phase, Result
from crossdock.testing.journal_suite.bench import Bench


class Delivering:
    """``advance``, and what becomes of a phase."""

    def test_a_staged_effect_comes_back_with_its_proof(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        assert bench.journal.advance([work], Phase.STAGED, ["proof"]) == [work]
        bench.journal.give_back(owner="host", crashed=True)
        again = bench.take_one()
        assert (again.phase, again.proof) == (Phase.STAGED, "proof")

    def test_an_effect_that_was_under_way_comes_back_as_such(self, bench: Bench) -> None:
        bench.arrive(1)
        bench.journal.advance([bench.take_one()], Phase.SENDING, [None])
        bench.journal.give_back(crashed=True, owner="host")
        assert bench.take_one().phase is Phase.SENDING

    def test_many_phases_are_recorded_at_once(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        works = bench.take()
        bench.journal.advance(works, Phase.STAGED, ["a", "b"])
        bench.journal.give_back(owner="host", crashed=False)
        assert [work.proof for work in bench.take()] == ["a", "b"]

    def test_a_retry_forgets_a_sending_and_keeps_what_is_staged(self, bench: Bench) -> None:
        bench.arrive(1, 2)
        sending, staged = bench.take()
        bench.journal.advance([sending], Phase.SENDING, [None])
        bench.journal.advance([staged], Phase.STAGED, ["proof"])
        bench.settle(sending, Event.RETRY)
        bench.settle(staged, Event.RETRY)
        assert [(work.phase, work.proof) for work in bench.take()] == [(None, None), (Phase.STAGED, "proof")]

    @pytest.mark.parametrize("event", [Event.HOLD, Event.REJECT])
    def test_a_refused_sending_can_be_sent_again_after_a_person_released_it(self, bench: Bench, event: Event) -> None:
        bench.arrive(1)
        work = bench.take_one()
        bench.journal.advance([work], Phase.SENDING, [None])
        bench.settle(work, event)
        bench.journal.decide(work.row, Event.RELEASE, None)
        assert bench.take_one().phase is None

    @pytest.mark.parametrize("event", [Event.HOLD, Event.REJECT])
    def test_a_release_forgets_that_it_is_staged_and_keeps_the_proof(self, bench: Bench, event: Event) -> None:
        bench.arrive(1)
        work = bench.take_one()
        bench.journal.advance([work], Phase.STAGED, ["proof"])
        bench.settle(work, event)
        bench.journal.decide(work.row, Event.RELEASE, None)
        again = bench.take_one()
        assert (again.phase, again.proof) == (None, "proof")

    def test_work_says_why_it_was_put_back_the_last_time(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        assert work.code is None
        fate = Fate(event=Event.RETRY, code="R601", reason="not its turn", spent=False)
        bench.journal.commit([Result(work=work, outcome=Outcome(fate=fate))])
        again = bench.take_one()
        assert (again.code, again.attempt) == ("R601", 1)

    def test_work_that_is_put_back_while_sending_stays_unclear(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        bench.journal.advance([work], Phase.SENDING, [None])
        bench.settle(work, Event.RETURN)
        assert bench.take_one().phase is Phase.SENDING

    def test_a_person_who_releases_a_doubt_takes_it_for_not_sent(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one()
        bench.journal.advance([work], Phase.SENDING, [None])
        bench.settle(work, Event.LOSE_SIGHT)
        assert (bench.state(1), bench.item(1).phase) == (State.DOUBT, Phase.SENDING)
        bench.journal.decide(work.row, Event.RELEASE, "the partner has nothing")
        assert bench.take_one().phase is None
