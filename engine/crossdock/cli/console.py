"""What commands share: the project option, JSON output, findings, tables. Colour only on a terminal (click's rule)."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec

from crossdock.cli.main import CONFIG
from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.delivery.states import State
from crossdock.errors import ConfigError, Finding, Severity, errors_in
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject, UnsoundError, load_project
from crossdock.route.watching import Watch
from crossdock.runtime.roles import EVERY_ROLE, Role
from crossdock.yaml_source import render_finding

if TYPE_CHECKING:  # who only reads files does not wait for what runs them
    from crossdock.journal.portable import PortableJournal
    from crossdock.runtime.engine import Engine

R = TypeVar("R")

_ENCODER = msgspec.json.Encoder(decimal_format="number", enc_hook=str)

STATE_COLOURS = {
    State.WAITING: "yellow",
    State.WORKING: "cyan",
    State.DELIVERED: "green",
    State.HELD: "magenta",
    State.DEAD: "red",
    State.DOUBT: "red",
}
_SEVERITY_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}

project_option = click.option(
    "--project",
    "root",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="The project's folder.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def load(root: Path, *, cases: bool = False, documents: bool = False, watch: Watch | None = None) -> LoadedProject:
    """The project in ``root``. Raises ``ConfigError`` with every mistake.

    Those in samples of ``cases``, and in what expressions ask of ``documents``, only when asked.
    """
    return load_project(
        root,
        environment=os.environ,
        connectors=Registry("crossdock.connectors", Connector),
        codecs=Registry("crossdock.codecs", CodecKind),
        cases=cases,
        documents=documents,
        watch=watch,
    )


def project(root: Path, *, cases: bool = False, watch: Watch | None = None) -> LoadedProject:
    """The project in ``root``; its mistakes are shown and end the command."""
    try:
        return load(root, cases=cases, watch=watch)
    except ConfigError as error:
        show_findings(error.findings, root)
        sys.exit(CONFIG)


def engine(root: Path, workers: int | None = None, roles: frozenset[Role] = EVERY_ROLE) -> Engine:
    """The engine of the project in ``root``, for the project's own number of workers where none is given."""
    return _engine_of(project(root), workers, roles)


def _engine_of(loaded: LoadedProject, workers: int | None = None, roles: frozenset[Role] = EVERY_ROLE) -> Engine:
    from crossdock.runtime.engine import Engine

    return Engine(loaded, os.environ, workers, roles)


def looking(root: Path) -> Engine:
    """The engine for who only looks at what the journal holds: mistakes in routes and mappings must not hide it."""
    try:
        loaded = load(root)
    except UnsoundError as error:
        if error.rest is None:
            show_findings(error.findings, root)
            sys.exit(CONFIG)
        loaded, count = error.rest, len(errors_in(error.findings))
        told = f"the project has {count} mistake{'s' if count > 1 else ''}, see crossdock check"
        click.secho(f"{told}; this is what the journal holds", fg="yellow", err=True)
    return _engine_of(loaded)


def with_journal(root: Path, run: Callable[[Engine, PortableJournal], R], *, looks: bool = False) -> R:
    """Open the project and its journal for one command, which only ``looks`` or also changes something."""
    opened = looking(root) if looks else engine(root)
    with closing(opened.open_journal()) as journal:
        return run(opened, journal)


def print_json(value: object) -> None:
    """A value as indented JSON on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_document(value: object) -> None:
    """A value with documents in it as indented JSON on stdout, every decimal with the digits it has."""
    click.echo(msgspec.json.format(_ENCODER.encode(value), indent=2).decode())


def show_findings(findings: Iterable[Finding], root: Path) -> None:
    """Findings on stderr, each with the line of its file (relative to ``root``) under a caret where it has one."""
    texts: dict[str, str] = {}
    told = tuple(findings)
    for finding in told:
        text = _text(finding, root, texts)
        first, _, rest = render_finding(finding, text, told).partition("\n")
        click.secho(first, fg=_SEVERITY_COLOURS[finding.severity], err=True)
        if rest:
            click.echo(rest, err=True)


def _text(finding: Finding, root: Path, texts: dict[str, str]) -> str:
    name = finding.place.file
    if name is None:
        return ""
    if name not in texts:
        path = root / name
        texts[name] = path.read_text(errors="replace") if path.is_file() else ""
    return texts[name]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()) -> None:
    """A plain table on stdout; columns in ``right`` are set flush right."""
    lines = [tuple(heads), *(tuple(row) for row in rows)]
    widths = [max(len(click.unstyle(line[column])) for line in lines) for column in range(len(heads))]
    for number, line in enumerate(lines):
        cells = [_cell(text, widths[column], column in right) for column, text in enumerate(line)]
        text = "  ".join(cells).rstrip()
        click.echo(click.style(text, bold=True) if number == 0 else text)


def _cell(text: str, width: int, right: bool) -> str:
    pad = " " * (width - len(click.unstyle(text)))
    return pad + text if right else text + pad


def visible(text: str) -> str:
    """Text of a partner, safe for a terminal: control characters are shown, not obeyed."""
    return "".join(char if char.isprintable() or char in "\n\t" else "·" for char in text)


def state_text(state: State) -> str:
    """A state in its colour."""
    return click.style(str(state), fg=STATE_COLOURS.get(state))
