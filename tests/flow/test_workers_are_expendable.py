"""A worker that dies, hangs, swells or freezes costs time, and at most the message that made it so."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.flow.conftest import Project

SPLIT = "steps:\n  - decode: words\n  - split: words\nto:\n  - recorder: {to: out.log}\n    encode: words\n"
#: The words are dangerous where they are written: at the destination, or in a step of the route.
STEP = "steps:\n  - decode: words\n  - split: words\n  - encode: words\nto:\n  - recorder: {to: out.log}\n"
LIMITS = "limits: {step: 1s, memory: 200MB}\n"


@pytest.mark.parametrize("word", ["kill", "hang", "memory"])
def test_the_part_of_a_file_that_kills_its_worker_is_parked_and_the_others_flow(
    project: Project, inbox: str, word: str
) -> None:
    project.write(LIMITS, r=inbox + STEP)
    project.drop(f"one {word} two three")

    project.finish(seconds=90)

    assert sorted(set(project.effects())) == ["one", "three", "two"]
    assert len({line.split()[0] for line in project.lines()}) == 3, "an effect was asked for under two keys"
    assert project.states("r") == {"delivered": 4, "dead": 1}
    assert project.states("r/recorder") == {"delivered": 3}
    assert project.balanced()


def test_a_delivery_that_kills_its_worker_is_parked_within_three_tries(project: Project, inbox: str) -> None:
    project.write(LIMITS, r=inbox + SPLIT)
    project.drop("one kill two")

    project.finish()

    assert sorted(set(project.effects())) == ["one", "two"]
    assert project.states("r/recorder") == {"delivered": 2, "dead": 1}


def test_a_worker_frozen_beyond_its_lease_has_no_second_effect_when_it_goes_on(
    project: Project, inbox: str, wait_until: Callable[..., None]
) -> None:
    route = (
        "steps:\n  - decode: words\n  - split: words\nto:\n  - file: {path: out, name: '{word}-{$now:%H%M%S%f}.txt'}\n"
    )
    project.write(LIMITS, r=inbox + route)
    project.drop("one two three")
    once = project.folder / "fired"
    project.start("--workers", "2", CROSSDOCK_FAIL="sink.after_stage:1:stop", CROSSDOCK_FAIL_ONCE=str(once))
    wait_until(once.exists)
    wait_until(lambda: project.states("r/file") == {"delivered": 3}, seconds=90)

    for pid in project.children():
        os.kill(pid, signal.SIGCONT)
    project.run.send_signal(signal.SIGTERM)
    assert project.run.wait(timeout=60) == 0

    delivered = [path.name for path in (project.folder / "out").glob("[!.]*")]
    assert sorted(name.split("-")[0] for name in delivered) == ["one", "three", "two"]
    assert project.balanced()


def test_the_death_of_the_supervisor_takes_its_processes_along_and_the_next_run_goes_on(
    project: Project, inbox: str, wait_until: Callable[..., None]
) -> None:
    project.write("limits: {silence: 5m, step: 5m}\n", r=inbox + SPLIT)  # nothing that runs out may be waited for
    project.drop(" ".join(f"w{n}" for n in range(2000)))
    project.start()
    wait_until(lambda: len(project.children()) == 3)
    children = project.children()
    wait_until(lambda: len(project.lines()) > 50)
    project.run.kill()
    project.run.wait()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), seconds=90)

    begun = time.monotonic()
    project.finish()
    assert time.monotonic() - begun < 60

    keys = {line.split()[0] for line in project.lines()}
    assert len(keys) == 2000
    assert project.states("r/recorder") == {"delivered": 2000}
    assert project.balanced()


def test_told_to_stop_it_drains_and_leaves_nothing_in_hand(
    project: Project, inbox: str, wait_until: Callable[..., None]
) -> None:
    project.write(r=inbox + SPLIT)
    project.drop("slow " + " ".join(f"w{n}" for n in range(3000)))
    project.start()
    wait_until(lambda: len(project.lines()) > 10)

    project.run.send_signal(signal.SIGTERM)

    assert project.run.wait(timeout=60) == 0
    for queue in ("r", "r/recorder"):
        assert project.states(queue)["working"] == 0
    assert (project.folder / "closed").exists(), "the sink was not closed"
    project.finish()
    assert len({line.split()[0] for line in project.lines()}) == len(project.lines()) == 3001


def test_ctrl_c_stops_the_run_like_a_signal_to_terminate(
    project: Project, inbox: str, wait_until: Callable[..., None]
) -> None:
    project.write(LIMITS, r=inbox + SPLIT)
    project.drop("one")
    project.start()
    wait_until(lambda: project.effects() == ["one"])
    project.run.send_signal(signal.SIGINT)
    assert project.run.wait(timeout=60) == 0


@pytest.mark.parametrize("point", ["advance.after_commit", "sink.before_send", "sink.after_send"])
def test_a_batch_whose_worker_is_killed_keeps_its_key_and_its_members(
    project: Project, inbox: str, tmp_path: Path, point: str
) -> None:
    batch = SPLIT + "    batch: {count: 3, wait: 200ms}\n"
    project.write(LIMITS, r=inbox + batch)
    project.drop("a b c d e f g")
    once = tmp_path / "fired"

    project.finish(CROSSDOCK_FAIL=point, CROSSDOCK_FAIL_ONCE=str(once))

    assert once.exists()
    sent: dict[str, set[str]] = {}  # by word, the keys it was sent under; a batch is a key, an attempt and its words
    key = ""
    for line in project.lines():
        key = line.split()[0] if len(line.split()) == 3 else key
        sent.setdefault(line.split()[-1], set()).add(key)
    assert {word: len(keys) for word, keys in sent.items()} == dict.fromkeys("abcdefg", 1)
    assert project.states("r/recorder") == {"delivered": 7}
    assert project.balanced()
