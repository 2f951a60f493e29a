"""How often a destination may be asked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crossdock.delivery.rate import Rate


def _take(rate: Rate, wanted: int, now: float) -> int:
    granted = rate.allowed(wanted, now)
    rate.spend(granted)
    return granted


def test_the_first_second_may_be_spent_at_once() -> None:
    rate = Rate(5.0)
    assert [_take(rate, 3, 100.0), _take(rate, 3, 100.0), _take(rate, 3, 100.0)] == [3, 2, 0]


def test_time_fills_the_bucket_up_to_one_second_worth() -> None:
    rate = Rate(5.0)
    _take(rate, 5, 100.0)
    assert _take(rate, 9, 100.5) == 2
    assert _take(rate, 9, 500.0) == 5


def test_less_than_one_a_second_is_one_now_and_then() -> None:
    rate = Rate(0.1)
    assert _take(rate, 9, 0.0) == 1
    assert [_take(rate, 9, 9.0), _take(rate, 9, 10.5)] == [0, 1]


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    rate = Rate(5.0)
    _take(rate, 5, 100.0)
    assert _take(rate, 1, 50.0) == 0
    assert _take(rate, 9, 50.5) == 2


@given(st.floats(0.01, 1000), st.lists(st.tuples(st.integers(0, 100), st.floats(0, 3)), max_size=30))
def test_no_more_than_the_rate_goes_through(per_second: float, takes: list[tuple[int, float]]) -> None:
    rate, now, granted = Rate(per_second), 0.0, 0
    for wanted, pause in takes:
        now += pause
        one = _take(rate, wanted, now)
        assert 0 <= one <= wanted
        granted += one
    assert granted <= max(1.0, per_second) + per_second * now + 1e-6


def test_what_is_allowed_and_not_spent_may_go_later() -> None:
    rate = Rate(5.0)
    assert rate.allowed(9, 100.0) == 5
    rate.spend(1)
    assert rate.allowed(9, 100.0) == 4
