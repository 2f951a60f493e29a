"""The connector of a destination is changed while work is staged: a person is asked, nothing is lost or sent twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.unit.runtime.conftest import Outcome, Rig

from crossdock.connector import Done
from crossdock.delivery.states import Event, State
from crossdock.errors import Foreign, Retry
from crossdock.journal.contract import Phase

OUT = "from: {{topic: t}}\nto:\n  - name: erp\n    fake: {{to: {to}, effect: {effect}}}\n"


@pytest.fixture
def staged(rig: Rig) -> str:
    """The message of a delivery that is staged and was not finished."""
    rig.sink("old").finish_answer = lambda proof: Retry("X1", "cut off", only_this=True)
    rig.start(r=OUT.format(to="old", effect="provable"))
    id = rig.send("r", {"n": 1})
    rig.work()
    assert rig.item(id, "r/erp").phase is Phase.STAGED
    rig.clock.advance(3600.0)
    return id


@pytest.mark.parametrize("effect", ["keyed", "opaque"])
def test_a_destination_without_files_leaves_it_to_a_person_and_its_neighbours_flow(
    rig: Rig, staged: str, effect: str
) -> None:
    rig.start(r=OUT.format(to="new", effect=effect))
    other = rig.send("r", {"n": 2})
    rig.work()
    item = rig.item(staged, "r/erp")
    assert (item.state, item.code, item.phase) == (State.HELD, "K310", Phase.STAGED)
    assert "'fake' cannot finish that; look there whether it arrived" in str(item.reason)
    assert rig.item(other, "r/erp").state is State.DELIVERED
    rig.decide(item, Event.RELEASE)
    rig.work()
    assert rig.item(staged, "r/erp").state is State.DELIVERED
    assert rig.sink("new").effects == ['{"n":2}', '{"n":1}']
    assert rig.balanced()


def test_a_destination_of_other_files_gets_it_anew_once_a_person_says_so(rig: Rig, staged: str) -> None:
    rig.sink("new").finish_answer = lambda proof: Foreign("K633", "of others")
    rig.start(r=OUT.format(to="new", effect="provable"))
    rig.work()
    item = rig.item(staged, "r/erp")
    assert (item.state, item.code, rig.sink("new").sent) == (State.HELD, "K633", [])
    answers: Iterator[Outcome] = iter([Foreign("K633", "of others"), Done("there")])
    rig.sink("new").finish_answer = lambda proof: next(answers)
    rig.decide(item, Event.RELEASE)
    rig.work()
    assert rig.item(staged, "r/erp").state is State.DELIVERED
    assert len(rig.sink("new").sent) == 1


def test_put_back_under_its_old_connector_it_is_finished(rig: Rig, staged: str) -> None:
    rig.start(r=OUT.format(to="new", effect="keyed"))
    rig.work()
    rig.sink("old").finish_answer = lambda proof: Done("there")
    rig.start(r=OUT.format(to="old", effect="provable"))
    rig.decide(rig.item(staged, "r/erp"), Event.RELEASE)
    rig.work()
    assert rig.item(staged, "r/erp").state is State.DELIVERED
    assert len(rig.sink("old").sent) == 1
    assert rig.sink("new").effects == []


def test_staged_work_of_a_route_that_is_renamed_waits_under_the_old_name_and_is_finished_there(
    rig: Rig, staged: str
) -> None:
    route = rig.root / "routes" / "r.yaml"
    route.rename(route.with_name("s.yaml"))
    rig.start(s=route.with_name("s.yaml").read_text())
    other = rig.send("s", {"n": 2})
    rig.sink("old").finish_answer = lambda proof: Done("there")
    rig.work()
    item = rig.item(staged, "r/erp")
    assert (item.state, item.phase) == (State.WAITING, Phase.STAGED)
    assert list(rig.journal.stopped()) == ["r/erp"]
    assert rig.item(other, "s/erp").state is State.DELIVERED
    route.with_name("s.yaml").rename(route)
    rig.start(r=route.read_text())
    rig.journal.start_queues()
    rig.work()
    assert rig.item(staged, "r/erp").state is State.DELIVERED
    assert len(rig.sink("old").sent) == 2
    assert rig.balanced()
