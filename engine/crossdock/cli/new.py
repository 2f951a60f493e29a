"""``crossdock new``: first drafts of a route, a mapping, a partner or a connector, from a sample."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crossdock.cli.console import json_option, print_json, project_option
from crossdock.errors import ConfigError

if TYPE_CHECKING:  # listing the commands costs nothing of what drafting does
    from crossdock.canonical.contract import Contract
    from crossdock.mapping.lookup import Table
    from crossdock.ops.partners import Sample as PartnerSample
    from crossdock.ops.scaffold.drafts import Draft
    from crossdock.ops.scaffold.proposal import Proposal
    from crossdock.ops.scaffold.sample import Sample

_sample = click.option(
    "--from",
    "sample",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="A file as it will come.",
)
_to = click.option("--to", "contract", help="The contract it is to become: order/v1. Known of most EDI documents.")
_as = click.option("--as", "codec", help="The format, where it cannot be told from the first bytes.")
_layout = click.option("--layout", help="The layout of a fixed-width file, from mappings/layouts.")
_columns = click.option("--columns", help="The names of the columns of a CSV without a header: order_no,sku,qty.")
_SAMPLES = "samples"


@click.group(short_help="Draft a route, mapping, partner or connector from a sample.")
def new() -> None:
    """First drafts from a sample, to be read and finished by a person.

    What is only likely has a remark '# guess: …' behind it, what nobody can know '# decide: …', and a case that fails
    until it is decided. Nothing that exists is overwritten.
    """


@new.command()
@click.argument("name")
@_sample
@_to
@_as
@_layout
@_columns
@project_option
@json_option
def mapping(  # noqa: PLR0913, PLR0917 - click hands each over by its name
    name: str,
    sample: Path,
    contract: str | None,
    codec: str | None,
    layout: str | None,
    columns: str | None,
    root: Path,
    as_json: bool,
) -> None:
    """Draft mapping NAME, from the sample to a contract.

    EDI, IDoc, cXML and UBL are read by what crossdock knows of them; anything else by names and values.
    """
    from crossdock.ops.scaffold import drafts

    drafts.checked_name(name, "mapping")
    read = _read(root, sample, codec, layout, columns)
    place = _place(root, read)
    made = _proposed(root, name, read, contract, place)
    draft = made.draft().with_settings()
    _with_sample(draft, root, place, read)
    _written(root, draft, [f"crossdock map {name} {place} --explain", "crossdock test"], as_json)


@new.command()
@click.argument("name")
@_sample
@_to
@click.option("--topic", help="The topic it publishes; by default the usual one of the contract.")
@click.option("--map", "mapping_name", help="The mapping; drafted if there is none. By default NAME.")
@_as
@_layout
@_columns
@project_option
@json_option
def route(  # noqa: PLR0913, PLR0917 - click hands each over by its name
    name: str,
    sample: Path,
    contract: str | None,
    topic: str | None,
    mapping_name: str | None,
    codec: str | None,
    layout: str | None,
    columns: str | None,
    root: Path,
    as_json: bool,
) -> None:
    """Draft route NAME that watches inbox/NAME for files like the sample, with a mapping, and a case.

    The sample is copied to samples/, and what the mapping makes of it is the golden file to be read.
    """
    from crossdock.ops.scaffold import drafts
    from crossdock.ops.scaffold.route import TOPICS, RoutePlan, golden
    from crossdock.ops.scaffold.trial import valid

    drafts.checked_name(name, "route")
    mapped = drafts.checked_name(mapping_name or name, "mapping")
    read = _read(root, sample, codec, layout, columns)
    place = _place(root, read)
    made = _proposed(root, mapped, read, contract, place)
    draft = drafts.Draft() if _has_mapping(root, mapped) else made.draft()
    draft.with_settings()
    _with_sample(draft, root, place, read)
    word = made.contract.name.partition("/")[0]
    results = valid(made.contract, made.results if read.format == "csv" or not read.more else made.results[:1])
    golden_file = f"{_SAMPLES}/golden/{name}.json" if results and not made.unseen else None
    if golden_file:
        draft.files[golden_file] = golden(results)
    plan = RoutePlan(
        name,
        read,
        made.contract,
        mapped,
        topic or TOPICS.get(word, f"{word}.received"),
        place,
        golden_file,
        made.split,
        draft.undecided,
        made.fields,
        made.unseen,
    )
    draft.files[f"routes/{name}.yaml"] = plan.text().encode()
    _written(root, draft, ["crossdock check", "crossdock test", f"crossdock map {mapped} {place} --explain"], as_json)


@new.command()
@click.argument("name")
@_sample
@click.option("--title", help="What people call them.")
@project_option
@json_option
def partner(name: str, sample: Path, title: str | None, root: Path, as_json: bool) -> None:
    """Draft the profile of partner NAME from a file of theirs: ids, versions, what they send. Status: onboarding."""
    from crossdock.cli.partner import roster
    from crossdock.ops import partners
    from crossdock.ops.scaffold import drafts

    drafts.checked_name(name, "partner")
    draft = drafts.Draft()
    read = partners.sampled(sample.read_bytes())
    if (root / drafts.SETTINGS).exists() and "ids:" not in (root / drafts.SETTINGS).read_text(errors="replace"):
        draft.notes.append(f"crossdock.yaml does not say who you are; the sample does: {_our_id(read).strip()}")
    maps = _maps(root, name, sample, draft)
    drafts.refuse_taken(root, (*draft.files, f"partners/{name}.yaml"))
    files = drafts.write(root, drafts.Draft().with_settings(_our_id(read)))
    path = partners.add(root, roster(root), read, name=name, title=title, status="onboarding", maps=maps)
    files += [path.relative_to(root).as_posix(), *drafts.write(root, draft)]
    _said(draft, files, [f"crossdock partner check {name}", "crossdock test"], as_json)


def _our_id(read: PartnerSample) -> str:
    """Who we are to them, as crossdock.yaml says it: whom the sample is for."""
    from crossdock.ops.scaffold.written import quoted

    receiver, standard = read.facts.receiver, read.facts.standard.lower()
    words = [receiver.id, receiver.qualifier] if standard == "edifact" else [receiver.qualifier, receiver.id]
    return f"ids: {{{standard}: [{', '.join(quoted(word) for word in words if word)}]}}\n" if receiver.id else ""


def _maps(root: Path, name: str, path: Path, draft: Draft) -> dict[str, str]:
    """The mapping of each set: one of the project; of the first set a draft, where there is none."""
    from crossdock.ops.scaffold.known import read_by
    from crossdock.ops.scaffold.mapping import usual

    read = _read(root, path, None, None, None)
    standard, _, first = read.reads.partition("/")
    sets = {str(one.get("_set")) for one in read.documents if isinstance(one, dict)}
    own = {number: mapped for number in sorted(sets) if (mapped := read_by(root, f"{standard}/{number}"))}
    if first not in own and usual(read.reads):
        place = _place(root, read)
        own[first] = f"{name}-{first.lower()}"
        made = _proposed(root, own[first], read, None, place).draft()
        draft.files |= made.files
        draft.kept |= made.kept
        draft.guessed, draft.undecided = made.guessed, made.undecided
        _with_sample(draft, root, place, read)
    return own


@new.command()
@click.argument("name")
@click.option(
    "--in",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="Where the package goes.",
)
@json_option
def connector(name: str, folder: Path, as_json: bool) -> None:
    """Draft a package with connector NAME: a source and a sink that work, registered and tested by the suites."""
    from crossdock.ops.scaffold.connector import connector_draft

    draft = connector_draft(name)
    package = next(iter(draft.files)).partition("/")[0]
    _written(folder, draft, [f"pip install -e {package}", f"pytest {package}", f"crossdock connectors {name}"], as_json)


def _read(root: Path, path: Path, codec: str | None, layout: str | None, columns: str | None) -> Sample:
    from crossdock.codecs.contract import CodecKind
    from crossdock.ops.inspect import layouts
    from crossdock.ops.scaffold.sample import Told, read_sample
    from crossdock.ops.send import FilePayload
    from crossdock.registry import Registry

    told = Told(codec, layout, tuple(name.strip() for name in columns.split(",")) if columns else ())
    return read_sample(path, FilePayload(path), Registry("crossdock.codecs", CodecKind), layouts(root), told)


def _proposed(root: Path, name: str, read: Sample, contract: str | None, place: str) -> Proposal:
    from crossdock.ops.scaffold.mapping import contract_of, proposed

    wanted: Contract = contract_of(contract, read.reads)
    return proposed(name, read, wanted, place, _tables(root))


def _tables(root: Path) -> dict[str, Table]:
    """The tables of the project: they are used as they are. One with mistakes is for ``check`` to tell."""
    from crossdock.mapping.lookup import parse_table

    tables: dict[str, Table] = {}
    for path in sorted((root / "mappings" / "tables").rglob("*.csv")):
        with suppress(ConfigError):
            tables[path.stem] = parse_table(path.stem, path.read_bytes(), path.name)
    return tables


def _has_mapping(root: Path, name: str) -> bool:
    return any((root / "mappings").rglob(f"{name}.*"))


def _place(root: Path, read: Sample) -> str:
    """Where the sample lies in the project: where it is, if it is there, else in samples/."""
    path = read.path.resolve()
    if path.is_relative_to(root.resolve() / _SAMPLES) and not read.more:
        return path.relative_to(root.resolve()).as_posix()
    return f"{_SAMPLES}/{path.name}"


def _with_sample(draft: Draft, root: Path, place: str, read: Sample) -> None:
    from crossdock.ops.scaffold.sample import excerpt

    if (root / place).resolve() == read.path.resolve():
        return
    data = excerpt(read) if read.more else read.path.read_bytes()
    same = (root / place).is_file() and (root / place).read_bytes() == data
    (draft.kept if same or not (root / place).exists() else draft.files)[place] = data


def _written(root: Path, draft: Draft, then: list[str], as_json: bool) -> None:
    from crossdock.ops.scaffold.drafts import write

    _said(draft, write(root, draft), then, as_json)


def _said(draft: Draft, files: list[str], then: list[str], as_json: bool) -> None:
    if as_json:
        print_json(
            {"files": files, "guessed": draft.guessed, "undecided": draft.undecided, "notes": draft.notes, "next": then}
        )
        return
    for path in files:
        click.echo(f"wrote {path}")
    for note in draft.notes:
        click.echo(note)
    for count, word in ((draft.guessed, "guessed"), (draft.undecided, "to be decided")):
        if count:
            click.echo(f"{len(count)} {word}: {', '.join(count)}")
    click.echo("next: " + "; ".join(then))
