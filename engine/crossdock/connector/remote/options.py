"""What a route may say about the folders of a server, besides how to reach it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from crossdock.connector import Parcel
from crossdock.connector.amounts import Seconds
from crossdock.connector.folders.options import FilledFolder, Folder, Move, WatchedFolder, reject_name


class WatchedRemote(WatchedFolder):
    """A folder of a server that is polled."""

    every: Annotated[Seconds, Field(ge=0.05)] = 10.0
    stable_for: Seconds = 5.0
    after: Literal["archive", "delete", "leave"] | Move = "archive"


class FilledRemote(FilledFolder):
    """A folder of a server that is filled. ``temporary`` is a folder for uploads, beside the one that is filled."""

    temporary: Folder | None = None
    verify: Literal["size", "hash"] = "size"
    names: Literal["any", "ascii"] = "any"


class RejectsRemote(FilledRemote):
    """The folder of rejects as a destination: each file under the name it came with, made unique by its key."""

    exists: Literal["hold", "number", "replace"] = "number"

    def file_name(self, parcel: Parcel, now: datetime) -> str:
        """``orders.1f0c9a2b.edi``; where the name it came with is no safe one, the id of its message."""
        return reject_name(parcel, now)
