"""``crossdock edi``: what the EDI dictionary and a project say of sets, segments and elements."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project, project_option, table
from crossdock.codecs.edi.description import describe_element, describe_place, describe_segment, describe_set
from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.lookup import Found, find_set, look_up
from crossdock.codecs.edi.model import Node, TransactionSet
from crossdock.codecs.edi.narrowing import narrow
from crossdock.codecs.edi.printing import print_element, print_place, print_segment, print_set
from crossdock.codecs.edi.rules import RuleError, find_target
from crossdock.codecs.edi.schema import json_schema
from crossdock.codecs.edi.usage import Usage
from crossdock.errors import ConfigError, Finding
from crossdock.ops.inspect import layouts
from crossdock.route.dictionaries import dictionaries
from crossdock.yaml_source import suggest

partner_option = click.option("--partner", help="As the rules of this partner of the project narrow it.")


@click.group(short_help="Look things up in the EDI dictionary.")
def edi() -> None:
    """Look up sets, segments and elements of X12 and EDIFACT, and those that the project describes."""


@edi.command("list", short_help="List the sets, or those of one release.")
@click.argument("release", required=False)
@project_option
@json_option
def list_(release: str | None, root: Path, as_json: bool) -> None:
    """List every set with its releases, or the sets of RELEASE (such as 005010 or D96A)."""
    known = _dictionaries(root)
    if release is not None and not any(release in one.releases for one in known.values()):
        releases = [name for one in known.values() for name in one.releases]
        message, hint = f"release '{release}' is not described", suggest(release, releases)
        raise ConfigError.of([Finding(code="D302", message=message, hint=hint)])
    rows = [
        (one.name, number, at, one.set_name(number))
        for one in known.values()
        for number, at in one.known()
        if release in (None, at)
    ]
    if as_json:
        print_json([dict(zip(("standard", "set", "release", "name"), row, strict=True)) for row in rows])
        return
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for standard, number, at, name in rows:
        grouped.setdefault((standard, number, name), []).append(at)
    lines = [(number, standard, name, " ".join(at)) for (standard, number, name), at in grouped.items()]
    table(("set", "standard", "what it is", "releases"), lines)


@edi.command(short_help="Show a set, a segment or an element.")
@click.argument("what")
@click.argument("place", required=False)
@click.option("--element", "as_element", is_flag=True, help="WHAT is an element, also where a set has the same number.")
@partner_option
@project_option
@json_option
def show(what: str, place: str | None, as_element: bool, partner: str | None, root: Path, as_json: bool) -> None:
    """Show WHAT: a set (850@005010, ORDERS@D96A), a segment (N1@004010), a composite or an element (355@005010).

    Without a release, the newest that has it. PLACE is a place of the set: PO1, PO1.N1, LIN.

    M is mandatory, O optional, X depends on other elements, - is not used. >1 has no bound.
    """
    found = look_up(what, _dictionaries(root), element=as_element)
    if found.definition is not None:
        definition = _narrowed(found.definition, partner, root)
        _show_set(definition, found.dictionary, place, as_json)
    elif place is not None or partner is not None:
        raise click.UsageError(f"{what} is no set")
    else:
        _show_part(found, as_json)


@edi.command(short_help="Print the JSON Schema of a set's documents.")
@click.argument("what")
@partner_option
@project_option
def schema(what: str, partner: str | None, root: Path) -> None:
    """Print the JSON Schema (2020-12) of the documents that WHAT (such as 850@005010) is read as."""
    dictionary, definition = find_set(what, _dictionaries(root))
    click.echo(json.dumps(json_schema(_narrowed(definition, partner, root), dictionary), indent=2, ensure_ascii=False))


def _dictionaries(root: Path) -> Mapping[str, Dictionary]:
    return dictionaries(layouts(root).local)


def _narrowed(definition: TransactionSet, partner: str | None, root: Path) -> TransactionSet:
    if partner is None:
        return definition
    partners = project(root).partners.roster.partners
    if partner not in partners:
        message, hint = f"there is no partner '{partner}'", suggest(partner, partners)
        raise ConfigError.of([Finding(code="D304", message=message, hint=hint)])
    rules = partners[partner].profile.rules.get(definition.number)
    return narrow(definition, rules, f"partner {partner}") if rules else definition


def _show_set(definition: TransactionSet, dictionary: Dictionary, place: str | None, as_json: bool) -> None:
    node = None if place is None else _place(definition, place)
    if not as_json:
        _echo(print_set(definition, dictionary) if node is None else print_place(node, definition, dictionary))
    elif node is None:
        print_json(describe_set(definition, dictionary))
    else:
        print_json({**describe_place(node, dictionary), "segment": describe_segment(node.segment, dictionary)})


def _place(definition: TransactionSet, place: str) -> Node:
    try:
        return find_target(definition, place).nodes[-1]
    except RuleError as error:
        raise ConfigError.of([error.finding]) from None


def _show_part(found: Found, as_json: bool) -> None:
    dictionary, version = found.dictionary, found.version
    usage = Usage(dictionary, version)
    at = f"{dictionary.name} {version}"
    if found.segment is not None:
        segment = found.segment
        if as_json:
            print_json(describe_segment(segment, dictionary))
            return
        name = dictionary.segment_name(segment.tag)
        composite = segment.tag in dictionary.composites(version)
        uses = usage.of_element(segment.tag) if composite else usage.of_segment(segment.tag)
        title = " ".join(word for word in (segment.tag, "composite" if composite else name) if word)
        _echo(print_segment(segment, f"{title}, {at}", uses))
    elif found.element is not None:
        element = found.element
        if as_json:
            print_json({**describe_element(element), "stands_in": usage.of_element(element.number)})
            return
        _echo(print_element(element, f"{element.number} {element.name}, {at}", usage))


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        head = line.startswith("#")
        text = (
            line.removeprefix("#").removeprefix(" ") if line.startswith("# ") and not line.startswith("#  ") else line
        )
        text = f" {text[1:]}" if text.startswith("#") else text
        click.echo(click.style(text, bold=True) if head else text)
