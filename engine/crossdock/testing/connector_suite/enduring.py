"""A source whose counterpart is away, slow, frozen or gone half-way: it says so in time, and nothing is lost of it."""

from __future__ import annotations

import threading
import time

import pytest

from crossdock.errors import CrossdockError, Halt, Retry, errors_in
from crossdock.testing.connector_suite.ground import Credentials, OverTcp, Probed, SourceGround
from crossdock.testing.connector_suite.source_tests import SourceTests
from crossdock.testing.connector_suite.suite import needs
from crossdock.testing.connector_suite.taking import Taker
from crossdock.testing.servers.proxy import TcpProxy


class Enduring(SourceTests):
    """What a source does while its counterpart does not do its part."""

    @needs(OverTcp)
    def test_a_server_that_is_away_from_the_start_is_told_and_found_when_it_comes(
        self, ground: SourceGround, taker: Taker
    ) -> None:
        proxy = proxy_of(ground)
        ground.put("a1", b"one")
        proxy.cut()
        assert isinstance(taker.failure(lambda: list(taker.open().poll())), Retry)
        proxy.heal()
        assert [taker.brought(one) for one in taker.recovers(1)] == [b"one"]

    @needs(OverTcp)
    @pytest.mark.parametrize("what", ["away", "reset"])
    def test_after_the_connection_was_lost_what_was_not_settled_comes_again(
        self, ground: SourceGround, taker: Taker, what: str
    ) -> None:
        proxy = proxy_of(ground)
        for number in range(5):
            ground.put(f"a{number}", b"%d" % number)
        found = taker.found(5)
        assert taker.accept(found[0])
        proxy.cut() if what == "away" else proxy.reset()
        proxy.heal()
        taker.recovers(4)
        assert sorted(int(taker.brought(one)) for one in taker.known.values()) == list(range(5))

    @needs(OverTcp)
    def test_settling_while_the_server_is_away_loses_nothing(self, ground: SourceGround, taker: Taker) -> None:
        """The arrival is durable and cannot be put away now: it comes again as a duplicate, or is put away later."""
        proxy = proxy_of(ground)
        ground.put("a1", b"one")
        (arrival,) = taker.found()
        proxy.cut()
        try:
            taker.accept(arrival)
        except CrossdockError as error:
            taker.told.append(f"{error!r} {error}")
        proxy.heal()
        ground.put("a2", b"two")
        taker.recovers(1)
        assert {taker.brought(one) for one in taker.known.values()} == {b"one", b"two"}
        taker.again()
        taker.recovers(0)
        taker.again()
        assert taker.nothing()

    @needs(OverTcp)
    def test_a_frozen_server_holds_a_poll_for_no_longer_than_promised(self, ground: SourceGround, taker: Taker) -> None:
        proxy = proxy_of(ground)
        taker.open()
        assert taker.nothing()
        ground.put("a1", b"one")
        proxy.black_hole()
        begun = time.monotonic()
        taker.attempt()
        assert time.monotonic() - begun < ground.give_up
        proxy.heal()
        assert [taker.brought(one) for one in taker.recovers(1)] == [b"one"]

    @needs(OverTcp)
    def test_a_server_that_is_gone_half_way_is_left_and_found_again(self, ground: SourceGround, taker: Taker) -> None:
        proxy = proxy_of(ground)
        ground.put("a1", b"one")
        taker.take()
        proxy.half_open()
        ground.put("a2", b"two")
        healer = threading.Timer(1.0, proxy.heal)
        healer.start()
        assert [taker.brought(one) for one in taker.recovers(1)] == [b"two"]
        healer.join()

    @needs(OverTcp)
    def test_a_slow_server_brings_everything_whole(self, ground: SourceGround, taker: Taker) -> None:
        proxy = proxy_of(ground)
        proxy.slow(delay=0.01, bytes_a_second=400_000)
        ground.put("a1", b"x" * 100_000)
        assert [taker.brought(one) for one in taker.recovers(1)] == [b"x" * 100_000]

    @needs(OverTcp)
    def test_a_connection_cut_in_the_middle_of_a_payload_brings_no_half_of_it(
        self, ground: SourceGround, taker: Taker
    ) -> None:
        proxy = proxy_of(ground)
        whole = bytes(range(256)) * 4000
        ground.put("a1", whole)
        proxy.slow(bytes_a_second=2_000_000)
        cutter = threading.Timer(0.25, proxy.reset)
        cutter.start()
        taken = taker.recovers(1)
        cutter.join()
        assert [taker.brought(one) == whole for one in taken] == [True]

    @needs(OverTcp, Probed)
    def test_tried_while_the_server_is_away_it_says_so(self, ground: SourceGround, taker: Taker) -> None:
        proxy_of(ground).cut()
        assert errors_in(taker.probed())

    @needs(Credentials)
    def test_credentials_that_are_no_longer_good_are_told_and_new_ones_work(
        self, ground: SourceGround, taker: Taker
    ) -> None:
        assert isinstance(ground, Credentials)
        ground.put("a1", b"one")
        ground.revoke()
        error = taker.failure(lambda: list(taker.again().poll()))
        assert isinstance(error, Retry | Halt)
        taker.again(ground.renewed())
        assert [taker.brought(one) for one in taker.recovers(1)] == [b"one"]


def proxy_of(ground: object) -> TcpProxy:
    """The proxy in front of the counterpart."""
    assert isinstance(ground, OverTcp)
    return ground.proxy
