"""824: a document was read, and the application cannot use it (X12.44; BGN, OTI, TED, NTE)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from crossdock.codecs.edi.refusal import Refused, pieces
from crossdock.codecs.x12.acknowledging import copied
from crossdock.codecs.x12.acknowledging.faults import tag_of
from crossdock.codecs.x12.acknowledging.layout import Line, document_of
from crossdock.codecs.x12.acknowledging.swapped import group_envelope, release_of, separators_of
from crossdock.errors import Finding, Severity
from crossdock.message import Document

Tree = dict[str, Document]

FUNCTIONAL = "AG"
RESPONSE = "11"  # BGN01, 353
REJECTED = "TR"  # OTI01, 110: of a transaction
WITH_ERRORS = "TE"
INCORRECT = "848"  # TED01, 647: incorrect data
OTHER = "024"  # any other reason
SHORT = 60  # characters of TED02
LONG = 80  # characters of NTE02
MOST_NOTES = 5
COMPOSITE_SINCE = "005010"  # TED05 and TED06
MOST_ERRORS = 1000
#: Set -> what its business number is (128).
REFERENCES: Mapping[str, str] = {
    "850": "PO",
    "860": "PO",
    "855": "PO",
    "865": "PO",
    "810": "IV",
    "856": "SI",
    "940": "SO",
}
UNKNOWN = "TN"  # a transaction's number


def advise(refused: Refused, made: datetime) -> Document:
    """The 824 about one document, in the sender's version."""
    env = refused.facts("_env")
    version, marks = release_of(refused.text("_ver"), env), separators_of(env)
    facts = group_envelope(env, made, FUNCTIONAL, version)
    heading: Tree = {
        "BGN01": RESPONSE,
        "BGN02": copied.word(refused.number, 30, 1, marks),
        "BGN03": facts["gs_date"],
        "BGN04": facts["gs_time"],
    }
    told = [one for one in refused.findings if one.severity is not Severity.NOTE][:MOST_ERRORS]
    errors = [line for one in told for line in _error(one, version, marks)]
    return document_of("824", version, [("BGN", heading), ("OTI", _about(refused, marks)), *errors], facts)


def _about(refused: Refused, marks: str) -> Tree:
    numbers = refused.facts("_ctl")
    transaction = str(numbers.get("st") or "")
    reference = copied.value(refused.reference, marks)[:30]
    found: Tree = {
        "OTI01": WITH_ERRORS if refused.accepted else REJECTED,
        "OTI02": REFERENCES.get(refused.text("_set"), UNKNOWN) if reference else UNKNOWN,
        "OTI03": reference or copied.word(transaction, 30, 1, marks),
        "OTI08": copied.number(str(numbers.get("gs") or ""), 9, 1),
        "OTI09": copied.word(transaction, 9, 4, marks),
        "OTI10": copied.word(refused.text("_set"), 3, 3, marks),
    }
    return found


def _error(finding: Finding, version: str, marks: str) -> Iterator[Line]:
    text = _sendable(finding.message, marks)
    short = pieces(text, SHORT, 1)
    found: Tree = {"TED01": OTHER if finding.value is None else INCORRECT}
    if short:
        found["TED02"] = short[0]
    found |= _spot(finding, version)
    bad = copied.value(finding.value, marks)
    if bad:
        found["TED07"] = bad
    yield "TED", found
    if text not in short:
        for note in pieces(text, LONG, MOST_NOTES):
            yield "NTE", {"NTE02": note}


def _sendable(text: str, marks: str) -> str:
    kept = (" " if character in marks else character for character in text if character.isascii())
    return " ".join("".join(filter(str.isprintable, kept)).split())


def _spot(finding: Finding, version: str) -> Tree:
    """TED03 to TED06: segment and element, where the finding knows them."""
    element, number = finding.place.element or "", dict(finding.report).get("AK402", "")
    tag = tag_of(element)
    if finding.place.segment is None or not tag:
        return {}
    found: Tree = {"TED03": tag, "TED04": str(min(finding.place.segment, 999_999))}
    digits = element[len(tag) :][:2]
    if digits.isdecimal():
        found["TED0501" if version >= COMPOSITE_SINCE else "TED05"] = str(int(digits))
    if digits.isdecimal() and number.isdigit():
        found["TED0601" if version >= COMPOSITE_SINCE else "TED06"] = number
    return found
