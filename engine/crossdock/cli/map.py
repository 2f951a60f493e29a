"""``crossdock map``: one mapping over one file, without a route; ``--explain`` tells where each field came from."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crossdock.cli.console import json_option, print_document, project, project_option, show_findings
from crossdock.cli.main import FAILURES
from crossdock.cli.progress import counted
from crossdock.codecs.contract import CodecKind, Part
from crossdock.errors import ConfigError, Finding, errors_in
from crossdock.mapping.compile import Mapping
from crossdock.ops.inspect import Inspection, inspect, inspect_as, layouts
from crossdock.ops.mapped import format_of, mapped
from crossdock.ops.send import FilePayload
from crossdock.ops.trial import Trial, given_values, partner_named
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject
from crossdock.yaml_source import suggest

if TYPE_CHECKING:  # who only maps does without what explains
    from crossdock.ops.explanation.account import Account


@dataclass(frozen=True, slots=True)
class _Job:
    """A mapping over a payload."""

    opened: LoadedProject
    mapping: Mapping
    payload: FilePayload
    inspection: Inspection
    document: int | None
    trial: Trial

    def parts(self) -> Iterator[Part]:
        """The parts of the payload, or the one that was asked for."""
        name = f"mapping {self.payload.path.name}"
        parts = counted(self.inspection.parts(self.payload), name, self.inspection.codec.parts)
        if self.document is None:
            yield from parts
            return
        last = 0
        for part in parts:
            if part.position == self.document:
                yield part
                return
            last = part.position
        missing = f"{self.payload.path.name} has no document {self.document}"
        raise ConfigError.of([Finding(code="E670", message=missing, hint=f"it has {last}, counted from 1")])


@click.command("map", short_help="Run one mapping over a file, and explain it.")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "codec", help="The format of FILE, where the mapping does not say it.")
@click.option("--layout", help="The layout of a fixed-width FILE, from mappings/layouts.")
@click.option("--route", help="Read FILE as this route does, with the options of its `decode`.")
@click.option("--explain", is_flag=True, help="Tell of each field what it was made of, and where that stands in FILE.")
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the explanation as a page to this file."
)
@click.option("--profile", is_flag=True, help="Tell which fields, or templates of a stylesheet, take how long.")
@click.option("--with", "given", multiple=True, metavar="NAME=VALUE", help="A parameter's value: JSON, or else text.")
@click.option("--partner", help="Whose document it is: what $partner and `lookup_for` go by.")
@click.option("--document", type=click.IntRange(min=1), help="Only this document of FILE, from 1.")
@project_option
@json_option
def map_(  # noqa: PLR0913, PLR0917 - click hands each over by its name
    name: str,
    file: Path,
    codec: str | None,
    layout: str | None,
    route: str | None,
    explain: bool,
    html: Path | None,
    profile: bool,
    given: tuple[str, ...],
    partner: str | None,
    document: int | None,
    root: Path,
    as_json: bool,
) -> None:
    """Run mapping NAME over each document in FILE and print what it makes. Nothing is sent.

    With --json a list of {"position", "result", "findings"}, else the results as JSON. Exit 1 on findings.

    With --explain: each field of the result with its expression, the values it was made of and their place in FILE
    (segment and byte, line and column, cell, XPath), why fields stayed empty, and what no expression used. --html
    writes the same as one page to look at: what you point at lights what it came from.

    --with gives the values that a route would give with `with:`, such as --with site=north --with limits='[10, 20]'.

    With --profile: the time of each field of the result, measured alone, or of each template of a stylesheet.
    """
    opened = project(root)
    mapping = opened.mappings.get(name)
    if mapping is None:
        hint = suggest(name, opened.mappings)
        raise ConfigError.of([Finding(code="M201", message=f"mapping '{name}' does not exist", hint=hint)])
    payload = FilePayload(file)
    inspection = _as_route(opened, route) if route else _inspection(mapping, payload, root, codec, layout)
    whose, told = (None, []) if partner is None else partner_named(partner, opened.partners.roster)
    trial = Trial(datetime.now(UTC), whose, given_values(_pairs(given), mapping))
    job = _Job(opened, mapping, payload, inspection, document, trial)
    if profile:
        _profiled(job, as_json=as_json)
        return
    findings = _explained(job, root, html, as_json=as_json) if explain or html else _mapped(job, as_json=as_json)
    findings = [*told, *inspection.findings, *findings]
    if not as_json:
        show_findings(findings, root)
    if errors_in(findings):
        sys.exit(FAILURES)


def _pairs(written: Sequence[str]) -> list[tuple[str, str]]:
    """Names with their values, each name once."""
    pairs: dict[str, str] = {}
    for one in written:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--with takes NAME=VALUE, not {ascii(one)[:80]}")
        if name in pairs:
            raise click.UsageError(f"--with gives {ascii(name)[:80]} twice")
        pairs[name] = value
    return list(pairs.items())


def _inspection(
    mapping: Mapping, payload: FilePayload, root: Path, codec: str | None, layout: str | None
) -> Inspection:
    """How the payload is read: as the command says, or as the mapping's ``from``."""
    registry = Registry("crossdock.codecs", CodecKind)
    named, own_layout = format_of(mapping.reads, registry)
    chosen = codec or ("fixed" if layout else named)
    return inspect(payload, registry, layouts(root), chosen, layout or (None if codec else own_layout))


