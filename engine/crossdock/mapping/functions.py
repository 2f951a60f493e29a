"""Every function an expression may call, by name: JMESPath's own and ours."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from crossdock.mapping.library.arranging import ARRANGING
from crossdock.mapping.library.calendar import CALENDAR
from crossdock.mapping.library.dates import DATES
from crossdock.mapping.library.function import Function
from crossdock.mapping.library.lists import LISTS
from crossdock.mapping.library.lookups import LOOKUPS
from crossdock.mapping.library.numbers import NUMBERS
from crossdock.mapping.library.standard import STANDARD
from crossdock.mapping.library.texts import TEXTS

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        function.name: function
        for function in sorted(
            (*STANDARD, *NUMBERS, *TEXTS, *DATES, *CALENDAR, *LISTS, *ARRANGING, *LOOKUPS),
            key=lambda function: function.name,
        )
    }
)
