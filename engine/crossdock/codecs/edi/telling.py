"""The faults of a transaction as findings: worded, placed, and with the codes an acknowledgement reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crossdock.codecs.edi.findings import Kind, finding
from crossdock.codecs.edi.grammar import Fault
from crossdock.codecs.edi.model import Element
from crossdock.codecs.edi.narrowed import ruled
from crossdock.codecs.edi.ruler import Ruler
from crossdock.errors import Finding, Place, Severity

Reported = tuple[tuple[str, str], ...]


def as_it_is(kind: Kind, element: Element | None) -> Reported:
    """What a kind reports of any element."""
    return kind.report


@dataclass(frozen=True, slots=True)
class Telling:
    """How a standard tells faults. ``reported``: what an acknowledgement says of a kind of finding about an element."""

    elements: Mapping[str, Kind]
    segments: Mapping[str, Kind]
    reported: Callable[[Kind, Element | None], Reported] = as_it_is

    def findings(self, faults: Sequence[Fault], ruler: Ruler, rule: str, name: str) -> Iterator[Finding]:
        """The faults of one transaction; trailing separators are one remark, not one for each segment."""
        trailing: list[Fault] = []
        for fault in faults:
            if fault.element is None:
                yield self._of_segment(fault, ruler, rule, name)
            elif self.elements[fault.kind].severity is Severity.NOTE:
                trailing.append(fault)
            else:
                yield self._of_element(fault, ruler, rule)
        if trailing:
            first, segments = trailing[0], len({fault.segment for fault in trailing})
            yield self.trailing(segments, first.label, ruler.place(first.segment, first.tag), rule)

    def trailing(self, count: int, first: str, place: Place, rule: str | None) -> Finding:
        """One remark about all segments that end with empty elements or components."""
        return finding(self.elements["trailing"], place, rule, actual=count, first=first)

    def _of_element(self, fault: Fault, ruler: Ruler, rule: str) -> Finding:
        said = fault.element
        assert said is not None  # noqa: S101 - the caller looked
        kind = self.elements[said.kind]
        ref = f"{fault.tag}{said.position:02}" + (f"{said.component:02}" if said.component else "")
        name = f"{said.element.name} ({ref})" if said.element else ref
        text = f"{fault.label.replace('{', '{{')}, {name} {kind.text}"
        shown = Kind(kind.code, text, self.reported(kind, said.element), kind.severity, kind.hint)
        place = ruler.place(fault.segment, ref, said.position, said.component, f"{fault.pointer}/{ref}")
        facts: dict[str, str | int] = {"low": said.element.low, "high": said.element.high} if said.element else {}
        if said.value or "{value}" in kind.text:
            facts["value"] = said.value
        return ruled(finding(shown, place, rule, **facts), fault)

    def _of_segment(self, fault: Fault, ruler: Ruler, rule: str, name: str) -> Finding:
        place = ruler.place(fault.segment, fault.tag, pointer=fault.pointer or None)
        facts: dict[str, str | int] = {
            "label": fault.label,
            "tag": fault.tag,
            "set": name,
            "standard": rule,
            "maximum": fault.maximum,
        }
        return ruled(finding(self.segments[fault.kind], place, rule, **facts), fault)
