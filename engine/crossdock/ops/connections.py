"""Trying every connection of a project without side effects: what ``crossdock check --connect`` does beyond ``check``.

Each connection is tried in a thread of its own, so one that hangs holds up no other and is told after a while.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pydantic import BaseModel

from crossdock.connector import Probe, Surroundings
from crossdock.errors import CrossdockError, Finding, Place
from crossdock.ops.doctor.examination import Check, Patient, UnseenError, examine
from crossdock.route.compiled import CompiledRoute
from crossdock.route.load import LoadedProject

PATIENCE = 20.0  # seconds for a connection; all are tried at the same time

_LATE = "H199"  # of the doctor: it did not come back


@dataclass(frozen=True, slots=True)
class Tried:
    """``findings`` are what is wrong, by connection; ``reached`` those that work; ``untried`` those that cannot be tried."""

    findings: tuple[Finding, ...]
    reached: tuple[str, ...]
    untried: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Connection:
    """One use of a connector in a route: ``orders-in (from sftp)``. Without ``look`` it cannot be tried."""

    name: str
    place: Place
    look: Callable[[], Iterable[Finding]] | None

    def look_at(self, _: Patient) -> Iterator[Finding]:
        """What is wrong with it, each told with its name. Raises ``UnseenError`` where it cannot be tried."""
        if self.look is None:
            raise UnseenError("its connector has no way to try it")
        try:
            for finding in self.look():
                yield self._named(finding)
        except CrossdockError as error:
            told = error.findings or (Finding(code=error.code, message=error.message, hint=error.hint),)
            yield from map(self._named, told)
        except OSError as error:
            yield self._named(Finding(code="T210", message=error.strerror or repr(error)))

    def _named(self, finding: Finding) -> Finding:
        return replace(finding, message=f"{self.name}: {finding.message}", place=self.place, rule=self.name)


def connections(project: LoadedProject, around: Callable[[str], Surroundings]) -> Iterator[Connection]:
    """Every connection of the enabled routes; ``around`` gives the surroundings of a name."""
    for route in project.routes.values():
        if not route.enabled:
            continue
        if route.source is not None:
            source = route.source
            name = f"{route.name} (from {source.connector})"
            yield Connection(name, _place(route), _look(source.kind.probe, source.options, around(route.name)))
        for one in route.destinations:
            name = f"{route.name} (to {one.slot})"
            surroundings = around(f"{route.name}/{one.slot}")
            yield Connection(name, _place(route), _look(one.kind.probe, one.options, surroundings))


def tried(project: LoadedProject, around: Callable[[str], Surroundings], patience: float = PATIENCE) -> Tried:
    """Try them all, for ``patience`` seconds at most."""
    every = list(connections(project, around))
    checks = [Check(one.name, one.look_at) for one in every]
    report = examine(Patient(root=project.root, environment={}), checks, patience)
    ended = {*report.passed, *report.unseen, *(one.rule for one in report.findings)}
    late = [_late(one, patience) for one in every if one.name not in ended]
    told = [replace(one, rule=None) for one in report.findings if one.code != _LATE]
    return Tried((*told, *late), report.passed, report.unseen)


def _late(connection: Connection, patience: float) -> Finding:
    hint = "nothing refuses the connection and nothing answers: look at firewalls, and at the server"
    message = f"{connection.name}: no answer within {patience:g} s"
    return Finding(code="T211", message=message, place=connection.place, hint=hint)


def _place(route: CompiledRoute) -> Place:
    return Place(file=route.file)


def _look(probe: Probe[Any] | None, options: BaseModel, around: Surroundings) -> Callable[[], Iterable[Finding]] | None:
    return None if probe is None else partial(probe, options, around)
