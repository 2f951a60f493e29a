"""What there is to say about a UNB that could be read."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edifact.charsets import CHARSETS
from crossdock.codecs.edifact.envelope import UNB_LENGTHS, Elements, at
from crossdock.codecs.edifact.findings import ELEMENT_KINDS, INTERCHANGE_KINDS, SEGMENT_KINDS
from crossdock.codecs.edifact.header import Header
from crossdock.codecs.edifact.repertoire import Repertoire
from crossdock.codecs.edifact.values import is_moment
from crossdock.errors import Finding, Place

VERSIONS = frozenset("1234")
_ODDITIES = {**SEGMENT_KINDS, "trailing": ELEMENT_KINDS["trailing"]}
_NEEDED = (("sender", 2), ("receiver", 3), ("control reference", 5))


def header_findings(header: Header) -> Iterator[Finding]:
    """Findings about UNA and UNB, or that there is none."""
    interchange = header.interchange
    place = Place(byte=interchange.offset)
    if header.broken_una:
        yield finding(INTERCHANGE_KINDS["una_broken"], place, value=header.broken_una)
    if not interchange.elements:
        yield finding(INTERCHANGE_KINDS["no_envelope"], place)
        return
    for oddity in header.oddities:
        yield finding(_ODDITIES[oddity], place, None, actual=1, first="UNB")
    if header.guessed:
        yield finding(INTERCHANGE_KINDS["unusual"], place, value=interchange.marks.separators)
    charset = interchange.charset(strict=False)
    if Repertoire(charset).kept("".join(part for element in interchange.elements for part in element))[1]:
        yield finding(INTERCHANGE_KINDS["unb_charset"], place, named=charset.name or "UTF-8")
    yield from _of_unb(interchange.elements, place)


def _of_unb(unb: Elements, place: Place) -> Iterator[Finding]:
    if at(unb, 1) not in CHARSETS:
        yield finding(INTERCHANGE_KINDS["syntax"], place, value=at(unb, 1))
    if at(unb, 1, 2)[:1] not in VERSIONS:
        yield finding(INTERCHANGE_KINDS["syntax_version"], place, value=at(unb, 1, 2))
    for name, position in _NEEDED:
        if not at(unb, position):
            yield finding(INTERCHANGE_KINDS["unb_absent"], place, value=name)
    for name, position, longest in UNB_LENGTHS:
        value = at(unb, position)
        if len(value) > longest:
            yield finding(INTERCHANGE_KINDS["unb_long"], place, what=name, value=value, longest=longest)
    day, time = at(unb, 4), at(unb, 4, 2)
    if not (is_moment(day, "101") or is_moment(day, "102")) or (time and not is_moment(time, "401")):
        yield finding(INTERCHANGE_KINDS["unb_date"], place, value=f"{day}:{time}")
