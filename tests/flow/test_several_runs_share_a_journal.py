"""Several runs of a project at one journal: roles, replacing one by another under load, versions, frozen hosts."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from importlib.metadata import distribution
from pathlib import Path

import apsw
import pytest
from tests.flow.conftest import Project

from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.runtime.clock import SystemClock
from crossdock.runtime.hosts import Host, held, hosts

ROUTE = "steps:\n  - decode: words\n  - split: words\nto:\n  - recorder: {to: out.log}\n    encode: words\n"
#: Each effect has a name of its own moment: doing one twice leaves two files.
FILES = (
    "steps:\n  - decode: words\n  - split: words\nto:\n"
    "  - file: {path: out, name: '{word}~{$now:%H%M%S%f}.txt'}\n    encode: words\n"
)
QUICK = "limits: {silence: 2s, step: 5s}\n"
#: So long that nothing but the noticed death of a neighbour can free what it held.
LIMITS_LONG = "limits: {silence: 15s, step: 300s}\n"


class Runs:
    """Runs of one project, all ended with the test."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        self.processes.append(self.project.start(*options, **environment))
        return self.processes[-1]

    def journal(self) -> AbstractContextManager[SqliteJournal]:
        """The journal, without the start of a command, which takes longer than what is waited for."""
        return closing(SqliteJournal(self.project.folder / ".crossdock" / "journal.db", SystemClock()))

    def hosts(self) -> list[Host]:
        with self.journal() as journal:
            return hosts(journal)[0]

    def alive(self) -> list[int]:
        with self.journal() as journal:
            known, now = hosts(journal)
            return sorted(host.pid for host in known if host.alive(now))

    def holders(self) -> dict[str, int]:
        """Which run does what only one does, by its pid."""
        with self.journal() as journal:
            pids = {host.id: host.pid for host in hosts(journal)[0]}
            return {key: pids[id] for id, keys in held(journal).items() if id in pids for key in keys}

    def states(self, queue: str) -> dict[str, int]:
        with self.journal() as journal:
            found = journal.counts().get(queue, {})
            return {str(state): count for state, count in found.items() if count}

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGCONT)
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture
def runs(project: Project) -> Iterator[Runs]:
    made = Runs(project)
    yield made
    made.end()


def children(process: subprocess.Popen[bytes]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def stopped_children(process: subprocess.Popen[bytes]) -> list[int]:
    """Those in state T: stopped by a signal (proc_pid_stat(5))."""
    return [pid for pid in children(process) if Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "T"]


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


class Load(threading.Thread):
    """A file with one word every so often, and when it was there."""

    def __init__(self, project: Project, every: float) -> None:
        super().__init__(daemon=True)
        self._project = project
        self._every = every
        self._over = threading.Event()
        self.dropped: dict[str, float] = {}

    def run(self) -> None:
        while not self._over.wait(self._every):
            word = f"w{len(self.dropped)}"
            self.dropped[word] = time.time()
            self._project.drop(word, f"{word}.txt")

    def end(self) -> None:
        self._over.set()
        self.join()


def delivered(project: Project) -> dict[str, list[float]]:
    """When each word got its final name, each time it did."""
    found: dict[str, list[float]] = {}
    for path in (project.folder / "out").glob("[!.]*"):
        found.setdefault(path.name.split("~")[0], []).append(path.stat().st_ctime)
    return found


def judge(project: Project, load: Load, slowest: float) -> None:
    found = delivered(project)
    assert set(found) == set(load.dropped), "lost"
    assert all(len(times) == 1 for times in found.values()), "twice"
    latency = max(found[word][0] - at for word, at in load.dropped.items())
    assert latency < slowest, f"{latency:.1f} s\n{project.log()}"
    assert project.balanced()


def test_a_second_run_works_beside_the_first(
    project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None]
) -> None:
    project.write(r=inbox + ROUTE)
    first, second = runs.start(), runs.start()
    wait_until(lambda: runs.alive() == sorted((first.pid, second.pid)))
    project.drop(" ".join(f"w{n}" for n in range(1000)))
    wait_until(lambda: runs.states("r/recorder") == {"delivered": 1000})
    assert len(project.lines()) == 1000
    stop(first)
    project.drop("late", "b.txt")
    wait_until(lambda: "late" in project.effects())
    assert [host.pid for host in runs.hosts()] == [second.pid]
    stop(second)
    assert runs.hosts() == []


