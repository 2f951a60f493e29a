"""A worker dies between a question and its record: nothing is lost, and nothing is done twice that must not be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.flow.conftest import INBOX, Project
from tests.flow.desk import PLUGIN, Desk, desk

OUT = 'to:\n  - file: {path: out, name: "{n}.json"}\n'
ORDERS = 30


@pytest.fixture
def asked() -> Iterator[Desk]:
    with desk() as made:
        yield made


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    made.end()


@pytest.fixture(params=["embedded", "distributed"])
def anywhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, project: Project) -> Project:
    """The project, with its journal in PostgreSQL and its bus in RabbitMQ as well."""
    if request.param == "distributed":
        monkeypatch.setenv("CROSSDOCK_JOURNAL", request.getfixturevalue("postgres").fresh())
        monkeypatch.setenv("CROSSDOCK_BUS", request.getfixturevalue("rabbitmq").fresh())
    return project


def run(project: Project, step: str, point: str, *, later: str = "") -> None:
    """One file of orders, and a worker that is killed when it gets to ``point``."""
    steps = f"steps:\n  - decode: json\n  - split: orders\n  - {step}\n{later}"
    (project.folder / "plugins" / "desk.py").write_text(PLUGIN)
    project.write(orders=INBOX + "retry: {attempts: 5, first: 50ms}\n" + steps + OUT)
    settings = project.folder / "crossdock.yaml"
    settings.write_text(settings.read_text().replace("words.py]", "words.py, plugins/desk.py]"))
    project.drop(json.dumps({"orders": [{"n": n} for n in range(ORDERS)]}), "a.json")
    once = project.folder / "killed"
    project.finish("--workers", "2", CROSSDOCK_FAIL=f"{point}:4", CROSSDOCK_FAIL_ONCE=str(once))
    assert once.exists(), "nobody was killed"
    assert project.balanced()


def out(project: Project) -> list[int]:
    return sorted(json.loads(path.read_text())["n"] for path in (project.folder / "out").glob("*.json"))


@pytest.mark.parametrize("point", ["sink.after_send"])
def test_what_only_reads_is_asked_again(anywhere: Project, asked: Desk, point: str) -> None:
    run(anywhere, f"enrich: {{desk: {{port: {asked.port}}}, as: credit}}", point)
    assert out(anywhere) == list(range(ORDERS))


@pytest.mark.parametrize("point", ["sink.after_send", "commit.before_commit"])
def test_what_honours_a_key_is_asked_again_under_the_same_key(project: Project, asked: Desk, point: str) -> None:
    run(project, f"call: {{desk: {{port: {asked.port}, effect: keyed}}, as: credit}}", point)
    assert out(project) == list(range(ORDERS))
    assert len(asked.effects) == ORDERS
    assert set(asked.effects.values()) == {1}


@pytest.mark.parametrize("point", ["sink.after_send", "advance.after_commit"])
def test_what_honours_none_is_left_in_doubt_and_never_done_twice(anywhere: Project, asked: Desk, point: str) -> None:
    asked.honours = False
    asked.delay = 0.005
    run(anywhere, f"call: {{desk: {{port: {asked.port}, effect: opaque}}, as: credit}}", point)
    states = anywhere.states("orders/ask-credit")
    assert states["doubt"] >= 1
    assert states["doubt"] + states["delivered"] == ORDERS
    assert len(out(anywhere)) == states["delivered"]
    assert set(asked.effects.values()) == {1}
    assert ORDERS - states["doubt"] <= len(asked.effects) <= ORDERS


def test_a_server_that_cuts_the_answer_off_is_asked_again_where_it_honours_the_key(
    project: Project, asked: Desk
) -> None:
    asked.cut = 5
    run(project, f"call: {{desk: {{port: {asked.port}, effect: keyed}}, as: credit}}", "sink.after_send")
    assert out(project) == list(range(ORDERS))
    assert set(asked.effects.values()) == {1}


def test_an_answer_that_was_had_is_not_asked_for_again_by_whoever_comes_after_a_crash(
    project: Project, asked: Desk
) -> None:
    asked.honours = False
    check = '  - check:\n      - {name: never, that: "n > `100`", text: held}\n'
    step = f"call: {{desk: {{port: {asked.port}, effect: opaque}}, as: credit, concurrency: 1}}"
    run(project, step, "commit.before_commit", later=check)
    states = project.states("orders/ask-credit")
    assert states["held"] + states["doubt"] == ORDERS
    assert set(asked.effects.values()) == {1}
    project.command("hold", "release", "--all", "--reason", "they are fine")
    project.finish("--workers", "2")
    assert set(asked.effects.values()) == {1}
    assert len(out(project)) == states["held"]
