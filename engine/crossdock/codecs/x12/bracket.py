"""What is wrong with ST and SE, and with a transaction as a whole for where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edi.grammar import Grammar
from crossdock.codecs.edi.ruler import Ruler
from crossdock.codecs.x12.dictionary.library import knows_set
from crossdock.codecs.x12.envelope import Surroundings, at
from crossdock.codecs.x12.findings import SEGMENT_KINDS, TRANSACTION_KINDS
from crossdock.codecs.x12.settings import Settings
from crossdock.codecs.x12.text import Text
from crossdock.errors import Finding, Place


def right_control(control: str) -> bool:
    """Whether ST02 has the length of element 329."""
    return 4 <= len(control) <= 9  # noqa: PLR2004 - AN 4/9


def beginning_findings(
    st: Sequence[str], text: Text, around: Surroundings, grammar: Grammar | None, settings: Settings, ruler: Ruler
) -> Iterator[Finding]:
    """About ST, the group it stands in, and how its text came."""
    place = ruler.place(0)
    yield from _numbers(st, place)
    if at(st, 1):
        yield from _set(at(st, 1), around, grammar, settings, place)
    if text.latin:
        yield finding(TRANSACTION_KINDS["latin"], place)
    if text.wrapped:
        yield finding(SEGMENT_KINDS["wrapped"], place)
    if text.blank:
        yield finding(SEGMENT_KINDS["blank"], place)


def _numbers(st: Sequence[str], place: Place) -> Iterator[Finding]:
    if not at(st, 1):
        yield finding(TRANSACTION_KINDS["st_broken"], place)
    elif not at(st, 2):
        yield finding(TRANSACTION_KINDS["st_unnumbered"], place)
    elif not right_control(at(st, 2)):
        yield finding(TRANSACTION_KINDS["st_control"], replace(place, element="ST02"), value=at(st, 2))


def _set(
    number: str, around: Surroundings, grammar: Grammar | None, settings: Settings, place: Place
) -> Iterator[Finding]:
    functional = around.group.functional
    if grammar is None:
        kind = TRANSACTION_KINDS["release_unknown" if knows_set(number) else "set_unknown"]
        said = finding(kind, place, set=number, version=around.headers["x12.version"])
        yield replace(said, severity=settings.unknown_set)
    elif functional and functional != grammar.definition.group:
        own = grammar.definition.group
        yield finding(TRANSACTION_KINDS["group_differs"], place, value=functional, set=number, group=own)


def ending_findings(
    st: Sequence[str], se: Sequence[str] | None, segments: int, ruler: Ruler, grammar: Grammar | None
) -> Iterator[Finding]:
    """About SE; None: there is none."""
    rule = None if grammar is None else grammar.definition.rule
    control = at(st, 2)
    if se is None:
        yield finding(TRANSACTION_KINDS["cut"], ruler.place(segments), rule, st=control)
        return
    place = ruler.place(segments - 1, "SE02", 2)
    if at(se, 2) != control:
        yield finding(TRANSACTION_KINDS["st_differs"], place, rule, value=at(se, 2), st=control)
    if at(se, 1) != str(segments) and not _same_number(at(se, 1), segments):
        place = ruler.place(segments - 1, "SE01", 1)
        yield finding(TRANSACTION_KINDS["se_count"], place, rule, value=at(se, 1), actual=segments)


def _same_number(text: str, number: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10 and int(text) == number  # noqa: PLR2004 - of element 96
