"""Whether folders could be read and filled, found out by looking alone: for ``crossdock check --connect``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from crossdock.connector import Surroundings
from crossdock.errors import Finding, Severity
from crossdock_connectors.file.options import SinkOptions, SourceOptions

_USE = os.R_OK | os.W_OK | os.X_OK


def probe_source(options: SourceOptions, around: Surroundings) -> Iterator[Finding]:
    """Whether the watched folder is there, and files may be taken out of it and put away."""
    folder = around.root / options.path
    if not folder.is_dir():
        hint = "create it, or mount what belongs there"
        message = f"the folder '{options.path}' does not exist, so nothing arrives"
        yield Finding(code="K206", message=message, hint=hint, severity=Severity.WARNING)
        return
    yield from _denied(folder, options.path)
    for path in {options.away, options.refused} - {None}:
        yield from _unfillable(around.root, str(path), create=True)


def probe_sink(options: SinkOptions, around: Surroundings) -> Iterator[Finding]:
    """Whether the folder, as far as its name is written out, is there or can be made, and may be written to."""
    steps = options.path.split("/")
    fixed = next((index for index, step in enumerate(steps) if not step.fixed), len(steps))
    path = "/".join(step.text for step in steps[:fixed]) or "/"
    yield from _unfillable(around.root, path, create=options.mkdirs)


def _unfillable(root: Path, path: str, *, create: bool) -> Iterator[Finding]:
    folder = root / path
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if not there.is_dir():
        yield Finding(code="K406", message=f"'{there}' is no folder", hint="move away what has its name")
    elif there != folder and not create:
        yield Finding(code="K405", message=f"the folder '{path}' does not exist", hint="create it, or say mkdirs: true")
    else:
        yield from _denied(there, path if there == folder else str(there))


def _denied(folder: Path, path: str) -> Iterator[Finding]:
    if not os.access(folder, _USE):
        hint = "let the user that crossdock runs as read and write there"
        yield Finding(code="K403", message=f"permission is denied for the folder '{path}'", hint=hint)
