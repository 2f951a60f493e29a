"""The compiled sets of X12."""

from __future__ import annotations

from functools import cache

from crossdock.codecs.edi.grammar import Grammar, Syntax, compile_set
from crossdock.codecs.x12.closer_look import look_closer
from crossdock.codecs.x12.dictionary.library import find_set, segments_of
from crossdock.codecs.x12.shapes import reader_of

ENVELOPE = frozenset({"ISA", "GS", "ST", "GE", "IEA", "SE"})  # never inside a transaction: it was cut off
SYNTAX = Syntax(ENVELOPE, reader_of, look_closer, lambda release, tag: tag in segments_of(release))


@cache
def _compiled(number: str, release: str) -> Grammar | None:
    definition = find_set(number, release)
    return None if definition is None else compile_set(definition, SYNTAX)


def grammar_of(number: str, version: str) -> Grammar | None:
    """The compiled set, or None where the dictionary does not have it."""
    definition = find_set(number, version)
    return None if definition is None else _compiled(number, definition.release)