def test_runs_share_roles(project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None]) -> None:
    project.write(r=inbox + ROUTE)
    intake = runs.start("--role", "intake")
    worker = runs.start("--role", "worker", "--workers", "2")
    scheduler = runs.start("--role", "scheduler")
    wait_until(lambda: len(runs.alive()) == 3)
    project.drop("one two")
    wait_until(lambda: sorted(project.effects()) == ["one", "two"])
    wait_until(lambda: [len(children(process)) for process in (intake, worker, scheduler)] == [2, 3, 1])
    assert runs.holders() == {"source:r": intake.pid, "scheduler": scheduler.pid}


def test_a_run_is_idle_in_its_own_roles(project: Project, inbox: str, runs: Runs) -> None:
    project.write(r=inbox + ROUTE)
    project.drop("one two")
    project.finish("--role", "intake")
    assert runs.states("r") == {"waiting": 1}
    project.finish("--role", "worker")
    assert runs.states("r/recorder") == {"delivered": 2}


def test_an_unknown_role_is_refused(project: Project, inbox: str) -> None:
    project.write(r=inbox + ROUTE)
    assert project.command("run", "--role", "worker,juggler") == {"code": 2}


def test_hosts_replaced_one_by_one_under_load_lose_and_double_nothing_and_nobody_waits(
    project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None]
) -> None:
    project.write(r=inbox + FILES)
    first, second = runs.start(), runs.start()
    wait_until(lambda: len(runs.alive()) == 2)
    load = Load(project, 0.05)
    load.start()
    for old in (first, second):
        new = runs.start()
        wait_until(lambda new=new: new.pid in runs.alive())
        stop(old)
    time.sleep(1)
    load.end()
    wait_until(lambda: len(delivered(project)) == len(load.dropped))
    for run in runs.processes[2:]:
        stop(run)
    judge(project, load, slowest=20.0)


def test_a_run_told_to_load_everything_anew_does_so_without_a_pause(
    project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None]
) -> None:
    project.write(r=inbox + FILES)
    run = runs.start("--workers", "2")
    wait_until(lambda: len(children(run)) == 4)
    before, (host,) = children(run), runs.hosts()
    load = Load(project, 0.05)
    load.start()
    project.write(r=inbox + FILES, s=inbox.replace("inbox", "other") + ROUTE)
    (project.folder / "other").mkdir()
    run.send_signal(signal.SIGHUP)
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in before), seconds=90)
    wait_until(lambda: len(runs.hosts()) == 1)
    assert runs.hosts()[0].pid == run.pid
    assert runs.hosts()[0].id != host.id
    project.drop("new", folder="other")
    wait_until(lambda: project.effects() == ["new"])
    load.end()
    wait_until(lambda: len(delivered(project)) == len(load.dropped))
    stop(run)
    judge(project, load, slowest=20.0)


def test_told_so_again_and_again_it_forgets_no_process_and_answers_where_it_did(
    project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None]
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    project.write(f"health: {address}\n", r=inbox + FILES)
    run = runs.start()
    wait_until(lambda: len(children(run)) == 4 and is_live(address))
    first = children(run)
    for _ in range(3):
        run.send_signal(signal.SIGHUP)
        second = children(run)
        wait_until(lambda known=second: any(pid not in known for pid in children(run)), seconds=90)
    wait_until(lambda: len(children(run)) == 4 and not set(first) & set(children(run)), seconds=90)
    wait_until(lambda: len(runs.hosts()) == 1 and is_live(address), seconds=90)
    assert "E776" not in project.log()


