"""What a reader and a writer need to know. The options model (options.py) makes it from what a user wrote.

Kept apart from the model so that reading EDIFACT alone does not load pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from crossdock.codecs.edi.grammar import Sets
from crossdock.errors import Finding, Severity

SEGMENT_LIMIT = 1024 * 1024  # bytes; the longest segment of the directories has some 4,000 characters
MESSAGE_LIMIT = 64 * 1024 * 1024  # bytes of one UNH…UNT: its document is built in memory

NO_SEVERITIES: Mapping[str, Severity] = {}


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
class Settings:
    """``totals`` is the severity of control totals that do not add up (None: not looked at); see totals.py.

    ``repertoire``: whether characters outside the set that UNB names are looked for. ``severities`` weighs findings by
    their code, for a partner whose oddities are agreed on, or are not tolerated. ``sets`` finds the compiled message for
    (UNH message type, release) where a project describes messages or a partner's rules narrow them; None: the
    dictionary as it is.
    """

    version: str = ""
    set: str = ""
    totals: Severity | None = Severity.WARNING
    repertoire: bool = True
    unknown_message: Severity = Severity.NOTE
    severities: Mapping[str, Severity] = field(default_factory=lambda: NO_SEVERITIES)
    segment_limit: int = SEGMENT_LIMIT
    message_limit: int = MESSAGE_LIMIT
    sender: Address = field(default=Address())
    receiver: Address = field(default=Address())
    charset: str = "UNOC"
    syntax: str = "3"
    separators: str = ""  # six, as in UNA; empty: the defaults of the syntax version
    una: str = "always"  # always, never, or needed: where the delimiters are not the defaults
    newline: str = ""
    usage: str = "P"
    acknowledge: bool = False
    application: str = ""
    agreement: str = ""
    association: str = ""
    group: bool = False
    date: str = ""  # CCYYMMDD
    time: str = "0000"
    interchange_number: str = "1"
    group_number: str = "1"
    restart_transactions: bool = False  # references that are given late: UNH01 begins at 1 in each interchange
    replace_characters: str | None = None  # what a character outside the set becomes; None: refused
    sets: Sets | None = None

    def weighed(self, finding: Finding) -> Finding:
        """The finding with the severity this partner's oddities have."""
        severity = self.severities.get(finding.code)
        return finding if severity is None else replace(finding, severity=severity)

    def weighed_all(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """All of them."""
        return tuple(map(self.weighed, findings)) if self.severities else findings


DEFAULTS = Settings()
