"""A line to a system: real threads, so that a question has a time limit. And what counts as an answer."""

from __future__ import annotations

import threading
import time
from decimal import Decimal

import pytest

from crossdock.connector import Parcel
from crossdock.errors import CrossdockError, Doubt, Reject, Retry
from crossdock.message import Document, Inline
from crossdock.route.asking import exact
from crossdock.runtime.lines import MOST, Answered, Line

PARCEL = Parcel(key="k", message="m", payload=Inline(b""))


class Slow:
    """Answers when it is let go."""

    def __init__(self, opened: list[Slow]) -> None:
        opened.append(self)
        self.go = threading.Event()
        self.closed = threading.Event()

    def ask(self, parcel: Parcel) -> Document | CrossdockError:
        self.go.wait(10)
        return "late"

    def close(self) -> None:
        self.closed.set()


def test_a_question_that_takes_too_long_is_left_and_the_next_one_goes_by_another_line() -> None:
    opened: list[Slow] = []
    line = Line(lambda: Slow(opened), 0.02)
    (outcome,) = line.send([PARCEL])
    assert isinstance(outcome, Doubt)
    assert outcome.code == "E803"
    line.send([PARCEL])
    assert len(opened) == 2
    for one in opened:
        one.go.set()
    assert opened[0].closed.wait(5), "it was not closed when it came back"


def test_an_answer_in_time_says_how_long_it_took() -> None:
    opened: list[Slow] = []
    line = Line(lambda: Slow(opened), 5)
    opened[0].go.set()
    (outcome,) = line.send([PARCEL])
    assert isinstance(outcome, Answered)
    assert (outcome.document, outcome.seconds < 5) == ("late", True)
    line.close()
    assert opened[0].closed.wait(5)


def test_lines_that_never_come_back_are_not_multiplied() -> None:
    opened: list[Slow] = []
    line = Line(lambda: Slow(opened), 0.01)
    for _ in range(MOST - 1):
        line.send([PARCEL])
    stuck = threading.Thread(target=lambda: line.send([PARCEL]), daemon=True)
    stuck.start()
    stuck.join(0.2)
    assert stuck.is_alive()
    opened[0].go.set()
    stuck.join(5)
    assert not stuck.is_alive()
    for one in opened:
        one.go.set()


class Broken:
    def ask(self, parcel: Parcel) -> Document | CrossdockError:
        raise ZeroDivisionError

    def close(self) -> None:
        raise ZeroDivisionError


def test_what_a_connector_raises_is_raised_where_it_is_asked() -> None:
    line = Line(Broken, 5)
    with pytest.raises(ZeroDivisionError):
        line.send([PARCEL])
    line.close()


class Refusing(Broken):
    def ask(self, parcel: Parcel) -> Document | CrossdockError:
        return Retry("X1", "away")


def test_an_error_is_an_answer() -> None:
    (outcome,) = Line(Refusing, 5).send([PARCEL])
    assert isinstance(outcome, Retry)


def test_a_float_of_an_answer_becomes_exact() -> None:
    assert exact({"a": 0.1, "b": [Decimal("1.50")]}) == {"a": Decimal("0.1"), "b": [Decimal("1.50")]}


def _deep() -> list[object]:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    return deep


@pytest.mark.parametrize(
    "answer",
    [object(), {"a": object()}, {"\ud800": 1}, "\ud800", {1: object()}, "x" * 9_000_000, {"a": [float("nan")]}],
    ids=["object", "inside", "lone surrogate as a name", "lone surrogate", "no names", "large", "no number"],
)
def test_what_is_no_document_is_refused(answer: object) -> None:
    with pytest.raises(Reject, match="E804"):
        exact(answer)


def test_an_answer_of_a_hundred_thousand_levels_is_refused() -> None:
    begun = time.monotonic()
    with pytest.raises(Reject, match="E804"):
        exact(_deep())
    assert time.monotonic() - begun < 5
