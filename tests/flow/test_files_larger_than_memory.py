"""A file that passes through as it came takes no more memory than a small one, over either journal."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from crossdock.testing.servers.postgres import PostgresAddress

LARGE = 200 * 1024 * 1024
GROWTH = 60 * 1024 * 1024  # bytes of memory that a process may take more than one that passes a small file
ROUTE = "from:\n  file: {path: inbox, every: 50ms, stable_for: 50ms}\nto:\n  - file: {path: out}\n"


@pytest.fixture(params=["sqlite", "postgresql"])
def journal(request: pytest.FixtureRequest, postgres: PostgresAddress) -> str:
    return ".crossdock/journal.db" if request.param == "sqlite" else postgres.fresh()


def test_a_file_of_200_mb_passes_in_flat_memory(tmp_path: Path, journal: str) -> None:
    (tmp_path / "routes").mkdir()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "crossdock.yaml").write_text(f"name: large\njournal: {journal}\nworkers: 1\nlimits: {{payload: 1GB}}\n")
    (tmp_path / "routes" / "pass.yaml").write_text(ROUTE)
    (tmp_path / "inbox" / "small.bin").write_bytes(b"small")
    small = _run(tmp_path)
    digest = _write(tmp_path / "inbox" / "large.bin")
    large = _run(tmp_path)
    passed = max((tmp_path / "out").iterdir(), key=lambda path: path.stat().st_size)
    with passed.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == digest
    grown = {name: large[name] - small[name] for name in large if name in small}
    assert {"intake", "worker-0"} <= grown.keys()
    assert max(grown.values()) < GROWTH, grown


def _write(path: Path) -> str:
    """A large file nothing compresses; its hash."""
    digest = hashlib.sha256()
    with path.with_name(".large").open("wb") as file:
        block = os.urandom(1024 * 1024)
        for number in range(LARGE // len(block)):
            piece = number.to_bytes(8, "big") + block[8:]
            digest.update(piece)
            file.write(piece)
    path.with_name(".large").rename(path)
    return digest.hexdigest()


def _run(project: Path) -> dict[str, int]:
    """Run until all is delivered; the most memory each process took, by what it is called."""
    most: defaultdict[str, int] = defaultdict(int)
    with subprocess.Popen([sys.executable, "-m", "crossdock", "run", "--until-idle"], cwd=project) as run:
        while run.poll() is None:
            for name, size in _children(run.pid):
                most[name] = max(most[name], size)
            time.sleep(0.02)
    assert run.returncode == 0
    return dict(most)


def _children(parent: int) -> list[tuple[str, int]]:
    """Name and resident memory of the processes a run has forked."""
    found = []
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split() if _lives(parent) else ():
        try:
            status = dict(
                line.split(":\t", 1) for line in Path(f"/proc/{child}/status").read_text().splitlines() if ":\t" in line
            )
        except (FileNotFoundError, ProcessLookupError):
            continue
        if "RssAnon" in status:  # what is only mapped from files is nobody's burden
            found.append((status["Name"].removeprefix("crossdock-"), 1024 * int(status["RssAnon"].split()[0])))
    return found


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}/task/{pid}/children").exists()