def _as_route(opened: LoadedProject, name: str) -> Inspection:
    route = opened.routes.get(name)
    if route is None:
        hint = suggest(name, opened.routes)
        raise ConfigError.of([Finding(code="E611", message=f"there is no route '{name}'", hint=hint)])
    return inspect_as(route.opening)


def _mapped(job: _Job, *, as_json: bool) -> list[Finding]:
    outcomes = list(mapped(job.mapping, job.parts(), job.trial))
    if as_json:
        print_document(
            [
                {
                    "position": one.position,
                    "result": one.result,
                    "findings": [finding.as_dict() for finding in one.findings],
                }
                for one in outcomes
            ]
        )
    else:
        for one in outcomes:
            if not errors_in(one.findings):
                click.echo(one.result) if isinstance(one.result, str) else print_document(one.result)
    return [finding for one in outcomes for finding in one.findings]


def _profiled(job: _Job, *, as_json: bool) -> None:
    from crossdock.ops.profiled import as_dict, lines, profiled

    profile = profiled(job.mapping, job.parts(), job.trial)
    if as_json:
        print_document(as_dict(profile))
    else:
        for line in lines(profile):
            click.echo(line)


def _explained(job: _Job, root: Path, html: Path | None, *, as_json: bool) -> list[Finding]:
    from crossdock.ops.explanation.explain import Explainer
    from crossdock.ops.explanation.facts import as_dict

    explainer = Explainer(
        mapping=job.mapping,
        format=job.inspection.format,
        codec=job.inspection.codec,
        resources=layouts(root),
        tables=job.opened.tables,
        now=job.trial.now,
        partner=job.trial.partner,
        given=job.trial.given,
    )
    accounts = list(explainer.accounts(job.payload, job.parts()))
    if html is not None:
        _write_page(accounts, job.payload.path.name, html)
    if as_json:
        print_document([as_dict(one) for one in accounts])
    elif html is None:
        _print_report(accounts, job.payload.path.name)
    return [finding for one in accounts for finding in one.findings]


def _print_report(accounts: Sequence[Account], name: str) -> None:
    from crossdock.ops.explanation.report import lines

    for number, account in enumerate(accounts):
        for line in ([""] if number else []) + list(lines(account, name)):
            click.echo(click.style(line, bold=True) if line.startswith("document ") else line)


def _write_page(accounts: Sequence[Account], name: str, html: Path) -> None:
    from crossdock.ops.explanation.page import page

    html.write_text(page(accounts, name), encoding="utf-8")
    click.echo(f"wrote {html}", err=True)
