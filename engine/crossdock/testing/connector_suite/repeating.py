"""A parcel that is sent again, or whose end is unclear: one effect, or a person is asked. Effects are counted."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace

import pytest

from crossdock.connector import Done, Effect
from crossdock.errors import CrossdockError, Doubt, Halt, Retry, errors_in
from crossdock.testing.connector_suite.enduring import proxy_of
from crossdock.testing.connector_suite.ground import Credentials, LosesReplies, OverTcp, Probed, SinkGround
from crossdock.testing.connector_suite.sink_tests import Sender, SinkTests, parcel
from crossdock.testing.connector_suite.suite import needs, of_effect

_UNCLEAR = (Effect.KEYED, Effect.TRANSACTIONAL, Effect.OPAQUE)


class Repeating(SinkTests):
    """The same key again, and a counterpart that does not do its part."""

    @of_effect(Effect.KEYED, Effect.TRANSACTIONAL)
    def test_the_same_key_again_is_one_effect(self, sender: Sender) -> None:
        one = parcel(1)
        for attempt in (1, 2, 3):
            (outcome,) = sender.send(replace(one, attempt=attempt))
            assert isinstance(outcome, Done), outcome
        assert sender.counted(1) == Counter([one.key])

    @of_effect(Effect.KEYED, Effect.TRANSACTIONAL)
    def test_the_same_key_by_another_process_is_one_effect(self, sender: Sender) -> None:
        one = parcel(1)
        assert isinstance(sender.send(one)[0], Done)
        sender.again()
        assert isinstance(sender.send(replace(one, attempt=2))[0], Done)
        assert sender.counted(1) == Counter([one.key])

    @of_effect(Effect.KEYED, Effect.TRANSACTIONAL)
    def test_the_same_key_twice_in_a_batch_is_one_effect(self, sender: Sender) -> None:
        assert {type(one) for one in sender.send(parcel(1), parcel(1), parcel(2))} == {Done}
        assert sender.counted(2) == Counter([parcel(1).key, parcel(2).key])

    @of_effect(Effect.KEYED, Effect.TRANSACTIONAL)
    def test_two_processes_with_one_key_at_once_make_one_effect(self, ground: SinkGround, sender: Sender) -> None:
        assert self.effect is not None
        senders = [Sender(ground, self.effect) for _ in range(3)]
        threads = [threading.Thread(target=one.insist, args=(parcel(1), parcel(2))) for one in senders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for one in senders:
            one.close()
        assert sender.counted(2) == Counter([parcel(1).key, parcel(2).key])

    @of_effect(*_UNCLEAR)
    @needs(LosesReplies)
    def test_an_effect_whose_reply_is_lost_is_never_told_as_one_that_did_not_happen(
        self, ground: SinkGround, sender: Sender
    ) -> None:
        assert isinstance(ground, LosesReplies)
        sender.insist(parcel(1))
        ground.lose_next_reply()
        (outcome,) = sender.send(parcel(2))
        assert isinstance(outcome, Doubt if self.effect is Effect.OPAQUE else Doubt | Retry | Done), outcome
        assert sender.counted(2) == Counter([parcel(1).key, parcel(2).key])

    @of_effect(Effect.KEYED, Effect.TRANSACTIONAL)
    @needs(LosesReplies)
    def test_sent_again_after_the_reply_was_lost_it_is_one_effect(self, ground: SinkGround, sender: Sender) -> None:
        assert isinstance(ground, LosesReplies)
        sender.insist(parcel(1))
        ground.lose_next_reply()
        assert isinstance(sender.insist(parcel(2))[0], Done)
        assert sender.counted(2) == Counter([parcel(1).key, parcel(2).key])

    @needs(OverTcp)
    def test_a_server_that_is_away_is_told_and_nothing_is_lost(self, ground: SinkGround, sender: Sender) -> None:
        proxy = proxy_of(ground)
        proxy.cut()
        try:
            outcomes = sender.send(parcel(1), parcel(2))
        except CrossdockError as error:
            outcomes = [error, error]  # a sink may find out when it is opened
        assert all(isinstance(one, Retry) for one in outcomes), outcomes
        assert sender.counted(0) == Counter()
        proxy.heal()
        assert {type(one) for one in sender.insist(parcel(1), parcel(2))} == {Done}
        assert sender.counted(2) == Counter([parcel(1).key, parcel(2).key])

    @needs(OverTcp)
    @pytest.mark.parametrize("how", ["reset", "half open", "away for a moment"])
    def test_a_connection_that_was_lost_between_two_sends_is_made_anew(
        self, ground: SinkGround, sender: Sender, how: str
    ) -> None:
        proxy = proxy_of(ground)
        sender.insist(parcel(1))
        {"reset": proxy.reset, "half open": proxy.half_open, "away for a moment": proxy.cut}[how]()
        if how != "reset":
            healer = threading.Timer(0.5, proxy.heal)
            healer.start()
        sent = self._sent_until_clear(sender, 2)
        assert sender.counted(2) == Counter([parcel(1).key, parcel(2).key]), sent

    @needs(OverTcp)
    def test_a_frozen_server_holds_a_send_for_no_longer_than_promised(self, ground: SinkGround, sender: Sender) -> None:
        proxy = proxy_of(ground)
        sender.insist(parcel(1))
        proxy.black_hole()
        begun = time.monotonic()
        (outcome,) = sender.send(parcel(2))
        assert time.monotonic() - begun < ground.give_up
        assert isinstance(outcome, Retry | Doubt), outcome
        proxy.heal()
        if self.effect is not Effect.OPAQUE:
            assert isinstance(sender.insist(parcel(2))[0], Done)
            assert sender.counted(2) == Counter([parcel(1).key, parcel(2).key])

    @needs(OverTcp)
    def test_a_slow_server_gets_everything_whole(self, ground: SinkGround, sender: Sender) -> None:
        proxy_of(ground).slow(delay=0.01, bytes_a_second=400_000)
        one = parcel(1, b"x" * 100_000)
        assert isinstance(sender.insist(self.fitting(one))[0], Done)
        assert [got.data for got in sender.arrived(1)] == [one.data]

    @needs(OverTcp)
    @pytest.mark.parametrize("after", [0.05, 0.15, 0.3])
    def test_a_connection_cut_in_the_middle_of_a_batch_loses_nothing_and_doubles_nothing(
        self, ground: SinkGround, sender: Sender, after: float
    ) -> None:
        proxy = proxy_of(ground)
        parcels = [self.fitting(parcel(number, b"%d " % number * 2000)) for number in range(20)]
        sender.open()
        proxy.slow(bytes_a_second=400_000)
        cutter = threading.Timer(after, proxy.reset)
        cutter.start()
        outcomes = sender.send(*parcels)
        cutter.join()
        proxy.heal()
        clear = [one for one, outcome in zip(parcels, outcomes, strict=True) if not isinstance(outcome, Done)]
        doubtful = {one.key for one, outcome in zip(parcels, outcomes, strict=True) if isinstance(outcome, Doubt)}
        if self.effect is Effect.OPAQUE:
            clear = [one for one in clear if one.key not in doubtful]
        assert {type(one) for one in sender.insist(*clear)} <= {Done}
        counted = sender.counted(len(parcels) - (len(doubtful) if self.effect is Effect.OPAQUE else 0))
        assert max(counted.values(), default=0) <= 1
        assert {one.key for one in parcels} - counted.keys() <= doubtful

    @needs(OverTcp, Probed)
    def test_tried_while_the_server_is_away_it_says_so(self, ground: SinkGround, sender: Sender) -> None:
        proxy_of(ground).cut()
        assert errors_in(sender.probed())

    @needs(Credentials)
    def test_credentials_that_are_no_longer_good_are_told_and_new_ones_work(
        self, ground: SinkGround, sender: Sender
    ) -> None:
        assert isinstance(ground, Credentials)
        sender.insist(parcel(1))
        ground.revoke()
        sender.close()
        try:
            (outcome,) = sender.send(parcel(2))
        except CrossdockError as error:
            outcome = error
            sender.told.append(f"{error!r} {error}")
        assert isinstance(outcome, Retry | Halt), outcome
        sender.again(ground.renewed())
        assert isinstance(sender.insist(parcel(2))[0], Done)
        assert sender.counted(2) == Counter([parcel(1).key, parcel(2).key])

    def _sent_until_clear(self, sender: Sender, number: int) -> object:
        """Sent again until it is done; where its end is unclear and nothing tells two from one, as a person would."""
        if self.effect is not Effect.OPAQUE:
            return sender.insist(parcel(number))
        end = time.monotonic() + sender.ground.give_up
        while time.monotonic() < end:
            (outcome,) = sender.send(parcel(number))
            there = parcel(number).key in sender.counted(0)
            if isinstance(outcome, Done) or (isinstance(outcome, Doubt) and there):
                return outcome
            time.sleep(0.05)
        return None
