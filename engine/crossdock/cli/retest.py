"""``crossdock test --watch``: run again what a changed file concerns."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from crossdock.cli.console import load, show_findings
from crossdock.cli.tested import show
from crossdock.errors import ConfigError
from crossdock.route.load import LoadedProject
from crossdock.testing.changes import Snapshot, prints, snapshot
from crossdock.testing.results import CaseResult
from crossdock.testing.runner import Case, Runner, fitting_jobs, listed

LOOK_EVERY = 0.5  # seconds between looks at the files


def retest(root: Path, check: Callable[[LoadedProject], None], names: Sequence[str], jobs: int | None) -> None:
    """Run everything once, then what changes concern, until Ctrl-C. ``check`` judges the names once."""
    rounds = Rounds(root, names, jobs)
    try:
        while True:
            opened = rounds.opened()
            if opened is not None:
                check(opened)
                _show(rounds.run(opened), rounds)
            click.echo("waiting for a change; Ctrl-C ends")
            while not rounds.stale():
                time.sleep(LOOK_EVERY)
    except KeyboardInterrupt:
        return


@dataclass(slots=True)
class Rounds:
    """What was run at which state of the files."""

    root: Path
    names: Sequence[str]
    jobs: int | None
    seen: Snapshot = field(default_factory=dict)
    files: Sequence[str] = ()
    known: dict[Case, str] = field(default_factory=dict)
    failed: set[Case] = field(default_factory=set)
    all: int = 0

    def opened(self) -> LoadedProject | None:
        """The project as it is now; its mistakes are shown."""
        self.seen = snapshot(self.root, self.files)
        try:
            project = load(self.root, cases=True)
        except ConfigError as error:
            show_findings(error.findings, self.root)
            return None
        if set(project.files) - set(self.files):
            self.files = tuple(project.files)
            self.seen = snapshot(self.root, self.files)
        return project

    def stale(self) -> bool:
        """Whether a file has changed since."""
        return snapshot(self.root, self.files) != self.seen

    def run(self, project: LoadedProject) -> list[CaseResult]:
        """Run the cases whose files have changed, and those that failed before."""
        cases, now = listed(project, self.names), prints(project)
        due = [case for case in cases if case in self.failed or now[case] != self.known.get(case)]
        results = list(Runner(project).run(due, self.jobs or fitting_jobs(len(due))))
        self.failed = {case for case, result in zip(due, results, strict=True) if result.problems}
        self.known, self.all = now, len(cases)
        return results


def _show(results: Sequence[CaseResult], rounds: Rounds) -> None:
    for result in results:
        show(result, quiet=True)
    failed = len(rounds.failed)
    click.echo(f"{len(results)} of {rounds.all} cases run: {len(results) - failed} passed, {failed} failed")
