"""Fail points: named moments at which a test kills the process for real.

``CROSSDOCK_FAIL="commit.before_commit:3"`` makes the third passing of that point by a process kill it with SIGKILL;
``name:1:stop`` freezes it (SIGSTOP) instead. With ``CROSSDOCK_FAIL_ONCE=FILE`` only the first process that gets there
and can create FILE is killed, so that a restarted worker does not die again. Unset, a fail point costs a call.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress

from crossdock.errors import Halt

#: Every moment between a decision and its record, in the order a document passes them.
POINTS = (
    "intake.before_accept",
    "payload.before_rename",
    "accept.before_commit",
    "accept.after_commit",
    "intake.before_settle",
    "intake.after_settle",
    "claim.before_commit",
    "claim.after_commit",
    "commit.before_commit",
    "commit.after_commit",
    "sink.before_stage",
    "sink.after_stage",
    "advance.before_commit",
    "advance.after_commit",
    "sink.before_finish",
    "sink.after_finish",
    "sink.before_send",
    "sink.after_send",
    "renew.before_commit",
    "give_back.before_commit",
    "overdue.before_commit",
    "overdue.after_commit",
    "backup.before_rename",
    "load.before_commit",
    "load.after_commit",
)

Reach = Callable[[str], None]
_ACTIONS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


def fail_points(environment: Mapping[str, str]) -> Reach:
    """What to call at each fail point, as the environment asks. Raises ``Halt`` for a point that is not there."""
    spec = environment.get("CROSSDOCK_FAIL")
    if not spec:
        return _pass_by
    name, _, rest = spec.partition(":")
    count, _, action = rest.partition(":")
    if name not in POINTS:
        raise Halt("E724", f"CROSSDOCK_FAIL: there is no fail point '{name}'", hint=f"one of: {', '.join(POINTS)}")
    return _Fuse(name, int(count or 1), _ACTIONS[action or "kill"], environment.get("CROSSDOCK_FAIL_ONCE"))


def _pass_by(name: str) -> None:
    """The fail point of everyday life."""


class _Fuse:
    """Counts the passings of one point and acts at the last."""

    def __init__(self, name: str, count: int, action: signal.Signals, once: str | None) -> None:
        self._name = name
        self._left = count
        self._action = action
        self._once = once

    def __call__(self, name: str) -> None:
        if name != self._name:
            return
        self._left -= 1
        if self._left == 0 and self._mine():
            # to this thread: one to the process lets the thread go on until some thread has taken it
            signal.pthread_kill(threading.get_ident(), self._action)

    def _mine(self) -> bool:
        if self._once is None:
            return True
        with suppress(FileExistsError):
            os.close(os.open(self._once, os.O_CREAT | os.O_EXCL))
            return True
        return False
