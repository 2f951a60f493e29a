"""What a reader and a writer need to know. The options model (options.py) makes it from what a user wrote.

Kept apart from the model so that reading X12 alone does not load pydantic.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crossdock.codecs.edi.settings import EdiSettings
from crossdock.errors import Severity

TRANSACTION_LIMIT = 64 * 1024 * 1024  # bytes of one ST…SE: its document is built in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An interchange id with its qualifier, and the application's code in the group where that differs."""

    id: str = ""
    qualifier: str = "ZZ"
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(EdiSettings):
    """``charset`` says which characters may be sent (charsets.py)."""

    unknown_set: Severity = Severity.NOTE
    transaction_limit: int = TRANSACTION_LIMIT
    sender: Address = field(default=Address())
    receiver: Address = field(default=Address())
    separators: str = "*:~"
    charset: str = "any"
    interchange_number: int = 1
    group_number: int = 1
    replace_delimiters: str | None = None  # what a delimiter inside a value becomes; None: refused
    transliterate: bool = False  # a character outside the charset becomes its nearest inside; else refused


DEFAULTS = Settings()
