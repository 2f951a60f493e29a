"""What a reader and a writer need to know. The options model (options.py) makes it from what a user wrote.

Kept apart from the model so that reading X12 alone does not load pydantic.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crossdock.errors import Severity

SEGMENT_LIMIT = 1024 * 1024  # bytes; the longest the standard allows for text, MTX02, is 4096 characters
TRANSACTION_LIMIT = 64 * 1024 * 1024  # bytes of one ST…SE: its document is built in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An interchange id with its qualifier, and the application's code in the group where that differs."""

    id: str = ""
    qualifier: str = "ZZ"
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``totals`` is the severity of CTT01 and CTT02 that do not add up (None: not looked at); see totals.py."""

    version: str = ""
    set: str = ""
    totals: Severity | None = Severity.WARNING
    unknown_set: Severity = Severity.NOTE
    segment_limit: int = SEGMENT_LIMIT
    transaction_limit: int = TRANSACTION_LIMIT
    sender: Address = field(default=Address())
    receiver: Address = field(default=Address())
    usage: str = "P"
    separators: str = "*:~"
    newline: str = ""
    acknowledge: bool = False
    date: str = ""  # CCYYMMDD
    time: str = "0000"
    interchange_number: int = 1
    group_number: int = 1
    replace_delimiters: str | None = None  # what a delimiter inside a value becomes; None: refused


DEFAULTS = Settings()
