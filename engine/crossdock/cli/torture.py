"""``crossdock torture``: proof of the promise, on the user's own machine and with the user's own project."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json
from crossdock.cli.main import FAILURES, UNREACHABLE
from crossdock.ops.pack import pack_root
from crossdock.testing.torture.arena import own_mounts
from crossdock.testing.torture.faults import every_fault
from crossdock.testing.torture.given import refuse_unfit
from crossdock.testing.torture.page import page
from crossdock.testing.torture.report import Report, as_text
from crossdock.testing.torture.run import remove
from crossdock.testing.torture.run import torture as torture_run
from crossdock.testing.torture.terms import FULL, QUICK, EngineKind, Terms
from crossdock.yaml_source import suggest

_BOTH = "both"


def _names(context: click.Context, option: click.Parameter, value: str | None) -> tuple[str, ...]:
    names = tuple(name.strip() for name in (value or "").split(",") if name.strip())
    known = every_fault()
    for name in names:
        if name not in known:
            hint = suggest(name, known)
            raise click.BadParameter(f"there is no fault '{name}'" + (f"; {hint}" if hint else "; see --list"))
    return names


def _list(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    if wanted:
        for name, fault in every_fault().items():
            click.echo(f"{name:<28}{fault.about}")
        context.exit()


def _writable(context: click.Context, option: click.Parameter, file: Path | None) -> Path | None:
    """Found out before the run, which may take a quarter of an hour, and not after it."""
    if file is not None and not file.parent.is_dir():
        raise click.BadParameter(f"there is no folder {file.parent}")
    if file is not None and not os.access(file if file.exists() else file.parent, os.W_OK):
        raise click.BadParameter(f"{file} cannot be written")
    return file


@click.command(short_help="Prove the promise: a run under faults, judged.")
@click.option("--project", "root", type=click.Path(file_okay=False, path_type=Path), default=".", show_default=True,
              help="The project; where there is none, the distributor pack.")  # fmt: skip
@click.option("--engine", type=click.Choice([*map(str, EngineKind), _BOTH]), default="embedded", show_default=True,
              help="Which journal and bus: files, or private servers that are started for it.")  # fmt: skip
@click.option("--quick/--full", default=True, help="50 seconds with 3,000 orders, or 15 minutes with 100,000.")
@click.option("--minutes", type=click.FloatRange(min=0.05), help="How long faults are injected.")
@click.option("--orders", type=click.IntRange(min=1), help="How many orders are dropped.")
@click.option("--seed", type=int, help="Of load and faults; a new one otherwise.")
@click.option("--faults", callback=_names, help="Only these, by name, with commas between them.")
@click.option("--list", is_flag=True, is_eager=True, expose_value=False, callback=_list, help="List the faults.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Worker processes of a run.")
@click.option("--journal", default="",
              help="An empty PostgreSQL database of yours, with --bus; it is cut off, never killed.")  # fmt: skip
@click.option("--bus", default="",
              help="An empty RabbitMQ virtual host of yours, with --journal. That it is empty is not checked.")  # fmt: skip
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), callback=_writable,
              help="Write a report with a time line.")  # fmt: skip
@click.option("--keep", is_flag=True, help="Keep the scratch folder of a good run too.")
@json_option
def torture(  # noqa: PLR0913 - one argument for each option
    *,
    root: Path,
    engine: str,
    quick: bool,
    minutes: float | None,
    orders: int | None,
    seed: int | None,
    faults: tuple[str, ...],
    workers: int,
    journal: str,
    bus: str,
    html: Path | None,
    keep: bool,
    as_json: bool,
) -> None:
    """Run a copy of the project under load while processes are killed, disks filled, clocks moved and servers cut off.

    Then judge by what partners saw: each message at each destination is ok, recovered, in doubt, unexpected,
    duplicated or lost. Nothing of yours is touched: sources and destinations become folders of a scratch folder,
    which is kept when the promise was broken. Exit 1 if it was.
    """
    if engine == EngineKind.EMBEDDED and (journal or bus):
        raise click.UsageError("--journal and --bus are for --engine distributed (or both)")
    refuse_unfit(journal, bus)
    seconds, count = QUICK if quick else FULL
    project = root if (root / "crossdock.yaml").exists() else pack_root()
    terms = Terms(
        engine=EngineKind.EMBEDDED,
        seed=seed if seed is not None else random.SystemRandom().randrange(1_000_000),
        seconds=minutes * 60 if minutes else seconds,
        orders=orders or count,
        workers=workers,
        faults=faults,
        pack=_has_pack_orders(project),
        journal=journal,
        bus=bus,
    )
    mounts = own_mounts()
    kinds = list(EngineKind) if engine == _BOTH else [EngineKind(engine)]
    reports = [_run(replace(terms, engine=kind), project, mounts, keep=keep, quiet=as_json) for kind in kinds]
    _tell(reports, as_json=as_json)
    written = html is None or _written(reports, html)
    if not all(report.good for report in reports):
        sys.exit(FAILURES)
    if not written:
        sys.exit(UNREACHABLE)


def _has_pack_orders(project: Path) -> bool:
    """Whether the route that takes made orders is the pack's own."""
    ours, theirs = (folder / "routes" / "orders-in.yaml" for folder in (pack_root(), project))
    return theirs.is_file() and theirs.read_bytes() == ours.read_bytes()


def _run(terms: Terms, project: Path, mounts: str, *, keep: bool, quiet: bool) -> Report:
    scratch = Path(tempfile.mkdtemp(prefix=f"crossdock-torture-{terms.engine}-"))
    tell = (lambda text: None) if quiet else (lambda text: click.secho(text, dim=True, err=True))
    try:
        report = torture_run(terms, project, scratch, tell, mounts)
    except BaseException:  # also when a person interrupts
        click.echo(f"the scratch folder is kept: {scratch}", err=True)
        raise
    if report.good and not keep:
        remove(scratch)
    else:
        click.echo(f"the scratch folder is kept: {scratch}", err=True)
        click.echo(f"look into it: cd {scratch / 'tortured'}; crossdock status; crossdock trace NAME", err=True)
    return report


def _written(reports: Sequence[Report], html: Path) -> bool:
    try:
        html.write_text(page(reports, time.strftime("%Y-%m-%d %H:%M")), encoding="utf-8")
    except OSError as error:
        click.secho(f"error: {html}: {error.strerror}", fg="red", err=True)
        return False
    return True


def _tell(reports: Sequence[Report], *, as_json: bool) -> None:
    if as_json:
        print_json([report.as_dict() for report in reports])
        return
    for report in reports:
        click.echo()
        for line in as_text(report):
            click.echo(line)
