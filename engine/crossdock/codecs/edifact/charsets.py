"""The character sets UNB names (data element 0001), and which characters each lets a message hold.

Facts by ISO 9735-1, 0001 and annex on character repertoires; UNOA and UNOB are the restricted repertoires of level A
and level B, UNOC to UNOK parts of ISO 8859, UNOX is ISO 2022, UNOW and UNOY are ISO 10646.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-()/='+:?!\"%&*;<>"
LOWER = "abcdefghijklmnopqrstuvwxyz"
_GRAPHIC = bytes(range(0x20, 0x7F))
_HIGH = bytes(range(0xA0, 0x100))
ISO_2022 = "iso2022_jp_2"  # the widest that escapes to Japanese, Chinese, Korean and Latin sets
_CONTROLS = "\\x00-\\x1f\\x7f-\\x9f"
INTERNAL = "\ud800-\udfff"  # stand-ins of text.py: no decoded text holds them


@dataclass(frozen=True, slots=True)
class Charset:
    """``allowed`` bytes make up a text that needs no second look; ``foreign`` finds characters outside the set.

    ``restricted``: plain ASCII of which not every character may be used.
    """

    name: str
    codec: str
    allowed: bytes
    foreign: re.Pattern[str]
    restricted: bool = False

    @property
    def written(self) -> str:
        """The codec to write with. What came in ISO 2022 is UTF-8 by the time it is read (transcoding.py)."""
        return ISO_2022 if self.name == "UNOX" else self.codec


CONTROL = re.compile(f"[{_CONTROLS}]")


def _restricted(name: str, letters: str) -> Charset:
    return Charset(
        name, "ascii", letters.encode(), re.compile(f"[^{re.escape(letters)}{_CONTROLS}{INTERNAL}]"), restricted=True
    )


def _part(name: str, codec: str) -> Charset:
    return Charset(name, codec, _GRAPHIC + _HIGH, CONTROL)


def _wide(name: str, codec: str = "utf-8") -> Charset:
    return Charset(name, codec, _GRAPHIC + bytes(range(0x80, 0x100)), CONTROL)


_PARTS = {
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOL": "iso8859-15",
}
#: By syntax identifier.
CHARSETS: dict[str, Charset] = {
    "UNOA": _restricted("UNOA", UPPER),
    "UNOB": _restricted("UNOB", UPPER + LOWER),
    **{name: _part(name, codec) for name, codec in _PARTS.items()},
    "UNOW": _wide("UNOW"),
    "UNOX": _wide("UNOX"),
    "UNOY": _wide("UNOY"),
    "KECA": _wide("KECA", "euc_kr"),
}
FALLBACKS = ("utf-8", "iso8859-1")  # for bytes that are none of the named set
ANY = _wide("")  # of an identifier we do not know, or of none


def charset_of(identifier: str, *, strict: bool = True) -> Charset:
    """The set of a syntax identifier; of an unknown one, any text. Not strict: level A and B may hold any letter."""
    charset = CHARSETS.get(identifier, ANY)
    return charset if strict or not charset.restricted else ANY


@dataclass(frozen=True, slots=True)
class Decoded:
    """``codec`` is empty where the text is in the set that UNB names."""

    text: str
    codec: str = ""


def decoded(raw: bytes, charset: Charset) -> Decoded:
    """The text of some bytes, by the named set or by what they must be instead."""
    try:
        return Decoded(raw.decode(charset.codec))
    except UnicodeDecodeError:
        pass
    for codec in FALLBACKS[:-1]:
        try:
            return Decoded(raw.decode(codec), codec)
        except UnicodeDecodeError:
            continue
    return Decoded(raw.decode(FALLBACKS[-1]), FALLBACKS[-1])


@cache
def odd_pattern(charset: Charset) -> re.Pattern[str]:
    """Finds what sends a segment to the closer look: stand-ins, control characters, characters outside the set."""
    if charset.restricted:
        letters = UPPER if charset.name == "UNOA" else UPPER + LOWER
        return re.compile(f"[^{re.escape(letters)}]")
    return re.compile(f"[{_CONTROLS}{INTERNAL}]")
