"""``crossdock run --watch`` under a stream of orders: edits, mistakes, torn writes and kills cost and double nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.flow.conftest import INBOX, Project

from crossdock.delivery.states import State
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.runtime.clock import SystemClock
from crossdock.testing.servers.postgres import PostgresAddress
from crossdock.testing.servers.rabbitmq import RabbitAddress

EDITS = 20
KILLED_AFTER = (0.3, 0.6, 0.9)  # seconds after an edit: tried, loaded, one generation beside the other
#: A version stands in two files, which are written one after the other; each effect has a name of its own moment.
ROUTE = (
    "steps:\n  - decode: words\n  - split: words\n  - set: {{fields: {{tag: \"'{version}'\"}}}}\n  - map: m\n"
    "to:\n  - file: {{path: out, name: '{{word}}~{{$now:%H%M%S%f}}.txt'}}\n"
)
MAPPING = "from: any\nto: any\nfields:\n  word: word\n  tag: tag\n  first: {{value: '{version}'}}\n  last: {{value: '{version}'}}\n"
#: Writes down what it is sent, however much that is.
QUICK = "steps:\n  - decode: words\n  - split: words\n  - map: m\nto:\n  - recorder: {to: out.log}\n    encode: words\n"
TAGGED = "from: any\nto: any\nfields:\n  word: \"join('@', [word, '{version}'])\"\n"


class Watched:
    """A project whose files change while it runs."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.folder = project.folder
        self.runs: list[subprocess.Popen[bytes]] = []
        (self.folder / "mappings").mkdir()

    def version(self, version: str) -> None:
        """Route and mapping of that version, one after the other, in place."""
        (self.folder / "routes" / "r.yaml").write_text(INBOX + ROUTE.format(version=version))
        (self.folder / "mappings" / "m.yaml").write_text(MAPPING.format(version=version))

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        self.runs.append(self.project.start("--watch", *options))
        self.until(lambda: len(self.workers()) > 0)
        return self.runs[-1]

    def end(self) -> None:
        for run in self.runs:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)
                run.wait()

    def until(self, condition: Callable[[], bool], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, self.project.log()
            assert self.project.run.poll() is None, self.project.log()
            time.sleep(0.02)

    def told(self) -> Counter[str]:
        """What was said of changes, counted."""
        text = (self.folder / "log.jsonl").read_text()
        return Counter(line.split(":")[0] for line in text.splitlines() if line.startswith(("loaded", "refused")))

    def until_told(self, what: str, count: int) -> None:
        self.until(lambda: self.told()[what] >= count)

    def workers(self) -> list[int]:
        """Worker processes, of every generation."""
        return [pid for pid in self.project.children() if comm(pid).startswith("worker")]

    def alone(self) -> bool:
        """Whether one generation is there: intake, scheduler and one worker."""
        return sorted(map(comm, self.project.children())) == ["intake", "scheduler", "worker-0"]

    def effects(self) -> dict[str, list[str]]:
        """What arrived, by business key: each file with its content."""
        found: dict[str, list[str]] = {}
        for path in (self.folder / "out").glob("[!.]*"):
            found.setdefault(path.name.split("~")[0], []).append(path.read_text())
        return found

    def journal(self) -> SqliteJournal:
        return SqliteJournal(self.folder / ".crossdock" / "journal.db", SystemClock())

    def states(self, queue: str) -> dict[State, int]:
        with closing(self.journal()) as journal:
            return {state: count for state, count in journal.counts().get(queue, {}).items() if count}

    def judge(self, dropped: list[str]) -> Counter[str]:
        """Every order is there once and made wholly by one version; how many each version made."""
        effects = self.effects()
        assert set(effects) == set(dropped), "lost"
        assert all(len(files) == 1 for files in effects.values()), "twice"
        made = Counter[str]()
        for (text,) in effects.values():
            tags = {part.split('"')[3] for part in text.strip("{}").split(",") if '"word"' not in part}
            assert len(tags) == 1, f"mixed: {text}"
            made.update(tags)
        assert self.project.balanced()
        return made


def comm(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


class Stream(threading.Thread):
    """Files of a few orders each, without an end."""

    def __init__(self, project: Project, every: float = 0.05) -> None:
        super().__init__(daemon=True)
        self._project = project
        self._every = every
        self._over = threading.Event()
        self.dropped: list[str] = []

    def run(self) -> None:
        number = 0
        while not self._over.wait(self._every):
            words = [f"w{number}-{part}" for part in range(2)]
            self._project.drop(" ".join(words), f"{number}.txt")
            self.dropped += words
            number += 1

    def end(self) -> None:
        self._over.set()
        self.join()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    project = Project(tmp_path)
    project.write()
    made = Watched(project)
    yield made
    made.end()


def test_twenty_edits_under_a_stream_of_orders_lose_double_and_mix_nothing(watched: Watched) -> None:
    watched.version("0")
    run = watched.start("--workers", "2")
    stream = Stream(watched.project)
    stream.start()
    mapping = watched.folder / "mappings" / "m.yaml"
    for edit in range(1, EDITS + 1):
        before = watched.told()
        if edit % 4 == 0:
            whole = mapping.read_text()
            mapping.write_text(whole[: len(whole) // 2] + "{")  # as a write that was torn
            watched.until_told("refused", before["refused"] + 1)
        else:
            watched.version(str(edit))
            watched.until_told("loaded anew", before["loaded anew"] + 1)
    watched.version("final")
    watched.until(lambda: any("final" in text for files in watched.effects().values() for text in files))
    stream.end()
    watched.until(lambda: len(watched.effects()) == len(stream.dropped))
    assert run.poll() is None
    run.terminate()
    assert run.wait(timeout=30) == 0
    made = watched.judge(stream.dropped)
    assert made["final"]
    assert len(made) > EDITS / 2
    log = (watched.folder / "log.jsonl").read_text()
    assert "mappings/m.yaml:" in log
    assert log.count("refused: what was loaded before goes on") == EDITS // 4


def test_a_long_file_in_work_is_finished_by_the_version_that_began_it(watched: Watched) -> None:
    watched.project.write(r=INBOX + QUICK)
    mapping = watched.folder / "mappings" / "m.yaml"
    mapping.write_text(TAGGED.format(version="old"))
    watched.start()
    (old,) = watched.workers()
    watched.project.drop(" ".join(f"w{number}" for number in range(12_000)), "long.txt")
    watched.until(lambda: bool(watched.project.lines()))
    mapping.write_text(TAGGED.format(version="new"))
    watched.until(lambda: len(watched.workers()) == 2)
    watched.project.drop("late", "late.txt")
    watched.until(lambda: "late@new" in watched.project.effects())
    assert old in watched.workers(), "the file was finished before anything changed: it is too short for this machine"
    watched.until(lambda: len(watched.project.lines()) == 12_001, seconds=60)
    watched.until(lambda: old not in watched.workers())
    made = Counter(word.split("@")[1] for word in watched.project.effects())
    assert made == {"old": 12_000, "new": 1}


def test_killed_in_the_middle_of_a_reload_it_goes_on_with_the_changed_files(watched: Watched) -> None:
    watched.version("0")
    stream = Stream(watched.project)
    stream.start()
    for number, moment in enumerate(KILLED_AFTER):
        run = watched.start("--workers", "2")
        watched.version(f"1{number}")
        time.sleep(moment)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    stream.end()
    watched.start()
    watched.until(lambda: len(watched.effects()) >= len(stream.dropped))
    watched.judge(stream.dropped)


def test_what_waits_at_a_route_that_is_removed_waits_until_it_is_back(watched: Watched) -> None:
    away = QUICK.replace("{to: out.log}", "{to: out.log, fail: 1, error: halt}")
    watched.project.write(r=INBOX + away, other=INBOX.replace("inbox", "other") + QUICK.replace("out.log", "other.log"))
    (watched.folder / "other").mkdir()
    (watched.folder / "mappings" / "m.yaml").write_text(TAGGED.format(version="1"))
    watched.start()
    watched.project.drop("one")
    watched.until(lambda: len(watched.project.lines()) == 1)
    (old,) = watched.workers()
    route = watched.folder / "routes" / "r.yaml"
    text = route.read_text()
    route.unlink()
    watched.until(lambda: old not in watched.workers() and watched.alone())
    assert (
        "routes/r.yaml:1:1: warning R481: destination 'recorder' of route 'r' is removed while 1"
        in watched.project.log()
    )
    watched.project.drop("two", "b.txt")  # nobody takes it now
    watched.project.drop("three", "c.txt", folder="other")
    watched.until(lambda: watched.project.effects("other.log") == ["three@1"])
    assert watched.states("r/recorder") == {State.WAITING: 1}
    route.write_text(text.replace("fail: 1", "fail: 0"))
    watched.until(lambda: watched.states("r/recorder") == {State.DELIVERED: 2})
    assert {"one@1", "two@1"} <= set(watched.project.effects())


def test_a_journal_is_not_exchanged_under_a_run(watched: Watched) -> None:
    watched.version("0")
    watched.start()
    watched.project.write("journal: other.db\n")
    watched.until(lambda: watched.told()["refused"] == 1)
    assert "crossdock.yaml:3:1: error R480: 'journal' cannot change" in watched.project.log()
    watched.project.drop("one")
    watched.until(lambda: list(watched.effects()) == ["one"])
    assert not (watched.folder / "other.db").exists()


def test_a_change_is_refused_for_what_check_knows_of_its_documents(watched: Watched) -> None:
    watched.version("0")
    watched.start()
    (watched.folder / "mappings" / "m.yaml").write_text("from: order/v1\nto: any\nfields:\n  word: numbr\n")
    watched.until(lambda: watched.told()["refused"] == 1)
    assert "mappings/m.yaml:4:9: error M150" in watched.project.log()
    watched.project.drop("one")
    watched.until(lambda: list(watched.effects()) == ["one"])


def test_a_change_that_hangs_or_kills_whoever_loads_it_hurts_nobody(watched: Watched) -> None:
    watched.version("0")
    watched.start()
    plugin = watched.folder / "plugins" / "words.py"
    whole = plugin.read_text()
    plugin.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    watched.until(lambda: watched.told()["refused"] == 1)
    assert "R482: the changed files cannot be tried: loading them ended a process with -11" in watched.project.log()
    watched.project.drop("one")
    watched.until(lambda: list(watched.effects()) == ["one"])
    plugin.write_text(whole + "\n")
    watched.until(lambda: watched.told()["loaded anew"] == 1)
    watched.project.drop("two", "b.txt")
    watched.until(lambda: len(watched.effects()) == 2)


def test_files_that_break_after_they_were_tried_do_not_end_the_run_that_loads_itself_anew(watched: Watched) -> None:
    watched.version("0")
    mapping = watched.folder / "mappings" / "m.yaml"
    whole = mapping.read_text()
    mapping.write_text("from: [")
    before = (
        "import subprocess, sys\nfrom crossdock.runtime import process, succession\n"
        "old = subprocess.Popen(['sleep', '60'])\nsys.orig_argv[:] = [sys.executable, '-m', 'crossdock', 'run']\n"
        "succession.succeed('host-before', [old.pid], process.HEARD)\n"
    )
    with (watched.folder / "log.jsonl").open("ab") as log:
        run = subprocess.Popen([sys.executable, "-c", before], cwd=watched.folder, stderr=log, start_new_session=True)
    watched.project.process = run
    watched.runs.append(run)
    watched.until(lambda: "since it was tried: what was loaded before goes on" in watched.project.log())
    assert [comm(pid) for pid in watched.project.children()] == ["sleep"]
    mapping.write_text(whole)
    watched.until(watched.alone)
    watched.project.drop("one")
    watched.until(lambda: list(watched.effects()) == ["one"])


def test_two_hosts_of_a_distributed_engine_that_each_watch_take_up_the_same_changes(
    watched: Watched, postgres: PostgresAddress, rabbitmq: RabbitAddress
) -> None:
    watched.project.write(f"journal: {postgres.fresh()}\nbus: {rabbitmq.fresh()}\n")
    watched.version("0")
    runs = [watched.start(), watched.start()]
    stream = Stream(watched.project)
    stream.start()
    for version in range(1, 4):
        watched.version(str(version))
        watched.until_told("loaded anew", 2 * version)
    watched.until(lambda: any('"first":"3"' in text for files in watched.effects().values() for text in files))
    stream.end()
    watched.until(lambda: len(watched.effects()) == len(stream.dropped))
    for run in runs:
        run.terminate()
        assert run.wait(timeout=30) == 0
    assert len(watched.judge(stream.dropped)) >= 3
