"""Findings about EDIFACT under their segments, as a person reads them (edi/caret.py draws them)."""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.caret import picture
from crossdock.codecs.edifact.charsets import decoded
from crossdock.codecs.edifact.delimiters import Delimiters
from crossdock.codecs.edifact.header import read_header, read_snippet
from crossdock.codecs.edifact.text import segment_offsets, value_offset
from crossdock.errors import Finding


class _Sheet:
    """The segments of a part from UNH on, as bytes."""

    def __init__(self, raw: bytes) -> None:
        header = read_header(raw, 0) or read_snippet(raw, 0)
        self.marks = header.interchange.marks if header else Delimiters()
        self._charset = header.interchange.charset(strict=False) if header else None
        body = raw[header.length :] if header else b""
        starts = segment_offsets(body, self.marks)
        ends = [*starts[1:], len(body)][: len(starts)]
        lines = [body[start:end].rstrip(b" \r\n") for start, end in zip(starts, ends, strict=True)]
        first = next((n for n, line in enumerate(lines) if line.startswith((b"UNH", b"UNO"))), 0)
        self.lines = lines[first:]

    def view(self, finding: Finding, line: bytes) -> str:
        """One finding under its segment."""
        start, end = self._span(line, finding.place.element)
        before, value = self._text(line[:start]), self._text(line[start:end])
        return picture(finding, self._text(line), len(before), len(before) + len(value))

    def _span(self, line: bytes, element: str | None) -> tuple[int, int]:
        """Where the element's (or component's) value stands in the segment; the tag where it is about the whole."""
        tag = line[:3].decode("latin-1")
        digits = (element or "").removeprefix(tag)
        if not (digits.isdecimal() and len(digits) in (2, 4)):
            return 0, len(tag)
        position, component = int(digits[:2]), int(digits[2:] or 0)
        start = value_offset(line, 0, position, component, self.marks)
        return (start, self._end(line, start, inside=bool(component))) if start else (0, len(tag))

    def _end(self, line: bytes, start: int, *, inside: bool) -> int:
        marks = self.marks
        stops = (marks.element + marks.terminator + (marks.component if inside else "")).encode("latin-1")
        at = start
        while at < len(line) and line[at] not in stops:
            at += 2 if line[at : at + 1] == marks.release.encode("latin-1") else 1
        return min(at, len(line))

    def _text(self, line: bytes) -> str:
        return line.decode("latin-1") if self._charset is None else decoded(line, self._charset).text


def caret_view(part: Part, findings: Iterable[Finding] | None = None) -> str:
    """All findings of a part (or the given ones), each under its segment."""
    sheet = _Sheet(part.raw())
    views: list[str] = []
    for finding in part.findings if findings is None else findings:
        number = finding.place.segment
        if number is None or number > len(sheet.lines):
            views.append(finding.message)
        else:
            views.append(sheet.view(finding, sheet.lines[number - 1]))
    return "\n\n".join(views)
