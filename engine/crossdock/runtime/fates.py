"""From an error to the fate of a piece of work: the one place where it is decided what happens next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from crossdock.delivery.disposition import MAX_CRASHES, GiveUp, Park, StopQueue, TryAgain, dispose
from crossdock.delivery.schedule import RetryPolicy
from crossdock.delivery.states import Event
from crossdock.errors import CrossdockError, Finding, Retry
from crossdock.journal.contract import Fate

WORKER_DIED = "E501"
ATTEMPTS_SPENT = "E502"
UNCLEAR_END = "E503"
UNFORESEEN = "E505"


class Halted(Exception):
    """The queue must stop: ``fate`` puts the work back, ``error`` says why."""

    def __init__(self, error: CrossdockError) -> None:
        super().__init__(str(error))
        self.error = error
        self.fate = Fate(event=Event.RETURN, code=error.code, reason=error.message, spent=False)


class FateMaker:
    """Turns errors into fates with the randomness of this process."""

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random

    def of(self, error: CrossdockError, attempt: int, policy: RetryPolicy, step: str | None = None) -> Fate:
        """The fate ``error`` leads to. Raises ``Halted`` when the whole queue must stop."""
        match dispose(error, attempt, policy, self._random()):
            case TryAgain(delay):
                return _fate(Event.RETRY, error, step, delay)
            case Park():
                return _fate(Event.HOLD, error, step)
            case GiveUp(exhausted=True):
                fate = _fate(Event.REJECT, error, step)
                reason = f"given up after {attempt} attempts: {error.code}: {error.message}"
                return Fate(event=fate.event, code=ATTEMPTS_SPENT, reason=reason, step=step, findings=fate.findings)
            case GiveUp():
                return _fate(Event.REJECT, error, step)
            case StopQueue():
                raise Halted(error)

    def waiting(self, error: CrossdockError, pause: float, policy: RetryPolicy, step: str) -> Fate:
        """The fate of work that spends nothing while what it needs is left alone for ``pause`` seconds.

        A moment more, so that the next probe is another one: it must not be always the one that cannot pass.
        """
        fate = _fate(Event.RETRY, error, step, pause + policy.delay(1, self._random()))
        return replace(fate, spent=False)


def _fate(event: Event, error: CrossdockError, step: str | None, delay: float = 0.0) -> Fate:
    reason = f"{error.message}; {error.hint}" if error.hint else error.message
    findings = error.findings or (Finding(code=error.code, message=error.message, hint=error.hint),)
    return Fate(event=event, delay=delay, code=error.code, reason=reason, step=step, findings=findings)


def unforeseen(error: Exception) -> Retry:
    """What a defect in a step, codec or connector counts as: it may pass, and if it does not, attempts run out."""
    return Retry(UNFORESEEN, f"unexpected {type(error).__name__}: {error}", hint="see the log for the traceback")


def killer(crashes: int) -> Fate | None:
    """The fate of work that was in hand each time a worker died, once that can be no accident."""
    if crashes < MAX_CRASHES:
        return None
    reason = f"a worker died {crashes} times while it had this in hand alone"
    return Fate(event=Event.REJECT, code=WORKER_DIED, reason=reason)
