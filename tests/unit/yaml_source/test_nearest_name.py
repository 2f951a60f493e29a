from __future__ import annotations

import pytest

from crossdock.yaml_source import suggest
from crossdock.yaml_source.likeness import steps_between


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        ("stfp", "sftp", 1),
        ("stfp", "smtp", 2),
        ("file", "file", 0),
        ("fle", "file", 1),
        ("", "abc", 3),
        ("ca", "abc", 3),
    ],
)
def test_swapped_neighbours_are_one_step_as_a_letter_more_or_less_is(one: str, other: str, steps: int) -> None:
    assert steps_between(one, other) == steps


def test_the_name_that_is_the_fewest_steps_away_is_proposed() -> None:
    assert suggest("stfp", ["smtp", "sftp", "http"]) == "did you mean 'sftp'?"


def test_a_word_without_end_is_compared_in_no_time() -> None:
    assert suggest("x" * 1_000_000, [f"name-{number}" for number in range(50)]) is None
