"""What a payload holds, for ``crossdock inspect``: interchanges, transactions with their verdicts, other findings.

``records`` streams it; ``summary`` puts it together in the shape ``inspect --json`` prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from crossdock.codecs.contract import Part
from crossdock.codecs.x12.progress import Account
from crossdock.codecs.x12.reading import Reading
from crossdock.codecs.x12.settings import DEFAULTS, Settings
from crossdock.errors import Finding, Severity
from crossdock.message import Payload

#: ("interchange" | "transaction" | "finding", its facts)
Record: TypeAlias = tuple[str, dict[str, object]]


def verdict(findings: tuple[Finding, ...]) -> str:
    """``rejected``, ``accepted with errors`` (there were warnings) or ``accepted``, as AK501 R, E and A mean them."""
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return "rejected"
    return "accepted with errors" if Severity.WARNING in severities else "accepted"


def _transaction(part: Part) -> dict[str, object]:
    headers = part.headers
    return {
        "set": headers.get("x12.set", ""),
        "version": headers.get("x12.version", ""),
        "control": headers.get("x12.st", ""),
        "interchange": headers.get("x12.isa", ""),
        "group": headers.get("x12.gs", ""),
        "verdict": verdict(part.findings),
        "findings": [finding.as_dict() for finding in part.findings],
        "document": part.document,
    }


def _interchange(account: Account) -> dict[str, object]:
    counts = {"groups": account.groups, "transactions": account.transactions, "rejected": account.rejected}
    return {"control": account.control, **account.facts, **counts}


def records(payload: Payload, settings: Settings = DEFAULTS) -> Iterator[Record]:
    """Transactions and findings as they are read, each interchange once it is complete."""
    reading = Reading(payload, settings)
    told = 0
    for item in reading:
        for account in reading.accounts[told:-1]:
            yield "interchange", _interchange(account)
            told += 1
        yield ("transaction", _transaction(item)) if isinstance(item, Part) else ("finding", item.as_dict())
    for account in reading.accounts[told:]:
        yield "interchange", _interchange(account)


def summary(payload: Payload, settings: Settings = DEFAULTS) -> dict[str, object]:
    """``{"format", "interchanges", "transactions", "findings"}``, all of it in memory. Raises ``Reject``."""
    gathered: dict[str, list[object]] = {"interchange": [], "transaction": [], "finding": []}
    for kind, facts in records(payload, settings):
        gathered[kind].append(facts)
    return {
        "format": "x12",
        "interchanges": gathered["interchange"],
        "transactions": gathered["transaction"],
        "findings": gathered["finding"],
    }
