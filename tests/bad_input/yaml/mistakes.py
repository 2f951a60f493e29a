"""The catalogue of mistakes: pages of Markdown, each case a few files with carets under what is found in them.

A case is a heading and the files of a small project, which lie over those of ``catalogue/base``. Under a line that has
a finding stands a line with the caret and the words ``crossdock check`` must print for it; it is no part of the file:

    ## An option is misspelt

    ```yaml routes/orders-in.yaml
    from: {file: {pth: inbox/}}
                  ^^^ error R104: unknown option 'pth' of connector 'file'; did you mean 'path'?
    to: [{topic: order.received}]
    ```

``python -m tests.bad_input.yaml.mistakes PAGE…`` writes the carets of pages anew: read the difference before you keep it.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.errors import ConfigError, Finding
from crossdock.registry import Registry
from crossdock.route.load import load_project
from crossdock.yaml_source import render_finding

CATALOGUE = Path(__file__).parent / "catalogue"
BASE = CATALOGUE / "base"

_CARET = re.compile(r"\s*\^+ (?:error|warning|note) (?P<code>[A-Z][0-9]{3}): ")
_FILE = re.compile(r"^```\w+ (?P<path>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One case: ``written`` are its files with carets, by path."""

    page: str
    title: str
    written: Mapping[str, str]

    @property
    def files(self) -> dict[str, str]:
        """The files as a project has them."""
        return {path: "".join(_without_carets(text)) for path, text in self.written.items()}

    @property
    def codes(self) -> list[str]:
        """The codes of its findings, in order."""
        lines = (line for text in self.written.values() for line in text.splitlines())
        return [caret["code"] for caret in map(_CARET.match, lines) if caret]


def _without_carets(text: str) -> Iterator[str]:
    return (line for line in text.splitlines(keepends=True) if not _CARET.match(line))


def pages() -> list[Path]:
    """All pages of the catalogue."""
    return sorted(page for page in CATALOGUE.rglob("*.md") if BASE not in page.parents and page.name != "README.md")


def mistakes_of(page: Path) -> Iterator[Mistake]:
    """The cases of a page."""
    _, *parts = _TITLE.split(page.read_text(encoding="utf-8"))
    for title, text in zip(parts[::2], parts[1::2], strict=True):
        yield Mistake(page.stem, title, {file["path"]: file["text"] for file in _FILE.finditer(text)})


def every_mistake() -> list[Mistake]:
    """All cases of all pages."""
    return [mistake for page in pages() for mistake in mistakes_of(page)]


def found_in(root: Path, files: Mapping[str, str]) -> tuple[Finding, ...]:
    """What ``crossdock check`` finds in the base with these files over it, written to ``root``."""
    shutil.copytree(BASE, root, dirs_exist_ok=True)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    connectors = Registry("crossdock.connectors", Connector)
    codecs = Registry("crossdock.codecs", CodecKind)
    try:
        return load_project(root, environment={}, connectors=connectors, codecs=codecs, documents=True).warnings
    except ConfigError as error:
        return error.findings


def with_carets(files: Mapping[str, str], findings: Iterable[Finding]) -> dict[str, str]:
    """The files with a line under each that has a finding; what is found in none of them stands under ``""``."""
    lines = {path: [[line] for line in text.splitlines()] for path, text in files.items()}
    elsewhere = []
    for finding in findings:
        place = finding.place
        if place.file in lines and place.line and place.line <= len(lines[place.file]):
            lines[place.file][place.line - 1].append(_caret(finding, files[place.file]))
        else:
            elsewhere.append(str(finding))
    texts = {path: "".join(f"{line}\n" for group in groups for line in group) for path, groups in lines.items()}
    return {**texts, "": "\n".join(elsewhere)} if elsewhere else texts


def _caret(finding: Finding, text: str) -> str:
    """The caret that ``check`` prints, without the frame around it, and the finding without its place."""
    frame = render_finding(finding, text).splitlines()[-1]
    said = str(finding).removeprefix(f"{finding.place}: ")
    return f"{frame.partition(' | ')[2]} {said}"


def main(names: Iterable[str]) -> None:
    """Write the carets of pages anew, as they are found now."""
    for page in map(Path, names):
        head, *parts = re.split(r"^(?=## )", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        anew = [_anew(part, mistake) for part, mistake in zip(parts, mistakes_of(page), strict=True)]
        page.write_text("".join([head, *anew]), encoding="utf-8")


def _anew(text: str, mistake: Mistake) -> str:
    with tempfile.TemporaryDirectory() as folder:
        found = with_carets(mistake.files, found_in(Path(folder), mistake.files))
    for path, written in mistake.written.items():
        text = text.replace(f" {path}\n{written}```", f" {path}\n{found[path]}```")
    if "" in found:
        sys.stdout.write(f"{mistake.title}: {found['']}\n")
    return text


if __name__ == "__main__":
    main(sys.argv[1:])
