"""Pages of the documentation as what they tell: blocks of files, of commands with their output, of YAML."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.docs.read_once import ReadOnce

from crossdock.cli.main import main
from crossdock.ops.pack import copy_pack

ROOT = Path(__file__).parents[2]
GUIDE = sorted((ROOT / "docs" / "guide").glob("*.md"), key=lambda page: int(page.stem.partition("-")[0]))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "docs" / "README.md", *GUIDE]
FOLDERS = {"route": "routes", "mapping": "mappings", "layout": "mappings/layouts"}

_BLOCK = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_ANY = "…"
_FORKS = ("run",)  # starts processes, and so needs one of its own
_SHELL = re.compile(r"&&|[|<>;$]")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, what stands behind it (``route``, ``file=PATH``), and its text."""

    language: str
    kind: str
    text: str


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(one[1], one[2] or "", one[3]) for one in _BLOCK.finditer(page.read_text(encoding="utf-8"))]


def commands_of(block: Block) -> Iterator[tuple[str, list[str]]]:
    """Each ``$ command`` of a console block with the lines that follow it."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, *lines = part.splitlines()
        yield command, [line for line in lines if line.strip() not in ("", _ANY)]


@dataclass(slots=True)
class Shell:
    """Runs the commands of a page one after the other, as a person would in one terminal.

    An id on the page stands for the one that the run had in its place, from the first output it is shown in.
    """

    folder: Path
    scratch: Path
    ids: dict[str, str] = field(default_factory=dict)

    def run(self, command: str) -> str:
        """What the command says, on either stream."""
        for shown, real in self.ids.items():
            command = command.replace(shown, real)
        words = shlex.split(command)
        inside = words[0] == "crossdock" and words[1] not in _FORKS and not _SHELL.search(command)
        output = self._inside(words) if inside else self._outside(command)
        assert "Traceback" not in output, f"$ {command}\n{output}"
        return output

    def _inside(self, words: list[str]) -> str:
        """A command of ours in this process: what most of a short command's time goes into is imported already."""
        before, output = sys.argv, io.StringIO()
        sys.argv = words
        try:
            with contextlib.chdir(self.folder), redirect_stdout(output), redirect_stderr(output), suppress(SystemExit):
                main()
        finally:
            sys.argv = before
        return output.getvalue()

    def _outside(self, command: str) -> str:
        where = self.scratch / "folder"
        script = f"{command}\ncode=$?; pwd > {where}; exit $code"
        path = f"{self.scratch}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            [shutil.which("bash") or "/bin/bash", "-c", script],
            cwd=self.folder,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,  # it hangs; on a busy machine a run takes its time
        )
        self.folder = Path(where.read_text().strip())
        return done.stdout

    def says(self, command: str, expected: list[str]) -> None:
        """Run the command and find each expected line in what it says; which of two destinations is first is chance."""
        output = self.run(command)
        left = output.splitlines()
        for line in expected:
            found = next((said for said in left if self._fits(line, said)), None)
            assert found is not None, f"$ {command}\nthe page shows\n    {line}\nthe command says\n{output}"
            left.remove(found)

    def _fits(self, shown: str, said: str) -> bool:
        found = re.fullmatch(self._pattern(shown), " ".join(said.split()))
        if found is None:
            return False
        for id, real in zip(_ID.findall(shown), found.groups(), strict=True):
            self.ids.setdefault(id, real)
        return True

    def _pattern(self, shown: str) -> str:
        pieces: list[str] = []
        end = 0
        line = " ".join(shown.split())
        for match in _ID.finditer(line):
            pieces += [_loose(line[end : match.start()]), f"({self.ids.get(match[0], _ID.pattern)})"]
            end = match.end()
        return "".join([*pieces, _loose(line[end:])])


def _loose(text: str) -> str:
    """A pattern for a text in which ``…`` stands for anything, also for nothing."""
    escaped = [re.escape(part) for part in text.split(_ANY)]
    return ".*".join(escaped).replace(r"\ .*\ ", r"\ (?:.*\ )?").replace(r"\ .*", ".*").replace(r".*\ ", ".*")


@pytest.fixture(scope="session", autouse=True)
def _the_pack_is_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        ReadOnce().instead(patch)
        yield


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    scratch = tmp_path / "bin"
    scratch.mkdir()
    program = scratch / "crossdock"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m crossdock "$@"\n')
    program.chmod(0o755)
    folder = tmp_path / "here"
    folder.mkdir()
    return Shell(folder, scratch)


@pytest.fixture
def pack(shell: Shell) -> Shell:
    """A shell in a fresh project."""
    shell.folder = shell.folder / "shop"
    copy_pack(shell.folder)
    return shell
