"""A sink delivers: every parcel has its outcome, what is done is there, and one bad parcel stops no other."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from crossdock.connector import Done
from crossdock.errors import CrossdockError, Hold, Reject, errors_in
from crossdock.testing.connector_suite.ground import LeadsNowhere, Probed, RefusesOne, SinkGround
from crossdock.testing.connector_suite.sink_tests import Sender, SinkTests, parcel
from crossdock.testing.connector_suite.suite import needs
from crossdock.testing.connector_suite.taking import utc

EVERY_BYTE = bytes(range(256)) * 40 + b"\r\n\x00\x1a\xff\xfe\r\n.\r\n"
WORDS = "Größe 12 µm, 注文書, שלום, 🚚, e\u0301\n".encode()
HOSTILE = ("a\r\nX-Evil: 1", "../../x", "'; DROP TABLE orders; --", "{$key}", "x" * 5000, "\x00", "a\u202eb", "%0d%0a")


@dataclass(frozen=True, slots=True)
class _Streamed:
    """A payload that is not in memory: it can only be read in pieces."""

    pieces: tuple[bytes, ...]

    @property
    def size(self) -> int:
        return sum(map(len, self.pieces))

    def chunks(self) -> Iterator[bytes]:
        yield from self.pieces


class Delivering(SinkTests):
    """What a sink does with good parcels, bad ones and many."""

    def test_it_opens_and_closes(self, sender: Sender) -> None:
        sender.open()
        sender.close()

    def test_it_can_be_closed_twice(self, sender: Sender) -> None:
        sink = sender.open()
        sink.close()
        sink.close()

    def test_its_effect_class_is_the_declared_one(self, ground: SinkGround, sender: Sender) -> None:
        read = sender.kind.options.model_validate(dict(ground.options()))
        assert sender.kind.effect(read) is self.effect

    def test_a_parcel_arrives_under_its_key(self, sender: Sender) -> None:
        one = parcel(1)
        (outcome,) = sender.send(one)
        assert isinstance(outcome, Done), outcome
        assert [(got.key, got.data) for got in sender.arrived(1)] == [(one.key, one.data)]

    def test_nothing_to_send_is_nothing(self, sender: Sender) -> None:
        assert sender.send() == []
        assert list(sender.ground.arrived()) == []

    @pytest.mark.parametrize("data", [EVERY_BYTE, WORDS, b"x"], ids=["every byte", "any script", "one byte"])
    def test_a_payload_arrives_as_it_is(self, sender: Sender, data: bytes) -> None:
        (outcome,) = sender.send(self.fitting(parcel(1, data)))
        assert isinstance(outcome, Done), outcome
        assert [one.data for one in sender.arrived(1)] == [data]

    def test_a_large_payload_that_is_not_in_memory_arrives_whole(self, sender: Sender) -> None:
        chance = random.Random(7)  # noqa: S311 - any bytes
        pieces = tuple(chance.randbytes(200_000) for _ in range(10))
        (outcome,) = sender.send(self.fitting(parcel(1, payload=_Streamed(pieces))))
        assert isinstance(outcome, Done), outcome
        assert [one.data == b"".join(pieces) for one in sender.arrived(1)] == [True]

    def test_an_empty_payload_arrives_or_is_rejected(self, sender: Sender) -> None:
        (outcome,) = sender.send(self.fitting(parcel(1, b"")))
        assert isinstance(outcome, Done | Reject | Hold), outcome
        wanted = [b""] if isinstance(outcome, Done) else []
        assert [one.data for one in sender.arrived(len(wanted))] == wanted

    def test_a_batch_arrives_whole_each_once(self, ground: SinkGround, sender: Sender) -> None:
        parcels = [parcel(number) for number in range(ground.batch)]
        assert {type(one) for one in sender.send(*parcels)} == {Done}
        assert sender.counted(ground.batch) == Counter(one.key for one in parcels)

    def test_a_thousand_in_parallel_arrive_each_once(self, ground: SinkGround, sender: Sender) -> None:
        """By four sinks of their own, as four workers have them. Where a ground says fewer, fewer.

        Four at once may be in each other's way: what is to be tried again is, as the engine does.
        """
        assert self.effect is not None
        step = ground.in_parallel // 20  # each sends five times so many
        share, whole = 5 * step, 20 * step
        senders = [Sender(ground, self.effect) for _ in range(4)]
        outcomes: list[list[object]] = [[] for _ in senders]

        def send(index: int) -> None:
            for start in range(index * share, index * share + share, step):
                outcomes[index] += senders[index].retry(*(parcel(number) for number in range(start, start + step)))

        threads = [threading.Thread(target=send, args=(index,)) for index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for one in senders:
            one.close()
        assert Counter(type(one) for each in outcomes for one in each) == {Done: whole}
        assert sender.counted(whole) == Counter(parcel(number).key for number in range(whole))

    @needs(RefusesOne)
    def test_one_that_is_refused_stops_no_other(self, ground: SinkGround, sender: Sender) -> None:
        assert isinstance(ground, RefusesOne)
        parcels = [parcel(1), ground.bad(parcel(2)), parcel(3)]
        outcomes = sender.send(*parcels)
        assert isinstance(outcomes[1], Reject | Hold), outcomes[1]
        left = [one for one, outcome in zip(parcels, outcomes, strict=True) if not isinstance(outcome, Done)]
        again = sender.insist(*(one for one in left if one.key != parcels[1].key))
        assert {type(one) for one in [outcomes[0], outcomes[2], *again]} <= {Done, *map(type, outcomes)}
        assert {type(one) for one in again} <= {Done}
        assert sender.counted(2) == Counter([parcels[0].key, parcels[2].key])

    @needs(RefusesOne)
    def test_what_is_refused_says_why_and_what_to_do(self, ground: SinkGround, sender: Sender) -> None:
        assert isinstance(ground, RefusesOne)
        (outcome,) = sender.send(ground.bad(parcel(1)))
        assert isinstance(outcome, CrossdockError)
        assert outcome.code
        assert outcome.message

    @needs(LeadsNowhere)
    def test_a_destination_that_is_not_there_is_an_error(self, ground: SinkGround, sender: Sender) -> None:
        assert isinstance(ground, LeadsNowhere)
        sender.open(ground.nowhere())
        (outcome,) = sender.send(parcel(1))
        assert isinstance(outcome, CrossdockError), "what nobody takes is not delivered"

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    def test_a_hostile_value_becomes_no_structure(self, sender: Sender, text: str) -> None:
        """In the document, the headers and the correlation: it arrives under its own key alone, or is rejected."""
        document = {"number": text, "key": text, "status": text, "buyer": {"id": text}}
        bad = parcel(1, document=document, headers={"file.name": text, "note": text}, correlation=text)
        (outcome,) = sender.send(bad)
        assert isinstance(outcome, Done | Reject | Hold), outcome
        (after,) = sender.insist(parcel(2))
        assert isinstance(after, Done), "it must go on with the next"
        effects = [one.data for one in sender.arrived(1 + isinstance(outcome, Done))]
        assert sorted(effects) == sorted([parcel(2).data, *([bad.data] if isinstance(outcome, Done) else [])])

    def test_a_clock_that_is_wrong_by_a_year_changes_nothing(self, sender: Sender) -> None:
        for number, days in enumerate((-400, 400)):
            sender.now = lambda days=days: utc() + timedelta(days=days)  # type: ignore[misc]  # bound at once
            sender.again()
            assert isinstance(sender.send(parcel(number))[0], Done)
        assert len(sender.arrived(2)) == 2

    def test_stopped_and_started_again_it_goes_on(self, sender: Sender) -> None:
        for number in range(3):
            sender.again()
            assert isinstance(sender.send(parcel(number))[0], Done)
        assert sender.counted(3) == Counter(parcel(number).key for number in range(3))

    def test_where_a_parcel_would_go_is_told_without_sending_it(self, ground: SinkGround, sender: Sender) -> None:
        kind = sender.kind
        read = kind.options.model_validate(dict(ground.options()))
        sender.told.append(kind.target(read, parcel(1)))
        assert list(ground.arrived()) == []

    @needs(Probed)
    def test_tried_without_side_effects_it_sends_nothing_and_finds_nothing_wrong(self, sender: Sender) -> None:
        assert errors_in(sender.probed()) == ()
        assert list(sender.ground.arrived()) == []

    @needs(LeadsNowhere, Probed)
    def test_tried_where_nothing_is_it_says_so_or_nothing(self, ground: SinkGround, sender: Sender) -> None:
        """Some can tell (a folder), some cannot without sending (a key that no queue is bound to)."""
        assert isinstance(ground, LeadsNowhere)
        assert all(one.message for one in sender.probed(ground.nowhere()))
        assert list(ground.arrived()) == []
