"""What readers and writers of both standards need to know. Each standard adds its own (settings.py there)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from crossdock.codecs.edi.grammar import Sets
from crossdock.errors import Finding, Severity

SEGMENT_LIMIT = 1024 * 1024  # bytes; the longest the standards allow for text has some 4,000 characters

_NO_SEVERITIES: Mapping[str, Severity] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class EdiSettings:
    """``totals`` is the severity of control totals that do not add up (None: not looked at); see totals.py.

    ``severities`` weighs findings by their code, for a partner whose oddities are agreed on, or are not tolerated.
    ``sets`` finds the compiled set for (its name, version) where a project describes sets or a partner's rules narrow
    them; None: the dictionary as it is.
    """

    version: str = ""
    set: str = ""
    totals: Severity | None = Severity.WARNING
    severities: Mapping[str, Severity] = field(default_factory=lambda: _NO_SEVERITIES)
    segment_limit: int = SEGMENT_LIMIT
    sets: Sets | None = None
    usage: str = "P"
    newline: str = ""
    acknowledge: bool = False
    date: str = ""  # CCYYMMDD
    time: str = "0000"
    restart_transactions: bool = False  # numbers that are given late: transactions are counted from 1 in each envelope

    def weighed(self, finding: Finding) -> Finding:
        """The finding with the severity this partner's oddities have."""
        severity = self.severities.get(finding.code)
        return finding if severity is None else replace(finding, severity=severity)

    def weighed_all(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """All of them."""
        return tuple(map(self.weighed, findings)) if self.severities else findings
