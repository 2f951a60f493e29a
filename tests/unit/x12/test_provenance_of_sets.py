"""Our sets have every place that public sources tell, in their order, and are at least as wide."""

from __future__ import annotations

import pytest
from tests.unit.x12.provenance_facts import differences, disagreements, told_sets, unsaid

from crossdock.codecs.x12.dictionary.library import find_set, known_sets

#: source -> (its maxima count, what it leaves optional is not mandatory)
SOURCES = {
    "bots-grammars": (True, True),
    "ediengine": (True, True),
    "mock-edi": (False, True),
    "x12-types": (False, False),
}


@pytest.mark.parametrize("source", SOURCES)
def test_ours_differ_from_a_source_only_where_it_is_said_why(source: str) -> None:
    counts, demands = SOURCES[source]
    found: set[str] = set()
    for theirs in told_sets(source):
        ours = find_set(theirs.number, theirs.release)
        assert ours is not None
        found.update(disagreements(ours, theirs, counts=counts, demands=demands))
    assert unsaid(found, differences(source)) == set()


def test_every_set_is_told_by_two_sources_at_least() -> None:
    told: dict[tuple[str, str], int] = {}
    for source in SOURCES:
        for theirs in told_sets(source):
            key = (theirs.number, theirs.release)
            told[key] = told.get(key, 0) + 1
    once = {key for key in known_sets() if told.get(key, 0) < 2}
    assert once == {("832", "004010"), ("947", "005010")}  # told once at this release
