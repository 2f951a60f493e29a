"""AK3 and AK4 (IK3 and IK4): which segment, which element, and what is wrong with it.

A finding brings what is needed: ``place.segment`` (ST is 1), ``place.element`` (``PO102``, ``DTM0102``, or the tag
alone), ``place.pointer`` (the loops), and ``report`` with AK304, AK403 and AK402, the number of the data element.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crossdock.codecs.edi.accounts import TransactionAccount
from crossdock.codecs.edi.model import Node
from crossdock.codecs.x12.acknowledging import copied
from crossdock.codecs.x12.acknowledging.layout import Line, Words
from crossdock.codecs.x12.dictionary.library import find_set
from crossdock.errors import Finding, Severity
from crossdock.message import Document

ELEMENTS_WRONG = "8"  # AK304: the segment has data element errors
ERRORS_INSIDE = "5"  # AK502: one or more segments in error
IMPLEMENTATION_INSIDE = "I5"  # IK502: likewise, by the partner's guide only
MOST_ELEMENTS = 99  # AK4 in one AK3
STANDARD = "X12"  # how a finding's rule begins when it is the standard's

#: What a 999 says where not the standard but the partner's guide is broken (data elements 620 and 621 of X12.3,
#: 005010): not used, below its minimum; missing, not used, code not used. For the others it has no code of its own.
IMPLEMENTATION_SEGMENT: Mapping[str, str] = {"2": "I4", "3": "I8"}
IMPLEMENTATION_ELEMENT: Mapping[str, str] = {"1": "I9", "7": "I6", "10": "I10"}


@dataclass(slots=True)
class _Faulty:
    """A segment with one kind of fault, and its elements."""

    segment: int
    tag: str
    code: str
    loop: str
    elements: list[Finding] = field(default_factory=list)


def faults_of(transaction: TransactionAccount, most: int, words: Words) -> Iterator[Line]:
    """The faulty segments in their order, at most ``most`` findings."""
    told = [one for one in transaction.findings if _tells(one)][:most]
    nodes = _nodes(transaction, words)
    for faulty in sorted(_gathered(told, nodes, words), key=lambda one: one.segment):
        yield _segment(faulty, words)
        for finding in faulty.elements[:MOST_ELEMENTS]:
            line = _element(finding, words)
            if line is not None:
                yield line


def _tells(finding: Finding) -> bool:
    return finding.severity is not Severity.NOTE and finding.place.segment is not None and bool(_tag(finding))


def tag_of(element: str) -> str:
    """The tag in ``N1``, ``PO102`` or ``DTM0102``; nothing of what has none.

    Tags have two or three characters, positions and components two digits each: the length tells which.
    """
    tag = element if len(element) <= 3 else element[: 2 + len(element) % 2]  # noqa: PLR2004 - N1, PO1
    return tag if 2 <= len(tag) <= 3 and tag.isascii() and tag.isalnum() else ""  # noqa: PLR2004 - likewise


def _tag(finding: Finding) -> str:
    return tag_of(finding.place.element or "")


def _gathered(findings: Sequence[Finding], nodes: Sequence[Node], words: Words) -> list[_Faulty]:
    gathered: dict[tuple[int, str, str], _Faulty] = {}
    for finding in findings:
        report = dict(finding.report)
        code = _spoken(report.get("AK304", ""), finding, IMPLEMENTATION_SEGMENT, words)
        if not code:
            continue
        tag, number = _tag(finding), finding.place.segment or 1
        loop = _loop(finding.place.pointer or "", nodes)
        faulty = gathered.setdefault((number, tag, code), _Faulty(number, tag, code, loop))
        if "AK403" in report:
            faulty.elements.append(finding)
    return list(gathered.values())


def _spoken(code: str, finding: Finding, own: Mapping[str, str], words: Words) -> str:
    return own.get(code, code) if _by_guide(finding, words) else code


def _by_guide(finding: Finding, words: Words) -> bool:
    """Whether a 999 blames the partner's guide for it."""
    return words.number == "999" and not (finding.rule or STANDARD).startswith(STANDARD)


def inside(transaction: TransactionAccount, words: Words) -> str:
    """AK502 for what is wrong inside a transaction; nothing where nothing is."""
    told = [one for one in transaction.findings if one.severity is not Severity.NOTE and "AK304" in dict(one.report)]
    if not told:
        return ""
    return IMPLEMENTATION_INSIDE if all(_by_guide(one, words) for one in told) else ERRORS_INSIDE


def _nodes(transaction: TransactionAccount, words: Words) -> Sequence[Node]:
    definition = find_set(transaction.set, words.version)
    return definition.nodes if definition else ()


def _loop(pointer: str, nodes: Sequence[Node]) -> str:
    """The innermost loop on the way to a value, by the tag of its first segment."""
    loop = ""
    for name in pointer.split("/")[1:]:
        node = next((node for node in nodes if node.name == name), None)
        if node is not None and node.children:
            loop, nodes = node.tag, node.children
    return loop


def _segment(faulty: _Faulty, words: Words) -> Line:
    tag = words.segment
    found: dict[str, Document] = {f"{tag}01": faulty.tag, f"{tag}02": str(min(faulty.segment, 999_999))}
    if faulty.loop:
        found[f"{tag}03"] = faulty.loop
    found[f"{tag}04"] = faulty.code
    return tag, found


def _element(finding: Finding, words: Words) -> Line | None:
    report, tag = dict(finding.report), words.element
    digits = (finding.place.element or "")[len(_tag(finding)) :]
    if not digits.isdecimal():
        return None
    position, component = int(digits[:2]), int(digits[2:4] or 0)
    found: dict[str, Document] = {f"{tag}0101" if words.composite else f"{tag}01": str(position)}
    if component and words.composite:
        found[f"{tag}0102"] = str(component)
    if report.get("AK402", "").isdigit():
        found[f"{tag}02"] = report["AK402"]
    found[f"{tag}03"] = _spoken(report["AK403"], finding, IMPLEMENTATION_ELEMENT, words)
    shown = copied.value(finding.value, words.marks)
    if shown:
        found[f"{tag}04"] = shown
    return tag, found
