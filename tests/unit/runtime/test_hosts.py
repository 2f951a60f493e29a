"""Who is there, and what becomes of what the dead held."""

from __future__ import annotations

import os
import subprocess
import sys

import msgspec
import pytest

from crossdock.journal.contract import Entry, Post
from crossdock.journal.memory import MemoryJournal
from crossdock.journal.registers import Register
from crossdock.message import Inline, Message
from crossdock.runtime.hosts import FORGOTTEN, Host, announce, bury, held, hosts, others_may_know, this_host, withdraw
from crossdock.runtime.leases import lease_of, released, source_key, taken
from crossdock.runtime.presence import Presence
from crossdock.runtime.roles import EVERY_ROLE, Role
from crossdock.testing.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def journal(clock: ManualClock) -> MemoryJournal:
    return MemoryJournal(clock)


def host(id: str, **more: object) -> Host:
    return msgspec.structs.replace(Host(id=id, machine="m", roles=tuple(EVERY_ROLE), project="p"), **more)


def here(clock: ManualClock) -> Host:
    return this_host(clock, roles=EVERY_ROLE, workers=2, version="1.0", project="p", sources=("r",), silence=15.0)


def work_in_hand(journal: MemoryJournal, owner: str) -> None:
    message = Message(id="0" * 36, correlation="c", route="r", body=Inline(b"x"))
    journal.accept([Entry(message=message, scope="s", identity="i", posts=(Post(queue="r"),))])
    assert journal.claim("r", owner=owner, limit=1, lease=60)


def test_a_run_has_an_id_nobody_had_before(clock: ManualClock) -> None:
    assert here(clock).id != here(clock).id


def test_the_id_of_a_host_divides_cleanly_from_the_names_of_its_processes(clock: ManualClock) -> None:
    assert "/" not in here(clock).id


def test_a_host_that_beats_is_alive_and_one_that_is_silent_is_not(journal: MemoryJournal, clock: ManualClock) -> None:
    announce(journal, host("a"))
    announce(journal, host("b"))
    clock.advance(10)
    announce(journal, host("a"))
    clock.advance(10)
    known, now = hosts(journal)
    assert {one.id: one.alive(now) for one in known} == {"a": True, "b": False}


def test_setting_the_wall_clock_silences_nobody(journal: MemoryJournal, clock: ManualClock) -> None:
    announce(journal, host("a"))
    clock.set_wall(86400)
    (known,), now = hosts(journal)
    assert known.alive(now)


def test_a_newer_host_may_say_more_of_itself_and_an_older_one_less(journal: MemoryJournal) -> None:
    journal.update(Register.HOST, "new", lambda text, now: '{"id":"new","machine":"m","beat":1,"colour":"red"}')
    journal.update(Register.HOST, "old", lambda text, now: '{"id":"old","machine":"m"}')
    journal.update(Register.HOST, "odd", lambda text, now: '{"name":"in words we do not know"}')
    assert sorted(one.id for one in hosts(journal)[0]) == ["new", "old"]


def test_a_lease_is_one_hosts_until_it_runs_out(journal: MemoryJournal, clock: ManualClock) -> None:
    journal.update(Register.LEASE, "k", taken("a", 15))
    refused = lease_of(journal.update(Register.LEASE, "k", taken("b", 15)))
    clock.advance(15.1)
    granted = lease_of(journal.update(Register.LEASE, "k", taken("b", 15)))
    assert (refused and refused.owner, granted and granted.owner) == ("a", "b")


def test_only_who_has_a_lease_can_release_it(journal: MemoryJournal) -> None:
    journal.update(Register.LEASE, "k", taken("a", 15))
    journal.update(Register.LEASE, "k", released("b"))
    assert held(journal) == {"a": ["k"]}
    journal.update(Register.LEASE, "k", released("a"))
    assert held(journal) == {}


def test_what_a_host_held_is_free_at_once_when_it_withdraws(journal: MemoryJournal) -> None:
    announce(journal, host("a"))
    journal.update(Register.LEASE, source_key("r"), taken("a", 15))
    journal.update(Register.LEASE, source_key("s"), taken("b", 15))
    work_in_hand(journal, "a/worker-0")
    assert withdraw(journal, "a") == 1
    assert (hosts(journal)[0], held(journal)) == ([], {"b": ["source:s"]})
    (work,) = journal.claim("r", owner="b/worker-0", limit=1, lease=60)
    assert (work.attempt, work.crashes) == (1, 0)


