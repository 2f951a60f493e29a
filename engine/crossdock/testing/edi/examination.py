"""One file read, written back and answered, and what must hold whatever is in it.

Nothing here knows how the codecs work: it holds them to what they promise. A promise that is broken is a sentence in
``Examination.broken``; an exception other than ``Reject`` is left to whoever asked, for its traceback.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crossdock.acknowledgement import Receipt, Terms
from crossdock.codecs.acknowledging import acknowledge
from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.errors import Finding, Reject, Severity, errors_in
from crossdock.message import Document, Inline
from crossdock.testing.edi.standards import Standard

MADE = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)  # of the acknowledgements; a constant, so that runs can be compared
END = {"X12": 2, "EDIFACT": 5}  # which of the separators ends a segment
#: Notes about what is not written back, and warnings about what is.
ALTERING = frozenset({"X105", "X148", "X168", "X205", "X248", "X266", "X269", "X273"})
ARITHMETIC = frozenset({"X138", "X171", "X172", "X271", "X272"})
#: What keeps an answer from being written: names in the envelope that no envelope has room for.
TOO_LONG = frozenset({"X197"})
NOT_SENT = frozenset({"TA1", "UNO"})  # parts that are no transactions


@dataclass(slots=True)
class Examination:
    """What became of one file.

    ``same``: written back to the byte; None where the file was not in order. ``harmless``: nothing was found that a
    writer would do otherwise.
    """

    standard: str
    refused: str = ""
    sets: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    rejected: int = 0
    stray: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    harmless: bool = True
    same: bool | None = None
    answers: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def examine(data: bytes, standard: Standard) -> Examination:
    """Everything about one file."""
    found = Examination(standard.name)
    reading = standard.codec.judge(Inline(data))
    parts: list[Part] = []
    remarks: list[Finding] = []
    try:
        for item in reading:
            parts.append(item) if isinstance(item, Part) else remarks.append(item)
    except Reject as refusal:
        found.refused = refusal.code
        if refusal.code not in standard.refusals:
            found.broken.append(f"refused with {refusal.code}")
    _count(found, parts, remarks)
    found.broken.extend(_broken_parts(parts, remarks, len(data)))
    if not found.refused:
        found.broken.extend(_broken_counts(found, reading.accounts, list(standard.codec.peek(Inline(data)))))
        _write_back(found, data, parts, standard)
        if len({account.elements for account in reading.accounts}) < len(reading.accounts):
            found.same = found.same or None  # interchanges of one number and moment may be written as one
        for account in reading.accounts:
            _answer(found, account, standard)
    return found


def _findings(parts: Iterable[Part], remarks: Iterable[Finding]) -> Iterator[Finding]:
    yield from remarks
    for part in parts:
        yield from part.findings


def _set_of(part: Part) -> str:
    return next((value for name, value in part.headers.items() if name.endswith(".set")), "")


def _transactions(parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if part.document is not None and _set_of(part) not in NOT_SENT]


def _count(found: Examination, parts: list[Part], remarks: list[Finding]) -> None:
    transactions = _transactions(parts)
    found.sets.update(map(_set_of, transactions))
    found.seen = len(transactions)
    found.rejected = sum(bool(errors_in(part.findings)) for part in transactions)
    found.stray = sum(part.document is None for part in parts)
    for finding in _findings(parts, remarks):
        found.codes[finding.code] += 1
        note = finding.severity is Severity.NOTE and finding.code not in ALTERING
        found.harmless = found.harmless and (note or finding.code in ARITHMETIC)


def _broken_parts(parts: list[Part], remarks: list[Finding], size: int) -> Iterator[str]:
    for finding in _findings(parts, remarks):
        byte = finding.place.byte
        if not finding.message or (byte is not None and not 0 <= byte <= size):
            yield f"{finding.code} has no message or stands outside the file (byte {byte} of {size})"
    for part in parts:
        if not part.raw():
            yield f"part {part.position} shows nothing"
        if part.document is None and not errors_in(part.findings):
            yield f"part {part.position} has neither document nor error"
    if [part.position for part in parts] != list(range(1, len(parts) + 1)):
        yield "positions of parts are not 1, 2, 3 …"


def _broken_counts(found: Examination, accounts: Iterable[InterchangeAccount], heads: list[object]) -> Iterator[str]:
    accounts = list(accounts)
    transactions = [one for each in accounts for group in each.groups for one in group.transactions]
    told = [one.rejected for one in transactions if one.set not in NOT_SENT]
    if (len(told), sum(told)) != (found.seen, found.rejected):
        yield f"accounts tell {(len(told), sum(told))}, parts {(found.seen, found.rejected)}"
    if not all(one.closed for one in accounts):
        yield "an account was left open"
    peeked = sum(getattr(head, "set", "") not in NOT_SENT for head in heads)
    if peeked != found.seen:
        yield f"peek sees {peeked} transactions, reading {found.seen}"


def _write_back(found: Examination, data: bytes, parts: list[Part], standard: Standard) -> None:
    documents = [part.document for part in parts if part.document is not None]
    in_order = found.harmless and not found.stray and bool(documents) and _one_ending(data, documents)
    try:
        written = b"".join(standard.codec.write(documents))
    except Reject as refusal:
        if in_order:
            found.broken.append(f"is in order and cannot be written: {refusal.code}")
        return
    if in_order:
        found.same = _without_gaps(written) == _without_gaps(data)


def _without_gaps(data: bytes) -> bytes:
    """Without blanks, Ctrl-Z and NUL around interchanges: they tell nothing."""
    return re.sub(rb"[\s\x1a\0]+(?=ISA|UN[AB])", b"", data.strip(b" \t\r\n\x1a\0"))


def _one_ending(data: bytes, documents: Sequence[Document]) -> bool:
    """Whether every segment ends the same way, the last one aside."""
    first = documents[0]
    facts = first.get("_env") if isinstance(first, dict) else None
    if not isinstance(first, dict) or not isinstance(facts, dict):
        return False
    separators, newline = str(facts.get("separators") or ""), str(facts.get("newline") or "")
    position = END[str(first["_std"])]
    end = separators[position] if position < len(separators) else "'"
    rest = data.rstrip()
    ending = re.escape((end + newline).encode("latin-1"))
    if re.search(ending + rb"[ \t\r\n]+(?!\s|ISA|UN[AB])", rest):
        return False  # some segments are indented, or stand behind an empty line
    if end.strip() and not rest.endswith(end.encode("latin-1")):
        return False  # the last one has none
    return rest.count((end + newline).encode("latin-1")) >= rest.count(end.encode("latin-1")) - 1


def _answer(found: Examination, account: InterchangeAccount, standard: Standard) -> None:
    """Answers an interchange, and reads the answer as its receiver would."""
    documents = acknowledge(account, Terms(functional=standard.answer, receipt=Receipt.ALWAYS), MADE)
    if not documents:
        found.answers["none"] += 1
        return
    try:
        numbered = standard.codec.numbered(documents)
        written = numbered.write(range(1, len(numbered.levels) + 1))
    except Reject as refusal:
        found.answers[f"not written: {refusal.code}"] += 1
        if refusal.code not in TOO_LONG:
            found.broken.append(f"the acknowledgement cannot be written: {refusal}")
        return
    items = list(standard.codec.judge(Inline(written)))
    parts = [item for item in items if isinstance(item, Part)]
    faults = errors_in(_findings(parts, [item for item in items if isinstance(item, Finding)]))
    found.answers["valid" if parts and not faults else "invalid"] += 1
    if faults:
        found.broken.append(f"the acknowledgement is not valid: {faults[0].code} {faults[0].message}")
