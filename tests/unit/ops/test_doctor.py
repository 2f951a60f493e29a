"""The doctor says what is wrong and how to mend it, whatever is broken."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.delivery.breaker import Circuit, opened_by_hand
from crossdock.errors import ConfigError, Finding, Halt, Retry, Severity
from crossdock.journal.contract import Entry, Post
from crossdock.journal.registers import Register
from crossdock.message import Inline, Message
from crossdock.ops.backup import back_up, restore
from crossdock.ops.doctor import journal_file, machine, servers, work
from crossdock.ops.doctor.checks import CHECKS
from crossdock.ops.doctor.examination import Check, Patient, Report, examine, note, warning
from crossdock.registry import Registry
from crossdock.route.load import load_project
from crossdock.runtime.engine import Engine
from crossdock.runtime.filesystems import filesystem_of, refuse_network

ROUTE = "from:\n  file: {path: inbox}\nto:\n  - file: {path: out}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "routes").mkdir()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "routes" / "orders.yaml").write_text(ROUTE)
    (tmp_path / "crossdock.yaml").write_text("name: patient\n")
    return tmp_path


def engine(root: Path) -> Engine:
    project = load_project(
        root,
        environment={},
        connectors=Registry("crossdock.connectors", Connector),
        codecs=Registry("crossdock.codecs", CodecKind),
    )
    return Engine(project, {})


def look(root: Path) -> Report:
    try:
        patient = Patient(root=root, environment={}, engine=engine(root))
    except ConfigError as error:
        patient = Patient(root=root, environment={}, mistakes=error.findings)
    return examine(patient, CHECKS)


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings}


def test_a_project_that_was_never_run_is_well(root: Path) -> None:
    report = look(root)
    assert report.well
    assert "H127" in codes(report)
    assert json.loads(json.dumps(report.as_dict()))["ok"] is True


def test_every_finding_has_a_code_of_the_doctor_and_says_how_to_mend_it(root: Path) -> None:
    with closing(engine(root).open_journal()) as journal:
        journal.stop_queue("orders", "wrong password")
    for finding in look(root).findings:
        assert finding.code.startswith("H1")
        assert finding.hint or finding.severity is Severity.NOTE


def test_a_project_that_does_not_load_is_told_with_its_mistakes(root: Path) -> None:
    (root / "routes" / "orders.yaml").write_text("from: {topic: t}\nto:\n  - fil: {path: out}\n")
    report = look(root)
    assert not report.well
    assert report.findings[0].code == "H110"
    assert any(finding.place.file == "routes/orders.yaml" for finding in report.findings)


def test_a_damaged_journal_is_told_and_nothing_else_stops(root: Path) -> None:
    (root / ".crossdock").mkdir()
    (root / ".crossdock" / "journal.db").write_bytes(b"no database at all" * 1000)
    report = look(root)
    assert "H129" in codes(report)
    assert not report.well
    assert "memory" in report.passed


def test_what_a_damaged_journal_hides_is_not_called_well(root: Path) -> None:
    (root / ".crossdock").mkdir()
    (root / ".crossdock" / "journal.db").write_bytes(b"no database at all" * 1000)
    report = look(root)
    hidden = {"stopped queues and open breakers", "what waits", "what needs a person", "sources", "hosts"}
    assert not hidden & set(report.passed)
    assert {report.unseen[name] for name in hidden} == {"the journal cannot be opened"}


def test_what_a_server_that_is_away_hides_is_not_called_well(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    (root / "crossdock.yaml").write_text(f"journal: postgresql://u@127.0.0.1:{port}/d?connect_timeout=2\n")
    report = look(root)
    assert "H140" in codes(report)
    assert {"hosts", "what waits", "the journal's file", "the disk of the journal", "the reserve"} <= set(report.unseen)
    assert not set(report.unseen) & set(report.passed)


def test_what_depends_on_a_project_that_does_not_load_is_not_called_well(root: Path) -> None:
    (root / "routes" / "orders.yaml").write_text("from: {topic: t}\nto:\n  - fil: {path: out}\n")
    report = look(root)
    assert report.unseen["hosts"] == "the project does not load"
    assert report.as_dict()["not_looked_at"] == dict(report.unseen)


def test_a_damaged_journal_is_refused_with_the_way_out(root: Path) -> None:
    (root / ".crossdock").mkdir()
    (root / ".crossdock" / "journal.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(Halt, match=r"E713.*move the journal's folder aside.*crossdock restore FILE"):
        engine(root).open_journal()


def test_a_locked_journal_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_file, "LOCK_PATIENCE", 50)
    opened = engine(root)
    opened.open_journal().close()
    file = opened.journal_file()
    assert file is not None
    with closing(apsw.Connection(str(file))) as other:
        other.execute("BEGIN IMMEDIATE")
        found = list(journal_file.content(Patient(root=root, environment={}, engine=opened)))
        other.execute("ROLLBACK")
    assert [finding.code for finding in found] == ["H128"]


def test_a_journal_of_a_newer_crossdock_is_told(root: Path) -> None:
    opened = engine(root)
    opened.open_journal().close()
    file = opened.journal_file()
    assert file is not None
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 999")
    assert "H132" in codes(look(root))


def test_stopped_queues_open_breakers_and_what_needs_a_person_are_told(root: Path) -> None:
    opened = engine(root)
    with closing(opened.open_journal()) as journal:
        journal.stop_queue("orders", "wrong password")
        journal.update(Register.CIRCUIT, "orders/file", lambda text, now: opened_by_hand("maintenance", now).text())
        journal.refuse("orders", "too-large.edi", [Finding(code="E404", message="too large")])
    report = look(root)
    assert {"H160", "H161", "H169", "H171"} <= codes(report)
    assert not report.well


def test_work_that_waits_long_is_told_with_how_many_and_how_long(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crossdock.ops.doctor.work.LATE", -1.0)
    opened = engine(root)
    with closing(opened.open_journal()) as journal:
        id = opened.new_id()
        message = Message(id=id, correlation=id, route="orders", body=Inline(b"x"))
        journal.accept([Entry(message=message, scope="s", identity="1", posts=(Post(queue="orders"),))])
    (late,) = [finding for finding in look(root).findings if finding.code == "H162"]
    assert late.message.startswith("1 messages wait in orders")


def test_a_breaker_that_is_closed_and_counts_hides_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "LATE", -1.0)
    opened = engine(root)
    with closing(opened.open_journal()) as journal:
        message = Message(id=opened.new_id(), correlation="c", route="orders", body=Inline(b"x"))
        post = Post(queue="orders/file")
        journal.accept([Entry(message=message, scope="s", identity="i", posts=(post,))])
        journal.update(Register.CIRCUIT, "orders/file", lambda text, now: Circuit(since=now, bad=1, run=1).text())
    assert "H162" in codes(look(root))


def test_a_journal_of_an_older_version_is_looked_at_and_left_as_it_is(root: Path) -> None:
    opened = engine(root)
    file = opened.journal_file()
    assert file is not None
    file.parent.mkdir()
    with closing(opened.open_versions()) as versions:
        versions.migrate(1)
    assert "H133" in codes(look(root))
    with closing(opened.open_versions()) as versions:
        assert versions.version() == 1


def test_secrets_that_others_can_read_are_told(root: Path) -> None:
    (root / "secrets").mkdir()
    (root / "secrets" / "erp").write_text("hidden")
    (root / "secrets" / "erp").chmod(0o644)
    (told,) = [finding for finding in look(root).findings if finding.code == "H112"]
    assert (told.place.file, told.hint) == ("secrets/erp", "chmod 600 secrets/erp")
    assert "hidden" not in str(told)


def test_little_room_on_the_disk_is_told(root: Path) -> None:
    (root / "crossdock.yaml").write_text("limits: {disk_free: 900000GB}\n")
    engine(root).open_journal().close()
    assert {"H124", "H168"} <= codes(look(root))


def test_a_reserve_that_is_used_up_is_told(root: Path) -> None:
    (root / ".crossdock").mkdir()
    (root / ".crossdock" / "journal.db-reserve").touch()
    assert "H134" in codes(look(root))


def test_a_check_that_hangs_is_given_up_and_the_others_are_told(root: Path) -> None:
    forever = threading.Event()

    def hang(patient: Patient) -> Iterator[Finding]:
        forever.wait(10)
        yield note("H111", "never")

    def fail(patient: Patient) -> Iterator[Finding]:
        raise Retry("E731", "PostgreSQL is away")

    def defect(patient: Patient) -> Iterator[Finding]:
        raise ZeroDivisionError

    def ill(patient: Patient) -> Iterator[Finding]:
        yield warning("H103", "few files", "more")

    checks = [Check("one", hang), Check("two", fail), Check("three", defect), Check("four", ill)]
    begun = time.monotonic()
    report = examine(Patient(root=root, environment={}), checks, patience=0.2)
    assert time.monotonic() - begun < 5
    assert [finding.code for finding in report.findings] == ["H199", "H198", "H198", "H103"]
    forever.set()


def test_the_worst_comes_first(root: Path) -> None:
    with closing(engine(root).open_journal()) as journal:
        journal.stop_queue("orders", "wrong password")
    severities = [finding.severity for finding in look(root).findings]
    assert severities == sorted(severities, key=["error", "warning", "note"].index)


def test_an_unknown_time_zone_is_told(root: Path) -> None:
    found = list(machine.place_and_language(Patient(root=root, environment={"TZ": "Mars/Olympus"})))
    assert "H105" in {finding.code for finding in found}


@pytest.mark.parametrize(
    ("settings", "code"),
    [(("off", "on", "on"), "H141"), (("on", "off", "on"), "H142"), (("on", "on", "off"), "H141")],
)
def test_a_server_that_loses_what_it_acknowledges_is_told(settings: tuple[str, str, str], code: str) -> None:
    assert [finding.code for finding in servers._settings(*settings)] == [code]


def test_a_server_with_another_time_is_told() -> None:
    assert [finding.code for finding in servers._skew(5.0)] == ["H144"]
    assert "behind" in next(iter(servers._skew(-5.0))).message
    assert list(servers._skew(0.1)) == []


MOUNTS = """\
22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/share\\040one rw - nfs4 server:/x rw
31 22 0:41 / /run rw - tmpfs tmpfs rw
32 30 0:42 / /mnt/share\\040one/local rw - xfs /dev/sdb rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("/srv", "ext4"), ("/mnt/share one/a", "nfs4"), ("/run/x", "tmpfs"), ("/mnt/share one/local", "xfs")],
)
def test_the_file_system_of_a_folder_is_that_of_its_nearest_mount(folder: str, kind: str) -> None:
    assert filesystem_of(Path(folder), MOUNTS) == kind


def test_a_journal_on_this_machine_is_not_refused(tmp_path: Path) -> None:
    refuse_network(tmp_path / "there" / "journal.db")


def test_control_numbers_of_a_restored_journal_are_told(root: Path, tmp_path: Path) -> None:
    with closing(engine(root).open_journal()) as journal:
        journal.set_number("acme/x12/interchange", 4711)
        id = "0" * 36
        entry = Entry(
            message=Message(id=id, correlation=id, route="orders", body=Inline(b"x")),
            scope="file",
            identity="1",
            posts=(Post(queue="orders"),),
        )
        journal.accept([entry])
        back_up(journal, tmp_path / "b", project="patient", engine="sqlite", now=time.time(), reach=lambda point: None)
    assert "H176" not in codes(look(root))
    with closing(engine(root).open_journal()) as journal:
        restore(journal, tmp_path / "b", project=None, now=time.time(), replace=True, as_is=False, ahead=1000)
        assert [one.number for one in journal.numbers()] == [5711]
    assert "H176" in codes(look(root))
