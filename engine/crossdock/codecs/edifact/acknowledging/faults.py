"""Where in a message something is wrong, as CONTRL says it: UCS for the segment, UCD for the element, and 0085.

A finding brings what is needed: ``place.segment`` (UNH is 1), ``place.element`` (``QTY0102``, or the tag alone), and
``report`` with the code of 0085. What is wrong with UNH and UNT stands in UCM itself, which has room for one fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from crossdock.codecs.edi.accounts import TransactionAccount
from crossdock.errors import Finding, errors_in
from crossdock.message import Document

Tree = dict[str, Document]

UNSPECIFIED = "18"
MISSING = "13"
TAG = 3  # characters of every segment tag
MOST_ELEMENTS = 99  # UCD in one UCS
#: Findings about a trailer whose place is the end of what it should close.
TRAILERS = {"X211": "UNZ", "X212": "UNZ", "X213": "UNZ", "X221": "UNE", "X222": "UNE", "X223": "UNE", "X231": "UNT"}
SERVICE = frozenset({"UNB", "UNZ", "UNG", "UNE", "UNH", "UNT", "UNO", "UNP"})


@dataclass(frozen=True, slots=True)
class Service:
    """A fault of a service segment: its code, tag, and the element's position (the tag counts as 1)."""

    code: str = ""
    tag: str = ""
    element: int = 0
    component: int = 0

    def keys_of(self, tag: str, position: int) -> Tree:
        """0085, the service segment and S011, beginning at an element of UCI, UCF or UCM."""
        if not self.code:
            return {}
        found: Tree = {f"{tag}{position:02}": self.code}
        if self.tag:
            found[f"{tag}{position + 1:02}"] = self.tag
        if self.tag and self.element:
            found |= _identification(f"{tag}{position + 2:02}", self.element, self.component)
        return found


def _identification(key: str, element: int, component: int) -> Tree:
    """S011: the position of an element, counted from the tag as 1, and of a component within it."""
    found: Tree = {f"{key}01": str(element)}
    if component:
        found[f"{key}02"] = str(component)
    return found


def code_of(finding: Finding) -> str:
    """The code of 0085 a finding becomes, or nothing."""
    return dict(finding.report).get("0085", "")


def _spot(finding: Finding) -> tuple[str, int, int]:
    """(tag, position of the element counted from the tag as 1, component); 0 for what is not said."""
    element = finding.place.element or TRAILERS.get(finding.code, "")
    digits = element[TAG:]
    if not digits.isdecimal():
        return element[:TAG], 0, 0
    return element[:TAG], int(digits[:2]) + 1, int(digits[2:4] or 0)


def service_of(findings: Iterable[Finding], usual: str, *, within: bool = False) -> Service:
    """The first fault of a service segment; ``within`` a message only of UNH and UNT. ``usual`` where none is named."""
    for finding in findings:
        tag, element, component = _spot(finding)
        if code_of(finding) and (tag in SERVICE or not tag or not within):
            return Service(
                code_of(finding), tag if tag in SERVICE else usual, element if tag in SERVICE else 0, component
            )
    return Service() if within else Service(UNSPECIFIED, usual)


@dataclass(slots=True)
class _Faulty:
    """A segment and what is wrong: with the whole of it, or with elements."""

    position: int
    code: str
    elements: list[Document] = field(default_factory=list)


def segments_of(message: TransactionAccount, most: int) -> Iterator[Document]:
    """UCS with their UCD, in the order of the segments; at most ``most`` findings."""
    told = [one for one in errors_in(message.findings) if _tells(one)][:most]
    faulty: dict[tuple[int, str], _Faulty] = {}
    for finding in told:
        _, element, component = _spot(finding)
        code = code_of(finding)
        position = _position(finding, whole=not element)
        one = faulty.setdefault((position, "" if element else code), _Faulty(position, "" if element else code))
        if element and len(one.elements) < MOST_ELEMENTS:
            one.elements.append({"UCD01": code, **_identification("UCD02", element, component)})
    for one in sorted(faulty.values(), key=lambda each: each.position):
        yield _segment(one)


def _tells(finding: Finding) -> bool:
    tag = _spot(finding)[0]
    return bool(code_of(finding) and tag and tag not in SERVICE and finding.place.segment)


def _position(finding: Finding, *, whole: bool) -> int:
    """A missing segment is told by the position of the last one before the place where it should stand."""
    said = finding.place.segment or 1
    return max(said - 1, 1) if whole and code_of(finding) == MISSING else said


def _segment(faulty: _Faulty) -> Tree:
    found: Tree = {"UCS01": str(min(faulty.position, 999_999))}
    if faulty.code:
        found["UCS02"] = faulty.code
    if faulty.elements:
        found["UCD"] = faulty.elements
    return found
