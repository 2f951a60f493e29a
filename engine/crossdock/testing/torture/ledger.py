"""The ledger of the sinks: every file that ever got its final name in a folder of a destination, and when.

Torture gives every destination a folder and every effect a name of its own moment, so doing one twice leaves two
files. A partner that takes files at once moves them away the moment it sees them; they count all the same.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TAKEN = "taken"
_EVERY = 0.01  # seconds between a partner's looks: it takes what was renamed before the journal can know of it


@dataclass(frozen=True, slots=True)
class Effect:
    """A file at a destination: the folder's name, its own, and when it was written (Unix seconds)."""

    destination: str
    name: str
    at: float


def effects(sinks: Path) -> Iterator[Effect]:
    """Everything that reached the destinations below ``sinks``, taken or not."""
    for path in files(sinks):
        yield Effect(path.parent.name, path.name, path.stat().st_mtime)


def files(sinks: Path) -> Iterator[Path]:
    """The files themselves."""
    for folder in _folders(sinks):
        for place in (folder, sinks / TAKEN / folder.name):
            yield from filter(_final, place.iterdir() if place.is_dir() else ())


class Taker(threading.Thread):
    """A partner that takes files as soon as they have their final name. ``pause`` and ``resume`` as you like."""

    def __init__(self, sinks: Path) -> None:
        super().__init__(daemon=True, name="partner")
        self._sinks = sinks
        self._over = threading.Event()
        self._turn = threading.Lock()
        self._away = False

    def run(self) -> None:
        """Move files away until told to stop."""
        while not self._over.wait(_EVERY):
            with self._turn:
                if not self._away:
                    self._take()

    def _take(self) -> None:
        for folder in _folders(self._sinks):
            target = self._sinks / TAKEN / folder.name
            target.mkdir(parents=True, exist_ok=True)
            for path in filter(_final, list(folder.iterdir())):
                path.rename(target / path.name)

    def pause(self) -> None:
        """Leave files where they are from now on."""
        with self._turn:
            self._away = True

    def resume(self) -> None:
        """Take them again."""
        self._away = False

    def close(self) -> None:
        """Take no more."""
        self._over.set()
        self.join()


def _folders(sinks: Path) -> list[Path]:
    return [path for path in sinks.iterdir() if path.is_dir() and path.name != TAKEN] if sinks.is_dir() else []


def _final(path: Path) -> bool:
    return path.suffix != ".part" and not path.name.startswith(".") and path.is_file()
