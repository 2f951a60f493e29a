"""Reading under the writer's hands, and how long troubled files are remembered."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from crossdock.connector.folders import patience
from crossdock.connector.folders.patience import Pauses
from crossdock.errors import Retry
from crossdock.message import CHUNK, read_all
from crossdock_connectors.file.folders import At, opened
from crossdock_connectors.file.reading import Changed, FilePayload, read, stamp


def test_a_file_that_is_rewritten_while_it_is_hashed_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1" * CHUNK * 2)
    seen = stamp(path.stat())
    really = os.read

    def rewritten(file: int, size: int) -> bytes:
        path.write_bytes(b"2" * CHUNK * 2)
        os.utime(path, ns=(seen.modified + 1, seen.modified + 1))
        return really(file, size)

    monkeypatch.setattr(os, "read", rewritten)
    with opened(tmp_path) as folder, pytest.raises(Changed):
        read(At(folder, "a"), seen, tmp_path, ())


def test_a_file_that_has_more_than_the_system_says_is_not_taken() -> None:
    proc = Path("/proc")  # its files have content and claim to be empty
    with opened(proc) as folder, pytest.raises(Changed, match="of 0"):
        read(At(folder, "version"), stamp((proc / "version").stat()), proc, ())


def test_other_bytes_under_an_unchanged_time_are_noticed_by_their_hash(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1" * CHUNK * 2)
    payload = FilePayload(tmp_path, (), "a", stamp(path.stat()), hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(read_all(payload)) == CHUNK * 2
    with pytest.raises(Retry, match="K204"):
        read_all(replace(payload, sha256="0" * 64))


def test_a_file_in_trouble_waits_longer_each_time_but_never_more_than_a_minute() -> None:
    pauses: Pauses[None] = Pauses()
    now, waited = 0.0, []
    for _ in range(9):
        pauses.again("a", now)
        until = now
        while pauses.is_waiting("a", until):
            until += 1
        waited.append(until - now)
        now = until
    assert waited == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_only_so_many_files_in_trouble_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "REMEMBERED", 3)
    pauses: Pauses[None] = Pauses()
    for number in range(10):
        pauses.again(str(number), 0.0)
    assert len(pauses) == 3
    assert not pauses.is_waiting("0", 0.0)
    assert pauses.is_waiting("9", 0.0)


def test_what_is_over_is_forgotten() -> None:
    pauses: Pauses[str] = Pauses()
    pauses.again("a", 0.0, "move it")
    assert list(pauses.due(0.5)) == []
    assert list(pauses.due(1.0)) == [("a", "move it")]
    pauses.over("a")
    pauses.over("a")
    assert list(pauses.due(1.0)) == []
