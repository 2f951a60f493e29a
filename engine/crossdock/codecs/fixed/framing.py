"""Where one record ends and the next begins: by lines, by length, or by the words that mainframes put before records.

``F`` (and FB, which looks the same once transferred): every record has the layout's width. ``V``: before each record
stand four bytes, its record descriptor word: length with these four, high byte first, then two bytes of zero. ``VB``:
blocks of such records, each block under a descriptor word of its own. IBM, z/OS DFSMS Using Data Sets, chapter 20.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from crossdock.codecs.fixed.group import Line
from crossdock.codecs.fixed.layout import Layout
from crossdock.errors import Finding, Place, Reject
from crossdock.message import Payload

WORD = 4  # bytes of a descriptor word
MAX_RECORD = 32_756  # bytes, without its descriptor word
MAX_BLOCK = 32_760
_TEXT_MODE = "was it transferred as text? records like these need a binary transfer"


class _Bytes:
    """The bytes of a payload, taken in pieces of the size that is asked for."""

    def __init__(self, payload: Payload) -> None:
        self.at = 0
        self.left = payload.size
        self._chunks = payload.chunks()
        self._held = b""

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer at the end."""
        while len(self._held) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._held += chunk
        taken, self._held = self._held[:size], self._held[size:]
        self.at += len(taken)
        self.left -= len(taken)
        return taken


def records_of(payload: Payload, layout: Layout) -> Iterator[Line]:
    """The records of a payload that are not lines. Raises ``Reject`` at the first that is not whole."""
    charset = layout.charset
    if charset is None:
        return
    for number, (at, data) in enumerate(_CUT[layout.recfm](_Bytes(payload), layout.record.width), start=1):
        yield Line(charset.text(data), number, at)


def framed(texts: list[str], layout: Layout) -> bytes:
    """Records as they stand in the payload."""
    if layout.charset is None:
        return "".join(text + layout.newline for text in texts).encode(layout.encoding)
    data = [layout.charset.data(text) for text in texts]
    if layout.recfm == "lines":
        newline = layout.charset.data(layout.newline)
        return b"".join(one + newline for one in data)
    if layout.recfm == "F":
        return b"".join(data)
    described = [_word(len(one)) + one for one in data]
    return b"".join(described) if layout.recfm == "V" else b"".join(_blocks(described))


def _word(size: int) -> bytes:
    return (size + WORD).to_bytes(2, "big") + b"\0\0"


def _blocks(records: list[bytes]) -> Iterator[bytes]:
    block = b""
    for record in records:
        if block and len(block) + len(record) + WORD > MAX_BLOCK:
            yield _word(len(block)) + block
            block = b""
        block += record
    if block:
        yield _word(len(block)) + block


def _fixed(data: _Bytes, width: int) -> Iterator[tuple[int, bytes]]:
    while True:
        at, record = data.at, data.take(width)
        if not record:
            return
        if len(record) < width:
            message = f"the file ends inside a record: {len(record)} of its {width} bytes are there"
            raise _reject(
                "C453", message, at, "the file was cut off, or the layout's 'width' is not the record's length"
            )
        yield at, record


def _variable(data: _Bytes, width: int, end: int | None = None) -> Iterator[tuple[int, bytes]]:
    while data.left and (end is None or data.at < end):
        at = data.at
        size = _described(data, "record", end)
        record = data.take(size)
        if len(record) < size:
            message = f"the file ends inside a record: {len(record)} of its {size} bytes are there"
            raise _reject("C453", message, at, "the file was cut off")
        yield at + WORD, record


def _blocked(data: _Bytes, width: int) -> Iterator[tuple[int, bytes]]:
    while data.left:
        at = data.at
        size = _described(data, "block", None)
        if size > data.left:
            message = f"the file ends inside a block: {data.left} of its {size} bytes are there"
            raise _reject("C453", message, at, "the file was cut off")
        yield from _variable(data, width, data.at + size)


def _described(data: _Bytes, kind: str, end: int | None) -> int:
    """The length that a descriptor word tells, without its own."""
    at, word = data.at, data.take(WORD)
    size = int.from_bytes(word[:2], "big") - WORD
    if len(word) < WORD:
        raise _reject("C453", f"the file ends inside the descriptor word of a {kind}", at, "the file was cut off")
    if kind == "record" and word[2] & 3:
        raise _reject("C455", "the record is one segment of a spanned record", at, "have it sent as VB, not VBS")
    if size < 0 or word[2:] != b"\0\0" or (end is not None and at + WORD + size > end):
        message = f"{word.hex(' ')} is no descriptor word of a {kind}"
        raise _reject("C454", message, at, _TEXT_MODE)
    return size


def _reject(code: str, message: str, at: int, hint: str) -> Reject:
    return Reject.of([Finding(code=code, message=message, place=Place(byte=at), hint=hint)])


_CUT: dict[str, Callable[[_Bytes, int], Iterator[tuple[int, bytes]]]] = {
    "F": _fixed,
    "V": _variable,
    "VB": _blocked,
}
