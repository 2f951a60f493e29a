"""Whether more may come in, and what an intake makes of the answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.runtime.conftest import Rig

from crossdock.errors import Retry
from crossdock.route.project import Limits
from crossdock.runtime.admission import COME_AGAIN, REFUSED_FOR, Admissions, Gate, Strain, behind, decide
from crossdock.runtime.reserve import Reserve

LIMITS = Limits(backlog=100, disk_free="10MB")  # type: ignore[arg-type]  # as an author writes it


@pytest.mark.parametrize(
    ("strain", "gate", "code"),
    [
        (Strain(), Gate.OPEN, None),
        (Strain(waiting=49, free=20_000_000), Gate.OPEN, None),
        (Strain(waiting=50), Gate.SLOW, "E772"),
        (Strain(waiting=100), Gate.CLOSED, "E772"),
        (Strain(free=19_999_999), Gate.SLOW, "E773"),
        (Strain(free=9_999_999), Gate.CLOSED, "E773"),
        (Strain(refusal="E714: full"), Gate.CLOSED, "E774"),
        (Strain(spent=True), Gate.CLOSED, "E775"),
        (Strain(waiting=100, free=15_000_000), Gate.CLOSED, "E772"),
    ],
)
def test_the_tightest_thing_decides(strain: Strain, gate: Gate, code: str | None) -> None:
    admission = decide(strain, LIMITS)
    assert (admission.gate, admission.code) == (gate, code)
    assert (admission.come_again == COME_AGAIN) is (gate is Gate.CLOSED)


def test_what_is_behind_a_source_is_everything_its_messages_come_to(rig: Rig) -> None:
    fake = "to:\n  - fake: {to: out}\n"
    rig.start(
        first="from:\n  file: {path: in}\nto:\n  - topic: a.b\n",
        second="from: {topic: 'a.*'}\nto:\n  - topic: 'c.{kind}'\n  - fake: {to: out}\n",
        third="from: {topic: c.d}\n" + fake,
        other="from: {topic: e.f}\n" + fake,
    )
    assert behind(rig.project.routes) == {"first": {"first", "second", "second/fake", "third", "third/fake"}}


def door(rig: Rig, **limits: object) -> Admissions:
    return Admissions(
        journal=rig.journal,
        routes=rig.project.routes,
        limits=Limits.model_validate(limits),
        monotonic=rig.clock.boot,
    )


def test_what_waits_far_behind_closes_the_door_and_opens_it_again(rig: Rig) -> None:
    rig.start(
        first="from:\n  file: {path: in}\nto:\n  - topic: a.b\n",
        second="from: {topic: a.b}\nto:\n  - fake: {to: out}\n",
    )
    gate = door(rig, backlog=10)
    for n in range(10):
        rig.send("second", {"n": n})
    gate.look()
    assert gate.of("first").gate is Gate.CLOSED
    rig.work()
    gate.look()
    assert gate.of("first").gate is Gate.CLOSED, "it looks once a second"
    rig.clock.advance(1.0)
    gate.look()
    assert gate.of("first").gate is Gate.OPEN


def test_a_journal_that_refused_is_left_alone_for_a_while(rig: Rig) -> None:
    rig.start(first="from:\n  file: {path: in}\nto:\n  - topic: a.b\n")
    gate = door(rig)
    gate.look()
    gate.refused(Retry("E714", "the disk of the journal is full"))
    gate.look()
    assert (gate.of("first").gate, gate.of("first").code) == (Gate.CLOSED, "E774")
    rig.clock.advance(REFUSED_FOR)
    gate.look()
    assert gate.of("first").gate is Gate.OPEN


def test_a_journal_that_cannot_be_asked_closes_the_door(rig: Rig) -> None:
    rig.start(first="from:\n  file: {path: in}\nto:\n  - topic: a.b\n")

    def refuse(*given: object) -> None:
        raise Retry("E715", "the disk of the journal failed")

    rig.journal.backlog = refuse
    gate = door(rig)
    gate.look()
    assert gate.of("first").gate is Gate.CLOSED


def test_a_reserve_is_made_used_and_filled_again(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "journal.db", 100_000, 0)
    assert not reserve.spent(), "what never was there is not used up"
    assert reserve.fill()
    assert reserve.path.stat().st_size == 100_000
    assert not reserve.spend(Retry("E716", "locked"))
    assert reserve.spend(Retry("E714", "full"))
    assert (reserve.spent(), reserve.path.stat().st_size) == (True, 0)
    assert not reserve.spend(Retry("E714", "full")), "only once"
    assert reserve.fill()
    assert not Reserve(tmp_path / "journal.db", 100_000, 0).spent()


def test_no_reserve_is_made_where_there_is_no_room_for_it(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "journal.db", 1000, 10**18)
    assert not reserve.fill()
    assert not reserve.path.exists()
    assert not reserve.spent()


def test_what_a_killed_process_began_to_fill_is_neither_the_reserve_nor_in_its_way(tmp_path: Path) -> None:
    (tmp_path / "journal.db-reserve-growing").touch()
    reserve = Reserve(tmp_path / "journal.db", 1000, 0)
    assert not reserve.spent(), "one that grows is not used up"
    assert reserve.fill()
    assert [file.name for file in tmp_path.iterdir()] == ["journal.db-reserve"]


def test_a_reserve_of_nothing_is_none(tmp_path: Path) -> None:
    Reserve(tmp_path / "journal.db", 1000, 0).fill()
    assert Reserve(tmp_path / "journal.db", 0, 0).fill()
    assert not list(tmp_path.iterdir())


def test_while_the_reserve_is_used_only_deliveries_go_on(rig: Rig, tmp_path: Path) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out}\n")
    rig.send("r", {"n": 1})
    rig.worker._claim_route("r")
    waiting = rig.send("r", {"n": 2})
    reserve = Reserve(tmp_path / "journal.db", 1000, 0, rig.clock.boot)
    reserve.fill()
    reserve.spend(Retry("E714", "full"))
    rig.worker._reserve = reserve
    rig.work()
    assert rig.states("r/fake") == {"delivered": 1}
    assert str(rig.item(waiting, "r").state) == "waiting"
    reserve.fill()
    rig.clock.advance(1.0)
    rig.work()
    assert rig.states("r/fake") == {"delivered": 2}
