"""``crossdock partner``: trading partners, what was agreed with them, and how things stand."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crossdock.cli.console import engine as opened
from crossdock.cli.console import json_option, load, print_json, project, project_option, show_findings, table
from crossdock.cli.main import FAILURES
from crossdock.cli.partner_certify import certify, guide, rules
from crossdock.cli.partner_host_key import host_key, sftp_channel
from crossdock.cli.partner_ledger import acks, numbers, overdue
from crossdock.errors import ConfigError, Finding, errors_in
from crossdock.ops import partners
from crossdock.partner.choosing import Facts, Roster
from crossdock.partner.ids import EDIFACT, X12, Address
from crossdock.partner.status import Status

_COLOURS = {"live": "green", "testing": "yellow", "onboarding": "cyan", "retired": "white"}


@click.group(short_help="Look at trading partners; add one, check one, change their status.")
def partner() -> None:
    """Trading partners: one file each in ``partners/``.

    NAME is the name of the file without its ending, or one of the numbers the partner is known as.
    """


@partner.command("list")
@click.option("--status", type=click.Choice([str(one) for one in Status]), help="Only those of this status.")
@project_option
@json_option
def list_(status: str | None, root: Path, as_json: bool) -> None:
    """List the partners, with what they send and are sent."""
    roster = project(root).partners.roster
    found = [partners.summary(one) for one in roster.partners.values() if status in (None, str(one.profile.status))]
    if as_json:
        print_json(found)
        return
    rows = [
        (
            str(one["partner"]),
            click.style(str(one["status"]), fg=_COLOURS[str(one["status"])]),
            _joined(one["ids"]),
            _joined(one["receives"]),
            _joined(one["sends"]),
            str(one["channel"] or "-"),
        )
        for one in found
    ]
    table(("partner", "status", "ids", "receives", "sends", "channel"), rows)


def _joined(words: object) -> str:
    return ", ".join(map(str, words)) if isinstance(words, list) and words else "-"


@partner.command()
@click.argument("name")
@project_option
@json_option
def show(name: str, root: Path, as_json: bool) -> None:
    """Show all that was agreed with NAME, and the routes that follow from it."""
    loaded = project(root)
    one = partners.found(loaded.partners.roster, name)
    described = partners.described(one, loaded.partners.roster, list(loaded.routes.values()))
    if as_json:
        print_json(described)
        return
    click.echo(f"{click.style(one.name, bold=True)}  {described['name']}  {described['status']}: {described['allows']}")
    for label in ("ids", "us", "known_as", "routes"):
        click.echo(f"  {label.replace('_', ' ')}: {_joined(described[label])}")
    _show_agreements("receives", described["receives"], ("set", "version", "map", "topic", "acknowledge"))
    _show_agreements("sends", described["sends"], ("set", "version", "map", "on", "expect_ack"))


def _show_agreements(label: str, agreed: object, columns: tuple[str, ...]) -> None:
    if isinstance(agreed, list) and agreed:
        click.echo(f"\n{label}")
        table(columns, [[_cell(one[column]) for column in columns] for one in agreed])


def _cell(value: object) -> str:
    return partners.lasting(value) if isinstance(value, float) else str(value or "-")


@partner.command()
@click.argument("name", required=False)
@click.option(
    "--from", "sample", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file they sent."
)
@click.option("--id", "id_", metavar="ID", help="Their id: ZZ/ACMEDIST for X12, 5412345000013:14 for EDIFACT.")
@click.option("--title", help="What people call them.")
@click.option(
    "--status", type=click.Choice([str(one) for one in Status]), default="onboarding", show_default=True, help="Status."
)
@click.option("--sftp", metavar="USER@HOST[:PORT]", help="Their SFTP server: its host key is shown to be confirmed.")
@click.option("--fingerprint", metavar="SHA256:…", help="Of the host key, as the partner told you: nothing is asked.")
@project_option
@json_option
def add(  # noqa: PLR0913, PLR0917 - click hands over each option by its name
    name: str | None,
    sample: Path | None,
    id_: str | None,
    title: str | None,
    status: str,
    sftp: str | None,
    fingerprint: str | None,
    root: Path,
    as_json: bool,
) -> None:
    """Write the profile of a new partner, from a file of theirs or from an id. NAME is that of the profile's file."""
    if (sample is None) == (id_ is None):
        raise click.UsageError("give either --from or --id")
    read = partners.sampled(sample.read_bytes()) if sample is not None else _by_id(str(id_))
    channel = sftp_channel(sftp, fingerprint) if sftp is not None else None
    path = partners.add(root, roster(root), read, name=name, title=title, status=status, channel=channel)
    shown = path.relative_to(root).as_posix()
    if as_json:
        print_json({"partner": path.stem, "file": shown})
        return
    click.echo(f"{shown} is written; look through it, then: crossdock partner check {path.stem}")


def _by_id(written: str) -> partners.Sample:
    """X12 writes the qualifier before the id and a slash, EDIFACT behind it and a colon."""
    qualifier, slash, id_ = written.partition("/")
    if slash:
        return partners.Sample(Facts(standard=X12, sender=Address(id_, qualifier), receiver=Address("")), ())
    id_, _, qualifier = written.partition(":")
    return partners.Sample(Facts(standard=EDIFACT, sender=Address(id_, qualifier), receiver=Address("")), ())


def roster(root: Path) -> Roster:
    """The partners there are, also where the project has mistakes elsewhere."""
    try:
        return load(root).partners.roster
    except ConfigError as error:
        if any(finding.code == "P110" for finding in error.findings):
            raise
        return Roster()


@partner.command()
@click.argument("name")
@project_option
@json_option
def check(name: str, root: Path, as_json: bool) -> None:
    """Find every mistake in the file of NAME, and whether its channel can be opened. Exit 1 when there are errors."""
    findings = _checked(root, name)
    if as_json:
        print_json({"findings": [finding.as_dict() for finding in findings]})
    else:
        show_findings(findings, root)
        click.echo(f"{name}: {len(errors_in(findings))} errors, {len(findings) - len(errors_in(findings))} others")
    if errors_in(findings):
        sys.exit(FAILURES)


def _checked(root: Path, name: str) -> tuple[Finding, ...]:
    try:
        loaded = load(root)
    except ConfigError as error:
        own = [finding for finding in error.findings if finding.place.file == f"{partners.FOLDER}/{name}.yaml"]
        if own:
            return tuple(own)
        raise
    one = partners.found(loaded.partners.roster, name)
    return tuple(partners.check(opened(root), one, loaded.warnings))


@partner.command("set-status")
@click.argument("name")
@click.argument("status", type=click.Choice([str(one) for one in Status]))
@click.option("--force", is_flag=True, help="Also where the one cannot follow the other.")
@project_option
@json_option
def set_status(name: str, status: str, force: bool, root: Path, as_json: bool) -> None:
    """Change the status in the file of NAME; a run that is under way learns of it when it is started again."""
    one = partners.found(project(root).partners.roster, name)
    partners.set_status(root, one, Status(status), force=force)
    if as_json:
        print_json({"partner": one.name, "before": str(one.profile.status), "status": status})
        return
    click.echo(f"{one.name}: {one.profile.status} -> {status}")


for command in (acks, overdue, numbers, certify, guide, rules, host_key):
    partner.add_command(command)
