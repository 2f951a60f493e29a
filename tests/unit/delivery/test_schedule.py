"""When to try again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.delivery.schedule import RetryPolicy

policies = st.builds(
    RetryPolicy,
    attempts=st.integers(1, 1000),
    first=st.floats(0, 86400),
    factor=st.floats(1, 100),
    max=st.floats(0, 30 * 86400),
)
attempts = st.integers(1, 1000)
jitters = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 2.0), (2, 6.0), (3, 18.0), (4, 54.0), (6, 486.0), (7, 900.0)])
def test_the_pause_grows_by_the_factor_up_to_the_cap(attempt: int, seconds: float) -> None:
    assert RetryPolicy().delay(attempt, 1.0) == seconds


def test_the_last_attempt_is_the_one_of_that_number() -> None:
    policy = RetryPolicy(attempts=3)
    assert [policy.exhausted(attempt) for attempt in (1, 2, 3, 4)] == [False, False, True, True]


def test_a_single_attempt_is_never_repeated() -> None:
    assert RetryPolicy(attempts=1).exhausted(1)
    assert RetryPolicy(attempts=1).horizon == 0.0


@given(policies, attempts, jitters)
def test_a_pause_is_never_negative_and_never_above_the_cap(policy: RetryPolicy, attempt: int, jitter: float) -> None:
    assert 0.0 <= policy.delay(attempt, jitter) <= policy.max


@given(policies, attempts)
def test_pauses_never_shrink(policy: RetryPolicy, attempt: int) -> None:
    assert policy.delay(attempt, 1.0) <= policy.delay(attempt + 1, 1.0)


@given(policies, attempts, jitters, jitters)
def test_jitter_spreads_a_pause_over_the_whole_interval(
    policy: RetryPolicy, attempt: int, one: float, other: float
) -> None:
    assert policy.delay(attempt, 0.0) == 0.0
    assert (policy.delay(attempt, one) <= policy.delay(attempt, other)) or one > other


@given(st.builds(RetryPolicy, attempts=st.integers(1, 50)), jitters)
def test_no_attempt_comes_behind_the_horizon(policy: RetryPolicy, jitter: float) -> None:
    assert sum(policy.delay(attempt, jitter) for attempt in range(1, policy.attempts)) <= policy.horizon
