"""A provable sink: staged, proven, finished. Whatever happens between, the final thing is there once, and whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from crossdock.connector import Done, Staged
from crossdock.errors import CrossdockError, Hold
from crossdock.testing.connector_suite.ground import RefusesOne, SinkGround, Visible
from crossdock.testing.connector_suite.sink_tests import Sender, SinkTests, parcel
from crossdock.testing.connector_suite.suite import needs


class Proving(SinkTests):
    """What a crash between stage, proof, finish and done leads to."""

    def test_what_is_staged_is_not_there_yet(self, ground: SinkGround, sender: Sender) -> None:
        staged = sender.stage(parcel(1), parcel(2))
        assert {type(one) for one in staged} == {Staged}
        assert list(ground.arrived()) == []

    def test_what_was_staged_is_finished_by_another_process(self, sender: Sender) -> None:
        staged = good(sender.stage(parcel(1), parcel(2)))
        sender.again()
        assert {type(one) for one in sender.finish(*staged)} == {Done}
        assert sender.counted(2) == Counter([parcel(1).key, parcel(2).key])

    def test_finished_twice_it_is_one_effect(self, sender: Sender) -> None:
        staged = good(sender.stage(parcel(1)))
        for _ in range(3):
            assert {type(one) for one in sender.finish(*staged)} == {Done}
        assert sender.counted(1) == Counter([parcel(1).key])

    def test_finished_twice_by_two_processes_it_is_one_effect(self, sender: Sender) -> None:
        staged = good(sender.stage(parcel(1)))
        assert {type(one) for one in sender.finish(*staged)} == {Done}
        sender.again()
        assert {type(one) for one in sender.finish(*staged)} == {Done}
        assert sender.counted(1) == Counter([parcel(1).key])

    def test_staged_again_after_a_crash_before_the_proof_it_is_one_effect(self, sender: Sender) -> None:
        one = parcel(1)
        sender.stage(one)
        sender.again()
        staged = good(sender.stage(replace(one, attempt=2)))
        assert {type(one) for one in sender.finish(*staged)} == {Done}
        assert [(got.key, got.data) for got in sender.arrived(1)] == [(one.key, one.data)]

    @needs(Visible)
    def test_taken_by_the_partner_before_we_noted_it_it_is_delivered_and_not_sent_again(
        self, ground: SinkGround, sender: Sender
    ) -> None:
        assert isinstance(ground, Visible)
        staged = good(sender.stage(parcel(1)))
        sender.finish(*staged)
        ground.take(parcel(1).key)
        sender.again()
        assert {type(one) for one in sender.finish(*staged)} == {Done}
        assert list(ground.arrived()) == []

    @needs(Visible)
    def test_what_lies_there_under_the_name_is_never_overwritten(self, ground: SinkGround, sender: Sender) -> None:
        assert isinstance(ground, Visible)
        ground.occupy(parcel(1).key, b"of another")
        (outcome,) = sender.send(parcel(1))
        assert isinstance(outcome, Hold), outcome
        assert [one.data for one in ground.arrived()] == [b"of another"]

    @needs(Visible)
    def test_what_comes_under_the_name_after_staging_is_never_overwritten(
        self, ground: SinkGround, sender: Sender
    ) -> None:
        assert isinstance(ground, Visible)
        staged = good(sender.stage(parcel(1)))
        ground.occupy(parcel(1).key, b"of another")
        (outcome,) = sender.finish(*staged)
        assert isinstance(outcome, Hold), outcome
        assert [one.data for one in ground.arrived()] == [b"of another"]

    @needs(Visible)
    def test_delivered_nothing_is_left_beside_it(self, ground: SinkGround, sender: Sender) -> None:
        assert isinstance(ground, Visible)
        sender.stage(parcel(1))
        sender.again()
        for number in (1, 2):
            assert isinstance(sender.send(replace(parcel(number), attempt=2))[0], Done)
        assert list(ground.leftovers()) == []

    @needs(RefusesOne)
    def test_one_that_cannot_be_staged_stops_no_other(self, ground: SinkGround, sender: Sender) -> None:
        assert isinstance(ground, RefusesOne)
        staged = sender.stage(parcel(1), ground.bad(parcel(2)), parcel(3))
        assert [isinstance(one, Staged) for one in staged] == [True, False, True]
        assert isinstance(staged[1], CrossdockError)

    def test_a_proof_that_cannot_be_read_is_held_and_stops_no_other(self, sender: Sender) -> None:
        staged = good(sender.stage(parcel(1)))
        outcomes = sender.finish(Staged("{"), *staged, Staged(""))
        for outcome, wanted in zip(outcomes, (Hold, Done, Hold), strict=True):
            assert isinstance(outcome, wanted), outcome


def good(staged: list[Staged | CrossdockError]) -> list[Staged]:
    """All of them, which must have been staged."""
    failed = [one for one in staged if not isinstance(one, Staged)]
    assert failed == []
    return [one for one in staged if isinstance(one, Staged)]
