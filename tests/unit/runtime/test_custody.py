"""Which host polls which source: one at a time, all of them, and about as many each."""

from __future__ import annotations

from collections import Counter

import pytest

from crossdock.errors import Retry
from crossdock.journal.memory import MemoryJournal
from crossdock.journal.registers import Change, Register
from crossdock.runtime.custody import Shares
from crossdock.runtime.hosts import Host, announce, withdraw
from crossdock.runtime.roles import Role
from crossdock.testing.clock import ManualClock

SECONDS = 15.0


class Farm:
    """Hosts that poll the same sources, and time that passes for all of them."""

    def __init__(self, sources: int) -> None:
        self.clock = ManualClock()
        self.journal = MemoryJournal(self.clock)
        self.routes = [f"r{number}" for number in range(sources)]
        self.shares: dict[str, Shares] = {}
        self.deaf: set[str] = set()

    def join(self, *ids: str) -> None:
        for id in ids:
            self.shares[id] = Shares(
                host=id, routes=self.routes, seconds=SECONDS, journal=self.journal, boot=self.clock.boot
            )
            self.beat(id)

    def beat(self, id: str) -> None:
        announce(self.journal, Host(id=id, machine="m", roles=(Role.INTAKE,), sources=tuple(self.routes)))

    def leave(self, id: str) -> None:
        """It is gone without a word."""
        del self.shares[id]

    def run(self, seconds: float) -> None:
        """Everybody who is not deaf looks every half second; what nobody wants any more is given up."""
        for _ in range(int(seconds * 2)):
            self.clock.advance(0.5)
            for id, share in self.shares.items():
                if id in self.deaf:
                    continue
                self.beat(id)
                share.look()
                for route in self.routes:
                    if share.holds(route) and not share.wants(route):
                        share.give_up(route)
            assert all(count <= 1 for count in self.holders().values()), "two hosts poll one source"

    def holders(self) -> Counter[str]:
        return Counter(route for share in self.shares.values() for route in self.routes if share.holds(route))

    def of(self, id: str) -> list[str]:
        return [route for route in self.routes if self.shares[id].wants(route)]

    def counts(self) -> list[int]:
        return sorted(len(self.of(id)) for id in self.shares)


def test_who_is_alone_polls_everything_at_once() -> None:
    farm = Farm(5)
    farm.join("a")
    farm.shares["a"].look()
    assert farm.of("a") == farm.routes


@pytest.mark.parametrize(("sources", "expected"), [(1, [0, 0, 1]), (3, [1, 1, 1]), (4, [1, 1, 2]), (9, [3, 3, 3])])
def test_hosts_share_the_sources(sources: int, expected: list[int]) -> None:
    farm = Farm(sources)
    farm.join("a", "b", "c")
    farm.run(3)
    assert farm.counts() == expected


@pytest.mark.parametrize(("sources", "expected"), [(1, [0, 1]), (2, [1, 1]), (5, [2, 3]), (10, [5, 5])])
def test_a_host_that_joins_gets_its_share(sources: int, expected: list[int]) -> None:
    farm = Farm(sources)
    farm.join("a")
    farm.run(30)
    farm.join("b")
    farm.run(5)
    assert farm.counts() == expected


def test_shares_that_are_fair_stay_where_they_are() -> None:
    farm = Farm(7)
    farm.join("a", "b", "c")
    farm.run(10)
    before = {id: farm.of(id) for id in farm.shares}
    farm.run(60)
    assert {id: farm.of(id) for id in farm.shares} == before


def test_the_sources_of_a_dead_host_move_when_its_leases_have_run_out() -> None:
    farm = Farm(6)
    farm.join("a", "b")
    farm.run(5)
    farm.leave("a")
    farm.run(SECONDS + 2)
    assert farm.of("b") == farm.routes


def test_the_sources_of_a_host_that_withdraws_move_at_once() -> None:
    farm = Farm(6)
    farm.join("a", "b")
    farm.run(5)
    farm.leave("a")
    withdraw(farm.journal, "a")
    farm.run(1.5)
    assert farm.of("b") == farm.routes


def test_a_frozen_host_stops_holding_before_another_begins() -> None:
    farm = Farm(2)
    farm.join("a", "b")
    farm.run(5)
    farm.deaf = {"a"}
    farm.run(40)  # asserts at each step that nobody holds what another does
    assert farm.of("b") == farm.routes
    farm.deaf = set()
    farm.run(5)
    assert farm.counts() == [1, 1]


def test_a_host_that_cannot_reach_the_journal_holds_nothing_once_its_leases_are_over() -> None:
    farm = Farm(1)
    farm.join("a")
    farm.run(1)

    def refuse(kind: Register, key: str, change: Change) -> str | None:
        raise Retry("E731", "away")

    farm.journal.update = refuse  # type: ignore[method-assign]  # the network is cut
    for _ in range(40):
        farm.clock.advance(0.5)
        farm.shares["a"].look()
    assert not farm.shares["a"].holds("r0")


def test_a_source_that_was_given_up_is_not_asked_for_again_before_its_time() -> None:
    farm = Farm(1)
    farm.join("a")
    farm.run(1)
    farm.shares["a"].give_up("r0", 60.0)
    farm.run(30)
    assert farm.of("a") == []
    farm.run(40)
    assert farm.of("a") == ["r0"]


def test_what_others_leave_is_taken_by_who_is_there() -> None:
    farm = Farm(4)
    farm.join("a")
    for _ in range(40):  # b is there and polls nothing
        farm.beat("b")
        farm.run(1)
    assert farm.of("a") == farm.routes


def test_a_source_any_number_of_hosts_may_poll_needs_no_lease() -> None:
    farm = Farm(1)
    farm.join("a", "b")
    assert all(share.wants("shared") and share.holds("shared") for share in farm.shares.values())
    assert farm.journal.registers(Register.LEASE)[0] == {}


def test_what_a_living_host_polls_is_known_to_be_elsewhere_and_what_a_dead_one_did_is_not() -> None:
    farm = Farm(2)
    farm.join("a")
    farm.run(5)
    farm.join("b")
    farm.leave("a")
    farm.run(3)
    assert not any(farm.shares["b"].elsewhere(route) for route in farm.routes)
    farm = Farm(1)
    farm.join("a")
    farm.run(5)
    farm.join("b")
    farm.run(7)
    assert farm.shares["b"].elsewhere("r0")


def test_who_leaves_takes_nothing_any_more_and_prolongs_what_it_has() -> None:
    farm = Farm(2)
    farm.join("a")
    farm.run(1)
    farm.shares["a"].leave()
    farm.shares["a"].give_up("r0")
    farm.run(40)
    assert farm.of("a") == ["r1"]


def test_the_sources_of_an_intake_that_died_are_free_at_once_for_the_next_of_its_host() -> None:
    farm = Farm(4)
    farm.join("a", "b")
    farm.run(5)
    before = farm.of("a")
    farm.join("a")  # the supervisor of "a" has started another intake
    farm.run(1)
    assert farm.of("a") == before
    assert farm.counts() == [2, 2]
