"""A finding as a person reads it: the segment, and carets under what is wrong.

Segment 17, byte 612: PO1 line 3, quantity (PO102) is "1O": not a number
    PO1*3*1O*EA*12.5**VP*SKU1~
          ^^
Rule of X12 004010; AK403 6.
"""

from __future__ import annotations

from crossdock.errors import Finding

WIDTH = 100  # characters of a segment that are shown around the place
INDENT = "    "


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


def picture(finding: Finding, segment: str, start: int, end: int) -> str:
    """The view of one finding; ``start`` and ``end`` are where the value stands in the segment with its terminator."""
    place = finding.place
    where = f"Segment {place.segment}" + (f", byte {place.byte}" if place.byte is not None else "")
    shown, moved = _window(segment, start)
    safe = "".join(char if char.isprintable() else "·" for char in shown)
    lines = [
        f"{where}: {finding.message}",
        INDENT + safe,
        INDENT + " " * (start - moved) + "^" * max(1, min(end - start, len(safe) - start + moved)),
    ]
    reported = _reported(finding)
    return "\n".join([*lines, f"{reported}."] if reported else lines)
