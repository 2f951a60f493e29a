"""``crossdock partner acks``, ``overdue`` and ``numbers``: what partners have acknowledged, and control numbers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import click

from crossdock.cli.console import json_option, print_json, project_option, table, visible, with_journal
from crossdock.control import AckState
from crossdock.journal.ledger import Awaiting, LedgerQuery, Number, Received
from crossdock.journal.portable import PortableJournal
from crossdock.ops.partners import found
from crossdock.runtime.acknowledged import about, moment
from crossdock.runtime.engine import Engine

_COLOURS = {
    AckState.WAITING: "yellow",
    AckState.ACCEPTED: "green",
    AckState.ACCEPTED_WITH_ERRORS: "cyan",
    AckState.PARTIALLY_ACCEPTED: "red",
    AckState.REJECTED: "red",
    AckState.OVERDUE: "magenta",
}
_LEVELS = ("interchange", "group", "transaction")
#: The highest number of each standard: I12 and 28 have nine digits (X12.5, X12.6), 0020 has 14 characters (ISO 9735).
_HIGHEST = {"x12": 10**9 - 1, "edifact": 10**14 - 1}
_MOST_GAPS = 5  # of a series, on one line


@click.command(short_help="How what was sent to partners stands with them.")
@click.argument("name", required=False)
@click.option("--all", "everybody", is_flag=True, help="Of all partners.")
@click.option("--state", "states", multiple=True, type=click.Choice([str(one) for one in AckState]), help="Only these.")
@click.option("--message", help="Only what this message carried.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="The newest so many.")
@project_option
@json_option
def acks(
    name: str | None,
    everybody: bool,
    states: tuple[str, ...],
    message: str | None,
    limit: int,
    root: Path,
    as_json: bool,
) -> None:
    """List what was sent to partner NAME, newest first, and whether it was acknowledged.

    States: waiting, accepted, accepted-with-errors, partially-accepted, rejected, overdue.
    """
    if everybody == (name is not None) and message is None:
        raise click.UsageError("name a partner, or say --all")
    query = LedgerQuery(partner=name, states=tuple(map(AckState, states)), message=message, limit=limit)
    with_journal(root, lambda engine, journal: _show(engine, journal, query, as_json=as_json))


@click.command(short_help="What partners should have acknowledged by now.")
@click.argument("name", required=False)
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="The newest so many.")
@project_option
@json_option
def overdue(name: str | None, limit: int, root: Path, as_json: bool) -> None:
    """List what was sent, to partner NAME or to all, and was not acknowledged in the time that was agreed.

    The same is told on the topic ack.overdue, once for each document, by a run that is under way.
    """
    query = LedgerQuery(partner=name, states=(AckState.WAITING, AckState.OVERDUE), limit=limit)
    with_journal(root, lambda engine, journal: _show(engine, journal, query, as_json=as_json, rows=_late))


def _late(journal: PortableJournal, query: LedgerQuery) -> list[Awaiting]:
    """What is due and not answered, also where no run is there to say that it is overdue."""
    now = time.time()
    late: list[Awaiting] = []
    page = journal.ledger(query)
    while page and len(late) < query.limit:
        late += [replace(row, state=AckState.OVERDUE) for row in page if row.due is not None and row.due <= now]
        page = journal.ledger(replace(query, below=page[-1].row))
    return late[: query.limit]


@click.command(short_help="The control numbers of both sides; where ours go on.")
@click.argument("name", required=False)
@click.option(
    "--set",
    "given",
    type=(str, click.IntRange(0)),
    metavar="SCOPE VALUE",
    help="The last number another system gave: the next one is VALUE + 1.",
)
@click.option("--again", is_flag=True, help="With --set: go back, and give numbers a second time.")
@project_option
@json_option
def numbers(name: str | None, given: tuple[str, int] | None, again: bool, root: Path, as_json: bool) -> None:
    """Show how far the control numbers have come, of partner NAME or of all.

    Beside those we give, those that came in, with gaps and numbers that more than one exchange had. With --set, SCOPE is
    such as acme/x12/interchange; do that while nothing is sent to the partner.
    """

    def run(engine: Engine, journal: PortableJournal) -> None:
        if given is not None:
            _check_scope(engine, name, given[0])
            _check_number(journal, *given, again=again)
            journal.set_number(*given)
        _show_numbers(journal, _partner(engine, journal, name), as_json=as_json)

    with_journal(root, run)


def _check_scope(engine: Engine, name: str | None, scope: str) -> None:
    """A misspelt scope would be a counter that nothing ever draws from."""
    partner, _, level = scope.partition("/")
    known = engine.project.partners.roster.partners
    if partner not in known or (name is not None and partner != name):
        raise click.UsageError(f"'{scope}' does not begin with {'a partner' if name is None else name}")
    if level.partition("/")[0] not in ("x12", "edifact") or level.partition("/")[2] not in _LEVELS:
        raise click.UsageError(f"'{scope}' is no series; such as {partner}/x12/interchange, …/group, …/transaction")


def _check_number(journal: PortableJournal, scope: str, number: int, *, again: bool) -> None:
    """A number nobody can write would begin the series anew; one before the last would be given twice."""
    highest = _HIGHEST[scope.split("/")[1]]
    if number > highest:
        raise click.UsageError(f"{number} is above {highest}, the highest number of that series")
    last = next((one.number for one in journal.numbers() if one.scope == scope), 0)
    if number < last and not again:
        raise click.UsageError(
            f"{scope} is at {last} already: partners refuse what comes under a number they have seen. --again does it"
        )


def _partner(engine: Engine, journal: PortableJournal, name: str | None) -> str | None:
    """The name of a partner, by any that is theirs; one the project has forgotten is known to the journal."""
    if name is None or name in {*journal.standings(), *_numbered(journal)}:
        return name
    return found(engine.project.partners.roster, name).name


def _numbered(journal: PortableJournal) -> set[str]:
    """Who was given numbers, or gave some."""
    scopes = [*(one.scope for one in journal.numbers()), *(one.scope for one in journal.received())]
    return {scope.partition("/")[0] for scope in scopes}


def _show(
    engine: Engine,
    journal: PortableJournal,
    query: LedgerQuery,
    *,
    as_json: bool,
    rows: Callable[[PortableJournal, LedgerQuery], list[Awaiting]] = lambda journal, query: journal.ledger(query),
) -> None:
    query = replace(query, partner=_partner(engine, journal, query.partner))
    listed = rows(journal, query)
    if as_json:
        print_json({"documents": [about(row) for row in listed], "standings": journal.standings()})
        return
    heads = (
        "sent",
        "partner",
        "set",
        "interchange",
        "group",
        "transaction",
        "keys",
        "state",
        "due or answered",
        "said",
    )
    table(heads, [_line(row) for row in listed], right=frozenset({3, 4, 5}))
    _show_standings(journal.standings(), query.partner)


def _line(row: Awaiting) -> tuple[str, ...]:
    state = click.style(str(row.state), fg=_COLOURS[row.state])
    numbers = row.interchange, row.group or "-", row.transaction or "-"
    said = ", ".join(row.codes) or row.detail or ""
    then = _when(row.answered if row.answered is not None else row.due)
    names = row.partner, row.set_id, *numbers, ", ".join(row.keys)
    return (_when(row.sent) or "not yet", *map(visible, names), state, then, visible(said))


def _show_standings(standings: Mapping[str, Mapping[AckState, int]], only: str | None) -> None:
    for partner, states in standings.items():
        if only in (None, partner):
            counts = ", ".join(f"{count} {state}" for state, count in states.items())
            click.echo(f"\n{partner}: {counts}" if only else f"{partner}: {counts}")


def _show_numbers(journal: PortableJournal, name: str | None, *, as_json: bool) -> None:
    ours = [one for one in journal.numbers() if _is_of(one.scope, name)]
    theirs = [one for one in journal.received() if _is_of(one.scope, name)]
    if as_json:
        print_json({"given": [_given(one) for one in ours], "received": [_received(one) for one in theirs]})
        return
    table(("series", "last", "at"), [(one.scope, str(one.number), _when(one.at)) for one in ours], right=frozenset({1}))
    if theirs:
        click.echo()
        rows = [
            (one.scope, str(one.last), _when(one.at), str(one.count), _gaps(one.missing), _some(map(str, one.twice)))
            for one in theirs
        ]
        table(("came in", "last", "at", "numbers", "missing", "twice"), rows, right=frozenset({1, 3}))


def _is_of(scope: str, name: str | None) -> bool:
    return name is None or scope.startswith(f"{name}/")


def _given(one: Number) -> dict[str, object]:
    return {"scope": one.scope, "last": one.number, "at": moment(one.at)}


def _received(one: Received) -> dict[str, object]:
    return {
        "scope": one.scope,
        "last": one.last,
        "at": moment(one.at),
        "count": one.count,
        "missing": [{"first": first, "last": last} for first, last in one.missing],
        "twice": list(one.twice),
    }


def _gaps(missing: Iterable[tuple[int, int]]) -> str:
    return _some(str(first) if first == last else f"{first}-{last}" for first, last in missing)


def _some(texts: Iterable[str]) -> str:
    """The first of them, and how many there are besides."""
    known = list(texts)
    more = f" and {len(known) - _MOST_GAPS} more" if len(known) > _MOST_GAPS else ""
    return ", ".join(known[:_MOST_GAPS]) + more


def _when(at: float | None) -> str:
    return moment(at) or ""
