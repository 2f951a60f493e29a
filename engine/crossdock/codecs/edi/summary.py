"""What a payload of EDI holds, for ``crossdock inspect``: interchanges, transactions with their verdicts, findings.

``records`` streams it; ``summary`` puts it together in the shape ``inspect --json`` prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import InterchangeAccount, JudgedReading
from crossdock.errors import Finding, Severity

#: ("interchange" | "transaction" | "finding", its facts)
Record: TypeAlias = tuple[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Names:
    """Which headers of a part say what it is."""

    set: str
    version: str
    control: str
    interchange: str
    group: str


def verdict(findings: tuple[Finding, ...]) -> str:
    """``rejected``, ``accepted with errors`` (there were warnings) or ``accepted``, as AK501 R, E and A mean them."""
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return "rejected"
    return "accepted with errors" if Severity.WARNING in severities else "accepted"


def _transaction(part: Part, names: Names) -> dict[str, object]:
    headers = part.headers
    return {
        "set": headers.get(names.set, ""),
        "version": headers.get(names.version, ""),
        "control": headers.get(names.control, ""),
        "interchange": headers.get(names.interchange, ""),
        "group": headers.get(names.group, ""),
        "verdict": verdict(part.findings),
        "findings": [finding.as_dict() for finding in part.findings],
        "document": part.document,
    }


def _interchange(account: InterchangeAccount) -> dict[str, object]:
    groups = sum(bool(group.elements) for group in account.groups)
    counts = {"groups": groups, "transactions": account.transactions, "rejected": account.rejected}
    return {"control": account.control, **account.facts, **counts}


def records(reading: JudgedReading, names: Names) -> Iterator[Record]:
    """Transactions and findings as they are read, each interchange once it is complete. Raises ``Reject``."""
    told = 0
    for item in reading:
        for account in reading.accounts[told:-1]:
            yield "interchange", _interchange(account)
            told += 1
        yield ("transaction", _transaction(item, names)) if isinstance(item, Part) else ("finding", item.as_dict())
    for account in reading.accounts[told:]:
        yield "interchange", _interchange(account)


def summary(reading: JudgedReading, names: Names, standard: str) -> dict[str, object]:
    """``{"format", "interchanges", "transactions", "findings"}``, all of it in memory. Raises ``Reject``."""
    gathered: dict[str, list[object]] = {"interchange": [], "transaction": [], "finding": []}
    for kind, facts in records(reading, names):
        gathered[kind].append(facts)
    return {
        "format": standard,
        "interchanges": gathered["interchange"],
        "transactions": gathered["transaction"],
        "findings": gathered["finding"],
    }
