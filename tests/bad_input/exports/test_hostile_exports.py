"""Files that say they are an export: whatever is wrong with one line keeps all of it out, and is told with its line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crossdock.cli.console import load
from crossdock.errors import ConfigError, Retry
from crossdock.journal.contract import Query
from crossdock.journal.portable import PortableJournal
from crossdock.ops.importing import IMPORTED_FROM, BadExport, Imported, take_in
from crossdock.ops.pack import copy_pack
from crossdock.runtime.engine import Engine
from crossdock.testing.journal_suite.bench import id_of

LINE = {
    "crossdock_export": 1,
    "id": id_of(1),
    "correlation": id_of(1),
    "lineage": [],
    "route": "elsewhere",
    "position": 0,
    "topic": None,
    "partner": "acme",
    "content_type": "text/plain",
    "headers": {"file.name": "a.edi", "crossdock.edited-from": "x"},
    "trace": None,
    "work": [],
    "size": 7,
    "sha256": hashlib.sha256(b"payload").hexdigest(),
    "text": "payload",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    root = tmp_path_factory.mktemp("project") / "shop"
    copy_pack(root)
    with (root / "crossdock.yaml").open("a") as settings:
        settings.write("\nlimits: {payload: 1KB}\n")
    return Engine(load(root), {})


@pytest.fixture
def journal(engine: Engine) -> Iterator[PortableJournal]:
    with closing(engine.open_journal()) as journal:
        yield journal


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some.ndjson"


def _write(file: Path, *lines: object) -> Path:
    file.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return file


def _refused(engine: Engine, journal: PortableJournal, file: Path, code: str) -> str:
    before = journal.audit()
    with pytest.raises(BadExport, match=code) as caught:
        take_in(engine, journal, "orders-in", file, dry_run=False)
    assert journal.audit() == before
    assert caught.value.hint
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": 7}, "E756"),
        ({"id": "../../x"}, "E756"),
        ({"headers": {"a": 1}}, "E756"),
        ({"headers": None}, "E756"),
        ({"text": None, "base64": "!!!"}, "E756"),
        ({"work": [{"queue": "q", "state": "on holiday", "attempts": 1, "accepted": None, "settled": None}]}, "E756"),
        ({"text": "another"}, "E757"),
        ({"text": None}, "E757"),
        ({"crossdock_export": 2}, "E754"),
    ],
)
def test_a_line_that_is_no_message(
    engine: Engine, journal: PortableJournal, file: Path, change: dict[str, object], code: str
) -> None:
    good = {**LINE, "id": id_of(2)}
    assert f"{file}:2: " in _refused(engine, journal, _write(file, good, {**LINE, **change}), code)


@pytest.mark.parametrize("line", ["{", "[]", "null", '{"id": "x"}', "\x00", "ISA*00*"])
def test_a_file_of_another_kind(engine: Engine, journal: PortableJournal, file: Path, line: str) -> None:
    assert ":1: " in _refused(engine, journal, _write(file, line), "E756")


def test_a_file_that_is_cut_off(engine: Engine, journal: PortableJournal, file: Path) -> None:
    text = json.dumps(LINE) + "\n" + json.dumps({**LINE, "id": id_of(2)})
    file.write_text(text[:-10])
    _refused(engine, journal, file, "E756")


def test_bytes_that_are_no_utf_8(engine: Engine, journal: PortableJournal, file: Path) -> None:
    file.write_bytes(json.dumps(LINE).encode().replace(b"payload", b"\xff\xfe"))
    _refused(engine, journal, file, "E756")


def test_a_payload_larger_than_the_project_takes(engine: Engine, journal: PortableJournal, file: Path) -> None:
    large = {**LINE, "text": "x" * 1001, "sha256": hashlib.sha256(b"x" * 1001).hexdigest()}
    assert "limits.payload is 1000" in _refused(engine, journal, _write(file, large), "E756")


def test_a_route_that_is_not_there(engine: Engine, journal: PortableJournal, file: Path) -> None:
    with pytest.raises(ConfigError, match="E611"):
        take_in(engine, journal, "orders-out", _write(file, LINE), dry_run=False)


def test_a_file_that_is_not_there(engine: Engine, journal: PortableJournal, file: Path) -> None:
    with pytest.raises(Retry, match="E752"):
        take_in(engine, journal, "orders-in", file, dry_run=False)


def test_what_an_export_says_of_the_engine_is_not_believed(
    engine: Engine, journal: PortableJournal, file: Path
) -> None:
    first = {**LINE, "id": id_of(9)}
    assert take_in(engine, journal, "orders-in", _write(file, first, first), dry_run=False) == Imported(1, 1)
    (item,) = [one for one in journal.items(Query()) if one.message.headers.get(IMPORTED_FROM) == id_of(9)]
    assert dict(item.message.headers) == {"file.name": "a.edi", IMPORTED_FROM: id_of(9)}
    assert (item.message.route, item.queue, item.message.parent) == ("orders-in", "orders-in", None)
    assert item.message.id != id_of(9)


def test_a_dry_run_changes_nothing(engine: Engine, journal: PortableJournal, file: Path) -> None:
    before = journal.audit()
    lines = ({**LINE, "id": id_of(number)} for number in range(20, 60))
    assert take_in(engine, journal, "orders-in", _write(file, *lines), dry_run=True) == Imported(40, 0)
    assert journal.audit() == before
