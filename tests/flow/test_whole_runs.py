"""Whole runs, from a folder to a destination."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.flow.conftest import Project


def test_until_idle_ends_only_when_a_chain_of_folders_is_through(project: Project, inbox: str) -> None:
    project.write(
        first=inbox + "to:\n  - file: {path: middle, name: 'a-{$id}.txt'}\n",
        second="from:\n  file: {path: middle, every: 200ms, stable_for: 50ms}\nto:\n  - file: {path: out, name: '{$id}.txt'}\n",
    )
    (project.folder / "middle").mkdir()
    for number in range(5):
        project.drop("text", f"{number}.txt")
    project.finish()
    assert len(list((project.folder / "out").glob("*.txt"))) == 5


def test_running_again_changes_nothing(project: Project, inbox: str) -> None:
    project.write(
        r=inbox + "steps:\n  - decode: words\n  - split: words\nto:\n  - recorder: {to: out.log}\n    encode: words\n"
    )
    project.drop("one two")
    project.finish()
    before = project.lines()
    project.drop("one two")  # the same bytes under the same name, at another time: another file
    project.finish()
    assert project.lines()[:2] == before
    project.finish()
    assert len(project.lines()) == 4


def test_a_rejected_file_lies_in_the_folder_of_rejects_with_a_report(project: Project, inbox: str) -> None:
    project.write(r=inbox.replace("inbox,", "inbox, rejects: bad,") + "steps:\n  - decode: json\nto:\n  - topic: t\n")
    project.drop("{not json", "order.json")
    project.finish()
    names = sorted(path.name for path in (project.folder / "bad").iterdir())
    assert len(names) == 2, names
    report, payload = (
        next(name for name in names if name.endswith(".report.txt")),
        next(name for name in names if not name.endswith(".report.txt")),
    )
    assert (project.folder / "bad" / payload).read_text() == "{not json"
    assert "crossdock dead show" in (project.folder / "bad" / report).read_text()


def test_an_opaque_send_cut_off_by_kill_is_in_doubt_and_not_repeated(project: Project, inbox: str) -> None:
    project.write(r=inbox + "to:\n  - recorder: {to: out.log, effect: opaque}\n")
    project.drop("one")
    once = project.folder / "fired"
    project.finish(CROSSDOCK_FAIL="sink.after_send", CROSSDOCK_FAIL_ONCE=str(once))
    assert once.exists()
    assert project.effects() == ["one"]
    assert project.states("r/recorder") == {"doubt": 1}


def test_a_keyed_send_cut_off_by_kill_is_repeated_under_its_key(project: Project, inbox: str) -> None:
    project.write(r=inbox + "to:\n  - recorder: {to: out.log}\n")
    project.drop("one")
    project.finish(CROSSDOCK_FAIL="sink.after_send", CROSSDOCK_FAIL_ONCE=str(project.folder / "fired"))
    first, second = project.lines()
    assert first.split()[0] == second.split()[0]
    assert project.states("r/recorder") == {"delivered": 1}


def test_a_halted_queue_is_started_again_by_the_next_run(project: Project, inbox: str) -> None:
    project.write(
        r=inbox
        + "to:\n  - recorder: {to: out.log, fail: 9, error: halt}\n  - recorder: {to: other.log}\n    name: other\n"
    )
    project.drop("one")
    project.finish()
    assert (project.states("r/recorder"), project.effects("other.log")) == ({"waiting": 1}, ["one"])
    project.write(r=inbox + "to:\n  - recorder: {to: out.log}\n  - recorder: {to: other.log}\n    name: other\n")
    project.finish()
    assert project.states("r/recorder") == {"delivered": 1}


def test_a_route_that_is_switched_off_keeps_its_work_and_does_not_hold_up_the_end(project: Project, inbox: str) -> None:
    project.write(r=inbox + "to:\n  - recorder: {to: out.log}\n")
    project.drop("one", "kept.txt", folder=".")
    project.write(r=inbox + "enabled: false\nto:\n  - recorder: {to: out.log}\n")
    project.command("send", "r", "kept.txt")
    project.finish()
    assert project.states("r") == {"waiting": 1}
    project.write(r=inbox + "to:\n  - recorder: {to: out.log}\n")
    project.finish()
    assert project.effects() == ["one"]


def test_two_workers_share_a_rate(project: Project, inbox: str) -> None:
    project.write(
        r=inbox
        + "steps:\n  - decode: words\n  - split: words\nto:\n  - recorder: {to: out.log}\n    encode: words\n    rate: 20/s\n"
    )
    project.drop(" ".join(f"w{n}" for n in range(60)))
    begun = time.monotonic()
    project.finish("--workers", "2")
    assert time.monotonic() - begun > 1.5
    assert len(project.lines()) == 60


def test_a_large_payload_lies_beside_the_journal_and_passes_in_little_memory(project: Project, inbox: str) -> None:
    project.write("limits: {memory: 400MB}\n", r=inbox + "to:\n  - file: {path: out, name: 'big.bin'}\n")
    project.drop(os.urandom(1_000_000) * 50, "big.bin")
    project.finish()
    assert (project.folder / "out" / "big.bin").stat().st_size == 50_000_000
    stored = [path for path in (project.folder / ".crossdock" / "payloads").rglob("*") if path.is_file()]
    assert [path.stat().st_size for path in stored] == [50_000_000], "the payload is kept more than once"


def limit_files(project: Project, size: int) -> None:
    """How large any file of the run may become: to those who write it, the same as a disk that is full."""
    for pid in (project.run.pid, *project.children()):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_full_disk_leaves_nothing_half_recorded_and_recovers_by_itself(
    project: Project, inbox: str, wait_until: Callable[..., None]
) -> None:
    steps = "steps:\n  - decode: words\n  - split: words\n"
    project.write(r=inbox + steps + "to:\n  - file: {path: out, name: '{word}.txt'}\n")
    project.start()
    reserve = project.folder / ".crossdock" / "journal.db-reserve"
    wait_until(lambda: len(project.children()) == 3 and reserve.exists() and reserve.stat().st_size > 200_000)
    limit_files(project, 200_000)
    project.drop(" ".join(f"w{n}" for n in range(3000)))
    wait_until(lambda: "journal unavailable" in (project.folder / "log.jsonl").read_text())
    assert len(project.children()) == 3, project.log()

    limit_files(project, resource.RLIM_INFINITY)

    wait_until(lambda: len(list((project.folder / "out").glob("w*.txt"))) == 3000, seconds=90)
    project.run.terminate()
    assert project.run.wait(timeout=60) == 0
    project.finish()
    assert project.states("r") == {"delivered": 3001}
    assert project.balanced()


def rows(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_a_batch_destination_writes_files_of_so_many(project: Project, inbox: str) -> None:
    project.write(
        r=inbox + "steps:\n  - decode: words\n  - split: words\nto:\n"
        "  - file: {path: out, name: '{$key}.txt'}\n    encode: words\n    batch: {count: 40, wait: 300ms}\n"
    )
    project.drop(" ".join(f"w{n}" for n in range(100)))
    project.finish()
    assert sorted(rows(path) for path in (project.folder / "out").glob("*.txt")) == [20, 40, 40]


@pytest.mark.parametrize("bus", ["kafka://x", "amqp://u:hunter2@h:bad/x", "amqps://u:hunter2@h/?cacertfile=none.pem"])
def test_a_bus_that_can_never_be_opened_ends_a_run_before_it_begins(project: Project, inbox: str, bus: str) -> None:
    project.write(r=inbox + "to:\n  - file: {path: out}\n")
    run = project.start("--until-idle", CROSSDOCK_BUS=bus)
    assert run.wait(timeout=60) == 3
    assert "hunter2" not in project.log()
