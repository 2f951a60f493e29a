"""Taking up what changes in a project's files while it runs.

A change is tried in a child first: it loads the project as it lies there, says what is wrong, and may hang or die
without hurting anybody. Only what passed is loaded by the supervisor, and only when nothing was written meanwhile; so
what runs is always one state of the files, as a whole. Whatever is refused changes nothing: what was loaded goes on.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from typing import Protocol

from crossdock.delivery.states import State
from crossdock.errors import CrossdockError, Finding, Place, Severity
from crossdock.runtime.changing import HERE, Changes, Contents, ProjectFiles, digest, loaded_from
from crossdock.runtime.engine import Engine
from crossdock.runtime.process import HEARD
from crossdock.runtime.whereabouts import left_with_release, refuse_elsewhere

LOG = logging.getLogger("crossdock.supervisor")

PATIENCE = 60.0  # seconds until a child that tries a change is killed
_REFUSED = 3  # exit code of a child that found mistakes, and has told them
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_NAMED = 3  # changed files that are named; of more, how many there are

#: States of messages that have not come to their end.
OPEN = (State.WAITING, State.WORKING, State.HELD, State.DOUBT)


class Teller(Protocol):
    """Where people hear of changes."""

    def say(self, text: str) -> None:
        """A line."""
        ...

    def show(self, findings: Iterable[Finding]) -> None:
        """Findings, each at its place."""
        ...


class Reloading:
    """``load`` makes an engine of the files as they are, ``teller`` tells people what became of a change.

    A change is refused for what ``trial`` raises, which may be stricter than ``load``.
    """

    def __init__(
        self,
        changes: Changes,
        load: Callable[[], Engine],
        teller: Teller,
        trial: Callable[[], object] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._changes = changes
        self._load = load
        self._teller = teller
        self._strictly = trial or load
        self._monotonic = monotonic
        self._trial: _Trial | None = None

    def look(self, now: Engine) -> Engine | None:
        """The engine of changed files that passed; None where there is nothing new, or not yet. Never blocks long."""
        if self._trial is None:
            contents = self._changes.settled()
            if contents is not None:
                self._trial = _Trial(self._try, contents, self._monotonic())
            return None
        passed = self._trial.passed(self._monotonic())
        if passed is None:
            return None
        trial, self._trial = self._trial, None
        if passed:
            return self._taken(trial.contents, now)
        self._teller.show(trial.untold)
        self._refuse()
        return None

    def end(self) -> None:
        """Nothing is tried any more."""
        if self._trial is not None:
            self._trial.kill()

    def _try(self) -> int:
        """The life of a child: whether the project can be loaded."""
        try:
            self._strictly()
        except CrossdockError as error:
            self._teller.show(findings_of(error))
            return _REFUSED
        return 0

    def _taken(self, contents: Contents, now: Engine) -> Engine | None:
        """Load what passed. The supervisor waits meanwhile: a fraction of a second, or three for 500 routes."""
        try:
            engine = self._load()
            refuse_elsewhere(now, engine)
            engine.refuse_bad_addresses()
            engine.refuse_bad_certificate()
            if engine.address() != now.address():
                engine.refuse_taken_address()
            left = left_behind(now, engine)
        except CrossdockError as error:
            if self._changes.still(contents):
                self._teller.show(findings_of(error))
                self._refuse()
            return None
        files = loaded_from(engine.project)
        if any(contents.get(path) != digest(data) for path, data in files.items()) or not self._changes.still(contents):
            return None
        changed = self._changes.since(contents)
        self._changes.taken(ProjectFiles(engine.named, engine.project), files)
        self._teller.show([*engine.project.warnings, *left, *left_with_release(engine)])
        self._teller.say(f"loaded anew: {_named(changed)}")
        return engine

    def _refuse(self) -> None:
        self._teller.say("refused: what was loaded before goes on")


class _Trial:
    """A child that loads the project as it lies there, and says itself what is wrong with it."""

    def __init__(self, attempt: Callable[[], int], contents: Contents, now: float) -> None:
        self.contents = contents
        #: What is wrong that it could not say.
        self.untold: list[Finding] = []
        self._end = now + PATIENCE
        self._pid = _forked(attempt)

    def passed(self, now: float) -> bool | None:
        """Whether nothing is wrong; None while it goes on."""
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if pid == self._pid:
            code = os.waitstatus_to_exitcode(status)
            if code not in {0, _REFUSED}:
                self.untold.append(_untried(f"loading them ended a process with {code}"))
            return code == 0
        if now < self._end:
            return None
        self.kill()
        self.untold.append(_untried(f"loading them took longer than {PATIENCE:g} s"))
        return False

    def kill(self) -> None:
        """It is not waited for any more."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


def _forked(attempt: Callable[[], int]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)  # the handlers are the supervisor's
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            code = attempt()
        except BaseException:  # the end of a process: nobody above could tell of it
            LOG.critical("a changed project cannot be loaded", exc_info=True)
        finally:
            sys.stderr.flush()
            logging.shutdown()
            os._exit(code)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
    return pid


def left_behind(before: Engine, after: Engine) -> list[Finding]:
    """What waits in queues that ``before`` has and ``after`` has not any more."""
    removed = set(before.queues()) - set(after.queues())
    if not removed:
        return []
    with closing(after.open_journal()) as journal:
        counts = journal.counts()
    waiting = {queue: open_in(counts.get(queue, {})) for queue in sorted(removed)}
    return [
        abandoned(queue, count, Place(file=before.file_of(queue), line=1, column=1))
        for queue, count in waiting.items()
        if count
    ]


def open_in(states: Mapping[State, int]) -> int:
    """How many messages of a queue have not come to their end."""
    return sum(states.get(state, 0) for state in OPEN)


def abandoned(queue: str, count: int, place: Place) -> Finding:
    """What is told of messages whose route or destination is taken away."""
    route, _, slot = queue.partition("/")
    what = f"destination '{slot}' of route '{route}'" if slot else f"route '{route}'"
    messages = "1 message of it is" if count == 1 else f"{count} messages of it are"
    return Finding(
        code="R481",
        message=f"{what} is removed while {messages} open: its queue is stopped, and they wait in it",
        severity=Severity.WARNING,
        place=place,
        hint="put it back under its name, and they go on",
    )


def findings_of(error: CrossdockError) -> tuple[Finding, ...]:
    """An error as findings."""
    return error.findings or (Finding(code=error.code, message=error.message, hint=error.hint),)


def _untried(why: str) -> Finding:
    return Finding(code="R482", message=f"the changed files cannot be tried: {why}", hint="run 'crossdock check'")


def _named(paths: list[str]) -> str:
    shown = ", ".join("the project's folder" if path == HERE else path for path in paths[:_NAMED])
    return shown if len(paths) <= _NAMED else f"{shown} and {len(paths) - _NAMED} more"
