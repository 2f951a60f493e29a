"""What of an interchange goes on and what is rejected, by its account and what was agreed.

Who acknowledges and who processes ask the same, so that what we say is what we do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crossdock.acknowledgement import Refusal, Terms
from crossdock.codecs.edi.accounts import GroupAccount, InterchangeAccount, TransactionAccount
from crossdock.codecs.edi.findings import Kind
from crossdock.errors import Finding, Severity, errors_in

#: What stands between transactions and belongs to none: it goes nowhere by itself, and refuses nothing else.
BESIDE = frozenset({"X125", "X225"})

DUPLICATE = Kind(
    "X301",
    "interchange {control} was received before",
    (("TA105", "025"), ("0085", "26")),
    hint="it is answered and not processed again; the sender should number a new interchange anew",
)


@dataclass(frozen=True, slots=True)
class GroupJudgement:
    """``refused``: none of its transactions goes on, whatever they are like; ``whole``: because of the group itself."""

    account: GroupAccount
    refused: bool
    whole: bool

    def passes(self, transaction: TransactionAccount) -> bool:
        """Whether one of its transactions goes on."""
        return not self.refused and not transaction.rejected

    @property
    def accepted(self) -> int:
        """How many go on."""
        return 0 if self.refused else sum(not one.rejected for one in self.account.transactions)


@dataclass(frozen=True, slots=True)
class Judgement:
    """``refused``: nothing goes on because of the interchange itself."""

    account: InterchangeAccount
    refused: bool
    groups: tuple[GroupJudgement, ...]


def codes_in(findings: Iterable[Finding], name: str) -> list[str]:
    """The codes that findings report under a name, each once, errors first; notes report nothing."""
    told = sorted((one for one in findings if one.severity is not Severity.NOTE), key=_by_severity)
    return list(dict.fromkeys(code for one in told for key, code in one.report if key == name))


def _by_severity(finding: Finding) -> bool:
    return finding.severity is not Severity.ERROR


def noted(findings: Iterable[Finding]) -> bool:
    """Whether there is something to report that stops nothing."""
    return any(one.report and one.severity is Severity.WARNING for one in findings)


def _refuses(findings: Sequence[Finding]) -> bool:
    return any(one.code not in BESIDE for one in errors_in(findings))


def judged(account: InterchangeAccount, terms: Terms) -> Judgement:
    """The judgement of a closed account."""
    refused = _refuses(account.findings)
    bad = [any(one.rejected for one in group.transactions) for group in account.groups]
    broken = [_refuses(group.findings) for group in account.groups]
    together = terms.refusal is Refusal.INTERCHANGE and (any(bad) or any(broken))
    groups = tuple(
        GroupJudgement(group, refused or whole or together or (faulty and terms.refusal is Refusal.GROUP), whole)
        for group, faulty, whole in zip(account.groups, bad, broken, strict=True)
    )
    return Judgement(account, refused, groups)
