"""Arrivals: durable, once, with their work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from crossdock.delivery.states import State
from crossdock.errors import Finding, Retry
from crossdock.journal.contract import Post, Query
from crossdock.message import read_all
from crossdock.testing.journal_suite.bench import QUEUE, Bench, arrival, id_of, message


class _Unreadable:
    """A payload whose source fails while it is read."""

    size = 200_000

    def chunks(self) -> Iterator[bytes]:
        yield b"x" * 100_000
        raise Retry("E799", "the source is gone")


class _Fleeting:
    """A payload whose bytes go away."""

    size = 100_000

    def __init__(self) -> None:
        self.data = b"y" * self.size

    def chunks(self) -> Iterator[bytes]:
        yield self.data


class Accepting:
    """``accept`` and ``refuse``."""

    def test_an_arrival_is_a_message_with_work_that_waits(self, bench: Bench) -> None:
        assert bench.journal.accept([arrival(1)]) == [id_of(1)]
        item = bench.item(1)
        assert (item.state, item.attempts, item.accepted) == (State.WAITING, 0, bench.clock.now())

    def test_a_message_comes_back_as_it_was(self, bench: Bench) -> None:
        sent = replace(
            message(1, b"\x00\xff binary"),
            partner="acme",
            topic="order.received",
            content_type="application/edi-x12",
            headers={"file.name": "Bestellung für München \u202e.edi"},
            trace="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        )
        bench.journal.accept([replace(arrival(1), message=sent)])
        found = bench.journal.message(id_of(1))
        assert found == sent

    def test_a_large_payload_comes_back_byte_for_byte(self, bench: Bench) -> None:
        body = bytes(range(256)) * 1000
        bench.journal.accept([arrival(1, body=body)])
        (work,) = bench.take()
        assert work.message.body.size == len(body)
        assert read_all(work.message.body) == body

    def test_an_empty_payload_is_a_payload(self, bench: Bench) -> None:
        bench.journal.accept([arrival(1, body=b"")])
        assert read_all(bench.take_one().message.body) == b""

    def test_the_same_identity_is_the_same_arrival(self, bench: Bench) -> None:
        bench.arrive(1)
        again = replace(arrival(2), identity="file 1")
        assert bench.journal.accept([again]) == [id_of(1)]
        assert bench.journal.message(id_of(2)) is None
        assert len(list(bench.journal.items(Query()))) == 1
        assert bench.journal.audit().accepted == 1

    def test_two_arrivals_of_one_identity_in_one_batch_are_one(self, bench: Bench) -> None:
        assert bench.journal.accept([arrival(1), replace(arrival(2), identity="file 1")]) == [id_of(1), id_of(1)]
        assert len(list(bench.journal.items(Query()))) == 1

    def test_the_same_identity_at_another_door_is_another_arrival(self, bench: Bench) -> None:
        bench.arrive(1)
        other = replace(arrival(2), identity="file 1", scope="another door")
        assert bench.journal.accept([other]) == [id_of(2)]

    def test_an_identity_is_forgotten_after_its_time(self, bench: Bench) -> None:
        first = replace(arrival(1), keep=100.0)
        bench.journal.accept([first])
        bench.clock.advance(100.0)
        again = replace(arrival(2), identity=first.identity)
        assert bench.journal.accept([again]) == [id_of(1)]
        bench.clock.advance(0.5)
        assert bench.journal.accept([again]) == [id_of(2)]
        assert bench.journal.accept([replace(arrival(3), identity=first.identity)]) == [id_of(2)]

    @pytest.mark.parametrize("identity", ["a\0b", "quote ' \" \\", "😀 Ü \u2028", "x" * 5000, ""])
    def test_an_identity_is_any_text(self, bench: Bench, identity: str) -> None:
        first, again = replace(arrival(1), identity=identity), replace(arrival(2), identity=identity)
        assert bench.journal.accept([first]) == [id_of(1)]
        assert bench.journal.accept([again]) == [id_of(1)]

    def test_a_message_may_go_to_several_queues(self, bench: Bench) -> None:
        bench.journal.accept([arrival(1, Post(queue=QUEUE), Post(queue="audit"))])
        assert [work.queue for work in (*bench.take(), *bench.take("audit"))] == [QUEUE, "audit"]

    def test_nothing_is_half_accepted(self, bench: Bench) -> None:
        bad = replace(arrival(2), message=replace(message(2), body=_Unreadable()))
        with pytest.raises(Retry):
            bench.journal.accept([arrival(1), bad])
        assert bench.journal.message(id_of(1)) is None
        assert bench.journal.accept([arrival(1)]) == [id_of(1)]

    def test_an_accepted_payload_does_not_need_its_source_any_more(self, bench: Bench) -> None:
        body = _Fleeting()
        bench.journal.accept([replace(arrival(1), message=replace(message(1), body=body))])
        body.data = b""
        assert len(read_all(bench.take_one().message.body)) == 100_000

    def test_no_arrival_is_no_work(self, bench: Bench) -> None:
        assert bench.journal.accept([]) == []
        assert bench.journal.ready() == []

    def test_another_connection_sees_what_was_accepted(self, bench: Bench) -> None:
        other = bench.again()
        bench.arrive(1)
        assert other.ready() == [QUEUE]
        other.close()

    def test_a_refused_arrival_leaves_no_message(self, bench: Bench) -> None:
        bench.journal.refuse(QUEUE, "file 1", [Finding(code="F101", message="a link, not a file")])
        assert bench.journal.message(id_of(1)) is None
        assert bench.journal.accept([arrival(1)]) == [id_of(1)]
