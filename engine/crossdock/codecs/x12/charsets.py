"""Which characters may be sent: the basic and extended sets of X12.6 (3.3), or all of Unicode that can be printed.

``any`` is what most partners live with: whatever comes is read, and a character outside ASCII is remarked upon.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

BASIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !\"&'()*+,-./:;?="
EXTENDED = BASIC + "abcdefghijklmnopqrstuvwxyz%@[]_{}\\|<>~#$^`"
#: "Select language characters", part of the extended set.
LANGUAGES = "ÀÁÂÄàáâäÈÉÊËèéêëÌÍÎÏìíîïÒÓÔÖòóôöÙÚÛÜùúûüÇçÑñ¿¡"

#: What has no decomposition and yet an obvious stand-in.
_STAND_INS: Mapping[int, str] = {
    ord(letter): stand_in
    for letters, stand_in in (
        ("\u2018\u2019\u201a\u201b`\u00b4", "'"),
        ("\u201c\u201d\u201e\u201f«»", '"'),
        ("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        ("\u00a0", " "),
        ("æ", "ae"),
        ("Æ", "AE"),
        ("ø", "o"),
        ("Ø", "O"),
        ("œ", "oe"),
        ("Œ", "OE"),
        ("ß", "ss"),
        ("đð", "d"),
        ("ĐÐ", "D"),
        ("ł", "l"),
        ("Ł", "L"),
        ("þ", "th"),
        ("Þ", "TH"),
        ("€", "EUR"),
    )
    for letter in letters
}


@dataclass(frozen=True, slots=True)
class Charset:
    """``outside`` finds characters that may not be sent; None: every printable one may.

    ``codec`` writes them. ``foreign``: characters outside ASCII are expected, or told as outside.
    """

    name: str
    outside: re.Pattern[str] | None
    codec: str
    foreign: bool = True

    def fitting(self, value: str) -> str:
        """The value with each character outside the set exchanged for its nearest inside, where there is one."""
        outside = self.outside
        return value if outside is None else outside.sub(lambda match: self._nearest(match[0]), value)

    def _nearest(self, letter: str) -> str:
        plain = unicodedata.normalize("NFKD", letter.translate(_STAND_INS))
        plain = "".join(one for one in plain if not unicodedata.combining(one))
        for candidate in (plain, plain.upper()):
            if candidate and self.outside is not None and not self.outside.search(candidate):
                return candidate
        return letter


def _not_in(letters: str) -> re.Pattern[str]:
    return re.compile(f"[^{re.escape(letters)}]")


CHARSETS: Mapping[str, Charset] = {
    "any": Charset("any", None, "utf-8", foreign=False),
    "basic": Charset("basic", _not_in(BASIC), "iso8859-1"),
    "extended": Charset("extended", _not_in(EXTENDED + LANGUAGES), "iso8859-1"),
    "utf-8": Charset("utf-8", None, "utf-8"),
}
