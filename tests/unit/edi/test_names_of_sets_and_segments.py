"""Everything the dictionary describes has a name in our words."""

from __future__ import annotations

import pytest

from crossdock.codecs.edi.standard import Standard
from crossdock.codecs.edifact.standard import EDIFACT
from crossdock.codecs.x12.standard import X12

ENVELOPE = {"ISA", "GS", "GE", "IEA"}
by_name = pytest.mark.parametrize("standard", [X12, EDIFACT], ids=lambda standard: standard.name)


def described_in(standard: Standard) -> set[str]:
    """Tags of segments with elements; some are only known to be there."""
    every = [one for release in standard.releases for one in standard.segments_of(release).values()]
    return {segment.tag for segment in every if segment.fields}


@by_name
def test_every_set_and_segment_has_a_name(standard: Standard) -> None:
    described = described_in(standard)
    assert described - standard.segment_names.keys() == set()
    assert {number for number, _ in standard.known_sets()} - standard.set_names.keys() == set()


@by_name
def test_no_name_is_kept_for_a_segment_that_is_not_described(standard: Standard) -> None:
    described = described_in(standard)
    assert standard.segment_names.keys() - described - ENVELOPE == set()


@by_name
def test_names_are_short_words_of_people(standard: Standard) -> None:
    names = [*standard.segment_names.values(), *standard.set_names.values()]
    assert [name for name in names if len(name) > 44 or name != name.strip() or not name] == []


@by_name
def test_every_release_that_has_sets_is_listed(standard: Standard) -> None:
    assert {release for _, release in standard.known_sets()} <= set(standard.releases)