def test_a_neighbour_whose_process_is_gone_is_buried(journal: MemoryJournal, clock: ManualClock) -> None:
    mine = here(clock)
    announce(journal, mine)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    announce(journal, msgspec.structs.replace(mine, id="dead", pid=ended.pid))
    work_in_hand(journal, "dead/worker-0")
    assert bury(journal, mine) == 1
    assert [one.id for one in hosts(journal)[0]] == [mine.id]


def test_a_neighbour_whose_number_another_process_has_now_is_buried(journal: MemoryJournal, clock: ManualClock) -> None:
    mine = here(clock)
    announce(journal, msgspec.structs.replace(mine, id="dead", pid=os.getppid(), born=1))
    bury(journal, mine)
    assert hosts(journal)[0] == []


def test_one_that_has_ended_and_that_nobody_asked_how_is_buried(journal: MemoryJournal, clock: ManualClock) -> None:
    mine = here(clock)
    ended = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert ended.stdout is not None
    ended.stdout.read()
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    announce(journal, msgspec.structs.replace(mine, id="dead", pid=ended.pid))
    bury(journal, mine)
    assert hosts(journal)[0] == []
    ended.communicate()


@pytest.mark.parametrize("elsewhere", [{"boot": "another"}, {"space": "pid:[1]"}])
def test_nobody_can_tell_from_here_whether_a_process_of_another_machine_is_gone(
    journal: MemoryJournal, clock: ManualClock, elsewhere: dict[str, str]
) -> None:
    mine = here(clock)
    announce(journal, msgspec.structs.replace(mine, id="far", pid=4_000_000, **elsewhere))
    bury(journal, mine)
    assert [one.id for one in hosts(journal)[0]] == ["far"]


def test_a_living_neighbour_is_left_alone_however_silent_it_is(journal: MemoryJournal, clock: ManualClock) -> None:
    mine = here(clock)
    announce(journal, msgspec.structs.replace(mine, id="near", pid=os.getppid(), born=0))
    clock.advance(100)
    bury(journal, mine)
    assert [one.id for one in hosts(journal)[0]] == ["near"]


def test_who_was_silent_for_long_is_forgotten(journal: MemoryJournal, clock: ManualClock) -> None:
    announce(journal, host("far", boot="another"))
    clock.advance(FORGOTTEN + 1)
    bury(journal, here(clock))
    assert hosts(journal)[0] == []


def test_a_queue_we_do_not_have_may_belong_to_another_version_of_the_project_that_runs(
    journal: MemoryJournal, clock: ManualClock
) -> None:
    announce(journal, host("same"))
    assert not others_may_know(journal, host("me"))
    announce(journal, host("new", project="other"))
    assert others_may_know(journal, host("me"))
    clock.advance(20)
    assert not others_may_know(journal, host("me"))


def test_one_host_schedules_for_all_and_another_when_it_leaves(journal: MemoryJournal, clock: ManualClock) -> None:
    first, second = (Presence(journal=journal, host=host(id), boot=clock.boot) for id in "ab")
    first.attend()
    second.attend()
    assert (first.on_duty(), second.on_duty()) == (True, False)
    first.leave()
    second.attend()
    assert second.on_duty()


def test_a_scheduler_that_was_frozen_knows_that_its_turn_is_over(journal: MemoryJournal, clock: ManualClock) -> None:
    first, second = (Presence(journal=journal, host=host(id), boot=clock.boot) for id in "ab")
    first.attend()
    clock.advance(16)
    second.attend()
    assert (first.on_duty(), second.on_duty()) == (False, True)


def test_a_host_without_that_role_never_schedules(journal: MemoryJournal, clock: ManualClock) -> None:
    one = Presence(journal=journal, host=host("a", roles=(Role.WORKER,)), boot=clock.boot)
    one.attend()
    assert (one.on_duty(), held(journal)) == (False, {})
