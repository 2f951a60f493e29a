"""Commands in this process: most of what a short one costs is to start Python and to import crossdock."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from crossdock.cli.main import main

FORKING = frozenset({"run", "test"})  # start processes, and so need one of their own


@dataclass(frozen=True, slots=True)
class Told:
    """What a command said, and its exit code."""

    code: int
    output: str
    errors: str


def command(folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> Told:
    """``crossdock`` with these words, in the folder of a project; with variables of the environment instead of ours."""
    assert words[0] not in FORKING
    before, output, errors = (sys.argv, dict(os.environ)), _Stream(), _Stream()
    sys.argv = ["crossdock", *words]
    os.environ.update(environment or {})
    try:
        with chdir(folder), redirect_stdout(output), redirect_stderr(errors):
            main()
        code: object = 0
    except SystemExit as end:
        code = end.code
    finally:
        sys.argv = before[0]
        os.environ.clear()
        os.environ.update(before[1])
    return Told(code if isinstance(code, int) else int(code is not None), output.text(), errors.text())


class _Stream(io.TextIOWrapper):
    """Takes text, and bytes by its buffer, as the streams of a process do."""

    def __init__(self) -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding="utf-8", write_through=True)

    def text(self) -> str:
        return self.bytes.getvalue().decode()
