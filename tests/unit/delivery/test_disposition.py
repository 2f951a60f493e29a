"""What an error makes of a piece of work."""

from __future__ import annotations

import pytest

from crossdock.delivery.disposition import Disposition, GiveUp, Park, StopQueue, TryAgain, dispose
from crossdock.delivery.schedule import RetryPolicy
from crossdock.errors import ConfigError, CrossdockError, Doubt, Finding, Halt, Hold, Reject, Retry

POLICY = RetryPolicy(attempts=3, first=10.0, factor=2.0, max=1000.0)
FINDING = Finding(code="R1", message="wrong")


@pytest.mark.parametrize(
    ("error", "attempt", "expected"),
    [
        (Retry("T1", "timeout"), 1, TryAgain(5.0)),
        (Retry("T1", "timeout"), 2, TryAgain(10.0)),
        (Retry("T1", "timeout"), 3, GiveUp(exhausted=True)),
        (Retry("T1", "timeout"), 4, GiveUp(exhausted=True)),
        (Retry("T1", "busy", after=120.0), 1, TryAgain(120.0)),
        (Retry("T1", "busy", after=0.0), 1, TryAgain(0.0)),
        (Retry("T1", "busy", after=120.0), 3, GiveUp(exhausted=True)),
        (Reject("R1", "wrong"), 1, GiveUp(exhausted=False)),
        (Reject.of([FINDING]), 3, GiveUp(exhausted=False)),
        (Hold("H1", "a person must look"), 1, Park()),
        (Hold("H1", "a person must look"), 9, Park()),
        (Halt("C1", "no such host"), 1, StopQueue()),
        (ConfigError.of([FINDING]), 3, StopQueue()),
        (Doubt("D1", "unclear"), 1, GiveUp(exhausted=False)),
        (CrossdockError("E1", "of no class"), 1, GiveUp(exhausted=False)),
    ],
)
def test_the_class_of_an_error_says_what_happens_next(
    error: CrossdockError, attempt: int, expected: Disposition
) -> None:
    assert dispose(error, attempt, POLICY, 0.5) == expected
