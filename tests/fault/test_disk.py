"""The journal's disk is full, read-only or broken: the source is refused, nothing is half, no effect comes twice."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.fault.conftest import Rig
from tests.fault.small_disk import small_disk

SETTINGS = "name: rig\nlimits: {step: 10s, disk_free: 3MB, reserve: 4MB}\n"
SIZE = 96 * 1024 * 1024

Until = Callable[[Callable[[], bool]], None]


@pytest.fixture
def disk(rig: Rig) -> Iterator[Path]:
    """A small disk of its own for the journal."""
    with small_disk(rig.folder / ".crossdock", SIZE) as folder:
        (rig.folder / "crossdock.yaml").write_text(SETTINGS)
        yield folder
        if rig.process is not None and rig.process.poll() is None:
            rig.kill_group()


def fill(disk: Path, leave: int = 0) -> Path:
    """Somebody else's file takes the disk, but for so many bytes."""
    filler = disk / "somebody-elses"
    with filler.open("wb", buffering=0) as file:
        for piece in (1_000_000, 50_000, 4096):
            with suppress(OSError):
                while shutil.disk_usage(disk).free - leave >= piece:
                    file.write(b"x" * piece)
    return filler


def inbox(rig: Rig) -> int:
    return len(list((rig.folder / "inbox").glob("*.edi")))


def test_with_little_room_sources_are_not_asked_and_it_goes_on_by_itself(
    rig: Rig, disk: Path, wait_until: Until
) -> None:
    rig.start()
    wait_until((disk / "journal.db-reserve").exists)  # else what it is to be made of would be taken, and given back
    filler = fill(disk, leave=2_500_000)
    wait_until(lambda: "are left on the journal's disk" in rig.log())
    rig.drop(files=3, orders=20)
    time.sleep(2.0)
    assert inbox(rig) == 3, "the files stay where they are"
    filler.unlink()
    wait_until(lambda: inbox(rig) == 0)
    rig.kill_group()
    rig.finish()
    rig.judge()


def test_a_disk_that_fills_up_under_load_loses_nothing_and_repeats_no_effect(
    rig: Rig, disk: Path, wait_until: Until
) -> None:
    rig.drop(files=4, orders=400)
    rig.start()
    wait_until(lambda: (disk / "journal.db-reserve").exists() and any((rig.sinks / "taken").glob("*/*")))
    filler = fill(disk)
    wait_until(lambda: "E714" in rig.log())
    wait_until(lambda: (disk / "journal.db-reserve").stat().st_size == 0)
    time.sleep(3.0)
    filler.unlink()
    wait_until(lambda: (disk / "journal.db-reserve").stat().st_size > 0)
    rig.kill_group()
    rig.finish()
    rig.judge()


def test_a_disk_that_is_read_only_stops_the_run_and_says_so(rig: Rig, disk: Path) -> None:
    rig.drop(files=1, orders=5)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)  # noqa: S607
    process = rig.start("--until-idle")
    assert process.wait(timeout=60) != 0
    assert "journal" in rig.log()
    assert inbox(rig) == 1
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)  # noqa: S607
    rig.finish()
    rig.judge()


def test_flushes_that_fail_settle_nothing_and_are_told(rig: Rig, wait_until: Until) -> None:
    rig.drop(files=2, orders=50)
    inject = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync"]
    inject += ["-e", "inject=fdatasync,fsync:error=EIO:when=12+"]
    with (rig.folder / "log.jsonl").open("ab") as log:
        rig.process = subprocess.Popen(
            [*inject, sys.executable, "-m", "crossdock", "run", "--workers", "2"],
            cwd=rig.folder,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
    wait_until(lambda: "E715" in rig.log() or "EIO" in rig.log() or "Input/output" in rig.log())
    time.sleep(1.0)
    rig.kill_group()
    rig.finish()
    rig.judge()


def test_a_disk_that_a_killed_run_left_is_let_go_of(tmp_path: Path) -> None:
    folder = tmp_path / "left behind"
    folder.mkdir()
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    name = f"crossdock-disk-{killed.pid}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", name, folder], check=True)  # noqa: S607 - of the system
    with small_disk(tmp_path / "ours", SIZE) as ours:
        assert (folder.is_mount(), ours.is_mount()) == (False, True)
    assert not ours.is_mount()
