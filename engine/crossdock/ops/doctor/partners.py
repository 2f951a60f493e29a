"""What partners have not acknowledged, or refused, and whether control numbers can be believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing

from crossdock.control import AckState
from crossdock.delivery.states import State
from crossdock.errors import Finding
from crossdock.journal.contract import Query
from crossdock.journal.ledger import Received
from crossdock.ops.doctor.examination import Patient, note, warning
from crossdock.ops.doctor.work import journal_of
from crossdock.ops.restoring import RESTORED

_LOOKED_AT = 200  # held messages that may come from a backup
_MOST_SHOWN = 3


def acknowledgements(patient: Patient) -> Iterator[Finding]:
    """Documents that are overdue or were refused."""
    journal = journal_of(patient)
    if journal is None:
        return
    with closing(journal):
        standings = journal.standings()
    if text := _who(standings, AckState.OVERDUE):
        yield warning("H174", f"not acknowledged in time: {text}", "ask the partner; crossdock partner overdue")
    if text := _who(standings, AckState.REJECTED):
        yield note("H175", f"refused: {text}", "crossdock partner acks --all --state rejected")


def control_numbers(patient: Patient) -> Iterator[Finding]:
    """Numbers that are those of a backup; and interchanges of partners that are missing, or came twice."""
    journal = journal_of(patient)
    if journal is None:
        return
    with closing(journal):
        held = journal.items(Query(states=(State.HELD,), limit=_LOOKED_AT))
        restored = any(item.code == RESTORED for item in held)
        series, received = len(journal.numbers()), journal.received()
    if series and restored:
        text = f"the journal was restored: {series} series of control numbers may stand before what partners have seen"
        yield warning("H176", text, "crossdock partner numbers, then --set what is behind")
    for one in received:
        if one.missing or one.twice:
            yield note("H177", _odd(one), f"crossdock partner numbers {one.scope.partition('/')[0]}", one.scope)


def _who(standings: Mapping[str, Mapping[AckState, int]], state: AckState) -> str:
    counts = {partner: states[state] for partner, states in standings.items() if states.get(state)}
    worst = sorted(counts, key=lambda partner: -counts[partner])[:_MOST_SHOWN]
    more = f" and {len(counts) - len(worst)} more partners" if len(counts) > len(worst) else ""
    return ", ".join(f"{counts[partner]} of {partner}" for partner in worst) + more


def _odd(one: Received) -> str:
    gaps = sum(last - first + 1 for first, last in one.missing)
    found = ((gaps, "missing"), (len(one.twice), "in more than one exchange"))
    return f"{one.scope}: " + ", ".join(f"{count} numbers are {what}" for count, what in found if count)
