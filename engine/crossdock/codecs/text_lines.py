"""The lines of a text payload, decoded as it streams: the common ground of the line-oriented formats.

A line ends with LF (and keeps it); CR before it is the reader's business. A byte that is not text in the encoding is
never replaced: it is a finding with its offset. All lines before the fault are yielded first, so what a reader finds
does not depend on how the payload was cut into chunks.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from crossdock.errors import Finding, Place, Reject
from crossdock.message import Payload

MAX_LINE = 8 * 1024 * 1024  # characters; above any true record, below what would hurt


def known_encoding(encoding: str) -> str:
    """The name, of a text encoding. Raises ``ValueError``."""
    try:
        "".encode(encoding)  # unlike codecs.lookup, refuses codecs that are not of text
    except LookupError as error:
        raise ValueError(f"'{encoding}' is not a text encoding; common ones are utf-8, cp1252, latin-1") from error
    return encoding


Encoding = Annotated[str, AfterValidator(known_encoding)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCodes:
    """The finding codes of a format for what can be wrong below its own rules.

    ``choice`` tells whether the format lets a route name another encoding, so that a hint may say so.
    """

    undecodable: str
    nul: str
    too_long: str
    choice: bool = True


def lines_of(payload: Payload, encoding: str, codes: LineCodes) -> Iterator[str]:
    """The lines, each with its LF (the last one perhaps without). Raises ``Reject`` at the first fault."""
    rest, number = "", 1
    for text, fault in texts_of(payload, encoding, codes):
        pieces = (rest + text).split("\n")
        rest = pieces.pop()
        for piece in pieces:
            _refuse_long(piece, number, codes)
            yield piece + "\n"
            number += 1
        _refuse_long(rest, number, codes)
        if fault is not None:
            raise Reject.of([_placed(fault, number, len(rest) + 1)])
    if rest:
        yield rest


def texts_of(payload: Payload, encoding: str, codes: LineCodes) -> Iterator[tuple[str, Finding | None]]:
    """Decoded pieces; with the last good one, the fault that stands right behind it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    fed, start = 0, True
    for chunk, final in _chunks(payload):
        pending = len(decoder.getstate()[0])
        text, fault = _decode(decoder, chunk, final=final), None
        if isinstance(text, UnicodeDecodeError):
            text, fault = _undecodable(text, encoding, fed - pending, codes)
        if start and text:
            text, start = text.removeprefix("\ufeff"), False
        nul = text.find("\0")
        if nul >= 0:
            text, fault = text[:nul], Finding(code=codes.nul, message="a NUL character stands in the text")
        yield text, fault
        fed += len(chunk)


def _chunks(payload: Payload) -> Iterator[tuple[bytes, bool]]:
    for chunk in payload.chunks():
        yield chunk, False
    yield b"", True


def _decode(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> str | UnicodeDecodeError:
    try:
        return decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        return error


def _undecodable(error: UnicodeDecodeError, encoding: str, base: int, codes: LineCodes) -> tuple[str, Finding]:
    """The good text before the fault, and the fault."""
    good = error.object[: error.start].decode(encoding)
    value = error.object[error.start : error.end].hex(" ")
    message = f"byte {value} is not {encoding} text"
    hint = _other_encoding(base + error.start, value, encoding) if codes.choice else None
    place = Place(byte=base + error.start)
    return good, Finding(code=codes.undecodable, message=message, place=place, value=value, hint=hint)


def _other_encoding(byte: int, value: str, encoding: str) -> str | None:
    if byte == 0 and value in ("ff", "fe"):  # the first byte of UTF-16's byte order mark, either way round
        return "the file starts like UTF-16: set 'encoding: utf-16'"
    if codecs.lookup(encoding).name == "utf-8":
        return "if the sender writes Windows text, set 'encoding: cp1252'"
    return None


def _refuse_long(line: str, number: int, codes: LineCodes) -> None:
    if len(line) > MAX_LINE:
        message = f"a line is longer than {MAX_LINE:,} characters"
        raise Reject.of([Finding(code=codes.too_long, message=message, place=Place(line=number))])


def _placed(fault: Finding, line: int, column: int) -> Finding:
    place = Place(line=line, column=column, byte=fault.place.byte)
    return Finding(code=fault.code, message=fault.message, place=place, value=fault.value, hint=fault.hint)
