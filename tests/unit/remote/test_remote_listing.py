"""A listing of any length is looked through in slices, and the first candidates are all that is remembered."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector.folders.notices import Notices
from crossdock.connector.remote.files import Entry, Kind, RemoteFiles, Stamp
from crossdock.connector.remote.listing import WINDOW, Listing
from crossdock.connector.remote.options import WatchedRemote

MANY = 100_000


class Endless:
    """A server with many files, listed in no order; the rest of a server is not needed here."""

    def list(self, folder: str) -> Iterator[Entry]:
        for number in range(MANY):
            scattered = number * 7919 % MANY
            yield Entry(f"{scattered:06}.edi", Kind.FILE, Stamp(5, MANY - scattered))


def listing(**options: object) -> Listing:
    read = WatchedRemote.model_validate({"path": "/out", **options})
    return Listing(read, frozenset(), list, Notices("test"))


def server() -> RemoteFiles:
    return Endless()  # type: ignore[return-value]  # as far as a listing goes


def test_of_a_hundred_thousand_files_the_first_by_name_are_remembered_and_no_more() -> None:
    look = listing()
    held = []
    while not look.advance(server(), lambda: True):
        held.append(len(look._best))
    assert [one.path for one in look.window()] == [f"{number:06}.edi" for number in range(WINDOW)]
    assert max(held) <= 2 * WINDOW
    assert look.seen == MANY


def test_by_time_the_oldest_come_first() -> None:
    look = listing(order="time", limit=3)
    assert look.advance(server(), lambda: False)
    assert [one.path for one in look.window()][:2] == ["099999.edi", "099998.edi"]


def test_what_is_not_wanted_takes_no_room() -> None:
    read = WatchedRemote.model_validate({"path": "/out"})
    look = Listing(read, frozenset(), lambda some: [one for one in some if one.path > "09"], Notices("test"))
    assert look.advance(server(), lambda: False)
    assert look.window()[0].path == "090000.edi"
