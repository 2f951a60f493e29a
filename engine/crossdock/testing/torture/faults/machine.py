"""Faults of the machine around the processes: disk, clock, the folders of destinations."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.testing.torture.arena import Arena, mount, unmount
from crossdock.testing.torture.clocked import set_clock

_FILLER = "somebody-elses"
_PIECES = (1_000_000, 50_000, 4096)


@dataclass(slots=True)
class DiskFull:
    """Somebody else's file takes the disk of the journal, to the last block."""

    name: str = "disk-full"
    about: str = "the journal's disk (a tmpfs) is full to the last block"
    seconds: float = 3.0

    def missing(self, arena: Arena) -> str:
        """A disk of its own for the journal."""
        if arena.postgres is not None or arena.journal_ways:
            return "the journal is kept by a server"
        return "" if arena.disk else arena.mounts or "not enough memory for a disk of its own"

    def inject(self, arena: Arena) -> str:
        """Fill it."""
        folder = arena.stage.journal
        with (folder / _FILLER).open("wb", buffering=0) as file:
            for piece in _PIECES:
                with suppress(OSError):
                    while shutil.disk_usage(folder).free >= piece:
                        file.write(b"x" * piece)
        return f"{shutil.disk_usage(folder).free} bytes free"

    def heal(self, arena: Arena) -> None:
        """Give it back."""
        (arena.stage.journal / _FILLER).unlink(missing_ok=True)


@dataclass(slots=True)
class ClockMoved:
    """The wall clock of every process is moved, and later moved back."""

    name: str
    about: str
    offset: float
    seconds: float = 3.0

    def missing(self, arena: Arena) -> str:
        """Nothing is needed."""
        return ""

    def inject(self, arena: Arena) -> str:
        """Move it."""
        set_clock(arena.clock, self.offset)
        return f"by {self.offset:+.0f} s"

    def heal(self, arena: Arena) -> None:
        """Set it right."""
        set_clock(arena.clock, 0.0)


@dataclass(slots=True)
class DestinationAway:
    """The folder of a destination is gone, and a file stands in its place: the share is not mounted."""

    name: str = "destination-away"
    about: str = "the folder of a destination is gone for a while"
    seconds: float = 2.5
    _gone: list[Path] = field(default_factory=list)

    def missing(self, arena: Arena) -> str:
        """Nothing is needed."""
        return ""

    def inject(self, arena: Arena) -> str:
        """Move it aside. The partner waits meanwhile: it could not see it either."""
        folder = arena.sink()
        if folder is None:
            return "no destination has a folder yet"
        arena.partner.pause()
        folder.rename(_aside(folder))
        folder.touch()
        self._gone.append(folder)
        return folder.name

    def heal(self, arena: Arena) -> None:
        """Put it back."""
        while self._gone:
            folder = self._gone.pop()
            folder.unlink()
            _aside(folder).rename(folder)
        arena.partner.resume()


def _aside(folder: Path) -> Path:
    return folder.parent.parent / f"away-{folder.name}"


@dataclass(slots=True)
class DestinationReadOnly:
    """Nothing can be written to the folder of a destination."""

    name: str = "destination-read-only"
    about: str = "the folder of a destination is read-only for a while"
    seconds: float = 2.5
    _folders: list[Path] = field(default_factory=list)

    def missing(self, arena: Arena) -> str:
        """For root, who may write everywhere, a mount."""
        return arena.mounts if os.geteuid() == 0 else ""

    def inject(self, arena: Arena) -> str:
        """Forbid it."""
        folder = arena.sink()
        if folder is None:
            return "no destination has a folder yet"
        arena.partner.pause()
        if os.geteuid() == 0:
            mount("--bind", folder, folder)
            mount("-o", "remount,bind,ro", folder)
        else:
            folder.chmod(0o555)
        self._folders.append(folder)
        return folder.name

    def heal(self, arena: Arena) -> None:
        """Allow it."""
        while self._folders:
            folder = self._folders.pop()
            if os.geteuid() == 0:
                unmount(folder)
            else:
                folder.chmod(0o755)
        arena.partner.resume()


@dataclass(slots=True)
class PartnerAway:
    """The partner, who takes files at once, takes none for a while."""

    name: str = "partner-away"
    about: str = "the partner, who takes files the moment they are there, leaves them for a while"
    seconds: float = 2.0

    def missing(self, arena: Arena) -> str:
        """Nothing is needed."""
        return ""

    def inject(self, arena: Arena) -> str:
        """It looks away."""
        arena.partner.pause()
        return ""

    def heal(self, arena: Arena) -> None:
        """It takes what has gathered."""
        arena.partner.resume()
