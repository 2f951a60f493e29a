"""X12 as tools meet it: tables, sets and names."""

from __future__ import annotations

from crossdock.codecs.edi.names import read_names
from crossdock.codecs.edi.standard import Standard, Tables
from crossdock.codecs.x12.dictionary.elements import ELEMENTS
from crossdock.codecs.x12.dictionary.library import RELEASE_LENGTH, find_set, known_sets, segments_of
from crossdock.codecs.x12.dictionary.names import SEGMENTS as SEGMENT_NAMES
from crossdock.codecs.x12.dictionary.names import SETS as SET_NAMES
from crossdock.codecs.x12.dictionary.segments import COMPOSITES, SEGMENTS
from crossdock.codecs.x12.grammar import SYNTAX

X12 = Standard(
    name="X12",
    syntax=SYNTAX,
    find_set=find_set,
    known_sets=known_sets,
    segments_of=segments_of,
    tables=lambda release: Tables(ELEMENTS, COMPOSITES, SEGMENTS),
    release_of=lambda version: version[:RELEASE_LENGTH],
    set_names=read_names(SET_NAMES),
    segment_names=read_names(SEGMENT_NAMES),
    releases=("004010", "005010"),
)
