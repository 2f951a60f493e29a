"""``crossdock health``: is it alive, is it ready; for who watches over processes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crossdock.cli.console import engine, json_option, print_json, project_option
from crossdock.cli.main import FAILURES
from crossdock.runtime.health import Answer, Health


@click.group(short_help="Ask whether it is alive and ready.")
def health() -> None:
    """Two questions, answered within two seconds whatever hangs; exit code 0 for yes, 1 for no.

    It is 3 where the project does not load.
    With `health: 127.0.0.1:9480` in crossdock.yaml a run answers them itself, over HTTP: /live and /ready.
    """


@health.command()
@project_option
@json_option
def live(root: Path, as_json: bool) -> None:
    """Whether crossdock run is running on this machine; if not, start it anew."""
    _tell(Health(engine(root)).live(), as_json)


@health.command()
@project_option
@json_option
def ready(root: Path, as_json: bool) -> None:
    """Whether what is sent now can be taken and kept; if not, come again later."""
    _tell(Health(engine(root)).ready(), as_json)


def _tell(answer: Answer, as_json: bool) -> None:
    if as_json:
        print_json(answer.as_dict())
    else:
        for part in answer.parts:
            click.echo(f"{part.name}: {part.wrong or 'ok'}")
        for text in answer.notes:
            click.echo(text)
    sys.exit(0 if answer.yes else FAILURES)
