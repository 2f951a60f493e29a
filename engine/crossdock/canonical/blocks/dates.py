"""Dates and moments: ISO text, and nothing else.

They stay text in a document, so that every codec and expression sees the same ten characters. A library that reads
``20261120`` as seconds since 1970 is why numbers and compact forms are refused here. One regular expression knows the
lengths of the months and the leap years: it costs a third of building a ``datetime.date`` and asking it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints, WithJsonSchema

_YEAR = "(?:19|20|21)[0-9]{2}"  # 0026 is a two-digit year that went wrong
_LEAP = "(?:(?:19|20|21)(?:0[48]|[2468][048]|[13579][26])|2000)"  # 1900 and 2100 are not
_DATE = (
    "(?:"
    f"{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    f"|{_LEAP}-02-29"
    "|9999-12-31)"  # "without end" in the price lists of several ERP systems
)
#: ISO 8601-1, 5.2.2.1, extended format.
DAY = f"^{_DATE}$"
#: RFC 3339, 5.6, upper case; the offset is never missing. No leap second: no calendar of ours could keep it.
MOMENT = (
    f"^{_DATE}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{{1,9}})?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$"
)

#: A calendar date, ``2026-11-20``.
Day = Annotated[str, StringConstraints(strict=True, pattern=DAY), WithJsonSchema({"type": "string", "format": "date"})]
#: A point in time, ``2026-11-20T08:30:00Z`` or ``2026-11-20T09:30:00+01:00``.
Moment = Annotated[
    str, StringConstraints(strict=True, pattern=MOMENT), WithJsonSchema({"type": "string", "format": "date-time"})
]
