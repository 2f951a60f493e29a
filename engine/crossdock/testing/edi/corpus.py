"""Files of a folder that hold EDI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crossdock.testing.edi.standards import STANDARDS, Standard


def corpus_files(folder: Path, standards: frozenset[str] = frozenset(STANDARDS)) -> Iterator[tuple[Path, Standard]]:
    """(file, its standard) of every file that begins like EDI, in order of their paths."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            owner = next((one for key, one in STANDARDS.items() if key in standards and one.owns(data)), None)
            if owner is not None:
                yield path, owner
