"""What a reader and a writer need to know. The options model (options.py) makes it from what a user wrote.

Kept apart from the model so that reading EDIFACT alone does not load pydantic.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crossdock.codecs.edi.settings import EdiSettings
from crossdock.errors import Severity

MESSAGE_LIMIT = 64 * 1024 * 1024  # bytes of one UNH…UNT: its document is built in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Who sends or receives: S002 and S003 of UNB, and in groups S006 and S007 where those differ."""

    id: str = ""
    qualifier: str = ""
    internal: str = ""
    internal_sub: str = ""
    group: str = ""
    group_qualifier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(EdiSettings):
    """``repertoire``: whether characters outside the set that UNB names are looked for."""

    repertoire: bool = True
    unknown_message: Severity = Severity.NOTE
    message_limit: int = MESSAGE_LIMIT
    sender: Address = field(default=Address())
    receiver: Address = field(default=Address())
    charset: str = "UNOC"
    syntax: str = "3"
    separators: str = ""  # six, as in UNA; empty: the defaults of the syntax version
    una: str = "always"  # always, never, or needed: where the delimiters are not the defaults
    application: str = ""
    agreement: str = ""
    association: str = ""
    group: bool = False
    interchange_number: str = "1"
    group_number: str = "1"
    replace_characters: str | None = None  # what a character outside the set becomes; None: refused


DEFAULTS = Settings()
