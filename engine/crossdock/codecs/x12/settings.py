"""What a reader and a writer need to know. The options model (options.py) makes it from what a user wrote.

Kept apart from the model so that reading X12 alone does not load pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from crossdock.codecs.edi.grammar import Sets
from crossdock.errors import Finding, Severity

SEGMENT_LIMIT = 1024 * 1024  # bytes; the longest the standard allows for text, MTX02, is 4096 characters
TRANSACTION_LIMIT = 64 * 1024 * 1024  # bytes of one ST…SE: its document is built in memory

NO_SEVERITIES: Mapping[str, Severity] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An interchange id with its qualifier, and the application's code in the group where that differs."""

    id: str = ""
    qualifier: str = "ZZ"
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``totals`` is the severity of CTT01 and CTT02 that do not add up (None: not looked at); see totals.py.

    ``charset`` says which characters may be sent (charsets.py). ``severities`` weighs findings by their code, for a
    partner whose oddities are agreed on, or are not tolerated.

    ``sets`` finds the compiled set for (ST01, version) where a project describes sets or a partner's rules narrow
    them; None: the dictionary as it is.
    """

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
    charset: str = "any"
    severities: Mapping[str, Severity] = field(default_factory=lambda: NO_SEVERITIES)
    acknowledge: bool = False
    date: str = ""  # CCYYMMDD
    time: str = "0000"
    interchange_number: int = 1
    group_number: int = 1
    replace_delimiters: str | None = None  # what a delimiter inside a value becomes; None: refused
    transliterate: bool = False  # a character outside the charset becomes its nearest inside; else refused
    restart_transactions: bool = False  # numbers that are given late: ST02 begins at 0001 in each group
    sets: Sets | None = None

    def weighed(self, finding: Finding) -> Finding:
        """The finding with the severity this partner's oddities have."""
        severity = self.severities.get(finding.code)
        return finding if severity is None else replace(finding, severity=severity)

    def weighed_all(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """All of them."""
        return tuple(map(self.weighed, findings)) if self.severities else findings


DEFAULTS = Settings()
