"""A link on the way to a folder that is exchanged: what was staged is finished where it was staged, once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.unit.file_connector.conftest import good, order, surroundings

from crossdock.connector import Done, Staged
from crossdock.errors import Foreign, Retry
from crossdock_connectors.file import FileSink, SinkOptions, folders


class Releases:
    """Folders of releases, and a link ``current`` that leads to one of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("one", "two"):
            (root / name / "out").mkdir(parents=True)
        self.lead_to("one")

    def lead_to(self, name: str) -> None:
        coming = self.root / "coming"
        coming.symlink_to(name)
        coming.rename(self.root / "current")

    def sink(self, path: str = "out") -> FileSink:
        options = SinkOptions.model_validate({"path": path, "name": "ORD{number}.txt"})
        return FileSink(options, surroundings(self.root / "current"))

    def stage(self, path: str = "out") -> Staged:
        return good(*self.sink(path).stage([order(1)]))

    def files(self) -> list[str]:
        found = (path for path in self.root.rglob("*") if path.is_file() and "current" not in path.parts)
        return sorted(str(path.relative_to(self.root)) for path in found)


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path)


@pytest.mark.parametrize("path", ["out", "out/{buyer.id}/new"])
def test_what_was_staged_before_the_exchange_is_finished_where_it_is(releases: Releases, path: str) -> None:
    staged = releases.stage(path)
    releases.lead_to("two")
    (outcome,) = releases.sink(path).finish([staged])
    below = path.replace("{buyer.id}", "ACME")
    assert outcome == Done(f"{releases.root}/one/{below}/ORD1.txt")
    assert releases.files() == [f"one/{below}/ORD1.txt"]
    assert releases.sink(path).finish([staged]) == [outcome]


def test_where_the_folder_of_then_has_no_name_any_more_in_the_new_one_it_is_found_too(releases: Releases) -> None:
    staged = releases.stage()
    releases.lead_to("two")
    shutil.rmtree(releases.root / "two" / "out")
    assert isinstance(releases.sink().finish([staged])[0], Done)


def test_a_folder_that_was_removed_with_its_release_proves_nothing(releases: Releases) -> None:
    staged = releases.stage()
    releases.lead_to("two")
    shutil.rmtree(releases.root / "one")
    (outcome,) = releases.sink().finish([staged])
    assert isinstance(outcome, Retry)
    assert outcome.code == "K303"
    assert releases.files() == []


def test_both_releases_leading_to_one_folder_are_one_folder(releases: Releases) -> None:
    shared = releases.root / "shared"
    shared.mkdir()
    for name in ("one", "two"):
        (releases.root / name / "out").rmdir()
        (releases.root / name / "out").symlink_to("../shared")
    staged = releases.stage()
    releases.lead_to("two")
    assert releases.sink().finish([staged]) == [Done("out/ORD1.txt")]
    assert [path.name for path in shared.iterdir()] == ["ORD1.txt"]


def test_what_was_staged_before_links_were_looked_through_is_read_as_ever(releases: Releases) -> None:
    told = json.loads(releases.stage().proof)
    del told["real"]
    assert releases.sink().finish([Staged(json.dumps(told))]) == [Done("out/ORD1.txt")]


def test_what_a_server_was_given_is_for_a_person(releases: Releases) -> None:
    upload = {"folder": "out", "endpoint": "sftp://u@h:22", "parts": [[".k.part", "ORD1.txt", 4, "0"]]}
    for told in (upload, ["an answer"], "an answer"):
        (outcome,) = releases.sink().finish([Staged(json.dumps(told))])
        assert isinstance(outcome, Foreign)
        assert outcome.code == "K305"


def test_where_the_system_does_not_tell_what_a_link_leads_to_files_are_delivered_all_the_same(
    releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_DESCRIPTORS", releases.root / "no proc")
    staged = releases.stage()
    assert json.loads(staged.proof)["real"] == ""
    assert releases.sink().finish([staged]) == [Done("out/ORD1.txt")]
    assert releases.files() == ["one/out/ORD1.txt"]


def test_an_exchange_that_the_system_does_not_tell_of_is_noticed_and_nothing_is_written_twice(
    releases: Releases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_DESCRIPTORS", releases.root / "no proc")
    staged = releases.stage()
    releases.lead_to("two")
    (outcome,) = releases.sink().finish([staged])
    assert isinstance(outcome, Retry)
    assert outcome.code == "K303"
