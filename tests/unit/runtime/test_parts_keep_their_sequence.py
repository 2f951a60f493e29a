"""``order: {by}`` on a route that splits: a part that is held or tried again keeps back the later ones of its key."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.runtime.conftest import Rig

from crossdock.connector import Parcel
from crossdock.delivery.states import Event, State
from crossdock.errors import Retry
from crossdock.journal.memory import MemoryJournal
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.message import read_all
from crossdock.ops import parked

IN = "from:\n  file: {path: in}\nsteps:\n  - decode: lines\n  - split: lines\n"
OUT = "to:\n  - fake: {to: out}\norder: {by: k}\n"
HELD = "  - check: [{name: ok, that: ok, severity: hold, text: 'not ok'}]\n"
FILE = b"""{"k": "a", "n": 1, "ok": false}
{"k": "a", "n": 2, "ok": true}
{"k": "b", "n": 3, "ok": true}
{"k": "a", "n": 4, "ok": true}"""


@pytest.fixture(params=["memory", "sqlite"])
def rig(request: pytest.FixtureRequest, rig: Rig, tmp_path: Path) -> Rig:
    if request.param == "sqlite":
        rig.journal = SqliteJournal(tmp_path / "state" / "journal.db", rig.clock, synchronous="OFF")
    else:
        rig.journal = MemoryJournal(rig.clock)
    return rig


@pytest.fixture
def mapping(rig: Rig) -> None:
    path = rig.root / "mappings" / "other.yaml"
    path.parent.mkdir()
    path.write_text("from: lines/any\nfields: {k: x || k, n: n, ok: ok}\n")


def came(rig: Rig) -> list[int]:
    return [json.loads(one)["n"] for one in rig.sink("out").effects]


def _release(rig: Rig, queue: str = "r") -> None:
    (held,) = rig.items(queue, State.HELD)
    assert rig.decide(held, Event.RELEASE)
    rig.work()


def test_a_held_part_keeps_back_those_behind_it_and_nobody_else(rig: Rig) -> None:
    rig.start(r=IN + HELD + OUT)
    rig.send("r", FILE, lane="")
    rig.work()
    assert came(rig) == [3]
    assert rig.states("r") == {"delivered": 2, "held": 1, "waiting": 2}
    assert (rig.journal.pending(), rig.journal.stuck()) == (0, {"r": 2})
    _release(rig)
    assert came(rig) == [3, 1, 2, 4]
    assert rig.balanced()


@pytest.mark.usefixtures("mapping")
def test_a_part_that_waits_is_kept_as_it_came(rig: Rig) -> None:
    rig.start(r=IN + HELD + "  - map: other\n" + OUT)
    rig.send("r", FILE, lane="")
    rig.work()
    kept = [read_all(item.message.body) for item in rig.items("r", State.WAITING)]
    assert kept == [FILE.splitlines()[1], FILE.splitlines()[3]]


def test_parts_of_the_next_file_wait_too(rig: Rig) -> None:
    rig.start(r=IN + HELD + OUT)
    rig.send("r", FILE, lane="")
    rig.send("r", b'{"k": "a", "n": 5, "ok": true}\n{"k": "c", "n": 6, "ok": true}', lane="")
    rig.work()
    assert came(rig) == [3, 6]
    _release(rig)
    assert came(rig) == [3, 6, 1, 2, 4, 5]


@pytest.mark.usefixtures("mapping")
def test_a_part_is_ordered_by_what_the_steps_made_of_it(rig: Rig) -> None:
    rig.start(r=IN + "  - map: other\n" + HELD + OUT)
    rig.send("r", FILE.replace(b'"k"', b'"x"'), lane="")
    rig.work()
    assert came(rig) == [3]
    _release(rig)
    assert came(rig) == [3, 1, 2, 4]


def test_a_dead_part_keeps_back_nobody(rig: Rig) -> None:
    rig.start(r=IN + HELD.replace("hold", "reject") + OUT)
    rig.send("r", FILE, lane="")
    rig.work()
    assert came(rig) == [2, 3, 4]


def test_a_part_without_the_key_waits_for_nobody(rig: Rig) -> None:
    rig.start(r=IN + HELD + OUT.replace("order: {by: k}", "order: {by: x}"))
    rig.send("r", FILE, lane="")
    rig.work()
    assert rig.states("r")["waiting"] == 0
    assert rig.balanced()


def test_an_edited_part_goes_in_the_place_of_the_one_it_replaces(rig: Rig) -> None:
    rig.start(r=IN + HELD + OUT)
    rig.send("r", FILE, lane="")
    rig.work()
    (held,) = rig.items("r", State.HELD)
    parked.edit(rig.journal, held, b'{"k": "a", "n": 10, "ok": true}', rig.new_id(), "mended")
    rig.work()
    assert came(rig) == [3, 10, 2, 4]


def test_two_workers_keep_the_sequence_of_parts(rig: Rig) -> None:
    away = {"left": 3}

    def answer(parcel: Parcel) -> object:
        if parcel.data == b'{"k":"a","n":0}' and away["left"]:
            away["left"] -= 1
            return Retry("X1", "away")
        return done(parcel)

    done: Callable[[Parcel], object] = rig.sink("out").answer
    rig.sink("out").answer = answer  # type: ignore[assignment]  # what it answers is what done answers
    rig.start(r=IN + OUT)
    first, second = rig.worker, rig.start(owner="here/worker-1")
    for start in (0, 10):
        lines = [json.dumps({"k": "ab"[n % 2], "n": n}) for n in range(start, start + 10)]
        rig.send("r", "\n".join(lines).encode(), lane="")
    for _ in range(40):
        first.step()
        second.step()
        rig.clock.advance(5.0)
    assert [n for n in came(rig) if n % 2 == 0] == list(range(0, 20, 2))
    assert [n for n in came(rig) if n % 2] == list(range(1, 20, 2))
