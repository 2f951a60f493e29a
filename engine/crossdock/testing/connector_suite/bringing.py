"""A source brings what is there: all of it, byte for byte, and known by an identity that stays the same."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from itertools import islice

from crossdock.connector import Arrival
from crossdock.testing.connector_suite.ground import EmptyThings, InOrder, Limited, SourceGround, WithHeaders
from crossdock.testing.connector_suite.source_tests import SourceTests
from crossdock.testing.connector_suite.suite import needs
from crossdock.testing.connector_suite.taking import Taker, utc

EVERY_BYTE = bytes(range(256)) * 40 + b"\r\n\x00\x1a\xff\xfe"
WORDS = "Größe 12 µm, 注文書, שלום, \u202eabc, 🚚, e\u0301".encode()


class Bringing(SourceTests):
    """What a poll brings."""

    def test_it_opens_and_closes(self, taker: Taker) -> None:
        taker.open()
        taker.close()

    def test_it_can_be_closed_twice(self, taker: Taker) -> None:
        source = taker.open()
        list(source.poll())
        source.close()
        source.close()

    def test_a_late_reader_gets_what_was_there_before_it(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", b"first")
        taker.open()
        assert [taker.brought(one) for one in taker.take()] == [b"first"]

    def test_what_comes_later_is_brought_by_a_later_poll(self, ground: SourceGround, taker: Taker) -> None:
        taker.open()
        assert taker.nothing()
        ground.put("a1", b"late")
        assert [taker.brought(one) for one in taker.take()] == [b"late"]

    def test_where_nothing_is_nothing_comes_and_nobody_waits_long(self, taker: Taker) -> None:
        source = taker.open()
        begun = time.monotonic()
        assert list(source.poll()) == []
        assert time.monotonic() - begun < 3, "a poll must not block for longer than a moment"

    def test_once_nothing_is_there_it_says_that_it_is_quiet(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", b"only")
        taker.take()
        assert _becomes_quiet(taker), "a run until idle would never end"

    def test_every_byte_is_brought_as_it_is(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", EVERY_BYTE)
        (arrival,) = taker.take()
        assert taker.brought(arrival) == EVERY_BYTE

    def test_letters_of_any_script_are_brought_as_they_are(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", WORDS)
        (arrival,) = taker.take()
        assert taker.brought(arrival) == WORDS

    def test_a_large_payload_is_brought_whole_and_can_be_read_twice(self, ground: SourceGround, taker: Taker) -> None:
        large = random.Random(7).randbytes(3_000_000)  # noqa: S311 - any bytes
        ground.put("a1", large)
        (arrival,) = taker.found()
        assert [taker.brought(arrival) == large for _ in range(2)] == [True, True]
        assert [len(b"".join(arrival.payload.chunks())) for _ in range(2)] == [arrival.payload.size] * 2
        assert taker.accept(arrival)

    @needs(EmptyThings)
    def test_a_thing_of_no_bytes_is_brought_or_refused_and_never_lost(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", b"")
        ground.put("a2", b"other")
        assert taker.took(2) == 2
        assert b"other" in {taker.brought(one) for one in taker.known.values()}

    def test_many_are_all_brought_each_once(self, ground: SourceGround, taker: Taker) -> None:
        for number in range(ground.many):
            ground.put(f"a{number:04d}", b"number %d" % number)
        taken = [taker.brought(one) for one in taker.take(ground.many)]
        assert sorted(taken) == sorted(b"number %d" % number for number in range(ground.many))
        assert taker.nothing()
        assert taker.doubled == []

    @needs(InOrder)
    def test_they_come_in_the_order_in_which_they_were_put(self, ground: SourceGround, taker: Taker) -> None:
        numbers = [b"%03d" % number for number in range(30)]
        for number in numbers:
            ground.put(f"a{number.decode()}", number)
        assert [taker.brought(one) for one in taker.take(30)] == numbers

    def test_who_takes_three_and_stops_gets_the_others_later(self, ground: SourceGround, taker: Taker) -> None:
        for number in range(20):
            ground.put(f"a{number:02d}", b"%d" % number)
        first = _some(taker, 3)
        rest = taker.take(17)
        assert sorted(int(taker.brought(one)) for one in [*first, *rest]) == list(range(20))
        assert taker.doubled == []

    def test_two_things_of_the_same_content_are_two(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", b"same")
        ground.put("a2", b"same")
        assert len({one.identity for one in taker.take(2)}) == 2

    def test_an_identity_is_the_same_for_whoever_looks(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", b"one")
        (first,) = taker.found()
        taker.again()
        (second,) = taker.found()
        assert first.identity == second.identity
        assert first.identity.strip()

    def test_headers_are_plain_text_and_none_is_of_the_engine(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", b"one")
        (arrival,) = taker.take()
        assert all(isinstance(text, str) for pair in arrival.headers.items() for text in pair)
        assert [name for name in arrival.headers if name.startswith("crossdock.")] == []

    @needs(WithHeaders)
    def test_headers_make_the_round_trip(self, ground: SourceGround, taker: Taker) -> None:
        assert isinstance(ground, WithHeaders)
        headers = {"buyer": "ACME", "note": "two words; and more"}
        ground.put_with("a1", b"one", headers)
        (arrival,) = taker.take()
        assert {name: arrival.headers.get(ground.header(name)) for name in headers} == headers

    @needs(Limited)
    def test_a_payload_at_the_limit_is_taken_and_one_over_it_refused(self, ground: SourceGround, taker: Taker) -> None:
        assert isinstance(ground, Limited)
        ground.put("a1", b"x" * 1000)
        ground.put("a2", b"x" * 1001)
        taker.open(ground.limited(1000))
        assert taker.took(2) == 2
        assert [one.payload.size for one in taker.known.values()] == [1000]
        assert [bool(one.findings) for one in taker.refused] == [True]

    def test_a_clock_that_is_wrong_by_a_year_changes_nothing(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", b"one")
        for days in (-400, 400):
            taker.now = lambda days=days: utc() + timedelta(days=days)  # type: ignore[misc]  # bound at once
            taker.again()
            assert len(taker.found()) == 1


def _some(taker: Taker, wanted: int) -> list[Arrival]:
    """Take so many, and let the rest of the poll go."""
    taken: list[Arrival] = []
    while len(taken) < wanted:
        polled = taker.open().poll() if taker.source is None else taker.source.poll()
        taken += [arrival for arrival in islice(polled, wanted - len(taken)) if taker.accept(arrival)]
    return taken


def _becomes_quiet(taker: Taker) -> bool:
    """As the engine asks: after a poll that brought nothing. A source that cannot tell is quiet."""
    end = time.monotonic() + taker.ground.patience
    quiet = getattr(taker.source, "quiet", lambda: True)
    while taker.drain() or not quiet():
        if time.monotonic() > end:
            return False
    return True
