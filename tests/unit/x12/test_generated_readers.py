"""The generated readers say exactly what the closer look says, only faster."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.codecs.x12.closer_look import look_closer
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.dictionary.library import segments_of
from crossdock.codecs.x12.sampling import sample_segment
from crossdock.codecs.x12.shapes import reader_of
from crossdock.codecs.x12.values import judge, quick

MARKS = Delimiters("*", ">", "~", "^", "")
VALUES = (
    "",
    "0",
    "1",
    "A",
    "12",
    "EA",
    "ZZ",
    "-5",
    "1.5",
    "1O",
    "20261120",
    "20260230",
    "1200",
    "9999",
    "X" * 49,
    "1" * 16,
    " ",
    "0007",
)
RELEASES = ("004010", "005010")


@given(st.integers(0, 2**32), st.sampled_from(RELEASES))
@settings(max_examples=15)
def test_a_generated_reader_agrees_with_the_closer_look(seed: int, release: str) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret, a sample
    for tag, segment in chance.sample(sorted(segments_of(release).items()), 40):
        elements = sample_segment(segment, chance.randrange, MARKS).split("*")
        for _ in range(chance.randrange(3)):
            elements[chance.randrange(1, len(elements))] = chance.choice(VALUES)
        reader = reader_of(segment, release)
        found, faults = look_closer(segment, release, elements, MARKS)
        fast = reader[len(elements)](elements) or reader.again(elements)
        if fast is not None and not any(">" in element or "^" in element for element in elements):
            assert (fast, faults) == (found, []), tag
            assert list(fast) == list(found), tag
        if fast is None:
            composite = any(field.parts and len(elements) > n for n, field in enumerate(segment.fields, start=1))
            assert faults or composite, (tag, elements)


@pytest.mark.parametrize("release", RELEASES)
def test_the_quick_judgement_of_a_value_is_the_slow_one(release: str) -> None:
    elements = {
        field.element for segment in segments_of(release).values() for field in segment.fields if not field.parts
    }
    for element in elements:
        if element.kind in ("AN", "ID", "B"):
            continue
        _, bad = quick(element, release)
        for value in VALUES[1:]:
            assert bad(value) == bool(judge(element, value, release)), (element, value)


def test_a_file_that_tries_every_shape_finds_a_bound() -> None:
    reader = reader_of(segments_of("004010")["SLN"], "004010")
    chance = random.Random(1)  # noqa: S311 - likewise
    for _ in range(3000):
        elements = ["SLN", "1", "", "I", *(chance.choice(("", "1")) for _ in range(24)), "9"]
        reader.again(elements)
    assert len(reader._shapes) <= 512
