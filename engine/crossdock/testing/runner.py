"""Runs the cases of a project: which, in how many processes, and what they came to.

Processes are forked once the project is loaded, so none of them loads it again. Each takes every n-th case and sends
back what became of it; the results come out in the order of the cases. Where other threads run, nothing is forked: of
a lock that one of them holds, the fork would have a copy that nobody ever gives back.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import cast

from crossdock.errors import Reject
from crossdock.mapping.compile import YamlMapping
from crossdock.route.load import LoadedProject
from crossdock.testing.coverage import Coverage, Watching, coverage, routes_reached
from crossdock.testing.mapping_cases import Codecs, run_mapping_case
from crossdock.testing.points import Point
from crossdock.testing.results import CaseResult
from crossdock.testing.route_cases import run_route_case

WORTH = 60  # cases for which another process pays: it has to be forked and to compile what it uses by itself


_KILLED = "run fewer cases at a time ('crossdock test NAME') to see which one it was; had the system memory left?"


@dataclass(frozen=True, slots=True)
class Case:
    """One case to be run: the ``number``-th (from 1) of route or mapping ``name``."""

    name: str
    number: int
    of_route: bool = False

    @property
    def id(self) -> str:
        """How people call it: ``orders-in#2``."""
        return f"{self.name}#{self.number}"


def listed(project: LoadedProject, patterns: Sequence[str] = ()) -> list[Case]:
    """The cases of mappings and routes whose name, or ``NAME#NUMBER``, fits one of the patterns; without any, all."""
    mappings = ((name, len(one.cases)) for name, one in project.mappings.items() if isinstance(one, YamlMapping))
    routes = ((name, len(one.cases)) for name, one in project.routes.items())
    cases = [Case(name, number + 1) for name, count in mappings for number in range(count)]
    cases += [Case(name, number + 1, of_route=True) for name, count in routes for number in range(count)]
    return [one for one in cases if not patterns or any(_fits(one, pattern) for pattern in patterns)]


def _fits(case: Case, pattern: str) -> bool:
    return fnmatchcase(case.id if "#" in pattern else case.name, pattern)


def unknown(project: LoadedProject, patterns: Sequence[str]) -> list[str]:
    """Patterns that no route, mapping or case fits."""
    names = [*project.routes, *project.mappings]
    cases = listed(project)
    return [
        pattern
        for pattern in patterns
        if not any(fnmatchcase(name, pattern) for name in names) and not any(_fits(one, pattern) for one in cases)
    ]


def run_case(project: LoadedProject, case: Case, codecs: Codecs) -> CaseResult:
    """Run one case."""
    begun = time.perf_counter()
    if case.of_route:
        result = run_route_case(project, project.routes[case.name], case.number)
    else:
        result = run_mapping_case(project, cast("YamlMapping", project.mappings[case.name]), case.number, codecs)
    return replace(result, seconds=time.perf_counter() - begun)


def fitting_jobs(cases: int) -> int:
    """How many processes are worth it here."""
    return max(1, min(_processors(), cases // WORTH))


def _may_fork() -> bool:
    return "fork" in multiprocessing.get_all_start_methods() and _threads() == 1


def _threads() -> int:
    """Those of this process; where the system counts them, with those that Python knows nothing of."""
    counted = Path("/proc/self/task")
    return len(list(counted.iterdir())) if counted.is_dir() else threading.active_count()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(slots=True)
class Runner:
    """Runs cases of a loaded project; ``watching`` is what was given to the loader, for their coverage."""

    project: LoadedProject
    watching: Watching = field(default_factory=Watching)
    queues: set[str] = field(default_factory=set)

    def run(self, cases: Sequence[Case], jobs: int = 1) -> Iterator[CaseResult]:
        """The results, in order. With several ``jobs`` the processes begin at once, and end with this one."""
        if min(jobs, len(cases)) <= 1 or not _may_fork():
            codecs = Codecs.of(self.project)
            return self._noted(run_case(self.project, case, codecs) for case in cases)
        return self._noted(_in_processes(self.project, cases, min(jobs, len(cases)), self.watching))

    def coverage(self) -> Coverage:
        """What the cases that were run came to."""
        reached: set[Point] = self.watching.reached | routes_reached(self.project, self.queues)
        return coverage(self.project, self.watching, reached)

    def _noted(self, results: Iterator[CaseResult]) -> Iterator[CaseResult]:
        for result in results:
            self.queues |= result.queues
            yield result


def _in_processes(project: LoadedProject, cases: Sequence[Case], jobs: int, watching: Watching) -> Iterator[CaseResult]:
    forking = multiprocessing.get_context("fork")
    readers: list[Connection] = []
    for job in range(jobs):
        reader, writer = forking.Pipe(duplex=False)
        numbers = range(job, len(cases), jobs)
        process = forking.Process(target=_work, args=(project, cases, numbers, watching, writer), daemon=True)
        process.start()
        writer.close()
        readers.append(reader)
    return _in_order(readers, watching)


def _work(
    project: LoadedProject, cases: Sequence[Case], numbers: Sequence[int], watching: Watching, pipe: Connection
) -> None:
    """One process: its cases, and then all it came to. Ctrl-C is for the process that began it, which ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    codecs = Codecs.of(project)
    for number in numbers:
        pipe.send((number, run_case(project, cases[number], codecs)))
    pipe.send((-1, watching.reached))
    pipe.close()


def _in_order(readers: list[Connection], watching: Watching) -> Iterator[CaseResult]:
    """The results as they come. Raises ``Reject`` where a process ends before its cases."""
    early: dict[int, CaseResult] = {}
    following, unfinished = 0, list(readers)
    while unfinished:
        for reader in cast("list[Connection]", wait(unfinished)):
            try:
                number, result = reader.recv()
            except EOFError:
                raise Reject("R461", "a process that ran cases was killed", hint=_KILLED) from None
            if number < 0:
                watching.reached |= result
                unfinished.remove(reader)
            else:
                early[number] = result
        while following in early:
            yield early.pop(following)
            following += 1
