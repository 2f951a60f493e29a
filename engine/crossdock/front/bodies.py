"""What a body is: its media type, its packing, its parts. Pure: bytes in, bytes out, and never more than allowed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from crossdock.front.problem import Problem
from crossdock.message import EMPTY

#: Unpacked bytes for one packed byte: more is no document (promises.md, compression).
RATIO = 200
_FREE = 64 * 1024  # bytes that need not keep the ratio: short repetitive texts pack very well
_STEP = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS
MULTIPART = "multipart/form-data"
UNKNOWN = "application/octet-stream"
_MOST_PARTS = 100
_MOST_MEMBERS = 1_000
_LONGEST_FIELD = 8 * 1024
_MEDIA = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")  # RFC 9110, 8.3.1


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a request. ``headers`` are what a form said beside it."""

    data: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)


def media_type(header: str) -> str:
    """``application/json`` of ``Application/JSON; charset=utf-8``. Raises ``Problem`` for what is none."""
    text = header.partition(";")[0].strip().lower()
    if not _MEDIA.match(text):
        raise Problem("W107", "the request needs a Content-Type such as application/json")
    return text


def refuse_other_media(media: str, accepts: tuple[str, ...]) -> None:
    """Raise ``Problem`` where an address does not take that media type."""
    if accepts and media not in accepts and not (media == "text/xml" and "application/xml" in accepts):
        taken = ", ".join(accepts)
        raise Problem("W107", f"'{media}' is not taken here; {taken} is", headers={"Accept-Post": taken})


def unpacked(body: bytes, coding: str, largest: int) -> bytes:
    """The body without its content coding (RFC 9110, 8.4.1). Raises ``Problem``."""
    name = coding.strip().lower()
    if name in {"", "identity"}:
        return body
    if name not in {"gzip", "x-gzip"}:
        raise Problem("W108", "a body may be packed with gzip, or not at all", headers={"Accept-Encoding": "gzip"})
    return b"".join(_gunzipped(body, largest))


def _gunzipped(body: bytes, largest: int) -> Iterator[bytes]:
    """In windows: what is left over is copied at each step, and must never be the whole rest."""
    most = min(largest, max(_FREE, RATIO * len(body)))
    size, members = 0, 0
    unpack = zlib.decompressobj(_GZIP)
    try:
        for start in range(0, len(body), _STEP):
            left = body[start : start + _STEP]
            while left:
                if unpack.eof:  # a gzip file may have several members (RFC 1952, 2.2)
                    members += 1
                    _refuse_too_many(members)
                    unpack = zlib.decompressobj(_GZIP)
                piece = unpack.decompress(left, _STEP)
                left = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
                size += len(piece)
                _refuse_too_much(size, most, largest)
                yield piece
        yield unpack.flush()  # at most what _STEP held back
    except zlib.error:
        raise Problem("W109", "the body is not gzip, as Content-Encoding says") from None
    if not unpack.eof:
        raise Problem("W109", "the gzip stream ends too early")


def _refuse_too_many(members: int) -> None:
    if members > _MOST_MEMBERS:
        raise Problem("W109", f"the gzip stream has more than {_MOST_MEMBERS} members")


def _refuse_too_much(size: int, most: int, largest: int) -> None:
    if size > largest:
        raise Problem("W106", f"unpacked it has more than {largest} bytes")
    if size > most:
        raise Problem("W109", f"it unpacks to more than {RATIO} times its size")


def documents(body: bytes, content_type: str, accepts: tuple[str, ...]) -> list[Document]:
    """The documents of a body: itself, or each file of a form with the form's other fields beside it."""
    media = media_type(content_type)
    if media != MULTIPART:
        refuse_other_media(media, accepts)
        return [Document(body, media)]
    form = _Form(content_type)
    form.read(body)
    if not form.files:
        raise Problem("W109", "the form has no file")
    for file in form.files:
        refuse_other_media(file.content_type, accepts)
    beside = {f"http.field.{name}": value for name, value in form.fields.items()}
    return [Document(one.data, one.content_type, {**one.headers, **beside}) for one in form.files]


class _Form:
    """Reads multipart/form-data (RFC 7578)."""

    def __init__(self, content_type: str) -> None:
        self.files: list[Document] = []
        self.fields: dict[str, str] = {}
        self._headers: dict[str, str] = {}
        self._name = b""
        self._value = b""
        self._data = bytearray()
        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if not 0 < len(boundary) <= 70:  # noqa: PLR2004 - RFC 2046, 5.1.1
            raise Problem("W109", "the form names no boundary")
        self._boundary = boundary

    def read(self, body: bytes) -> None:
        """Take the whole body in. Raises ``Problem``."""
        complete = False

        def end() -> None:
            nonlocal complete
            complete = True

        parser = MultipartParser(
            self._boundary,
            {
                "on_part_begin": self._begin,
                "on_part_data": self._more,
                "on_part_end": self._end,
                "on_header_field": self._field,
                "on_header_value": self._header,
                "on_header_end": self._header_end,
                "on_end": end,
            },
        )
        try:
            parser.write(body)
            parser.finalize()
        except FormParserError:
            raise Problem("W109", "the form cannot be read") from None
        if not complete:
            raise Problem("W109", "the form ends too early")

    def _begin(self) -> None:
        self._headers, self._data = {}, bytearray()
        if len(self.files) + len(self.fields) >= _MOST_PARTS:
            raise Problem("W109", f"the form has more than {_MOST_PARTS} parts")

    def _more(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def _field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value.decode("utf-8", "replace")
        self._name = self._value = b""

    def _end(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", ""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options:
            file = options[b"filename"].decode("utf-8", "replace")
            media = media_type(self._headers.get("content-type", UNKNOWN))
            self.files.append(Document(bytes(self._data), media, {"http.file": _one_line(file)}))
        elif name and len(self._data) <= _LONGEST_FIELD:
            self.fields[_one_line(name)] = _one_line(self._data.decode("utf-8", "replace"))
        else:
            raise Problem("W109", "a field of the form has no name, or is too long")


def _one_line(text: str) -> str:
    """Text of a caller as a header of a message may hold it."""
    return "".join(char if char.isprintable() else " " for char in text)[:_LONGEST_FIELD]
