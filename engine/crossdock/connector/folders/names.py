"""Names of files: how a hostile one is shown, and how a name is made free.

A name comes from the system as Python gives it (bytes that are no UTF-8 become lone surrogates) and is used as it is
for every file operation. Whatever a person, a header, a log or the journal sees is its ``visible`` form.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

LONGEST = 255  # bytes of one name (NAME_MAX of the usual file systems)
ENDING = 32  # bytes of what may follow the last dot and still be called an ending
NUMBERED = 9999  # names tried before a person is asked

# A list of code points and no Unicode property: the identity of a file must not change with Python's tables.
# Control characters, the ones that turn the direction of text (UAX #9), line separators, bytes that are no UTF-8.
_UNSEEN = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(name: str) -> str:
    r"""The name in harmless characters: ``\xNN`` for a byte that is no UTF-8, ``\uNNNN`` for what is unseen.

    A backslash is doubled, so two different names never look the same.
    """
    return _UNSEEN.sub(lambda match: _escaped(match[0]), name)


def _escaped(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if "\udc80" <= character <= "\udcff":  # PEP 383: the byte in its low half
        return f"\\x{ord(character) & 0xFF:02x}"
    return f"\\u{ord(character):04x}"


def tagged(name: str, tag: str, *, spare: int = 0) -> str:
    """``orders.edi`` as ``orders.TAG.edi``; the stem is cut where less than ``spare`` bytes would be left."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(os.fsencode(ending)) > ENDING:
        stem, dot, ending = name, "", ""
    rest = f".{tag}{dot}{ending}"
    room = LONGEST - spare - len(os.fsencode(rest))
    return os.fsdecode(_cut(os.fsencode(stem), room)) + rest


def _cut(stem: bytes, room: int) -> bytes:
    """At most ``room`` bytes, not ending in the middle of a UTF-8 character (RFC 3629, 3)."""
    end = min(room, len(stem))
    while 0 < end < len(stem) and 0x80 <= stem[end] < 0xC0:  # noqa: PLR2004 - the continuation bytes of UTF-8
        end -= 1
    return stem[:end]


def numbered(name: str) -> Iterator[str]:
    """``ORD1.txt``, ``ORD1-2.txt``, ``ORD1-3.txt`` and so on."""
    yield name
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    for number in range(2, NUMBERED + 1):
        yield f"{stem}-{number}{dot}{ending}"
