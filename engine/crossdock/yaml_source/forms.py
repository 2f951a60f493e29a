"""What texts may look like, in words: nobody who writes a route should have to read a regular expression."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: Pattern -> what it asks for, as it goes on after "must be".
FORMS: Mapping[str, str] = MappingProxyType(
    {
        r"^[A-Za-z0-9_-]{1,60}$": "1 to 60 letters, digits, - and _",
        r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$": "1 to 63 letters, digits, '.', '_' and '-', and begin with a letter or digit",
        r"^[A-Za-z_][A-Za-z0-9_]*$": "letters, digits and _, and not begin with a digit",
        r"^[a-z0-9][a-z0-9_-]*(/[A-Za-z0-9._-]+)?$": (
            "a codec or contract in small letters, a slash and a name: x12/850, order/v1, json/order"
        ),
        r"^[A-Z]+[0-9]{3}$": "the code of a finding: capital letters and three digits, such as M302",
        r"^[^/]*$": "text without a slash",
        r"""^[^\s"'<>]+$""": "text without blanks, quotes, < and >",
        r"^\d{8}$": "eight digits",
        r"^X1\d\d$": "X1 and two digits, such as X12",
        r"^([01]\d|2[0-3])[0-5]\d$": "a time of four digits, such as 0930",
        r"^[A-Z]{4}$": "four capital letters, such as UNOC",
        r"^UNO[A-Z]$": "UNO and a capital letter, such as UNOC",
        r"^(.{6})?$": "six characters, or none",
        r"^[A-Za-z0-9]{1,14}$": "1 to 14 letters and digits",
        r"^[1-4]$": "a digit from 1 to 4",
        r"^[A-Z_]{1,40}$": "1 to 40 capital letters and _, such as STANDARD_IA",
        r"^[A-Za-z0-9.:-]+$": "the name or address of a host, such as mail.example.com",
        r"^[\x21-\x7e]+$": "text without blanks, in ASCII",
        r"^[^\s/@]+$": "the name of a host, without blanks, slashes and @",
        r"^[a-z0-9-]{1,40}$": "1 to 40 small letters, digits and -, such as eu-central-1",
        r"^[^.]+(\.[^.]+)*$": "names joined by dots, such as buyer.email",
        r"^[^\r\n\x00]{1,200}$": "1 to 200 characters in one line",
    }
)


def in_words(pattern: str) -> str:
    """What a text of that pattern must be."""
    return FORMS.get(pattern, f"of the form {pattern}")
