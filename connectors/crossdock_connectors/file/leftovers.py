"""What attempts that were killed left behind: temporary files, by the key of the parcel they were made for.

A kill between writing and recording leaves a file nobody knows of, and its parcel comes again as a first attempt. So
each folder is looked through when it is first written to, and now and then: a delivery that finds its key here sweeps.
"""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta

from crossdock_connectors.file.batch_folders import Where

LOOK_AGAIN = timedelta(minutes=1)  # a neighbour may be killed while this process lives
MOST_FOLDERS = 1000  # remembered; a path made from what is delivered may name any number of them

_TEMPORARY = re.compile(r"\.([0-9a-f-]{36})\.[0-9a-f]{8}\.part\Z")
_NOBODY: frozenset[str] = frozenset()


class Leftovers:
    """Keys that have a temporary file somewhere, as of a while ago."""

    def __init__(self) -> None:
        self._seen: dict[Where, tuple[datetime, frozenset[str]]] = {}

    def of(self, where: Where, folder: int, now: datetime) -> frozenset[str]:
        """Keys with files in the open ``folder``. Raises ``OSError``."""
        looked, keys = self._seen.get(where, (now - LOOK_AGAIN, _NOBODY))
        if not timedelta() <= now - looked < LOOK_AGAIN:
            if len(self._seen) >= MOST_FOLDERS:
                self._seen.clear()
            with os.scandir(folder) as entries:
                found = (_TEMPORARY.match(one.name) for one in entries)
                keys = frozenset(match[1] for match in found if match)
            self._seen[where] = (now, keys)
        return keys
