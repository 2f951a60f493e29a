"""Nothing is settled before it is durable; what was not settled comes again; what was settled does not."""

from __future__ import annotations

from crossdock.connector import Verdict
from crossdock.errors import errors_in
from crossdock.testing.connector_suite.ground import Probed, SharedOut, ShowsWaiting, SourceGround
from crossdock.testing.connector_suite.source_tests import SourceTests
from crossdock.testing.connector_suite.suite import needs
from crossdock.testing.connector_suite.taking import Taker


class Settling(SourceTests):
    """What becomes of an arrival at the counterpart."""

    def test_what_was_read_and_not_settled_comes_again_after_a_restart(
        self, ground: SourceGround, taker: Taker
    ) -> None:
        for number in range(5):
            ground.put(f"a{number}", b"%d" % number)
        first = {one.identity for one in taker.found(5)}
        taker.again()
        assert {one.identity for one in taker.take(5)} == first
        assert len(first) == 5

    def test_what_was_not_settled_comes_again_by_the_next_poll(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", b"one")
        (first,) = taker.found()
        (again,) = taker.take()
        assert again.identity == first.identity
        assert taker.brought(again) == b"one"

    def test_what_was_settled_never_comes_again(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", b"one")
        assert len(taker.take()) == 1
        assert taker.nothing()
        taker.again()
        assert taker.nothing()

    def test_some_settled_and_some_not_leaves_those(self, ground: SourceGround, taker: Taker) -> None:
        for number in range(6):
            ground.put(f"a{number}", b"%d" % number)
        found = taker.found(6)
        for arrival in found[::2]:
            assert taker.accept(arrival)
        taker.again()
        left = {one.identity for one in taker.take(3)}
        assert left == {one.identity for one in found[1::2]}

    def test_a_duplicate_is_put_away_as_well(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", b"one")
        (arrival,) = taker.found()
        taker.known[arrival.identity] = arrival
        assert not taker.accept(arrival)
        assert taker.nothing()
        taker.again()
        assert taker.nothing()

    def test_settling_twice_changes_nothing(self, ground: SourceGround, taker: Taker) -> None:
        ground.put("a1", b"one")
        ground.put("a2", b"two")
        found = taker.found(2)
        for arrival in [*found, *found]:
            taker.settle(arrival, Verdict.ACCEPTED)
        taker.notes.write({key: text for one in found for key, text in one.notes.items()})
        taker.again()
        assert taker.nothing()

    def test_settling_what_another_source_found_does_not_raise(self, ground: SourceGround, taker: Taker) -> None:
        """As after a crash between the commit and the settling: the receipt may be of a connection that is gone."""
        ground.put("a1", b"one")
        (before,) = taker.found()
        taker.known[before.identity] = before
        taker.notes.write(dict(before.notes))
        taker.again()
        taker.settle(before, Verdict.DUPLICATE)
        taker.take(1, seconds=ground.moment)
        assert taker.nothing()

    @needs(ShowsWaiting)
    def test_nothing_is_settled_before_the_engine_says_so(self, ground: SourceGround, taker: Taker) -> None:
        assert isinstance(ground, ShowsWaiting)
        for number in range(3):
            ground.put(f"a{number}", b"%d" % number)
        taker.found(3)
        taker.close()
        assert ground.waiting() == 3
        taker.take(3)
        taker.close()
        assert ground.waiting() == 0

    @needs(Probed)
    def test_tried_without_side_effects_it_takes_nothing_and_finds_nothing_wrong(
        self, ground: SourceGround, taker: Taker
    ) -> None:
        ground.put("a1", b"one")
        assert errors_in(taker.probed()) == ()
        assert [taker.brought(one) for one in taker.take()] == [b"one"]

    def test_what_the_engine_refuses_stops_nobody_and_does_not_come_again(
        self, ground: SourceGround, taker: Taker
    ) -> None:
        for name in ("a1", "a2", "a3"):
            ground.put(name, name.encode())
        found = {taker.brought(one): one for one in taker.found(3)}
        taker.refuse(found[b"a2"])
        assert {taker.accept(found[name]) for name in (b"a1", b"a3")} == {True}
        assert taker.nothing()
        taker.again()
        assert taker.nothing()

    @needs(SharedOut)
    def test_two_pollers_at_once_share_what_there_is(self, ground: SourceGround, taker: Taker) -> None:
        other = Taker(ground, notes=taker.notes)
        taker.open()
        other.open()
        assert taker.nothing()
        assert other.nothing()
        for number in range(40):
            ground.put(f"a{number:02d}", b"%d" % number)
        mine, theirs = {one.identity for one in taker.found(1)}, {one.identity for one in other.found(1)}
        assert not mine & theirs
        other.close()
        assert len(taker.take(40)) == 40

    def test_competing_pollers_deliver_each_thing_once(self, ground: SourceGround, taker: Taker) -> None:
        """Two that know each other's arrivals, as two hosts do that share a journal."""
        other = Taker(ground, notes=taker.notes, known=taker.known)
        for number in range(20):
            ground.put(f"a{number:02d}", b"%d" % number)
        both = [(who, arrival) for who in (taker, other) for arrival in who.found(1, ground.moment)]
        for who, arrival in both:
            who.accept(arrival)
        other.close()
        taker.again()
        taker.recovers(20 - len(taker.known))
        assert sorted(int(taker.brought(one)) for one in taker.known.values()) == list(range(20))
