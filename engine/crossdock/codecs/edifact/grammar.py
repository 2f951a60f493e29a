"""The compiled messages of EDIFACT."""

from __future__ import annotations

from functools import cache

from crossdock.codecs.edi.grammar import Grammar, Syntax, compile_set
from crossdock.codecs.edifact.closer_look import look_closer
from crossdock.codecs.edifact.dictionary.library import find_set, segments_of
from crossdock.codecs.edifact.shapes import reader_of

ENVELOPE = frozenset({"UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ", "UNO", "UNP"})  # never inside a message
SYNTAX = Syntax(ENVELOPE, reader_of, look_closer, lambda release, tag: tag in segments_of(release))


@cache
def _compiled(name: str, release: str) -> Grammar | None:
    definition = find_set(name, release)
    return None if definition is None else compile_set(definition, SYNTAX)


def grammar_of(name: str, version: str) -> Grammar | None:
    """The compiled message, or None where the dictionary does not have it."""
    definition = find_set(name, version)
    return None if definition is None else _compiled(name, definition.release)
