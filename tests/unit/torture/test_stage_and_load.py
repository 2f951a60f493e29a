from __future__ import annotations

import json
from pathlib import Path

import pytest

from crossdock.errors import Halt
from crossdock.ops.pack import copy_pack
from crossdock.testing.torture.ledger import Effect, Taker, effects
from crossdock.testing.torture.load import Dropper, left, make_load
from crossdock.testing.torture.stage import Stage, make_stage


@pytest.fixture
def project(tmp_path: Path) -> Path:
    copy_pack(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def stage(project: Path, tmp_path: Path) -> Stage:
    return make_stage(project, tmp_path / "stage")


def route(stage: Stage, name: str) -> dict[str, object]:
    value = json.loads((stage.folder / "routes" / f"{name}.yaml").read_text())
    assert isinstance(value, dict)
    return value


def test_every_source_becomes_a_folder_of_the_stage(stage: Stage) -> None:
    source = route(stage, "orders-in")["from"]
    assert source == {"file": {"path": "in/orders-in", "every": "50ms", "stable_for": "50ms", "match": "*"}}
    assert {entrance.route for entrance in stage.entrances} >= {"orders-in", "inventory-in", "partners-in"}


def test_every_destination_becomes_a_folder_in_which_no_two_effects_have_one_name(stage: Stage) -> None:
    destinations = route(stage, "orders-to-erp")["to"]
    assert isinstance(destinations, list)
    (destination,) = destinations
    assert destination["file"] == {
        "path": "out/orders-to-erp--file-0",
        "name": "{$key}~{$now:%H%M%S%f}{$extension}",
    }
    assert destination["map"] == "order-to-erp-flat"


def test_a_guard_tells_copies_of_one_sample_apart(stage: Stage) -> None:
    steps = route(stage, "orders-in")["steps"]
    assert isinstance(steps, list)
    assert {"key": '[$headers."file.name", buyer.id, number]', "within": "90d"} in [
        step.get("once") for step in steps if isinstance(step, dict)
    ]
    assert stage.choosy >= {"orders-in", "inventory-in"}


def test_what_a_branch_does_is_told_apart_as_well(stage: Stage) -> None:
    taken = route(stage, "sap-in")["steps"]
    assert isinstance(taken, list)
    orders, despatch, *_ = taken[-1]["choose"]
    assert orders["steps"][-1]["once"]["key"] == '[$headers."file.name", buyer.id, number]'
    assert orders["to"] == [{"topic": "order.received"}]
    assert despatch["to"][0]["file"]["path"].startswith("out/sap-in--file-")
    sent = route(stage, "sap-out")["steps"]
    assert isinstance(sent, list)
    (last,) = sent[-1]["choose"][-1]["otherwise"]["to"]
    assert last["file"]["path"] == "out/sap-out--file-3"
    assert stage.choosy >= {"sap-in"}


def test_what_partners_are_sent_goes_to_a_folder_for_each_generated_route(stage: Stage) -> None:
    profile = json.loads((stage.folder / "partners" / "acme.yaml").read_text())
    assert profile["channel"]["file"]["path"] == "out/{$route}--file"
    counting = ("asn-quantities", "invoice-quantities", "duplicate-number")  # what came before, in whatever order
    assert profile["preflight"] == dict.fromkeys(counting, "off")
    assert profile["receives"]["850"]["once"] == '[$headers."file.name", buyer.id, number]'


def test_nothing_of_the_project_is_changed(project: Path, stage: Stage) -> None:
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    for name in ("orders-in", "inventory-in"):
        assert (stage.folder / "routes" / f"{name}.yaml").read_bytes() != before[project / "routes" / f"{name}.yaml"]
    assert str(project) not in "".join(path.read_text() for path in (stage.folder / "routes").iterdir())


def test_a_project_without_samples_is_refused_with_a_way_out(tmp_path: Path) -> None:
    project = tmp_path / "bare"
    (project / "routes").mkdir(parents=True)
    (project / "crossdock.yaml").write_text("name: bare\n")
    (project / "routes" / "in.yaml").write_text("from:\n  file: {path: in}\nto:\n  - file: {path: out, name: x}\n")
    with pytest.raises(Halt, match=r"T111.*a case whose 'given' is a file"):
        make_stage(project, tmp_path / "stage")


def test_the_same_seed_makes_the_same_load(stage: Stage) -> None:
    first, second, other = (make_load(stage, 100, seed, pack=True) for seed in (1, 1, 2))
    assert first == second
    assert [list(drop.pieces()) for drop in first] == [list(drop.pieces()) for drop in second]
    assert first != other
    assert sum(drop.count for drop in first) == 100


def test_a_project_that_is_not_the_pack_gets_copies_of_its_samples(stage: Stage) -> None:
    load = make_load(stage, 20, 1, pack=False)
    assert len(load) == 20
    assert all(drop.sample is not None for drop in load)


def test_files_are_dropped_whole_and_what_is_not_taken_is_left(stage: Stage) -> None:
    load = make_load(stage, 50, 1, pack=True)
    dropper = Dropper(load, {entrance.route: entrance.inbox for entrance in stage.entrances}, 0.0)
    dropper.run()
    assert set(dropper.dropped) == {drop.name for drop in load} == set(left(stage))


def test_the_ledger_has_what_lies_there_and_what_was_taken(tmp_path: Path) -> None:
    (tmp_path / "a--b").mkdir()
    (tmp_path / "a--b" / "one~1.txt").write_text("1")
    (tmp_path / "a--b" / "half.part").write_text("0")
    taker = Taker(tmp_path)
    taker._take()
    (tmp_path / "a--b" / "two~2.txt").write_text("2")
    assert {(found.destination, found.name) for found in effects(tmp_path)} == {
        ("a--b", "one~1.txt"),
        ("a--b", "two~2.txt"),
    }
    assert all(isinstance(found, Effect) for found in effects(tmp_path))
    assert (tmp_path / "a--b" / "half.part").exists()
