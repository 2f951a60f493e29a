"""Files that say they are a backup: cut off, changed, newer, or made to do harm. Told where, and nothing changes."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from crossdock.errors import CrossdockError, Halt, Retry
from crossdock.journal.contract import Query
from crossdock.journal.portable import FORMAT
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.ops.archive import BadBackup
from crossdock.ops.backup import back_up, restore, verify
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import arrival, id_of
from crossdock.testing.journal_suite.populated import populate

Lines = list[list[object]]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup with work in every state, and a large payload."""
    folder, clock = tmp_path_factory.mktemp("sound"), ManualClock()
    with closing(SqliteJournal(folder / "journal.db", clock, synchronous="OFF")) as journal:
        populate(journal, clock)
        file = folder / "a.backup"
        back_up(journal, file, project="shop", engine="sqlite", now=clock.now(), reach=lambda name: None)
    return file


@pytest.fixture
def target(tmp_path: Path) -> Iterator[SqliteJournal]:
    """A journal with something in it, which must still be there afterwards, alone."""
    with closing(SqliteJournal(tmp_path / "target" / "journal.db", ManualClock(), synchronous="OFF")) as journal:
        journal.accept([arrival(99)])
        yield journal
        assert [item.message.id for item in journal.items(Query())] == [id_of(99)]
        assert journal.audit().balanced


def _refused(target: SqliteJournal, file: Path, code: str, kind: type[CrossdockError] = BadBackup) -> str:
    with pytest.raises(kind, match=code) as caught:
        restore(target, file, project="shop", now=2e9, replace=True, as_is=False)
    assert str(file) in str(caught.value) or kind is not BadBackup
    assert caught.value.hint or kind is not BadBackup
    return str(caught.value)


def _rewritten(sound: Path, file: Path, change: Callable[[Lines], object], *, honest: bool = True) -> Path:
    """The backup with other records. ``honest``: its manifest tells what is in it now."""
    with zipfile.ZipFile(sound) as archive:
        lines = [json.loads(line) for line in archive.read("journal.ndjson").splitlines()]
        manifest = json.loads(archive.read("manifest.json"))
    change(lines)
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    if honest:
        counts: dict[str, int] = {}
        states: dict[str, int] = {}
        for line in lines:
            counts[str(line[0])] = counts.get(str(line[0]), 0) + 1
            if line[0] == "work":
                states[str(line[4])] = states.get(str(line[4]), 0) + 1
        manifest |= {"records": counts, "states": states, "size": len(data)}
        manifest["sha256"] = hashlib.sha256(data).hexdigest()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("journal.ndjson", data)
        archive.writestr("manifest.json", json.dumps(manifest))
    return file


def _first(lines: Lines, table: str) -> list[object]:
    return next(line for line in lines if line[0] == table)


