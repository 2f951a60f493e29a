"""Reads UNA and UNB; or the delimiters of a snippet that has no UNB."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crossdock.codecs.edifact.charsets import charset_of
from crossdock.codecs.edifact.delimiters import (
    BLANKS,
    REPETITION_SINCE,
    Delimiters,
    default_separators,
    delimiters,
    usable,
)
from crossdock.codecs.edifact.envelope import Interchange, elements_of
from crossdock.codecs.edifact.text import ends_needlessly, released, splitter

LONGEST = 2048  # bytes within which UNA and UNB end; the longest the standard allows are some 300
SERVICE = rb"UN[ABEGHOPTZ]|UIB"
_UNB = re.compile(rb"UNB([^A-Za-z0-9\s])([A-Z0-9]{4})([^A-Za-z0-9])(\w)", re.DOTALL)
_LONE_UNB = re.compile(rb"UNB([^A-Za-z0-9\s])", re.DOTALL)
_NEXT = re.compile(rb"([^A-Za-z0-9\s])\s*(?:" + SERVICE + rb")")
_SNIPPET = re.compile(rb"(?:UNH|UNG|UNO)([+\x1d])")
_SEGMENT = re.compile(rb"[A-Z][A-Z0-9]{2}([^A-Za-z0-9\s])")
_LINE_BREAKS = (b"\r\n", b"\n", b"\r")


@dataclass(frozen=True, slots=True)
class Header:
    """A readable UNB; ``length`` includes UNA, terminator and newline. ``una``: one that could not be right.

    ``guessed``: neither UNA nor the standard's defaults, but what UNB shows. ``oddities``: of UNB as text (text.py).
    """

    interchange: Interchange
    length: int
    broken_una: str = ""
    guessed: bool = False
    oddities: tuple[str, ...] = ()


def _newline(data: bytes, start: int) -> str:
    """The line break after a terminator, if there is one."""
    return next((one.decode() for one in _LINE_BREAKS if data.startswith(one, start)), "")


def _una(data: bytes) -> tuple[str, int]:
    """(the six characters, where what follows begins); nothing where there is no UNA. A short one is filled up."""
    if not data.startswith(b"UNA"):
        return "", 0
    for width in (6, 5):
        rest = data[3 + width :].lstrip(BLANKS)
        element = data[4:5]
        if not rest or re.match(rb"[A-Z][A-Z0-9]{2}" + re.escape(element), rest) or re.match(SERVICE, rest):
            six = data[3 : 3 + width].decode("latin-1")
            return six if width == 6 else f"{six[:4]} {six[4:]}", len(data) - len(rest)  # noqa: PLR2004 - see above
    return "", 0


def _version(data: bytes, start: int, six: str) -> str:
    """0002, as far as it can be told before the delimiters are known."""
    match = _UNB.match(data, start)
    if match is not None:
        return match[4].decode("latin-1")
    found = data[start : start + 20].decode("latin-1").split(six[1])
    parts = found[1].split(six[0]) if len(found) > 1 else []
    return parts[1][:1] if len(parts) > 1 else ""


def _end(data: bytes, start: int, marks: Delimiters) -> int:
    """Where the terminator of the segment at ``start`` stands, or -1."""
    mark, release = marks.terminator.encode("latin-1"), marks.release.encode("latin-1")
    at = data.find(mark, start)
    while at >= 0 and release and released(data, at, release):
        at = data.find(mark, at + 1)
    return at


def _guess(data: bytes, start: int) -> str:
    """The delimiters that a UNB without (or with a wrong) UNA shows; nothing where it shows none."""
    match = _UNB.match(data, start)
    if match is None:
        return ""
    element, component = match[1].decode("latin-1"), match[3].decode("latin-1")
    following = _NEXT.search(data, match.end())
    if following is None or element == component:
        return ""
    usual = default_separators(element, match[4].decode("latin-1"))
    if (usual[0], usual[1]) == (component, element) and following[1].decode("latin-1") == usual[5]:
        return usual
    terminator = following[1].decode("latin-1")
    release = "?" if "?" not in (element, component, terminator) else " "
    six = f"{component}{element}.{release} {terminator}"
    return six if usable(delimiters(six, "")) else ""


def _fits(six: str, data: bytes, start: int) -> bool:
    """Whether UNB (or what stands in its place) goes on as these delimiters say."""
    element = data[start + 3 : start + 4].decode("latin-1")
    return element == six[1] and usable(delimiters(six, ""))


def _by_unb(data: bytes, start: int) -> str:
    """The delimiters where no UNA (or a wrong one) says so: the standard's, or those that UNB shows."""
    element = data[start + 3 : start + 4].decode("latin-1")
    match = _UNB.match(data, start)
    usual = default_separators(element, "" if match is None else match[4].decode("latin-1"))
    if usual[1] == element and (match is None or match[3].decode("latin-1") in (usual[0], usual[1])):
        return usual
    return _guess(data, start)


def read_header(data: bytes, offset: int) -> Header | None:
    """The UNA and UNB at the beginning of ``data``, or None where there is no UNB."""
    una, start = _una(data)
    if _LONE_UNB.match(data, start) is None:
        return None
    if una and _fits(una, data, start):
        return _read(data, offset, start, una, una=True)
    six = _by_unb(data, start)
    if not six:
        return None
    guessed = not una and six not in (default_separators(six[1], ""), default_separators(six[1], REPETITION_SINCE))
    return _read(data, offset, start, six, broken=una, guessed=guessed)


def _read(
    data: bytes, offset: int, start: int, six: str, *, una: bool = False, broken: str = "", guessed: bool = False
) -> Header | None:
    version = _version(data, start, six)
    marks = delimiters(six, version, una=una)
    end = _end(data, start, marks)
    if end < 0:
        return None
    newline = _newline(data, end + 1)
    marks = delimiters(six, version, newline, una=una)
    raw = data[: end + 1 + len(newline)]
    text = splitter(marks, charset_of("")).split(raw[start:])
    if not text.segments:
        return None
    interchange = Interchange(elements_of(text.segments[0]), raw, marks, offset)
    odd = (*text.oddities, *(("trailing",) if ends_needlessly(text.segments[0]) else ()))
    return Header(interchange, len(raw), broken, guessed, odd)


def read_snippet(data: bytes, offset: int) -> Header | None:
    """A message or group that stands without UNB at the beginning of ``data``, or None where there is none.

    Behind a UNA any segment will do.
    """
    una, start = _una(data)
    match = (_SEGMENT if una else _SNIPPET).match(data, start)
    if match is None:
        return None
    element = match[1].decode("latin-1")
    fits = bool(una) and _fits(una, data, start)
    six = una if fits else default_separators(element, "")
    if six[1] != element:
        return None
    marks = delimiters(six, "", una=fits)
    end = _end(data, start, marks)
    newline = _newline(data, end + 1) if end >= 0 else ""
    marks = delimiters(six, "", newline, una=fits)
    return Header(Interchange((), data[:start], marks, offset), start, "" if fits else una)
