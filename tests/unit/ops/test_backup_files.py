"""The file of a backup: who may read it, when it has its name, what stands in it, and that it is the journal."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crossdock.delivery.states import OPEN, State
from crossdock.errors import Halt, Retry
from crossdock.journal.contract import Query
from crossdock.journal.portable import MessageRow
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.ops.archive import Manifest
from crossdock.ops.backup import WrongProject, back_up, restore, same, verify
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import arrival, id_of
from crossdock.testing.journal_suite.populated import LARGE, populate


class _Site:
    """A full journal, a place for its backup, and an empty journal."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.full = SqliteJournal(folder / "full" / "journal.db", self.clock, synchronous="OFF")
        self.empty = SqliteJournal(folder / "empty" / "journal.db", self.clock, synchronous="OFF")
        self.payloads = folder / "full" / "payloads"
        self.file = folder / "monday.backup"
        populate(self.full, self.clock)

    def back_up(self, reach: Callable[[str], None] = lambda name: None) -> Manifest:
        now = self.clock.now()
        return back_up(self.full, self.file, project="shop", engine="sqlite", now=now, reach=reach)

    def restore(self, *, replace: bool = False, as_is: bool = False, project: str = "shop") -> dict[State, int]:
        self.clock.advance(3600.0)
        done = restore(self.empty, self.file, project=project, now=self.clock.now(), replace=replace, as_is=as_is)
        return dict(done.held)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[_Site]:
    site = _Site(tmp_path)
    with closing(site.full), closing(site.empty):
        yield site


def test_only_its_owner_can_read_it(site: _Site) -> None:
    site.back_up()
    assert stat.S_IMODE(site.file.stat().st_mode) == 0o600


def test_it_has_its_name_only_when_all_of_it_is_on_disk(site: _Site) -> None:
    names: list[list[str]] = []
    site.back_up(lambda name: names.append(sorted(path.name for path in site.file.parent.iterdir() if path.is_file())))
    assert names == [[".monday.backup.part"]]
    assert [path.name for path in site.file.parent.iterdir() if path.is_file()] == ["monday.backup"]


def test_it_is_never_written_over_another_file(site: _Site) -> None:
    site.file.write_text("precious")
    with pytest.raises(Retry, match="E752"):
        site.back_up()
    assert site.file.read_text() == "precious"


def test_what_a_killed_backup_left_is_written_over(site: _Site) -> None:
    site.file.with_name(".monday.backup.part").write_bytes(b"x" * 1_000_000)
    assert site.back_up() == verify(site.file)
    assert site.file.stat().st_size < 1_000_000


def test_a_backup_that_fails_leaves_nothing(site: _Site) -> None:
    def fail(name: str) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(Retry, match=r"E752.*No space left"):
        site.back_up(fail)
    assert not [path for path in site.file.parent.iterdir() if path.is_file()]


def test_its_manifest_counts_what_is_in_it(site: _Site) -> None:
    manifest = site.back_up()
    states = {
        state: sum(one.states.get(state, 0) for one in site.full.audit().sums)
        for state in State
        if any(one.states.get(state) for one in site.full.audit().sums)
    }
    assert manifest.states == states
    assert manifest.records["work"] == sum(states.values())
    assert (manifest.project, manifest.engine, manifest.missing) == ("shop", "sqlite", [])
    assert manifest.taken.timestamp() == site.clock.now()


def test_it_is_a_zip_of_json_that_any_program_can_read(site: _Site) -> None:
    manifest = site.back_up()
    with zipfile.ZipFile(site.file) as archive:
        assert archive.testzip() is None
        lines = [json.loads(line) for line in archive.read("journal.ndjson").splitlines()]
        assert json.loads(archive.read("manifest.json"))["sha256"] == manifest.sha256
    assert len(lines) == sum(manifest.records.values())
    assert ["orders", 1] in [[line[2], line[1]] for line in lines if line[0] == "queue"]


def test_a_sound_backup_is_verified(site: _Site) -> None:
    assert site.back_up() == verify(site.file)


def test_a_restored_journal_balances_and_lets_nothing_go_on_by_itself(site: _Site) -> None:
    manifest = site.back_up()
    held = site.restore()
    audit = site.empty.audit()
    assert audit.balanced
    assert audit.accepted == site.full.audit().accepted
    assert sum(held.values()) == sum(manifest.states.get(state, 0) for state in (*OPEN, State.DEAD))
    assert site.empty.pending() == 0
    assert site.empty.ready() == []


def test_every_piece_of_work_that_came_back_open_says_so_in_its_history(site: _Site) -> None:
    site.back_up()
    site.restore()
    states = (*OPEN, State.DEAD)
    for item in site.empty.items(Query(states=states)):
        assert site.empty.attempts(item.row)[-1].code == "E750"


def test_as_it_was_when_nothing_happened_since(site: _Site) -> None:
    site.back_up()
    assert site.restore(as_is=True) == {}
    assert same(site.full.audit(), site.empty.audit())


def test_large_payloads_come_back(site: _Site) -> None:
    site.back_up()
    site.restore()
    found = site.empty.message(id_of(42))
    assert found is not None
    assert b"".join(found.body.chunks()) == LARGE


def test_a_backup_of_another_project_is_refused(site: _Site) -> None:
    site.back_up()
    with pytest.raises(WrongProject, match=r"E755.*'shop'.*'store'"):
        site.restore(project="store")
    assert not list(site.empty.items(Query()))


def test_a_journal_with_messages_is_replaced_only_when_told(site: _Site) -> None:
    site.back_up()
    site.empty.accept([arrival(99)])
    with pytest.raises(Halt, match="E751"):
        site.restore()
    site.restore(replace=True)
    assert site.empty.message(id_of(99)) is None
    assert site.empty.audit().balanced


def test_a_payload_that_the_journal_has_lost_is_told_and_keeps_no_backup_from_being_made(site: _Site) -> None:
    (stored,) = [path for path in site.payloads.glob("*/*") if path.stat().st_size == len(LARGE)]
    stored.unlink()
    manifest = site.back_up()
    assert manifest.missing == [stored.name]
    assert verify(site.file) == manifest


def test_retention_removes_no_payload_while_it_is_being_backed_up(site: _Site) -> None:
    with site.full.dump() as records:
        begun = next(records)
        site.full._session.payloads.drop([path.name for path in site.payloads.glob("*/*")])
        rest = list(records)
    assert [one for one in (begun, *rest) if isinstance(one, MessageRow) and one.stored]
    assert list(site.payloads.glob("*/*"))
