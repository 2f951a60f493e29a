"""What a route would say of a document: its findings, before anything is kept. Pure, as steps are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from crossdock.codecs.contract import Part
from crossdock.errors import CrossdockError, Finding, Reject, errors_in
from crossdock.message import Message
from crossdock.route.compiled import CompiledRoute
from crossdock.route.plan import Stop

_MOST = 100  # findings told; and a document of thousands of parts is looked at no further


def findings_of(route: CompiledRoute, message: Message, now: datetime) -> list[Finding]:
    """Every finding for which the route would reject the message, or parts of it; empty where it would take all."""
    found: list[Finding] = []
    try:
        for one in _findings(route, message, now):
            found.append(one)
            if len(found) >= _MOST:
                break
    except Reject as error:
        found += _of(error)
    return found


def _findings(route: CompiledRoute, message: Message, now: datetime) -> Iterator[Finding]:
    for part in route.parts(message, now):
        if not isinstance(part, Part):
            yield from errors_in([part])
            continue
        plan = route.decide(message, part, now)
        if isinstance(plan, Stop) and isinstance(plan.error, Reject):
            yield from (_at(one, part, route) for one in _of(plan.error))


def _of(error: CrossdockError) -> list[Finding]:
    return list(errors_in(error.findings)) or [Finding(code=error.code, message=error.message, hint=error.hint)]


def _at(finding: Finding, part: Part, route: CompiledRoute) -> Finding:
    """Which part of a split document it is about, where nothing else says so."""
    place = finding.place
    if not route.splits or place.line is not None or place.segment is not None:
        return finding
    return replace(finding, rule=finding.rule or f"part {part.position}")