def is_live(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}/live", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_a_project_with_mistakes_is_not_loaded_anew(
    project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None]
) -> None:
    project.write(r=inbox + ROUTE)
    run = runs.start()
    wait_until(lambda: len(children(run)) == 3)
    before = children(run)
    project.write(r="from: {nothing: known}\n")
    run.send_signal(signal.SIGHUP)
    wait_until(lambda: "what was loaded before goes on" in project.log())
    project.drop("one")
    wait_until(lambda: project.effects() == ["one"])
    assert children(run) == before


def test_what_a_killed_run_held_goes_on_in_another_of_the_same_machine_at_once(
    project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None]
) -> None:
    project.write(LIMITS_LONG, r=inbox + FILES)
    first, second = runs.start(), runs.start()
    wait_until(lambda: len(runs.alive()) == 2)
    load = Load(project, 0.02)
    load.start()
    time.sleep(1)
    for run in (first, second):
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        runs.start()
        time.sleep(3)
    load.end()
    wait_until(lambda: len(delivered(project)) == len(load.dropped), seconds=90)
    wait_until(lambda: {run.pid for run in runs.processes[2:]} <= set(runs.alive()))
    for run in runs.processes[2:]:
        stop(run)
    judge(project, load, slowest=60.0)


def test_an_intake_frozen_beyond_its_lease_accepts_nothing_when_it_goes_on(
    project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None]
) -> None:
    project.write(QUICK, r=inbox + ROUTE)
    once = project.folder / "fired"
    frozen = runs.start(CROSSDOCK_FAIL="intake.before_accept:1:stop", CROSSDOCK_FAIL_ONCE=str(once))
    wait_until(lambda: runs.holders().get("source:r") == frozen.pid)
    other = runs.start()
    wait_until(lambda: len(runs.alive()) == 2)

    project.drop("one two three")
    wait_until(once.exists)
    wait_until(lambda: runs.states("r/recorder") == {"delivered": 3}, seconds=90)
    assert runs.holders()["source:r"] == other.pid
    os.killpg(frozen.pid, signal.SIGCONT)
    project.drop("four", "b.txt")
    wait_until(lambda: "four" in project.effects())
    wait_until(lambda: "another host polls its source now" in (project.folder / "log.jsonl").read_text())
    for run in (frozen, other):
        stop(run)

    assert Counter(project.effects()) == {"one": 1, "two": 1, "three": 1, "four": 1}
    assert runs.states("r") == {"delivered": 6}, "a file became two messages"


@pytest.mark.parametrize("point", ["accept.before_commit", "intake.before_settle"])
def test_a_file_two_pollers_have_for_a_moment_is_one_message(
    project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None], point: str
) -> None:
    project.write(QUICK, r=inbox + ROUTE)
    once = project.folder / "fired"
    frozen = runs.start(CROSSDOCK_FAIL=f"{point}:1:stop", CROSSDOCK_FAIL_ONCE=str(once))
    wait_until(lambda: runs.holders().get("source:r") == frozen.pid)
    other = runs.start()
    wait_until(lambda: len(runs.alive()) == 2)

    project.drop("one")
    wait_until(once.exists)
    wait_until(lambda: stopped_children(frozen) != [])
    stopped = stopped_children(frozen)
    if point == "intake.before_settle":  # the frozen one has accepted it and holds no lock: the other gets the file
        wait_until(lambda: runs.holders().get("source:r") == other.pid)
        wait_until(lambda: not list((project.folder / "inbox").glob("*.txt")))
    else:  # it is inside its transaction, so nobody else writes: only time goes by
        time.sleep(3)
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)
    wait_until(lambda: project.effects() == ["one"])
    project.drop("two", "b.txt")
    wait_until(lambda: project.effects() == ["one", "two"])
    for run in (frozen, other):
        stop(run)

    assert runs.states("r") == {"delivered": 4}, "a file became two messages"
    assert not list((project.folder / "inbox").glob("*.txt"))
    assert project.balanced()


