"""Findings about X12 under their segments, as a person reads them (edi/caret.py draws them)."""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.caret import picture
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.header import read_header
from crossdock.codecs.x12.text import Splitter
from crossdock.errors import Finding


def segment_lines(part: Part) -> tuple[list[str], Delimiters]:
    """The segments of a part from ST on, and its delimiters."""
    raw = part.raw()
    header = read_header(raw, 0)
    if header is None:
        return [], Delimiters()
    marks = header.interchange.marks
    mark = marks.element
    lines = Splitter(marks).split(raw[header.length :]).segments
    first = next((n for n, line in enumerate(lines) if line.startswith(f"ST{mark}")), 0)
    return lines[first:], marks


def _span(segment: str, element: str | None, mark: str) -> tuple[int, int]:
    """Where the element's value stands in the segment; the tag where the finding is about the whole."""
    tag = segment.partition(mark)[0]
    digits = (element or "")[len(tag) : len(tag) + 2]
    if not ((element or "").startswith(tag) and digits.isdecimal()):
        return 0, len(tag)
    values = segment.split(mark)
    position = min(int(digits), len(values))
    start = len(mark.join(values[:position])) + 1
    return start, start + (len(values[position]) if position < len(values) else 0)


def caret(finding: Finding, segment: str, marks: Delimiters) -> str:
    """The view of one finding in its segment."""
    start, end = _span(segment, finding.place.element, marks.element)
    return picture(finding, segment + marks.terminator.strip(), start, end)


def caret_view(part: Part, findings: Iterable[Finding] | None = None) -> str:
    """All findings of a part (or the given ones), each under its segment."""
    lines, marks = segment_lines(part)
    views: list[str] = []
    for finding in part.findings if findings is None else findings:
        number = finding.place.segment
        if number is None or number > len(lines):
            views.append(finding.message)
        else:
            views.append(caret(finding, lines[number - 1], marks))
    return "\n\n".join(views)
