"""How envelopes are written for a partner, by standard."""

from __future__ import annotations

import enum
from typing import Annotated, Literal

from pydantic import Field, field_validator

from crossdock.partner.ids import Word
from crossdock.yaml_source.authorable import Authorable

_SEPARATORS = (3, 4)


class Counting(enum.StrEnum):
    """Where numbers of transactions begin anew."""

    GROUP = "group"  # 1 in each group, or in each interchange where there are none
    CONTINUING = "continuing"


class X12Envelope(Authorable):
    """``separators`` are element, component, terminator and, from 00402 on, repetition.

    ``usage`` is that of a live partner. ``acknowledge`` asks for a TA1 (ISA14). ``transactions`` says whether ST02
    counts within each group, or on and on. ``replace_delimiters`` stands in for a separator inside a value, which is
    otherwise refused; ``transliterate`` makes characters outside ``charset`` into their nearest inside.
    """

    separators: str = "*:~"
    charset: Literal["any", "basic", "extended"] = "any"
    newline: Literal["", "\n", "\r\n"] = ""
    usage: Literal["P", "T", "I"] = "P"
    acknowledge: bool = False
    transactions: Counting = Counting.GROUP
    replace_delimiters: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    transliterate: bool = False

    @field_validator("separators")
    @classmethod
    def _separators(cls, marks: str) -> str:
        if not _SEPARATORS[0] <= len(marks) <= _SEPARATORS[1]:
            raise ValueError('expected element, component and terminator, and perhaps repetition: "*:~" or "*:~^"')
        if len(set(marks)) < len(marks):
            raise ValueError(f"'{marks}': each separator must be another character")
        if any(mark.isalnum() for mark in marks):
            raise ValueError(f"'{marks}': a letter or digit cannot separate what has letters and digits")
        return marks


class EdifactEnvelope(Authorable):
    """``una`` says when the service string goes first: always, never, or where it differs from the usual one.

    ``separators`` are those of UNA: component, element, decimal mark, release, repetition (or blank), terminator; left
    out, they are the usual ones. ``messages`` says whether UNH01 begins at 1 in each interchange, or counts on.
    ``application`` is 0026 and ``agreement`` 0032 of UNB, ``association`` 0057 of UNH, ``group`` writes UNG.
    """

    separators: Annotated[str, Field(pattern=r"^(.{6})?$")] = ""
    una: Literal["always", "never", "needed"] = "needed"
    charset: Annotated[str, Field(pattern=r"^UNO[A-Z]$")] = "UNOC"
    syntax: Annotated[Word, Field(pattern=r"^[1-4]$")] = "3"
    newline: Literal["", "\n", "\r\n"] = ""
    usage: Literal["P", "T"] = "P"
    acknowledge: bool = False
    messages: Counting = Counting.CONTINUING
    replace_characters: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    group: bool = False
    application: Annotated[Word, Field(max_length=14)] = ""
    agreement: Annotated[Word, Field(max_length=35)] = ""
    association: Annotated[Word, Field(max_length=6)] = ""
