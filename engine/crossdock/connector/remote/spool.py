"""Where fetched files lie, under names of our own, until the journal has them.

The name is made from which file of which server it is, so what a cut or a crash left is found again and only the rest
is fetched. What lies here is only ever a copy: it is not flushed, and anything in doubt is fetched once more.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crossdock.errors import Retry
from crossdock.message import CHUNK

KEPT = 3 * 86400.0  # seconds after which a copy that nobody asked for is removed


@dataclass(frozen=True, slots=True)
class Spooled:
    """A payload in the spool."""

    path: Path
    size: int

    def chunks(self) -> Iterator[bytes]:
        """The bytes in pieces. Raises ``Retry`` where the copy cannot be read."""
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except OSError as error:
            raise spool_fault(error) from error


class Spool:
    """The copies of one source. ``name`` is the source's, unique in the project."""

    def __init__(self, root: Path, name: str) -> None:
        safe = re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:60]
        self._folder = root / ".crossdock" / "spool" / f"{safe}-{_hash(name)[:8]}"

    def place(self, identity: str) -> Path:
        """Where the copy of a file lies, there or not. Raises ``Retry`` where there is no room for any."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise spool_fault(error) from error
        return self._folder / _hash(identity)[:32]

    def sweep(self) -> None:
        """Remove copies that nobody asked for in a long time."""
        with suppress(OSError):
            for one in os.scandir(self._folder):
                if time.time() - one.stat().st_mtime > KEPT:
                    Path(one.path).unlink(missing_ok=True)


def copied(path: Path) -> int:
    """How many bytes of a copy there are."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def sha256_of(path: Path) -> str:
    """The hash of a copy. Raises ``OSError``."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def spool_fault(error: OSError) -> Retry:
    """What the system said about the spool."""
    said = error.strerror or type(error).__name__
    return Retry("K620", f"the spool cannot be used: {said}", hint="look at the disk under .crossdock/spool")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
