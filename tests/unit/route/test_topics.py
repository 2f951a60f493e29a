from __future__ import annotations

import pytest

from crossdock.route.topic import is_pattern, is_topic, matches


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        ("order.received", "order.received", True),
        ("order.*", "order.received", True),
        ("order.*", "order.eu.received", False),
        ("order.*", "order", False),
        ("*.received", "order.received", True),
        ("*", "order", True),
        ("order.received", "order.receive", False),
        ("order.rush", "order.*", True),
    ],
)
def test_a_star_stands_for_exactly_one_word(pattern: str, topic: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert matches(pattern, topic) is expected


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "a b", "a.*", "a/b", "a\n", "ä", "a" * 256])
def test_what_is_no_topic(text: str) -> None:
    assert not is_topic(text)


@pytest.mark.parametrize("text", ["", "order.#", "or*er", "**", "order.", "order.*\n"])
def test_what_is_no_pattern(text: str) -> None:
    assert not is_pattern(text)