def test_sources_are_spread_over_the_runs_that_poll(
    project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None]
) -> None:
    routes = {}
    for number in range(4):
        (project.folder / f"in{number}").mkdir()
        routes[f"r{number}"] = inbox.replace("inbox", f"in{number}") + ROUTE
    project.write(QUICK, **routes)
    first = runs.start()
    wait_until(lambda: len(runs.holders()) == 5)
    second = runs.start()
    spread = [first.pid, first.pid, second.pid, second.pid]
    wait_until(lambda: sorted(pid for key, pid in runs.holders().items() if "source" in key) == sorted(spread))
    stop(first)
    wait_until(lambda: set(runs.holders().values()) == {second.pid} and len(runs.holders()) == 5)


def other_version(folder: Path) -> str:
    """A path that makes Python find crossdock 99.0.0."""
    known = distribution("crossdock")
    info = folder / "crossdock-99.0.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: crossdock\nVersion: 99.0.0\n")
    (info / "entry_points.txt").write_text(known.read_text("entry_points.txt") or "")
    return str(folder)


def test_hosts_of_two_versions_work_at_one_journal(
    project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None], tmp_path: Path
) -> None:
    project.write(r=inbox + FILES)
    old = runs.start()
    wait_until(lambda: len(runs.alive()) == 1)
    load = Load(project, 0.05)
    load.start()
    new = runs.start(PYTHONPATH=other_version(tmp_path / "new"))
    wait_until(lambda: len(runs.alive()) == 2)
    listed = project.command("status", "--json")["hosts"]
    assert isinstance(listed, list)
    assert max((host["version"], host["state"]) for host in listed) == ("99.0.0", "alive")
    stop(old)
    time.sleep(1)
    load.end()
    wait_until(lambda: len(delivered(project)) == len(load.dropped))
    stop(new)
    judge(project, load, slowest=20.0)


def test_at_a_journal_that_a_newer_version_has_changed_an_older_run_goes_on_and_none_is_started(
    project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None]
) -> None:
    project.write(r=inbox + ROUTE)
    run = runs.start()
    project.drop("one")
    wait_until(lambda: project.effects() == ["one"])
    with closing(apsw.Connection(str(project.folder / ".crossdock" / "journal.db"))) as newer:
        newer.set_busy_timeout(10_000)
        newer.pragma("user_version", 999)
    project.drop("two", "b.txt")
    wait_until(lambda: project.effects() == ["one", "two"])
    assert runs.start().wait(timeout=30) == 3
    assert "E711" in project.log()
    stop(run)


def test_an_older_project_leaves_alone_what_only_a_newer_one_has(
    project: Project, inbox: str, runs: Runs, wait_until: Callable[..., None], tmp_path: Path
) -> None:
    project.write(r=inbox + ROUTE)
    old = runs.start("--role", "worker")
    wait_until(lambda: len(runs.alive()) == 1)
    newer = tmp_path / "newer"
    shutil.copytree(project.folder, newer, ignore=shutil.ignore_patterns(".crossdock", "newer"))
    more = inbox + ROUTE + "  - recorder: {to: more.log}\n    name: more\n    encode: words\n"
    (newer / "routes" / "r.yaml").write_text(more)
    journal = str(project.folder / ".crossdock" / "journal.db")
    environment = {**os.environ, "CROSSDOCK_JOURNAL": journal}
    intake = subprocess.Popen(
        [sys.executable, "-m", "crossdock", "run", "--project", str(newer), "--role", "intake,worker"],
        env=environment,
        start_new_session=True,
    )
    runs.processes.append(intake)
    wait_until(lambda: len(runs.alive()) == 2)
    (newer / "inbox" / "a.txt").write_text(" ".join(f"w{n}" for n in range(50)))
    wait_until(lambda: runs.states("r") == {"delivered": 51})
    time.sleep(1)
    with runs.journal() as opened:
        assert opened.stopped() == {}
        queues = opened.counts()
    assert (newer / "more.log").exists() or "r/more" not in queues
    stop(old)
    stop(intake)
