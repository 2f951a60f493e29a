"""The generated readers say exactly what the closer look says, only faster."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossdock.codecs.edifact.charsets import charset_of
from crossdock.codecs.edifact.closer_look import Sight, look_closer
from crossdock.codecs.edifact.dictionary.library import segments_of
from crossdock.codecs.edifact.sampling import sample_segment
from crossdock.codecs.edifact.shapes import reader_of
from crossdock.codecs.edifact.values import judge, quick

SIGHT = Sight(charset_of("UNOC"))
VALUES = ("", "0", "1", "A", "12", "EA", "-5", "1.5", ".5", "1,5", "1O", "137:20261120:102", "137:20261320:102", "A:B",
          "X" * 40, "1" * 20, "A:", ":A", "::1", "S", " ")  # fmt: skip
RELEASES = ("D96A", "D01B")


@given(st.integers(0, 2**32), st.sampled_from(RELEASES))
@settings(max_examples=5)
def test_a_generated_reader_agrees_with_the_closer_look(seed: int, release: str) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret, a sample
    for tag, segment in segments_of(release).items():
        if not segment.fields:
            continue
        elements = sample_segment(segment, chance.randrange).split("+")
        for _ in range(chance.randrange(3)):
            elements[chance.randrange(1, len(elements))] = chance.choice(VALUES)
        reader = reader_of(segment, release)
        found, faults = look_closer(segment, release, elements, SIGHT)
        fast = reader[len(elements)](elements) or reader.again(elements)
        if fast is not None:
            assert (fast, faults) == (found, []), (tag, elements)
            assert list(fast) == list(found), tag
        else:
            repeats = any(field.repeats for field in segment.fields)
            assert faults or repeats or "_dec" in found, (tag, elements)


@pytest.mark.parametrize("release", RELEASES)
def test_the_quick_judgement_of_a_value_is_the_slow_one(release: str) -> None:
    for segment in segments_of(release).values():
        for field in segment.fields:
            for element in (part.element for part in field.parts or (field,)):
                _, bad = quick(element)
                for value in VALUES[1:]:
                    aside = "," in value or ":" in value  # for the closer look, whatever it says
                    assert bad(value) == (bool(judge(element, value)) or (aside and bad(value))), (element, value)


def test_a_file_that_tries_every_shape_finds_a_bound() -> None:
    reader = reader_of(segments_of("D96A")["NAD"], "D96A")
    chance = random.Random(1)  # noqa: S311 - likewise
    for _ in range(2000):
        elements = ["NAD", "BY", *(":".join(chance.choice(("", "1")) for _ in range(4)) for _ in range(3)), "1"]
        reader.again(elements)
    assert len(reader._shapes) <= 512
