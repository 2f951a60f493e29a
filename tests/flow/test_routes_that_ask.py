"""Whole runs whose routes ask a real server: at the same time, in time, and whether it is there or not."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from tests.flow.conftest import INBOX, Project
from tests.flow.desk import PLUGIN, Desk, desk

Wait = Callable[..., None]
STEPS = "steps:\n  - decode: json\n  - split: orders\n"
OUT = 'to:\n  - file: {path: out, name: "{n}.json"}\n'


@pytest.fixture
def asked() -> Iterator[Desk]:
    with desk() as made:
        yield made


def prepare(project: Project, steps: str) -> None:
    (project.folder / "plugins" / "desk.py").write_text(PLUGIN)
    project.write(orders=INBOX + STEPS + steps + OUT)
    text = (project.folder / "crossdock.yaml").read_text().replace("words.py]", "words.py, plugins/desk.py]")
    (project.folder / "crossdock.yaml").write_text(text)


def orders(project: Project, count: int, name: str = "a.json") -> None:
    project.drop(json.dumps({"orders": [{"n": n, "buyer": f"b{n % 7}"} for n in range(count)]}), name)


def out(project: Project) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted((project.folder / "out").glob("*.json"))]


def test_many_questions_are_under_way_at_the_same_time_and_a_trace_tells_of_each(project: Project, asked: Desk) -> None:
    asked.delay = 0.02
    prepare(project, f"  - set: {{fields: {{id: $id}}}}\n  - enrich: {{desk: {{port: {asked.port}}}, as: credit}}\n")
    orders(project, 200)
    project.finish("--workers", "2")
    assert len(out(project)) == 200
    assert {type(one["credit"]) for one in out(project)} == {dict}
    assert len(asked.asked) == 200
    assert asked.most > 4, "they were asked one after the other"
    assert project.balanced()


def test_a_server_that_takes_the_question_and_never_answers_costs_the_time_limit_only(
    project: Project, asked: Desk
) -> None:
    asked.hangs = True
    step = f"  - enrich: {{desk: {{port: {asked.port}}}, as: credit, timeout: 100ms, fallback: {{value: 0}}}}\n"
    prepare(project, step)
    orders(project, 12)
    project.finish("--workers", "2")
    assert [one["credit"] for one in out(project)] == [0] * 12
    assert project.states("orders/ask-credit") == {"delivered": 12}


def test_a_server_that_is_not_there_is_left_alone_until_it_comes(project: Project, wait_until: Wait) -> None:
    with desk() as gone:
        port = gone.port
    step = f"  - enrich: {{desk: {{port: {port}}}, as: credit, breaker: {{failures: 3, open: 200ms, max: 400ms}}}}\n"
    prepare(project, step)
    orders(project, 30)
    project.start("--workers", "2")
    wait_until(lambda: bool(project.command("breaker", "list", "--json")))
    with desk(port) as back:
        wait_until(lambda: len(out(project)) == 30)
        assert len(back.effects) == 30
    assert not [line for line in project.log().splitlines() if "given up" in line]
    project.run.send_signal(signal.SIGTERM)
    assert project.run.wait(30) == 0
    assert project.states("orders/ask-credit") == {"delivered": 30}


def test_a_run_that_is_told_to_stop_ends_soon_and_the_next_one_goes_on(
    project: Project, asked: Desk, wait_until: Wait
) -> None:
    asked.delay = 0.3
    prepare(project, f"  - call: {{desk: {{port: {asked.port}, effect: opaque}}, as: credit, concurrency: 2}}\n")
    orders(project, 40)
    project.start("--workers", "1")
    wait_until(lambda: len(asked.asked) >= 3)
    project.run.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    assert project.run.wait(30) == 0
    assert time.monotonic() - begun < 5
    asked.delay = 0.0
    project.finish("--workers", "2")
    assert len(out(project)) == 40
    assert set(asked.effects.values()) == {1}
    assert len(asked.effects) == 40
    assert project.balanced()
