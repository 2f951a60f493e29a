"""Characters outside the agreed character set, element by element (AK403 6). Delimiters may be any character."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossdock.codecs.edi.findings import Kind, finding
from crossdock.codecs.edi.model import Element
from crossdock.codecs.edi.ruler import Ruler
from crossdock.codecs.edi.walk import MOST_FAULTS
from crossdock.codecs.x12.charsets import Charset
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.dictionary.library import RELEASE_LENGTH, segments_of
from crossdock.codecs.x12.findings import TRANSACTION_KINDS
from crossdock.errors import Finding


def usual_bytes(charset: Charset, marks: Delimiters) -> bytes | None:
    """What the bytes of a transaction are made of when there is nothing to look for; None: nothing ever is."""
    if charset.outside is None:
        return None
    allowed = "".join(chr(code) for code in range(32, 127) if not charset.outside.match(chr(code)))
    return (allowed + marks.separators + marks.newline + "\r\n\0").encode("latin-1", "ignore")


def character_findings(
    segments: Sequence[str], charset: Charset, marks: Delimiters, ruler: Ruler, version: str
) -> Iterator[Finding]:
    """One finding for each element that holds a character it may not."""
    found = 0
    for index, segment in enumerate(segments):
        elements = segment.split(marks.element)
        for position, value in enumerate(elements):
            wrong = _outside(value, charset, marks)
            if wrong and found < MOST_FAULTS:
                found += 1
                yield _finding(ruler, index, elements[0], position, wrong, charset, version)


def _outside(value: str, charset: Charset, marks: Delimiters) -> str:
    if charset.outside is None or not charset.outside.search(value):
        return ""
    inner = marks.component + marks.repetition
    return next((letter for letter in charset.outside.findall(value) if letter not in inner), "")


def _finding(ruler: Ruler, index: int, tag: str, position: int, letter: str, charset: Charset, version: str) -> Finding:
    ref = f"{tag}{position:02}" if position else tag
    element = _described(tag, position, version)
    kind = TRANSACTION_KINDS["outside"]
    report = (*kind.report, ("AK402", element.number)) if element and element.number[0].isdigit() else kind.report
    name = f"{element.name} ({ref})" if element else ref
    told = Kind(kind.code, kind.text, report, kind.severity, kind.hint)
    place = ruler.place(index, ref, position)
    return finding(told, place, None, name=name, letter=letter, charset=charset.name)


def _described(tag: str, position: int, version: str) -> Element | None:
    segment = segments_of(version[:RELEASE_LENGTH]).get(tag)
    described = segment is not None and 0 < position <= len(segment.fields)
    return segment.fields[position - 1].element if segment is not None and described else None
