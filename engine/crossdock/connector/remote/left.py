"""Files that are taken and left where they are: noted in the journal, so that each is fetched once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from crossdock.connector import Notes
from crossdock.connector.remote.files import Stamp
from crossdock.connector.remote.listing import Candidate

REMEMBERED = 300_000  # files known without asking the journal again; 8 bytes of each


class Left:
    """Which files were taken already. A file that changed is another one."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._known: set[int] = set()

    def without(self, some: Sequence[Candidate]) -> list[Candidate]:
        """Those of ``some`` that were not taken yet."""
        unknown = [one for one in some if _digest(one.path, one.stamp) not in self._known]
        if not unknown:
            return []
        noted = self._notes.read([_key(one.path) for one in unknown])
        fresh = []
        for one in unknown:
            if noted.get(_key(one.path)) == _text(one.stamp):
                self.taken(one.path, one.stamp)
            else:
                fresh.append(one)
        return fresh

    def note(self, path: str, seen: Stamp) -> Mapping[str, str]:
        """What is to be noted with the arrival of a file."""
        return {_key(path): _text(seen)}

    def taken(self, path: str, seen: Stamp) -> None:
        """The file is durable, and noted with it."""
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known.add(_digest(path, seen))

    def refused(self, path: str, seen: Stamp) -> None:
        """The file was refused, and is not to be refused again. Raises ``Retry``."""
        self._notes.write(self.note(path, seen))
        self.taken(path, seen)


def _key(path: str) -> str:
    return f"left {hashlib.sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}"


def _text(seen: Stamp) -> str:
    return f"{seen.size} {seen.modified}"


def _digest(path: str, seen: Stamp) -> int:
    whole = f"{path}\0{_text(seen)}".encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(whole, digest_size=8).digest(), "big")
