"""What a route may say about folders: ``from: file: {…}`` and ``to: - file: {…}``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from crossdock.connector import Parcel, Template
from crossdock.connector.folders.options import FilledFolder, Move, WatchedFolder, reject_name


class SourceOptions(WatchedFolder):
    """A folder that is watched.

    ``match`` and ``ignore`` are globs (case matters) on the name, or, with a ``/``, on the path below the folder.
    ``ready`` says when a file is complete: ``stable`` for ``stable_for``, seen in two polls; ``{marker: .done}``;
    ``rename`` or ``{rename: .writing}`` when a partner writes under another name first. Hidden files and ``.part``,
    ``.tmp`` are never taken. ``after`` it is safe, a file goes to the sub-folder ``archive``, is moved, or deleted.
    ``rejects`` gets what is refused, with a report beside it, and, if it is given, also what the route gives up on.
    """

    after: Literal["archive", "delete"] | Move = "archive"

    def folders(self) -> Iterable[str]:
        """See ``Grounded``."""
        return (self.path,)


class SinkOptions(FilledFolder):
    """A folder that is filled. ``path`` and ``name`` are templates: ``out/{buyer.id}``, ``ORD{number}.txt``.

    ``exists`` decides when the name is taken: ``hold`` for a person, ``number`` the new one, or ``replace`` the old.
    ``mkdirs`` makes missing folders; ``mode`` are the permissions of the file (``"0640"``).
    """

    def folders(self) -> Iterable[str]:
        """See ``Grounded``."""
        return (self.anchor,)


class RejectsOptions(SinkOptions):
    """The folder of rejects as a destination: each file under the name it came with, made unique by its key."""

    exists: Literal["hold", "number", "replace"] = "number"

    def file_name(self, parcel: Parcel, now: datetime) -> str:
        """``orders.1f0c9a2b.edi``; where the name it came with is no safe one, the id of its message."""
        return reject_name(parcel, now)


def rejects_of(options: SourceOptions) -> SinkOptions | None:
    """The sink for what the route gave up on, where the author named a folder for it."""
    return None if options.rejects is None else RejectsOptions(path=Template(options.rejects, (options.rejects,)))
