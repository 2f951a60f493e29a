"""Whole numbers that count things."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

#: The number of a line, as its document counts: often 1, 2, 3, sometimes 10, 20, 30.
LineNumber = Annotated[int, Field(strict=True, ge=0, le=999_999_999)]
#: A count of things.
Count = Annotated[int, Field(strict=True, ge=0, le=999_999_999)]
#: A number of days.
Days = Annotated[int, Field(strict=True, ge=0, le=3650)]
