"""Where things stand: faults with their segment, element and byte, and JSON pointers back to the payload.

Positions are worked out only when there is something to say or someone asks: the transaction is followed once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossdock.codecs.edi.findings import Kind, finding
from crossdock.codecs.edi.grammar import Fault, Grammar, Move, Tree
from crossdock.codecs.edi.narrowed import ruled
from crossdock.codecs.edi.walk import Trouble, walk, where
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.findings import ELEMENT_KINDS, SEGMENT_KINDS
from crossdock.codecs.x12.structure import pointers_of
from crossdock.codecs.x12.text import Splitter, element_offset, segment_offsets
from crossdock.errors import Finding, Place, Severity


class Ruler:
    """Measures one transaction: segment numbers count from 1 (ST), bytes from the beginning of the payload."""

    def __init__(self, data: bytes, offset: int, marks: Delimiters) -> None:
        self._data = data
        self._offset = offset
        self._marks = marks
        self._starts = segment_offsets(data, marks)

    def place(self, segment: int, element: str | None = None, position: int = 0, pointer: str | None = None) -> Place:
        """The place of segment ``segment`` (0 is ST), or of one of its elements."""
        if segment >= len(self._starts):
            byte = len(self._data)
        else:
            byte = element_offset(self._data, self._starts[segment], position, self._marks)
        return Place(segment=segment + 1, byte=self._offset + byte, element=element, pointer=pointer)


def _element_finding(fault: Fault, ruler: Ruler, rule: str) -> Finding:
    said = fault.element
    assert said is not None  # noqa: S101 - the caller looked
    kind = ELEMENT_KINDS[said.kind]
    ref = f"{fault.tag}{said.position:02}" + (f"{said.component:02}" if said.component else "")
    name = f"{said.element.name} ({ref})" if said.element else ref
    report = kind.report
    if report and said.element and said.element.number[0].isdigit():
        report = (*report, ("AK402", said.element.number))
    shown = Kind(kind.code, f"{fault.label.replace('{', '{{')}, {name} {kind.text}", report, kind.severity, kind.hint)
    place = ruler.place(fault.segment, ref, said.position, f"{fault.pointer}/{ref}")
    facts: dict[str, str | int] = {"low": said.element.low, "high": said.element.high} if said.element else {}
    if said.value:
        facts["value"] = said.value
    return ruled(finding(shown, place, rule, **facts), fault)


def _segment_finding(fault: Fault, ruler: Ruler, rule: str, number: str) -> Finding:
    place = ruler.place(fault.segment, fault.tag, 0, fault.pointer or None)
    facts: dict[str, str | int] = {
        "label": fault.label,
        "tag": fault.tag,
        "set": number,
        "standard": rule,
        "maximum": fault.maximum,
    }
    return ruled(finding(SEGMENT_KINDS[fault.kind], place, rule, **facts), fault)


def fault_findings(faults: Sequence[Fault], ruler: Ruler, rule: str, number: str) -> Iterator[Finding]:
    """The faults of one transaction as findings; trailing separators are one remark, not one for each segment."""
    trailing: list[Fault] = []
    for fault in faults:
        if fault.element is None:
            yield _segment_finding(fault, ruler, rule, number)
        elif ELEMENT_KINDS[fault.kind].severity is Severity.NOTE:
            trailing.append(fault)
        else:
            yield _element_finding(fault, ruler, rule)
    if trailing:
        first = trailing[0]
        yield trailing_finding(len(trailing), first.label, ruler.place(first.segment, first.tag), rule)


def trailing_finding(count: int, first: str, place: Place, rule: str | None) -> Finding:
    """One remark about all segments that end with empty elements."""
    return finding(ELEMENT_KINDS["trailing"], place, rule, actual=count, first=first)


class _Tracker(Trouble):
    """Follows a transaction for its pointers only."""

    def __init__(self, grammar: Grammar, marks: Delimiters) -> None:
        super().__init__(grammar, marks)
        self.pointers: list[tuple[str, int]] = []

    def closer(self, index: int, elements: Sequence[str], move: Move, at: Sequence[Tree]) -> Tree:
        self.pointers.append((where(move, at)[1], index))
        return super().closer(index, elements, move, at)


def _segment_pointers(data: bytes, grammar: Grammar | None, marks: Delimiters) -> Sequence[tuple[str, int]]:
    body = Splitter(marks).split(data).segments[1:]
    if grammar is None:
        return pointers_of(body, marks)
    tracker = _Tracker(grammar, marks)
    walk(tracker, grammar, body, {}, lambda segment: True, marks)
    return tracker.pointers


def place_of(pointer: str, data: bytes, offset: int, marks: Delimiters, grammar: Grammar | None) -> Place | None:
    """Where the value at a JSON pointer of the document stands in the payload; None for what no byte stands for.

    The empty pointer is the document: it begins with its ST.
    """
    if not pointer:
        return Place(byte=offset, element="ST")
    best = ("", -1)
    for path, index in _segment_pointers(data, grammar, marks):
        if (pointer == path or pointer.startswith(f"{path}/")) and len(path) > len(best[0]):
            best = (path, index)
    path, index = best
    if index < 0:
        return None
    tag = next(word for word in reversed(path.split("/")) if not word.isdigit())
    element = pointer[len(path) + 1 :].partition("/")[0]
    digits = element[len(tag) : len(tag) + 2]
    known = element.startswith(tag) and digits.isdecimal()
    ruler = Ruler(data, offset, marks)
    return ruler.place(index, element if known else None, int(digits) if known else 0, pointer)
