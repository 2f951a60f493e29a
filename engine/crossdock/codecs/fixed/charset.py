"""Characters of one byte each, so that a record of bytes is a text of as many characters, and back.

EBCDIC code pages give every byte a character of its own. So a record with packed decimals in it can be cut, told by
its tag and put together as text; only the fields that are no text look at their bytes again.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

BYTES = bytes(range(256))

# What Python has not: by the page each differs from, and where (IBM, Character Data Representation Architecture).
_DERIVED = {
    "cp1047": ("cp037", {0x15: "\n", 0x25: "\x85", 0x5F: "^", 0xB0: "¬", 0xAD: "[", 0xBD: "]", 0xBA: "Ý", 0xBB: "¨"}),
    "cp1141": ("cp273", {0x9F: "€"}),
    "cp1148": ("cp500", {0x9F: "€"}),
}
DERIVED = frozenset(_DERIVED)


@dataclass(frozen=True, slots=True)
class Charset:
    """A table of 256 characters."""

    name: str
    table: str
    _bytes: dict[str, int]

    @property
    def ebcdic(self) -> bool:
        """Whether digits are the bytes F0 to F9."""
        return self.table[0xF0] == "0"

    def text(self, data: bytes) -> str:
        """A character for each byte."""
        return codecs.charmap_decode(data, "strict", self.table)[0]

    def data(self, text: str) -> bytes:
        """A byte for each character. Raises ``UnicodeEncodeError``."""
        try:
            return bytes([self._bytes[character] for character in text])
        except KeyError as error:
            at = text.index(error.args[0])
            raise UnicodeEncodeError(self.name, text, at, at + 1, "no such character") from error


def charset(name: str) -> Charset | None:
    """The encoding as a table; None where it does not give every byte a character of its own."""
    page, differences = _DERIVED.get(name, (name, {}))
    try:
        characters = list(BYTES.decode(page))
    except UnicodeDecodeError:
        return None
    if len(set(characters)) != len(BYTES):
        return None
    for byte, character in differences.items():
        characters[byte] = character
    table = "".join(characters)
    return Charset(name, table, {character: byte for byte, character in enumerate(table)})
