"""A finding as a person reads it: the segment, and carets under what is wrong.

Segment 17, byte 612: PO1 line 3, quantity (PO102) is "1O": not a number
    PO1*3*1O*EA*12.5**VP*SKU1~
          ^^
Rule of X12 004010; AK403 6.
"""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.codecs.contract import Part
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.header import read_header
from crossdock.codecs.x12.text import Splitter
from crossdock.errors import Finding

WIDTH = 100  # characters of a segment that are shown around the place
INDENT = "    "


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
    if not ((element or "").startswith(tag) and digits.isdigit()):
        return 0, len(tag)
    values = segment.split(mark)
    position = min(int(digits), len(values))
    start = len(mark.join(values[:position])) + 1
    return start, start + (len(values[position]) if position < len(values) else 0)


def _window(segment: str, start: int) -> tuple[str, int]:
    """The part of a long segment that shows the place, and how far it was moved."""
    if len(segment) <= WIDTH:
        return segment, 0
    cut = max(0, start - WIDTH // 2)
    return f"{'…' if cut else ''}{segment[cut : cut + WIDTH]}…", cut - 1 if cut else 0


def _reported(finding: Finding) -> str:
    codes = ", ".join(f"{code} {value}" for code, value in finding.report if code != "AK402")
    said = [f"Rule of {finding.rule}" if finding.rule else "", codes]
    return "; ".join(word for word in said if word)


def caret(finding: Finding, segment: str, marks: Delimiters) -> str:
    """The view of one finding in its segment."""
    place = finding.place
    where = f"Segment {place.segment}" + (f", byte {place.byte}" if place.byte is not None else "")
    start, end = _span(segment, place.element, marks.element)
    shown, moved = _window(segment + marks.terminator.strip(), start)
    safe = "".join(char if char.isprintable() else "·" for char in shown)
    lines = [
        f"{where}: {finding.message}",
        INDENT + safe,
        INDENT + " " * (start - moved) + "^" * max(1, min(end - start, len(safe) - start + moved)),
    ]
    reported = _reported(finding)
    return "\n".join([*lines, f"{reported}."] if reported else lines)


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
