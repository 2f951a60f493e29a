"""The compiled dictionary: asked by set and version, made once, when first asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from crossdock.codecs.edi.model import Segment, TransactionSet
from crossdock.codecs.edi.notation import read_elements, read_segments, read_set, set_texts
from crossdock.codecs.x12.dictionary.elements import ELEMENTS
from crossdock.codecs.x12.dictionary.segments import COMPOSITES, SEGMENTS
from crossdock.codecs.x12.dictionary.sets import SETS

RELEASE_LENGTH = 6  # GS08: version, release and subrelease; what follows names an industry's guideline


@cache
def _texts() -> Mapping[tuple[str, str], str]:
    return {(number, release): text for number, release, text in set_texts(SETS)}


@cache
def segments_of(release: str) -> Mapping[str, Segment]:
    """Every segment of a release, by tag."""
    return read_segments(SEGMENTS, COMPOSITES, read_elements(ELEMENTS, release), release)


@cache
def _compiled(number: str, release: str) -> TransactionSet | None:
    text = _texts().get((number, release))
    return None if text is None else read_set(text, segments_of(release))


def find_set(number: str, version: str) -> TransactionSet | None:
    """The set at a version as GS08 says it (``004010VICS`` is read by 004010), None where it is not described."""
    release = version[:RELEASE_LENGTH]
    return _compiled(number, release) if (number, release) in _texts() else None


def known_sets() -> list[tuple[str, str]]:
    """(number, release) of every set described."""
    return sorted(_texts())


def knows_set(number: str) -> bool:
    """Whether the set is described at any release."""
    return any(number == known for known, _ in _texts())
