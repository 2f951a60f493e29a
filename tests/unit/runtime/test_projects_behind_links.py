"""Which links releases exchange, and what would stay behind with the release."""

from __future__ import annotations

from pathlib import Path

import pytest

from crossdock.cli.console import load
from crossdock.errors import ConfigError, Finding
from crossdock.runtime.engine import Engine
from crossdock.runtime.whereabouts import behind_links, left_with_release, refuse_elsewhere, release_link

ROUTE = (
    "from: {file: {path: inbox}}\nto:\n  - file: {path: 'out/{buyer.id}'}\n"
    "  - {name: copy, file: {path: /var/tmp/copies}}\n"
)


@pytest.fixture
def current(tmp_path: Path) -> Path:
    """The link to the first of two releases."""
    for name in ("one", "two"):
        release = tmp_path / "releases" / name
        (release / "routes").mkdir(parents=True)
        (release / "crossdock.yaml").write_text("name: shop\n")
        (release / "routes" / "r.yaml").write_text(ROUTE)
    (tmp_path / "shared").mkdir()
    (tmp_path / "current").symlink_to("releases/one")
    return tmp_path / "current"


def opened(root: Path) -> Engine:
    return Engine(load(behind_links(root)), {}, named=root)


def left(root: Path) -> list[Finding]:
    return list(left_with_release(opened(root)))


def test_journal_and_folders_of_a_release_are_told_at_their_lines(current: Path) -> None:
    journal, folders = left(current)
    assert (journal.code, str(journal.place)) == ("K312", "crossdock.yaml:1:1")
    assert "lies in the folder that 'current' leads to now" in journal.message
    assert (folders.code, str(folders.place)) == ("K313", "routes/r.yaml:1:1")
    assert folders.message.startswith("'inbox', 'out' lie in the folder that 'current' leads to now")


def test_what_lies_beside_the_releases_is_not_told(current: Path) -> None:
    for name in (".crossdock", "inbox", "out"):
        (current / name).symlink_to("../../shared")
    assert left(current) == []


def test_nothing_is_told_of_a_folder_that_is_no_release(current: Path) -> None:
    assert left(current.resolve()) == []


@pytest.mark.parametrize(
    ("link", "to", "path", "told"),
    [
        ("current", "releases/one", "current", True),
        ("current", "/opt/one", "current", True),
        ("current", "releases/one", "current/shop", True),
        ("home", "/data/home", "home/me/shop", False),
        ("none", ".", "shop", False),
    ],
)
def test_the_link_of_a_release_is_told_from_those_of_a_machine(
    tmp_path: Path, link: str, to: str, path: str, *, told: bool
) -> None:
    (tmp_path / link).symlink_to(to)
    assert release_link(tmp_path / path) == (tmp_path / link if told else None)


def test_a_run_stays_in_the_release_it_was_loaded_from(current: Path) -> None:
    engine = opened(current)
    current.unlink()
    current.symlink_to("releases/two")
    assert engine.journal_file() == current.parent / "releases/one/.crossdock/journal.db"
    with pytest.raises(ConfigError) as caught:
        refuse_elsewhere(engine, opened(current))
    assert "the project's folder is another one, and would have a journal of its own" in str(caught.value)


def test_a_release_with_the_same_journal_is_taken(current: Path) -> None:
    for name in ("one", "two"):
        (current.parent / "releases" / name / ".crossdock").symlink_to("../../shared")
    engine = opened(current)
    current.unlink()
    current.symlink_to("releases/two")
    refuse_elsewhere(engine, opened(current))


def test_links_that_lead_round_in_circles_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert behind_links(tmp_path / "a" / "shop") == tmp_path / "a" / "shop"
