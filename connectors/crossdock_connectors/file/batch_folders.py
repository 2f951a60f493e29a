"""The folders that one batch of files goes to: each opened once, each flushed once."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from crossdock.errors import CrossdockError
from crossdock_connectors.file.faults import fault
from crossdock_connectors.file.folders import At, make, open_beneath, open_configured, path_of
from crossdock_connectors.file.moving import remove


class Where(NamedTuple):
    """A configured folder, and the folders below it that were named after what is delivered."""

    folder: str
    below: tuple[str, ...]

    def __str__(self) -> str:
        return "/".join((self.folder.rstrip("/"), *self.below))


class BatchFolders:
    """Folders open until ``stack`` is left."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self._root = root
        self._stack = stack
        self._open: dict[Where, int] = {}
        self._real: dict[Where, str] = {}

    def open(self, where: Where, *, create: bool) -> int:
        """The folder, open. Raises ``CrossdockError``."""
        if where not in self._open:
            try:
                self._open[where] = self._opened(where, create=create)
            except OSError as error:
                raise fault(error, f"opening the folder '{where}'") from error
            self._stack.callback(os.close, self._open[where])
        return self._open[where]

    def _opened(self, where: Where, *, create: bool) -> int:
        path = self._root / where.folder
        if create:
            make(path)
        base = open_configured(path)
        try:
            self._real[where] = path_of(base)
            return open_beneath(base, where.below, create=create)
        finally:
            os.close(base)

    def real(self, where: Where) -> str:
        """Where the configured folder of an open one is, behind every link on the way to it."""
        return self._real[where]

    def flush(self) -> dict[Where, CrossdockError]:
        """Make every name in these folders durable; the folders of which the system did not say so."""
        failed: dict[Where, CrossdockError] = {}
        for where, folder in self._open.items():
            try:
                os.fsync(folder)
            except OSError as error:
                failed[where] = fault(error, f"flushing the folder '{where}'")
        return failed

    def sweep(self, where: Where, key: str) -> None:
        """Remove what attempts that were cut off left for ``key``; its delivery is done. Raises ``OSError``."""
        folder = self._open[where]
        with os.scandir(folder) as entries:
            left = [one.name for one in entries if one.name.startswith(f".{key}.") and one.name.endswith(".part")]
        for name in left:
            remove(At(folder, name))
