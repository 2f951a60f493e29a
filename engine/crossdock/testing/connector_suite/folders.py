"""A source that watches a folder, here or at a partner's: what it takes, when, what it leaves, and where it puts it.

The options have the same names whatever the folder is reached by: ``path``, ``match``, ``recursive``, ``ready``,
``after``, ``max_size``.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

import pytest
from pydantic import ValidationError

from crossdock.connector import Arrival
from crossdock.message import read_all
from crossdock.testing.connector_suite.ground import EmptyThings, SourceGround
from crossdock.testing.connector_suite.source_tests import SourceTests
from crossdock.testing.connector_suite.suite import needs
from crossdock.testing.connector_suite.taking import Taker

HOSTILE_NAMES = (
    "-rf",
    "$(id)",
    "a;b 'c'",
    "a\\b",
    "a\nb",
    "CON",
    "trailing dot.",
    "%2e%2e%2fx",
    "{number}",
    "a\u202eb",
    "e\u0301",
    "é",
    "x" * 200,
)


class FolderGround(SourceGround):
    """A folder that is watched. ``options(**more)`` must let a file be complete after some ten milliseconds.

    Paths are from the watched folder. ``hostile_names`` are those that its system can have at all.
    """

    hostile_names: Sequence[str] = HOSTILE_NAMES

    @abstractmethod
    def write(self, path: str, data: bytes) -> None:
        """Write a file in place, not under another name first; its folders are made."""

    @abstractmethod
    def read(self, path: str) -> bytes:
        """What a file holds."""

    @abstractmethod
    def remove(self, path: str) -> None:
        """Remove a file, or a folder with everything in it; ``""`` is the watched folder itself."""

    @abstractmethod
    def names(self) -> list[str]:
        """The paths of all files in the watched folder and below, sorted; archive and rejects too."""

    def put(self, name: str, data: bytes) -> None:
        """See ``SourceGround``."""
        self.write(name, data)


class Irregular(ABC):
    """There can be things in the folder that are no files."""

    @abstractmethod
    def make_irregular(self) -> Sequence[str]:
        """Make links (to a file outside, to a folder above, to nothing), pipes, what there is; their names."""


class Folders(SourceTests):
    """What holds for watched folders beyond what holds for every source."""

    def test_a_pattern_leaves_others_alone(self, ground: FolderGround, taker: Taker) -> None:
        for name in ("a.edi", "b.txt", "c.EDI", "d.edi.bak"):
            ground.write(name, b"x")
        taker.open(ground.options(match="*.edi"))
        assert _paths(taker.take()) == ["a.edi"]
        assert taker.nothing()
        assert [name for name in ground.names() if "/" not in name] == ["b.txt", "c.EDI", "d.edi.bak"]

    def test_hidden_and_unfinished_names_are_left_alone(self, ground: FolderGround, taker: Taker) -> None:
        for name in (".hidden.edi", "a.edi.part", "b.tmp", "z.edi"):
            ground.write(name, b"x")
        assert _paths(taker.take()) == ["z.edi"]
        assert taker.nothing()

    def test_an_empty_folder_brings_nothing(self, ground: FolderGround, taker: Taker) -> None:
        ground.write("a", b"x")
        ground.remove("a")
        taker.open()
        assert taker.nothing()

    def test_a_folder_that_is_missing_is_no_failure_and_is_found_when_it_comes(
        self, ground: FolderGround, taker: Taker
    ) -> None:
        ground.remove("")
        taker.open()
        assert taker.nothing()
        ground.write("a.edi", b"x")
        assert _paths(taker.take()) == ["a.edi"]

    def test_sub_folders_are_left_alone_unless_asked_for(self, ground: FolderGround, taker: Taker) -> None:
        ground.write("acme/a.edi", b"x")
        taker.open()
        assert taker.nothing()
        taker.again(ground.options(recursive=True))
        assert _paths(taker.take()) == ["acme/a.edi"]

    def test_files_of_sub_folders_keep_their_place_in_the_archive(self, ground: FolderGround, taker: Taker) -> None:
        for name in ("acme/in/a.edi", "globex/a.edi", "b.edi"):
            ground.write(name, b"x")
        taker.open(ground.options(recursive=True))
        assert sorted(_paths(taker.take(3))) == ["acme/in/a.edi", "b.edi", "globex/a.edi"]
        assert taker.nothing()
        taker.close()
        assert ground.names() == ["archive/acme/in/a.edi", "archive/b.edi", "archive/globex/a.edi"]

    def test_a_trailing_slash_changes_nothing(self, ground: FolderGround, taker: Taker) -> None:
        ground.write("a.edi", b"x")
        options = dict(ground.options())
        taker.open({**options, "path": f"{str(options['path']).rstrip('/')}/"})
        assert _paths(taker.take()) == ["a.edi"]

    def test_a_file_waits_for_its_marker_and_the_marker_is_never_delivered(
        self, ground: FolderGround, taker: Taker
    ) -> None:
        taker.open(ground.options(ready={"marker": ".done"}))
        ground.write("a.edi", b"x")
        assert taker.nothing()
        ground.write("a.edi.done", b"")
        assert _paths(taker.take()) == ["a.edi"]
        assert taker.nothing()
        taker.close()
        assert [name for name in ground.names() if "/" not in name] == []

    def test_a_file_that_grows_is_not_read_before_it_is_whole(self, ground: FolderGround, taker: Taker) -> None:
        taker.open()
        for size in range(1, 8):
            ground.write("a.edi", b"x" * size * 1000)
            assert taker.drain() == []
        assert [read_all(one.payload) for one in taker.take()] == [b"x" * 7000]

    def test_who_renames_when_it_is_complete_need_not_wait(self, ground: FolderGround, taker: Taker) -> None:
        ground.write("a.edi.writing", b"x")
        ground.write("b.edi", b"y")
        taker.open(ground.options(ready={"rename": ".writing"}))
        assert [read_all(one.payload) for one in taker.take()] == [b"y"]
        assert taker.nothing()

    @pytest.mark.parametrize("name", ["two words.edi", "zwei Wörter.edi", "注文 1.edi", "הזמנה.edi", "🚚.edi"])
    def test_names_with_spaces_and_letters_of_any_script_are_taken(
        self, ground: FolderGround, taker: Taker, name: str
    ) -> None:
        ground.write(name, b"x")
        assert _paths(taker.take()) == [name]
        assert taker.nothing()
        taker.close()
        assert ground.names() == [f"archive/{name}"]

    def test_hostile_names_are_data_and_stop_nobody(self, ground: FolderGround, taker: Taker) -> None:
        for name in ground.hostile_names:
            ground.write(name, name.encode("utf-8", "surrogateescape"))
        taken = [read_all(one.payload) for one in taker.take(len(ground.hostile_names))]
        assert sorted(taken) == sorted(name.encode("utf-8", "surrogateescape") for name in ground.hostile_names)
        assert taker.nothing()
        taker.close()
        assert {name.partition("/")[0] for name in ground.names()} == {"archive"}

    @needs(Irregular)
    def test_what_is_no_file_is_never_read_nor_followed(self, ground: FolderGround, taker: Taker) -> None:
        assert isinstance(ground, Irregular)
        odd = ground.make_irregular()
        ground.write("z.edi", b"x")
        taker.open(ground.options(recursive=True))
        assert _paths(taker.take()) == ["z.edi"]
        assert taker.nothing()
        assert odd

    @needs(EmptyThings)
    def test_an_empty_file_is_refused_with_a_report_and_stops_nobody(self, ground: FolderGround, taker: Taker) -> None:
        ground.write("a.edi", b"")
        ground.write("b.edi", b"x")
        assert taker.took(2) == 2
        assert _paths(list(taker.known.values())) == ["b.edi"]
        assert [bool(one.findings) for one in taker.refused] == [True]
        taker.close()
        assert [name for name in ground.names() if not name.startswith(("archive/", "rejects/"))] == []

    def test_it_is_deleted_where_the_author_says_so(self, ground: FolderGround, taker: Taker) -> None:
        ground.write("a.edi", b"x")
        taker.open(ground.options(after="delete"))
        assert len(taker.take()) == 1
        taker.close()
        assert ground.names() == []

    def test_what_lies_in_the_archive_under_the_name_is_never_overwritten(
        self, ground: FolderGround, taker: Taker
    ) -> None:
        for number in range(3):
            ground.write("stock.csv", b"%d" % number)
            assert len(taker.take()) == 1
        taker.close()
        assert {ground.read(name) for name in ground.names()} == {b"0", b"1", b"2"}
        assert "archive/stock.csv" in ground.names()

    def test_a_target_in_the_watched_folder_is_refused(self, ground: FolderGround, taker: Taker) -> None:
        path = str(dict(ground.options())["path"]).rstrip("/")
        with pytest.raises(ValidationError, match="watched folder"):
            taker.kind.options.model_validate(dict(ground.options(recursive=True, after={"move": f"{path}/done"})))

    def test_files_that_cannot_be_moved_each_get_a_turn_and_stop_nobody(
        self, ground: FolderGround, taker: Taker
    ) -> None:
        ground.write("archive", b"in the way")
        taker.open(ground.options(match="*.edi"))
        for name in ("a.edi", "b.edi"):
            ground.write(name, name.encode())
        assert sorted(_paths(taker.take(2))) == ["a.edi", "b.edi"]
        ground.write("c.edi", b"c.edi")
        assert _paths(taker.take()) == ["c.edi"]
        ground.remove("archive")
        end = time.monotonic() + ground.give_up
        while any("/" not in name for name in ground.names()) and time.monotonic() < end:
            taker.take(1, seconds=ground.moment)
        taker.close()
        assert ground.names() == ["archive/a.edi", "archive/b.edi", "archive/c.edi"]

    def test_tomorrows_file_of_the_same_name_is_a_new_one(self, ground: FolderGround, taker: Taker) -> None:
        ground.write("stock.csv", b"today")
        assert [read_all(one.payload) for one in taker.take()] == [b"today"]
        ground.write("stock.csv", b"tomor")
        assert [read_all(one.payload) for one in taker.take()] == [b"tomor"]

    def test_a_newer_file_that_comes_before_the_old_one_is_settled_is_not_put_away_with_it(
        self, ground: FolderGround, taker: Taker
    ) -> None:
        ground.write("stock.csv", b"old")
        (old,) = taker.found()
        ground.write("stock.csv", b"newer")
        taker.accept(old)
        assert [read_all(one.payload) for one in taker.take()] == [b"newer"]

    def test_a_file_that_vanishes_is_nobodys(self, ground: FolderGround, taker: Taker) -> None:
        ground.write("a.edi", b"x")
        ground.write("b.edi", b"y")
        (first, *_) = taker.found(2)
        ground.remove("a.edi" if _paths([first]) == ["a.edi"] else "b.edi")
        taker.accept(first)
        assert len(taker.take()) == 1
        assert taker.nothing()

    def test_overlapping_runs_take_each_file_once(self, ground: FolderGround, taker: Taker) -> None:
        other = Taker(ground, notes=taker.notes, known=taker.known)
        for number in range(12):
            ground.write(f"a{number:02d}", b"%d" % number)
        mine, theirs = taker.found(12), other.found(12)
        for one, two in zip(mine, reversed(theirs), strict=True):
            taker.accept(one)
            other.accept(two)
        assert taker.nothing()
        other.close()
        taker.close()
        assert sorted(int(read_all(one.payload)) for one in taker.known.values()) == list(range(12))
        assert ground.names() == [f"archive/a{number:02d}" for number in range(12)]


def _paths(arrivals: Sequence[Arrival]) -> list[str]:
    return [one.headers["file.path"] for one in arrivals]
