"""How often something may happen, whoever asks: one number that everybody shares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.delivery.rate import Pace, give_back, is_over, read, reserve, take, text_of

FIVE = Pace(5.0)


class Shared:
    """The number, as everybody reads and writes it."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.expected: float | None = None

    def take(self, wanted: int, now: float) -> int:
        taken = take(self.expected, wanted, self.pace, now)
        self.expected = taken.expected
        return taken.count


def test_the_first_second_may_be_spent_at_once() -> None:
    shared = Shared(FIVE)
    assert [shared.take(3, 100.0), shared.take(3, 100.0), shared.take(3, 100.0)] == [3, 2, 0]


def test_time_makes_room_for_one_second_worth_at_most() -> None:
    shared = Shared(FIVE)
    shared.take(5, 100.0)
    assert shared.take(9, 100.5) == 2
    assert shared.take(9, 500.0) == 5


def test_less_than_one_a_second_is_one_now_and_then() -> None:
    shared = Shared(Pace(0.1))
    assert shared.take(9, 0.0) == 1
    assert [shared.take(9, 9.0), shared.take(9, 10.0)] == [0, 1]


def test_whoever_gets_nothing_is_told_when_to_come_again() -> None:
    shared = Shared(FIVE)
    shared.take(5, 100.0)
    assert take(shared.expected, 1, FIVE, 100.0).wait == pytest.approx(0.2)


def test_what_is_given_back_may_go_later() -> None:
    shared = Shared(FIVE)
    assert shared.take(5, 100.0) == 5
    shared.expected = give_back(shared.expected, 4, FIVE)
    assert shared.take(9, 100.0) == 4
    assert give_back(None, 1, FIVE) is None


def test_turns_are_reserved_one_after_the_other_however_late() -> None:
    first, expected = reserve(None, 1, Pace(1.0), 100.0)
    second, expected = reserve(expected, 3, Pace(1.0), 100.0)
    third, _ = reserve(expected, 1, Pace(1.0), 100.0)
    assert (first, second, third) == (100.0, 101.0, 104.0)


def test_turns_that_may_come_at_once_are_reserved_for_at_once() -> None:
    first, expected = reserve(None, 5, FIVE, 100.0)
    assert first + 4 * FIVE.interval <= 100.0 + 1e-9
    assert reserve(expected, 1, FIVE, 100.0)[0] == pytest.approx(100.2)


def test_a_number_that_time_has_overtaken_says_nothing() -> None:
    assert is_over(99.0, 100.0)
    assert not is_over(101.0, 100.0)


@pytest.mark.parametrize("text", [None, "0.1", "12345.000000001"])
def test_the_number_comes_back_from_its_text(text: str | None) -> None:
    assert text_of(read(text)) == text


def test_a_text_nobody_understands_is_as_none() -> None:
    assert read("soon") is None


@given(st.floats(0.01, 1000), st.lists(st.tuples(st.integers(0, 100), st.floats(0, 3)), max_size=30))
def test_no_more_than_the_rate_goes_through(per_second: float, takes: list[tuple[int, float]]) -> None:
    shared, now, granted = Shared(Pace(per_second)), 0.0, 0
    for wanted, pause in takes:
        now += pause
        one = shared.take(wanted, now)
        assert 0 <= one <= wanted
        granted += one
    assert granted <= max(1.0, per_second) + per_second * now + 1e-6
