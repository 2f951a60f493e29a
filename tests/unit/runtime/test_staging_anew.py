"""What was staged and is good for nothing is staged anew when a person lets it go, and never delivered twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.runtime.conftest import Outcome, Rig

from crossdock.connector import Done
from crossdock.delivery.states import Event, State
from crossdock.errors import Hold, Retry
from crossdock.journal.contract import Phase
from crossdock.journal.sqlite.journal import SqliteJournal

OUT = "from: {topic: t}\nto:\n  - fake: {to: out, effect: provable}\n    retry: {attempts: 1}\n"


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest, rig: Rig, tmp_path: Path) -> Rig:
    if request.param == "sqlite":
        rig.journal = SqliteJournal(tmp_path / "journal.db", rig.clock)
    return rig


def test_an_unusable_staged_file_is_staged_anew_after_a_release(kept: Rig) -> None:
    kept.sink("out").finish_answer = lambda proof: Retry("K304", "3 bytes instead of 7", only_this=True)
    kept.start(r=OUT)
    id = kept.send("r", {"n": 1})
    kept.work()
    item = kept.item(id, "r/fake")
    assert (item.state, item.phase) == (State.DEAD, Phase.STAGED)
    answers: Iterator[Outcome] = iter([Retry("K304", "3 bytes instead of 7", only_this=True), Done("there")])
    kept.sink("out").finish_answer = lambda proof: next(answers)
    kept.decide(item, Event.RELEASE)
    kept.work()
    assert kept.item(id, "r/fake").state is State.DELIVERED
    first, again = kept.sink("out").sent
    assert (first.key, first.attempt, again.attempt) == (again.key, 1, 2)


def test_what_can_still_be_finished_is_not_staged_again(kept: Rig) -> None:
    kept.sink("out").finish_answer = lambda proof: Hold("K301", "the name is taken")
    kept.start(r=OUT)
    id = kept.send("r", {"n": 1})
    kept.work()
    assert kept.item(id, "r/fake").state is State.HELD
    kept.sink("out").finish_answer = lambda proof: Done("there")
    kept.decide(kept.item(id, "r/fake"), Event.RELEASE)
    kept.work()
    assert kept.item(id, "r/fake").state is State.DELIVERED
    assert len(kept.sink("out").sent) == 1


def test_without_a_release_nothing_is_staged_anew(kept: Rig) -> None:
    kept.sink("out").finish_answer = lambda proof: Retry("K303", "not the folder", only_this=True)
    kept.start(r=OUT.replace("attempts: 1", "attempts: 3"))
    kept.send("r", {"n": 1})
    for _ in range(20):
        kept.work()
        kept.clock.advance(60.0)
    assert len(kept.sink("out").sent) == 1
    assert len(kept.sink("out").finished) == 3
