"""kill -9 while a backup is written or restored, and a disk that is full: the whole of it, or nothing."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pytest

from crossdock.journal.contract import Audit
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.ops.backup import verify
from crossdock.runtime.clock import SystemClock
from crossdock.testing.journal_suite.bench import arrival

OLD, NEW = 3, 4000  # messages in the journal that is there, and in the one of the backup
KILLS = int(os.environ.get("CROSSDOCK_BACKUP_KILLS", "6"))


class _Site:
    """A project with a small journal and a backup of a large one, made in another project of that name."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.folder, self.other = folder / "shop", folder / "other"
        self.backup = folder / "large.backup"

    def fill(self) -> None:
        for root, count in ((self.folder, OLD), (self.other, NEW)):
            (root / "routes").mkdir(parents=True)
            (root / "crossdock.yaml").write_text("name: shop\n")
            with closing(self.journal(root)) as journal:
                journal.accept([arrival(number, body=b"x" * 300) for number in range(count)])
                journal.accept([arrival(count, body=os.urandom(3_000_000))])
        assert self.run(self.other, "backup", str(self.backup)).wait(timeout=180) == 0

    def journal(self, root: Path) -> SqliteJournal:
        return SqliteJournal(root / ".crossdock" / "journal.db", SystemClock())

    def run(
        self, root: Path, *arguments: str, before: Callable[[], None] | None = None, **environment: str
    ) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            return self._started(root, arguments, log, before, environment)

    def _started(
        self,
        root: Path,
        arguments: tuple[str, ...],
        log: BinaryIO,
        before: Callable[[], None] | None,
        environment: dict[str, str],
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "crossdock", *arguments],
            cwd=root,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=log,
            preexec_fn=before,  # noqa: PLW1509 - limits of this process alone, before anything else runs in it
        )

    def restore(self, **environment: str) -> subprocess.Popen[bytes]:
        return self.run(self.folder, "restore", "--replace", str(self.backup), before=None, **environment)

    def account(self) -> Audit:
        with closing(self.journal(self.folder)) as journal:
            return journal.audit()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    _Site(folder).fill()
    return folder


@pytest.fixture
def site(filled: Path, tmp_path: Path) -> _Site:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return _Site(tmp_path)


def _killed(process: subprocess.Popen[bytes]) -> None:
    assert process.wait(timeout=180) == -signal.SIGKILL


def test_a_backup_that_is_killed_has_no_name_and_the_next_one_is_whole(site: _Site) -> None:
    file = site.folder / "night.backup"
    _killed(site.run(site.folder, "backup", str(file), CROSSDOCK_FAIL="backup.before_rename"))
    assert not file.exists()
    assert site.run(site.folder, "backup", str(file)).wait(timeout=180) == 0
    assert verify(file).records["message"] == OLD + 1
    assert site.account().balanced


@pytest.mark.parametrize(("point", "accepted"), [("load.before_commit", OLD + 1), ("load.after_commit", NEW + 1)])
def test_a_restore_that_is_killed_at_its_commit_is_nothing_or_the_whole(site: _Site, point: str, accepted: int) -> None:
    _killed(site.restore(CROSSDOCK_FAIL=point))
    audit = site.account()
    assert audit.balanced, audit
    assert audit.accepted == accepted


def test_a_restore_that_is_killed_at_any_moment_can_be_done_again(site: _Site) -> None:
    chance = random.Random(4711)  # noqa: S311 - the same moments each time
    begun = time.monotonic()
    assert site.run(site.other, "restore", "--replace", str(site.backup)).wait(timeout=180) == 0
    whole = time.monotonic() - begun
    for _ in range(KILLS):
        process = site.restore()
        time.sleep(chance.uniform(0.3, 1.1) * whole)
        process.kill()
        process.wait(timeout=180)
        audit = site.account()
        assert audit.balanced, audit
        assert audit.accepted in (OLD + 1, NEW + 1)
    assert site.restore().wait(timeout=180) == 0
    assert site.account().accepted == NEW + 1


def test_a_backup_that_finds_no_room_leaves_nothing_and_says_so(site: _Site) -> None:
    def little() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    file = site.folder / "night.backup"
    process = site.run(site.folder, "backup", str(file), before=little)
    assert process.wait(timeout=180) == 4
    said = site.log.read_text()
    assert "E752" in said
    assert not [path for path in site.folder.iterdir() if "backup" in path.name]


def test_a_restore_that_finds_no_room_changes_nothing_and_says_so(site: _Site) -> None:
    def little() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    process = site.run(site.folder, "restore", "--replace", str(site.backup), before=little)
    assert process.wait(timeout=180) == 4
    said = site.log.read_text()
    assert "E702" in said or "E714" in said or "E715" in said
    audit = site.account()
    assert audit.balanced, audit
    assert audit.accepted == OLD + 1
