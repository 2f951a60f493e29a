"""Changed files are noticed once they are still, and only when what is in them differs."""

from __future__ import annotations

import os
import shutil
from itertools import count
from pathlib import Path

import pytest

from crossdock.cli.console import load
from crossdock.runtime.changing import EVERY, HERE, Changes, ProjectFiles, digest, loaded_from

SETTINGS = (
    "name: desk\nplugins: [plugins/own.py]\nbus: amqps://h/?cacertfile=tls/broker.pem\n"
    "http: {tls: {certificate: tls/own.pem, key: tls/own.key}}\n"
)
ROUTE = (
    "from: {http: {path: /r, auth: {jwt: {issuer: i, audience: a, keys: tls/keys.json}}}}\nto:\n"
    "  - http: {post: 'https://h.example/', tls: {ca: tls/peer.pem}}\n"
    "  - sql: {url: 'sqlite:///own.db', do: [{statement: sql/put.sql}]}\n"
)


class Desk:
    """A project's files, and a clock that is turned by hand."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = 0.0
        for name in ("routes", "mappings", "secrets", "plugins", "tls", "sql"):
            (root / name).mkdir()
        self.write("crossdock.yaml", SETTINGS)
        self.write("routes/r.yaml", ROUTE)
        self.write("plugins/own.py", "")
        self.project = load(root)
        self.files = ProjectFiles(root, self.project)
        self.changes = Changes(self.files, loaded_from(self.project), lambda: self.now)

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_text(text)

    def looks(self, times: int = 2) -> list[list[str]]:
        """What is told in so many looks, one after the other."""
        told = []
        for _ in range(times):
            self.now += EVERY
            found = self.changes.settled()
            if found is not None:
                told.append(self.changes.since(found))
        return told


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_nothing_is_told_of_files_that_stay(desk: Desk) -> None:
    assert desk.looks(5) == []


@pytest.mark.parametrize(
    "path",
    [
        *("crossdock.yaml", "routes/r.yaml", "mappings/new.yaml", "secrets/key", "plugins/own.py"),
        *("tls/own.pem", "tls/own.key", "tls/broker.pem", "tls/keys.json", "tls/peer.pem", "sql/put.sql"),
    ],
)
def test_a_change_is_told_once_when_two_looks_find_the_same(desk: Desk, path: str) -> None:
    desk.write(path, "other: 1\n")
    assert desk.looks(1) == []
    assert desk.looks(5) == [[path]]


def test_what_is_still_being_written_is_not_told(desk: Desk) -> None:
    for size in range(1, 6):
        desk.write("routes/r.yaml", "x" * size)
        assert desk.looks(1) == []
    assert desk.looks(2) == [["routes/r.yaml"]]


def test_a_file_that_is_touched_or_exchanged_for_its_equal_has_not_changed(desk: Desk) -> None:
    os.utime(desk.root / "routes" / "r.yaml", (1, 1))
    desk.write("routes/.r.yaml.swp", ROUTE)
    (desk.root / "routes" / ".r.yaml.swp").replace(desk.root / "routes" / "r.yaml")
    assert desk.looks(5) == []


def test_files_that_no_project_reads_are_not_looked_at(desk: Desk) -> None:
    for path in ("routes/.r.yaml.swp", "routes/r.yaml~", "routes/4913", "notes.yaml", "plugins/other.py"):
        desk.write(path, "x")
    assert desk.looks(5) == []


def test_a_change_that_is_taken_back_is_none(desk: Desk) -> None:
    desk.write("routes/r.yaml", "broken")
    assert len(desk.looks()) == 1
    desk.write("routes/r.yaml", ROUTE)
    assert desk.looks(5) == []
    desk.write("routes/r.yaml", "broken")
    assert len(desk.looks()) == 1


def test_what_changes_while_it_is_tried_is_told_again(desk: Desk) -> None:
    desk.write("routes/r.yaml", "one")
    desk.now += EVERY
    assert desk.changes.settled() is None
    desk.now += EVERY
    tried = desk.changes.settled()
    assert tried is not None
    desk.write("routes/r.yaml", "two")
    assert not desk.changes.still(tried)
    assert desk.looks(3) == [["routes/r.yaml"]]


def test_a_file_that_changed_between_loading_and_the_first_look_is_told(desk: Desk) -> None:
    changes = Changes(desk.files, {"crossdock.yaml": b"name: before\n"}, lambda: desk.now)
    desk.changes = changes
    assert desk.looks() == [["crossdock.yaml"]]


def test_what_was_loaded_is_what_counts_from_then_on(desk: Desk) -> None:
    desk.write("routes/s.yaml", "from: {}\n")
    assert desk.looks() == [["routes/s.yaml"]]
    desk.changes.taken(desk.files, {"routes/s.yaml": b"from: {}\n"})
    assert desk.looks(5) == []
    (desk.root / "routes" / "s.yaml").unlink()
    assert desk.looks() == [["routes/s.yaml"]]


def test_contents_are_told_apart_by_their_digest() -> None:
    assert digest(b"a") != digest(b"b")
    assert digest(b"a") == digest(b"a")


def test_a_pipe_is_not_waited_for(desk: Desk) -> None:
    os.mkfifo(desk.root / "secrets" / "token")
    assert desk.looks(3) == []


def test_however_long_a_look_takes_the_next_is_soon(desk: Desk) -> None:
    seconds = count()  # pass with every look at the clock
    loaded = {path: (desk.root / path).read_bytes() for path in ("crossdock.yaml", "routes/r.yaml", "plugins/own.py")}
    changes = Changes(desk.files, loaded, lambda: float(next(seconds)))
    desk.write("routes/r.yaml", "other: 1\n")
    assert any(changes.settled() for _ in range(5))


def test_a_link_that_leads_to_another_folder_is_a_change_even_where_the_files_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    desk = Desk(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    link = tmp_path / "current"
    link.symlink_to("one")
    desk.changes = Changes(ProjectFiles(link, desk.project), loaded_from(desk.project), lambda: desk.now)
    assert desk.looks(3) == []
    link.unlink()
    link.symlink_to("two")
    assert desk.looks(3) == [[HERE]]
