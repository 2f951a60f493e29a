"""Binary data in BIN and BDS: bytes of an announced length, base64 in the document.

A segment that holds some says so: ``{"BIN01": "5", "BIN02": "aGVsbG8=", "_bin": {"BIN02": "base64"}}``. Where a delimiter
of the interchange is one of base64's characters it is ``hex`` instead. Facts by X12.22: BIN01 and BDS02 are the length
in bytes of BIN02 and BDS03.
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence

from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.message import Document

#: Segment -> which element is the data; the one before it is its length in bytes.
BINARIES = {"BIN": 2, "BDS": 3}
LENGTH_DIGITS = 15  # of element 784

Tree = dict[str, Document]


class Binary(str):
    """Stands for bytes among the elements of a segment to be written."""

    __slots__ = ("data",)

    data: bytes

    @classmethod
    def of(cls, data: bytes) -> Binary:
        """The element that is these bytes; as text it is a zero, so that it is judged like any other."""
        element = cls("0" if data else "")
        element.data = data
        return element


def encoding_for(marks: Delimiters) -> str:
    """How binary data is written in a document."""
    return "hex" if set(marks.separators) & set("+/=") else "base64"


def as_text(data: bytes, encoding: str) -> str:
    """Bytes as a document has them."""
    return data.hex() if encoding == "hex" else binascii.b2a_base64(data, newline=False).decode("ascii")


def from_text(text: str, encoding: str) -> bytes | None:
    """The bytes that a document has as text; None where it is no such text."""
    try:
        return bytes.fromhex(text) if encoding == "hex" else binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except ValueError:
        return None


def with_binaries(segments: Sequence[str], pieces: Sequence[bytes], marks: Delimiters) -> list[str]:
    """Segments of masked text with the data back in its places, as text."""
    encoding = encoding_for(marks)
    left = list(reversed(pieces))
    return [_unmasked(segment, left, marks, encoding) if "\0" in segment else segment for segment in segments]


def _unmasked(segment: str, left: list[bytes], marks: Delimiters, encoding: str) -> str:
    elements = segment.split(marks.element)
    position = BINARIES.get(elements[0], 0)
    masked = elements[position] if 0 < position < len(elements) else ""
    if not left or masked.strip("\0") or len(masked) != len(left[-1]):
        return segment
    elements[position] = as_text(left.pop(), encoding)
    return marks.element.join(elements)


def mark_binaries(root: Tree, encoding: str) -> None:
    """Tells in every BIN and BDS of a document how its data is written."""
    keys = {f"{tag}{position:02}" for tag, position in BINARIES.items()}
    waiting: list[Document] = [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(value for value in one.values() if isinstance(value, list | dict))
            found = keys & one.keys()
            if found:
                one["_bin"] = dict.fromkeys(found, encoding)