@pytest.mark.parametrize("tenth", range(10))
def test_a_file_that_is_cut_off_anywhere(sound: Path, tmp_path: Path, target: SqliteJournal, tenth: int) -> None:
    data = sound.read_bytes()
    file = tmp_path / "cut.backup"
    file.write_bytes(data[: len(data) * tenth // 10])
    _refused(target, file, "E753")


def test_a_byte_changed_anywhere_is_noticed(sound: Path, tmp_path: Path, target: SqliteJournal) -> None:
    data = sound.read_bytes()
    for place in range(60, len(data), len(data) // 40):
        file = tmp_path / f"{place}.backup"
        file.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            assert verify(file) == verify(sound)  # a byte that says nothing, such as a date of the zip
        except BadBackup:
            with pytest.raises(BadBackup):
                restore(target, file, project="shop", now=2e9, replace=True, as_is=False)


@pytest.mark.parametrize("content", [b"", b"{}", b"PK\x05\x06" + b"\0" * 18, b"SQLite format 3\0" + b"\0" * 100])
def test_a_file_of_another_kind(tmp_path: Path, target: SqliteJournal, content: bytes) -> None:
    file = tmp_path / "other"
    file.write_bytes(content)
    _refused(target, file, "E753")


def test_a_file_that_is_not_there(tmp_path: Path, target: SqliteJournal) -> None:
    _refused(target, tmp_path / "missing", "E752", Retry)


@pytest.mark.parametrize("name", ["../../etc/cron.d/evil", "/abs", "payloads/x", "journal.ndjson"])
def test_another_member_is_refused_and_no_name_ever_becomes_a_path(
    sound: Path, tmp_path: Path, target: SqliteJournal, name: str
) -> None:
    file = tmp_path / "more.backup"
    file.write_bytes(sound.read_bytes())
    warned = pytest.warns(UserWarning, match="Duplicate") if name == "journal.ndjson" else nullcontext()
    with warned, zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, "x")
    _refused(target, file, "E753")


@pytest.mark.parametrize("key", ["../../../evil", "a" * 63 + "/", "0" * 64])
def test_a_payload_is_kept_under_its_own_hash_whatever_it_is_called(
    sound: Path, tmp_path: Path, target: SqliteJournal, key: str
) -> None:
    def renamed(lines: Lines) -> None:
        stored = next(line[16] for line in lines if line[0] == "message" and line[16])
        for line in lines:
            line[:] = [key if value == stored else value for value in line]

    file = _rewritten(sound, tmp_path / "renamed.backup", renamed)
    _refused(target, file, "E757", Halt)
    assert not list(tmp_path.rglob("*evil*"))


def test_a_message_cannot_name_a_file_of_the_machine_as_its_payload(
    sound: Path, tmp_path: Path, target: SqliteJournal
) -> None:
    def pointed(lines: Lines) -> None:
        message = next(line for line in lines if line[0] == "message" and line[16])
        message[14:17] = [1, message[15], "../../../../../etc/hostname"]

    _refused(target, _rewritten(sound, tmp_path / "pointed.backup", pointed), "E756")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_backup_compressed_in_another_way(sound: Path, tmp_path: Path, target: SqliteJournal, method: int) -> None:
    file = tmp_path / "other.backup"
    with zipfile.ZipFile(sound) as archive, zipfile.ZipFile(file, "w", method) as other:
        for name in archive.namelist():
            other.writestr(name, archive.read(name))
    _refused(target, file, "E753")


def test_a_record_that_was_changed_under_an_old_manifest(sound: Path, tmp_path: Path, target: SqliteJournal) -> None:
    def bribed(lines: Lines) -> None:
        _first(lines, "work")[4] = "delivered"

    file = _rewritten(sound, tmp_path / "changed.backup", bribed, honest=False)
    assert "its states are" in _refused(target, file, "E757")


def test_a_record_of_the_wrong_shape_is_named_by_its_line(sound: Path, tmp_path: Path, target: SqliteJournal) -> None:
    def bent(lines: Lines) -> None:
        lines[4][1] = "x"

    text = _refused(target, _rewritten(sound, tmp_path / "bent.backup", bent), "E756")
    assert "line 5" in text


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("work", 4, "on holiday"),
        ("work", 1, None),
        ("message", 12, "late"),
        ("message", 15, "not base64!"),
        ("hat", 0, 1),
    ],
)
def test_a_value_that_cannot_be(
    sound: Path, tmp_path: Path, target: SqliteJournal, table: str, column: int, value: object
) -> None:
    def changed(lines: Lines) -> None:
        if table == "hat":
            lines.insert(3, [table, value])
        else:
            _first(lines, table)[column] = value

    _refused(target, _rewritten(sound, tmp_path / "changed.backup", changed), "E756")


def test_two_messages_of_one_id(sound: Path, tmp_path: Path, target: SqliteJournal) -> None:
    def doubled(lines: Lines) -> None:
        again = list(_first(lines, "message"))
        again[1] = 10_000
        lines.append(again)

    _refused(target, _rewritten(sound, tmp_path / "doubled.backup", doubled), "E758", Halt)


def test_a_newer_format_names_both_versions(sound: Path, tmp_path: Path, target: SqliteJournal) -> None:
    file = tmp_path / "newer.backup"
    with zipfile.ZipFile(sound) as archive, zipfile.ZipFile(file, "w") as newer:
        manifest = json.loads(archive.read("manifest.json")) | {"format": FORMAT + 1}
        newer.writestr("journal.ndjson", archive.read("journal.ndjson"))
        newer.writestr("manifest.json", json.dumps({"kind": manifest["kind"], "format": FORMAT + 1, "all": "new"}))
    assert f"format {FORMAT + 1}, and this crossdock reads {FORMAT}" in _refused(target, file, "E754")


def test_a_line_without_end_is_not_read_into_memory(sound: Path, tmp_path: Path, target: SqliteJournal) -> None:
    file = tmp_path / "bomb.backup"
    with zipfile.ZipFile(sound) as archive, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        with bomb.open("journal.ndjson", "w") as member:
            for _ in range(80):
                member.write(b" " * 1_000_000)
        bomb.writestr("manifest.json", archive.read("manifest.json"))
    assert "line 1 has no end" in _refused(target, file, "E753")


def test_an_encrypted_backup_says_so(sound: Path, tmp_path: Path, target: SqliteJournal) -> None:
    data = bytearray(sound.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(signature, place + 4)
    file = tmp_path / "encrypted.backup"
    file.write_bytes(data)
    _refused(target, file, "E753")
