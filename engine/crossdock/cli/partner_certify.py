"""``crossdock partner certify``, ``guide`` and ``rules``: what partners are tested by, and what they are told."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project, project_option, table, visible
from crossdock.cli.main import FAILURES
from crossdock.errors import Severity
from crossdock.ops.certification.certify import certify as examine
from crossdock.ops.certification.certify import gathered, sizes
from crossdock.ops.certification.page import certificate_page
from crossdock.ops.certification.report import Certificate, Told, Verdict
from crossdock.ops.certification.saving import save
from crossdock.ops.certification.scenarios import checklist
from crossdock.ops.guide.guide import guide_of
from crossdock.ops.guide.page import guide_page
from crossdock.ops.partners import found
from crossdock.partner.preflight.library import RULES

_REST = 1.0  # seconds in which a file does not grow any more
_COLOURS = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.OPEN: "yellow"}
_SEVERITIES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_checklist = click.option(
    "--checklist",
    "scenarios",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="More scenarios, as YAML.",
)


@click.command(short_help="Examine files of a partner, and write a report for them.")
@click.argument("name")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Everything in this folder, such as the one the partner uploads to.",
)
@click.option(
    "--once/--watch",
    default=True,
    show_default=True,
    help="With --watch, again whenever something in the folder changes, until it is interrupted.",
)
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write the report as a page.")
@_checklist
@click.option("--complete", is_flag=True, help="Scenarios that no file shows fail, too.")
@click.option("--save", "keep", is_flag=True, help="Make accepted files samples, with cases for 'crossdock test'.")
@project_option
@json_option
def certify(  # noqa: PLR0913, PLR0917 - click hands each over by its name
    name: str,
    files: tuple[Path, ...],
    folder: Path | None,
    once: bool,
    page: Path | None,
    scenarios: Path | None,
    complete: bool,
    keep: bool,
    root: Path,
    as_json: bool,
) -> None:
    """Run FILES (or folders) of partner NAME through profile, dictionary, partner rules, mapping and contract.

    Nothing is recorded and nothing is sent, whatever the partner's status. Exit 1 when a file is not accepted or a
    scenario of the checklist failed.
    """
    loaded = project(root)
    partner = found(loaded.partners.roster, name)
    asked = checklist(scenarios, {number for number, _, _ in partner.profile.received()})

    def run() -> Certificate:
        paths = gathered([*files, *([folder] if folder is not None else [])])
        report = examine(loaded, partner, paths, asked, datetime.now(UTC), complete=complete)
        if page is not None:
            page.write_text(certificate_page(report), encoding="utf-8")
        written = (
            [path.relative_to(root).as_posix() for path in save(root, loaded.partners, partner, report)] if keep else []
        )
        if as_json:
            print_json({**report.as_dict(), "written": written})
        else:
            _show(report, written, page)
        return report

    if not once and folder is not None:
        _watch(folder, run)
    elif not run().passed:
        sys.exit(FAILURES)


def _watch(folder: Path, run: Callable[[], Certificate]) -> None:
    """Again and again: a folder that is empty for a moment is no mistake, and a file is looked at when it rests."""
    seen: object = None
    while True:
        before = sizes(folder)
        time.sleep(_REST)
        if before and before != seen and before == sizes(folder):
            seen = before
            run()


def _show(report: Certificate, written: Sequence[str], page: Path | None) -> None:
    for file in report.files:
        _verdict(file.name, accepted=file.accepted)
        _findings(file.told, "  ")
        for one in file.documents:
            _verdict(f"  {visible(one.name)}", accepted=one.accepted)
            _findings(one.told, "    ")
    rows = [
        (click.style(str(one.verdict), fg=_COLOURS[one.verdict]), one.name, one.about, visible(one.shown_by) or "-")
        for one in report.scenarios
    ]
    if rows:
        click.echo()
        table(("verdict", "scenario", "what it is", "shown by"), rows)
    for path in (*written, *([str(page)] if page is not None else [])):
        click.echo(f"{path} is written")
    click.echo(f"{report.partner}: {'passed' if report.passed else 'not passed'}")


def _verdict(text: str, *, accepted: bool) -> None:
    word = click.style("accepted", fg="green") if accepted else click.style("not accepted", fg="red")
    click.echo(f"{text}: {word}")


def _findings(told: Sequence[Told], indent: str) -> None:
    for one in told:
        finding = one.finding
        line = f"line {one.line}, " if one.line is not None else ""
        severity = click.style(str(finding.severity), fg=_SEVERITIES[finding.severity])
        click.echo(f"{indent}{line}{severity} {finding.code}: {visible(finding.message)}")
        for shown in one.view.splitlines():
            click.echo(f"{indent}    {shown}")
        if one.mend:
            click.echo(f"{indent}    {visible(one.mend)}")


@click.command(short_help="Write the implementation guide for a partner.")
@click.argument("name")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The file; else it is printed.")
@_checklist
@project_option
def guide(name: str, output: Path | None, scenarios: Path | None, root: Path) -> None:
    """Write the implementation guide for partner NAME as a page to print or send.

    Sets, segments, elements and codes with what is used of them, the partner's rules, envelopes, acknowledgements,
    samples and the test plan.
    """
    loaded = project(root)
    partner = found(loaded.partners.roster, name)
    asked = checklist(scenarios, {number for number, _, _ in partner.profile.received()})
    text = guide_page(guide_of(loaded, partner, asked, datetime.now(UTC)))
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    click.echo(f"{output} is written")


@click.command(short_help="List the preflight rules.")
@click.argument("contract", required=False)
@json_option
def rules(contract: str | None, as_json: bool) -> None:
    """List the preflight rules, or those that judge CONTRACT (such as shipment/v1 or x12/856)."""
    listed = [rule for rule in RULES.values() if contract is None or contract in rule.reads]
    if as_json:
        print_json(
            [
                {
                    "name": rule.name,
                    "about": rule.about,
                    "severity": str(rule.severity),
                    "reads": list(rule.reads),
                    "options": ["severity", *sorted(rule.takes)],
                    "codes": list(rule.codes),
                }
                for rule in listed
            ]
        )
        return
    table(
        ("rule", "severity", "options", "what it asks"),
        [(rule.name, str(rule.severity), ", ".join(sorted(rule.takes)) or "-", rule.about) for rule in listed],
    )
