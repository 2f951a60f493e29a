"""EDIFACT as tools meet it: tables, messages and names."""

from __future__ import annotations

from crossdock.codecs.edi.names import read_names
from crossdock.codecs.edi.standard import Standard, Tables
from crossdock.codecs.edifact.dictionary import service
from crossdock.codecs.edifact.dictionary.elements import ELEMENTS
from crossdock.codecs.edifact.dictionary.library import (
    DIRECTORIES,
    SYNTAX_3,
    SYNTAX_4,
    find_set,
    known_sets,
    segments_of,
)
from crossdock.codecs.edifact.dictionary.names import SEGMENTS as SEGMENT_NAMES
from crossdock.codecs.edifact.dictionary.names import SETS as SET_NAMES
from crossdock.codecs.edifact.dictionary.segments import COMPOSITES, SEGMENTS
from crossdock.codecs.edifact.grammar import SYNTAX


def _tables(release: str) -> Tables:
    if release in DIRECTORIES:
        return Tables(ELEMENTS, COMPOSITES, SEGMENTS)
    return Tables(service.ELEMENTS, service.COMPOSITES, service.SEGMENTS)


EDIFACT = Standard(
    name="EDIFACT",
    syntax=SYNTAX,
    find_set=find_set,
    known_sets=known_sets,
    segments_of=segments_of,
    tables=_tables,
    release_of=lambda version: version.partition(":")[0],
    set_names=read_names(SET_NAMES),
    segment_names=read_names(SEGMENT_NAMES),
    releases=(*DIRECTORIES, SYNTAX_3, SYNTAX_4),
)
