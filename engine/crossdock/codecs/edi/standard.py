"""A standard as its own package describes it: the tables of a release, its sets, and what they are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from crossdock.codecs.edi.grammar import Syntax
from crossdock.codecs.edi.model import Element, Segment, TransactionSet
from crossdock.codecs.edi.notation import read_elements, read_segments


class Tables(NamedTuple):
    """Tables in the notation."""

    elements: str
    composites: str
    segments: str


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """X12 or EDIFACT.

    ``release_of`` says which release describes a version as a document names it (``004010VICS``: 004010, ``D96A:EAN008``:
    D96A). ``find_set``, ``known_sets`` and ``segments_of`` are those of the standard's library, ``tables`` what it
    reads a release from.
    """

    name: str
    syntax: Syntax
    find_set: Callable[[str, str], TransactionSet | None]
    known_sets: Callable[[], Sequence[tuple[str, str]]]
    segments_of: Callable[[str], Mapping[str, Segment]]
    tables: Callable[[str], Tables]
    release_of: Callable[[str], str]
    set_names: Mapping[str, str]
    segment_names: Mapping[str, str]
    releases: tuple[str, ...] = field(default=())


@lru_cache(maxsize=64)
def elements_of(standard: Standard, release: str) -> Mapping[str, Element]:
    """Every element of a release, by number."""
    return read_elements(standard.tables(release).elements, release)


@lru_cache(maxsize=64)
def composites_of(standard: Standard, release: str) -> Mapping[str, Segment]:
    """Every composite of a release, by number: a composite reads like a segment of its components."""
    return read_segments(standard.tables(release).composites, "", elements_of(standard, release), release)
