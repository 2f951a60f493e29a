"""Text: bounded, without control characters. White space around a single line is not part of the value.

All checks are regular expressions and lengths that pydantic's core runs itself: a Python call for each of the hundred
texts of an order would cost more than everything else together.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

#: No C0 and C1 control character, no DEL (Unicode, general category Cc).
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"
#: The same, but tab, line feed and carriage return are text here.
SEVERAL_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
#: A word of a vocabulary or a code of a partner: no white space.
WORD = r"^[A-Za-z0-9][A-Za-z0-9_.:+/-]*$"


def _line(longest: int) -> StringConstraints:
    return StringConstraints(
        strict=True, strip_whitespace=True, min_length=1, max_length=longest, pattern=ONE_LINE
    )  # strict: 4711 is not '4711', it may have been '04711'


#: The number or name somebody gave a thing: an order number, a SKU. Text, so that leading zeros stay.
Identity = Annotated[str, _line(80)]
#: A name or description on one line.
Text = Annotated[str, _line(500)]
#: Free text, several lines if need be.
Note = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=4000, pattern=SEVERAL_LINES)]
#: A word or code that says of what kind something is.
Word = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=35, pattern=WORD)]
#: BCP 47, by its form: ``en``, ``en-US``, ``zh-Hant``.
LANGUAGE = r"^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$"
#: A language.
Language = Annotated[str, StringConstraints(strict=True, max_length=35, pattern=LANGUAGE)]
