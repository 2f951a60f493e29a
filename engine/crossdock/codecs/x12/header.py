"""Finds an ISA and reads it: fixed width, or by its separators where the sender dropped the padding."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.x12.delimiters import BLANKS, REPETITION_SINCE, Delimiters
from crossdock.codecs.x12.envelope import ISA_WIDTHS, Interchange

LONGEST = 512  # bytes within which an ISA has its 16 separators; the standard's is 106 long
FOLLOWERS = (b"GS", b"TA1", b"ST", b"IEA", b"ISA")
_LINE_BREAKS = b"\r\n"


@dataclass(frozen=True, slots=True)
class Header:
    """A readable ISA; ``length`` includes terminator and newline, ``widths`` the elements of another width."""

    interchange: Interchange
    length: int
    odd_widths: tuple[int, ...]
    same_separator: bool
    wrapped: bool


def _unbroken(data: bytes) -> bytes:
    return data.replace(b"\r", b"").replace(b"\n", b"")


def _fields(data: bytes, mark: bytes) -> tuple[list[bytes], int] | None:
    """ISA01 … ISA15 and where ISA16 begins."""
    fields: list[bytes] = []
    start = 4
    if _fixed(data, mark):
        for width in ISA_WIDTHS[:-1]:
            fields.append(data[start : start + width])
            start += width + 1
        return fields, start
    for width in ISA_WIDTHS[:-1]:
        end = data.find(mark, start)
        if end < 0 or (width <= 2 < end - start):  # noqa: PLR2004 - ISA01 and its like are never longer
            return None
        fields.append(_unbroken(data[start:end]) if mark not in _LINE_BREAKS else data[start:end])
        start = end + 1
    return fields, start


def _newline(data: bytes, start: int, terminator: bytes) -> bytes:
    """The line break after a terminator, if there is one."""
    for newline in (b"\r\n", b"\n", b"\r"):
        if data.startswith(newline, start) and newline != terminator:
            return newline
    return b""


def _followed(data: bytes, start: int, mark: bytes) -> bool:
    """Whether a segment that may follow ISA comes next, or nothing at all."""
    rest = data[start:].lstrip(BLANKS)
    return not rest or any(rest.startswith(tag + mark) for tag in FOLLOWERS)


def _end(data: bytes, start: int, mark: bytes) -> tuple[bytes, bytes, int] | None:
    """(component separator, terminator, where the next segment begins) from where ISA16 begins."""
    for width in _isa16_widths(data, start):
        terminator = data[start + width : start + width + 1]
        if terminator and _followed(data, start + width + 1, mark):
            return data[start : start + width], terminator, start + width + 1
    return None


def _isa16_widths(data: bytes, start: int) -> tuple[int, ...]:
    """Where ISA16 was left out, ``*P*~`` and a line break look like a separator ``~`` before a terminator.

    The next segment tells: it ends the same way.
    """
    mark, newline = data[start : start + 1], data[start + 1 : start + 2]
    if newline in (b"\r", b"\n"):
        following = data[start + 1 :].lstrip(BLANKS).split(newline)[0].rstrip(BLANKS)
        if following.endswith(mark) and not following.startswith(b"ISA"):
            return (0, 1)
    return (1, 0)


def read_header(data: bytes, offset: int) -> Header | None:
    """The ISA at the beginning of ``data``, or None where it cannot be one."""
    mark = data[3:4]
    if not data.startswith(b"ISA") or not mark or (mark.isalnum() and not _fixed(data, mark)):
        return None
    if mark not in _LINE_BREAKS and not _fixed(data, mark):
        flat = _unbroken(data)
        if len(flat) < len(data) and _fixed(flat, mark):
            return _wrapped_header(data, flat, mark, offset)
    return _read(data, mark, offset) or _wrapped_header(data, _unbroken(data), mark, offset)


def _wrapped_header(data: bytes, flat: bytes, mark: bytes, offset: int) -> Header | None:
    """An ISA that lines were broken in, wherever: ``flat`` is without the breaks."""
    header = _read(flat, mark, offset) if _fixed(flat, mark) else None
    if header is None:
        return None
    length, seen = 0, 0
    while seen < header.length:
        seen += data[length] not in _LINE_BREAKS
        length += 1
    interchange = replace(header.interchange, raw=data[:length])
    return replace(header, interchange=interchange, length=length, wrapped=True)


def _read(data: bytes, mark: bytes, offset: int) -> Header | None:
    found = _fields(data, mark)
    if found is None:
        return None
    fields, start = found
    ending = _end(data, start, mark)
    if ending is None or ending[1] == mark:
        return None
    component, terminator, end = ending
    newline = _newline(data, end, terminator)
    end += len(newline)
    texts = [field.decode("latin-1") for field in (*fields, component)]
    widths = tuple(
        n for n, (text, width) in enumerate(zip(texts, ISA_WIDTHS, strict=True), start=1) if len(text) != width
    )
    same = component in (mark, terminator)
    delimiters = Delimiters(
        mark.decode("latin-1"),
        "" if same else component.decode("latin-1"),
        terminator.decode("latin-1"),
        _repetition(texts[10], texts[11], mark, component),
        newline.decode("latin-1"),
    )
    elements = ("ISA", *(text.rstrip(" ") for text in texts))
    inside = data[: end - len(newline) - 1]
    wrapped = not mark.isspace() and any(byte in inside for byte in _LINE_BREAKS)
    return Header(Interchange(elements, data[:end], delimiters, offset), end, widths, same, wrapped)


def _fixed(data: bytes, mark: bytes) -> bool:
    """Whether the separators stand where a fixed-width ISA has them: needed to believe a letter is one."""
    position = 3
    for width in ISA_WIDTHS:
        if data[position : position + 1] != mark:
            return False
        position += width + 1
    return True


def _repetition(standards: str, version: str, mark: bytes, component: bytes) -> str:
    usable = len(standards) == 1 and not standards.isalnum() and standards != " "
    if version < REPETITION_SINCE or not usable or standards.encode("latin-1") in (mark, component):
        return ""
    return standards


@dataclass(frozen=True, slots=True)
class Snippet:
    """GS or ST without an ISA: the delimiters are guessed from how its segments end."""

    marks: Delimiters


def read_snippet(stream: Stream) -> Snippet | None:
    """A snippet at the beginning of the stream, or None."""
    stream.need(LONGEST)
    data = bytes(stream.data[stream.pos : stream.pos + LONGEST])
    mark = data[2:3]
    if data[:2] not in (b"ST", b"GS") or not mark or mark.isalnum() or mark in BLANKS:
        return None
    return _snippet(data, mark)


def _snippet(data: bytes, mark: bytes) -> Snippet | None:
    for position in range(4, len(data) - 3):
        if data[position : position + 1].isalnum() or data[position : position + 1] in (mark, b" ", b"-", b"."):
            continue
        newline = _newline(data, position + 1, data[position : position + 1])
        rest = data[position + 1 + len(newline) :]
        tag = rest.partition(mark)[0]
        if 2 <= len(tag) <= 3 and tag.isalnum() and tag.isupper():  # noqa: PLR2004 - tags have two or three characters
            terminator = data[position : position + 1].decode("latin-1")
            return Snippet(Delimiters(mark.decode("latin-1"), "", terminator, "", newline.decode("latin-1")))
    return None
