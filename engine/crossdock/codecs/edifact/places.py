"""Where things stand: faults with their segment, element and byte, and JSON pointers back to the payload.

Positions are worked out only when there is something to say or someone asks: the message is followed once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from crossdock.codecs.edi.findings import Kind, finding
from crossdock.codecs.edi.grammar import Fault, Grammar, Marks, Move, Tree
from crossdock.codecs.edi.narrowed import ruled
from crossdock.codecs.edi.walk import Trouble, walk, where
from crossdock.codecs.edifact.charsets import Charset
from crossdock.codecs.edifact.closer_look import Sight
from crossdock.codecs.edifact.delimiters import Delimiters
from crossdock.codecs.edifact.findings import ELEMENT_KINDS, SEGMENT_KINDS
from crossdock.codecs.edifact.structure import pointers_of
from crossdock.codecs.edifact.text import segment_offsets, splitter, value_offset
from crossdock.errors import Finding, Place, Severity


class Ruler:
    """Measures one message: segment numbers count from 1 (UNH), bytes from the beginning of the payload."""

    def __init__(self, data: bytes, offset: int, marks: Delimiters) -> None:
        self._data = data
        self._offset = offset
        self._marks = marks

    @cached_property
    def _starts(self) -> list[int]:
        return segment_offsets(self._data, self._marks)

    def place(
        self,
        segment: int,
        element: str | None = None,
        position: int = 0,
        component: int = 0,
        pointer: str | None = None,
    ) -> Place:
        """The place of segment ``segment`` (0 is UNH), or of one of its elements or components."""
        if segment >= len(self._starts):
            byte = len(self._data)
        else:
            byte = value_offset(self._data, self._starts[segment], position, component, self._marks)
        return Place(segment=segment + 1, byte=self._offset + byte, element=element, pointer=pointer)


def _element_finding(fault: Fault, ruler: Ruler, rule: str) -> Finding:
    said = fault.element
    assert said is not None  # noqa: S101 - the caller looked
    kind = ELEMENT_KINDS[said.kind]
    ref = f"{fault.tag}{said.position:02}" + (f"{said.component:02}" if said.component else "")
    name = f"{said.element.name} ({ref})" if said.element else ref
    shown = Kind(
        kind.code, f"{fault.label.replace('{', '{{')}, {name} {kind.text}", kind.report, kind.severity, kind.hint
    )
    place = ruler.place(fault.segment, ref, said.position, said.component, f"{fault.pointer}/{ref}")
    facts: dict[str, str | int] = {"low": said.element.low, "high": said.element.high} if said.element else {}
    if said.value or "{value}" in kind.text:
        facts["value"] = said.value
    return ruled(finding(shown, place, rule, **facts), fault)


def _segment_finding(fault: Fault, ruler: Ruler, rule: str, name: str) -> Finding:
    place = ruler.place(fault.segment, fault.tag, pointer=fault.pointer or None)
    facts: dict[str, str | int] = {
        "label": fault.label,
        "tag": fault.tag,
        "set": name,
        "standard": rule,
        "maximum": fault.maximum,
    }
    return ruled(finding(SEGMENT_KINDS[fault.kind], place, rule, **facts), fault)


def fault_findings(faults: Sequence[Fault], ruler: Ruler, rule: str, name: str) -> Iterator[Finding]:
    """The faults of one message as findings; trailing separators are one remark, not one for each segment."""
    trailing: list[Fault] = []
    for fault in faults:
        if fault.element is None:
            yield _segment_finding(fault, ruler, rule, name)
        elif ELEMENT_KINDS[fault.kind].severity is Severity.NOTE:
            trailing.append(fault)
        else:
            yield _element_finding(fault, ruler, rule)
    if trailing:
        first, segments = trailing[0], len({fault.segment for fault in trailing})
        yield trailing_finding(segments, first.label, ruler.place(first.segment, first.tag), rule)


def trailing_finding(count: int, first: str, place: Place, rule: str | None) -> Finding:
    """One remark about all segments that end with empty elements or components."""
    return finding(ELEMENT_KINDS["trailing"], place, rule, actual=count, first=first)


class _Tracker(Trouble):
    """Follows a message for its pointers only."""

    def __init__(self, grammar: Grammar, marks: Marks) -> None:
        super().__init__(grammar, marks)
        self.pointers: list[tuple[str, int]] = []

    def closer(self, index: int, elements: Sequence[str], move: Move, at: Sequence[Tree]) -> Tree:
        self.pointers.append((where(move, at)[1], index))
        return super().closer(index, elements, move, at)


def segment_pointers(segments: Sequence[str], grammar: Grammar | None, charset: Charset) -> Sequence[tuple[str, int]]:
    """(JSON pointer, index) of each segment after UNH."""
    if grammar is None:
        return pointers_of(segments)
    sight = Sight(charset)
    tracker = _Tracker(grammar, sight)
    walk(tracker, grammar, segments, {}, lambda segment: True, sight)
    return tracker.pointers


def place_of(
    pointer: str, data: bytes, offset: int, marks: Delimiters, charset: Charset, grammar: Grammar | None
) -> Place | None:
    """Where the value at a JSON pointer of the document stands in the payload; None for what no byte stands for.

    The empty pointer is the document: it begins with its UNH.
    """
    if not pointer:
        return Place(byte=offset, element="UNH")
    best = ("", -1)
    body = splitter(marks, charset).split(data).segments[1:]
    for path, index in segment_pointers(body, grammar, charset):
        if (pointer == path or pointer.startswith(f"{path}/")) and len(path) > len(best[0]):
            best = (path, index)
    path, index = best
    if index < 0:
        return None
    tag = next(word for word in reversed(path.split("/")) if not word.isdigit()).partition("_")[0]
    element = pointer[len(path) + 1 :].partition("/")[0]
    digits = element.removeprefix(tag)
    ruler = Ruler(data, offset, marks)
    if not (element.startswith(tag) and digits.isdecimal() and len(digits) in (2, 4)):
        return ruler.place(index, None, pointer=pointer)
    return ruler.place(index, element, int(digits[:2]), int(digits[2:] or 0), pointer)
