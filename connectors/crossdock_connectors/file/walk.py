"""Walking a watched folder, entry by entry: what could be a file to take. Nothing is held but the open folder.

A name may be anything but ``/`` and NUL; nothing here is ever given to a shell or joined to another path.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TypeAlias

from crossdock.connector.folders.selection import DEEPEST, Selection
from crossdock_connectors.file.folders import Tree

IRREGULAR = "it is no regular file (a link, FIFO, socket or device) and is never opened"

Odd: TypeAlias = Callable[[str, str], None]  # path and why it is passed over


def candidates(
    tree: Tree, chosen: Selection, *, recursive: bool, not_these: frozenset[str], odd: Odd
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The path of every candidate, and the entry that offers it. ``not_these`` are folders that are not entered."""
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        parts = waiting.pop()
        for path, entry in _entries(tree, parts, odd):
            if entry.is_dir(follow_symlinks=False):
                if recursive and path not in not_these and not entry.name.startswith(".") and len(parts) < DEEPEST:
                    waiting.append((*parts, entry.name))
                continue
            taken = chosen.taken(path)
            if taken is not None:
                if entry.is_file(follow_symlinks=False):
                    yield taken, entry
                else:
                    odd(path, IRREGULAR)


def _entries(tree: Tree, parts: tuple[str, ...], odd: Odd) -> Iterator[tuple[str, os.DirEntry[str]]]:
    try:
        with os.scandir(tree.folder(parts)) as entries:
            for entry in entries:
                yield "/".join((*parts, entry.name)), entry
    except FileNotFoundError:
        return  # the sub-folder is gone again
    except OSError as error:
        if not parts:
            raise
        odd("/".join(parts), f"the folder cannot be read ({error.strerror})")
