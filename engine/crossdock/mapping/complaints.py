"""The notes of a run -> findings that a person can act on.

Each says what of the result is wrong (a JSON pointer), the expression and where it stands in the mapping, the value it
stumbled over and where *that* stands in the payload. Finding the last means evaluating the expression again, slowly.
"""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.errors import Finding, Place, Severity
from crossdock.mapping.binding import Bound, Let, Site, lets_behind
from crossdock.mapping.expression import brief, place_of
from crossdock.mapping.fault import Fault, shown
from crossdock.mapping.jmespath.term import Term
from crossdock.mapping.jmespath.trace import NOTHING, Traced, Tracer
from crossdock.mapping.program import MAX_NOTES, PER_LOOP, Note
from crossdock.mapping.scope import Scope
from crossdock.message import Document


def findings_of(bound: Bound, name: str, document: Document, scope: Scope, notes: Iterable[Note]) -> list[Finding]:
    """One finding for each note, but none for what only follows from a ``let`` that failed."""
    taken = list(notes)
    failed = {(number, where) for number, _, where in taken}
    behind = lets_behind(bound)
    witness = _Witness(bound, name, document, scope)
    found = [
        witness.finding(bound.sites[number], fault, where)
        for number, fault, where in taken
        if fault is not None or not any(_at(let, where) in failed for let in behind[number])
    ]
    return found if len(taken) < MAX_NOTES else [*found, _more(name)]


def general_finding(name: str, fault: Fault) -> Finding:
    """The finding of a fault that no field is to blame for."""
    return Finding(code=fault.code, message=fault.message, rule=f"mapping {name}", hint=fault.hint)


def _at(let: Let, where: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """The number of a let's site, and where in the loops around it."""
    return let.site.number, where[: PER_LOOP * len(let.site.loops)]


def _more(name: str) -> Finding:
    message = f"only the first {MAX_NOTES} findings are listed"
    return Finding(code="M300", message=message, severity=Severity.NOTE, rule=f"mapping {name}")


class _Witness:
    """Evaluates sites again, keeping what several findings need: the lets and the lists that loops go over."""

    def __init__(self, bound: Bound, name: str, document: Document, scope: Scope) -> None:
        self.name = name
        self.scope = scope
        self.lists: dict[tuple[int, ...], list[Traced]] = {}
        self.tracer = Tracer(scope, {bound.root.uid: Traced(document, "")})
        self.tracer = _below(self.tracer, bound.lets)

    def finding(self, site: Site, fault: Fault | None, where: tuple[int, ...]) -> Finding:
        tracer, around = self._inside(site, where)
        pointer, value = around.pointer, None
        if fault is None:
            fault = Fault("M302", "a value is required, and there is none")
            pointer = _nearest(tracer, site.term) or pointer
        else:
            try:
                value = tracer.value(site.term)
                pointer = value.pointer or pointer
            except Fault as traced:
                fault, pointer = traced, traced.pointer or pointer
        return self._told(site, fault, _pointer(site, where), pointer)

    def _told(self, site: Site, fault: Fault, target: str, source: str | None) -> Finding:
        said = f", in: {brief(site.text)}" if site.text else ""
        return Finding(
            code=fault.code,
            message=f"{target}: {fault.message}{said} ({_position(site.place)})",
            place=place_of(source, self.scope),
            value=shown(fault.value),
            hint=fault.hint,
            rule=f"mapping {self.name}",
        )

    def _inside(self, site: Site, where: tuple[int, ...]) -> tuple[Tracer, Traced]:
        """The tracer inside the loops and lets around a site, and the innermost element."""
        tracer, around = _below(self.tracer, _lets_in(site, 0)), Traced(None, "")
        for depth, loop in enumerate(site.loops):
            at, row, before = where[PER_LOOP * depth : PER_LOOP * (depth + 1)]
            key = (loop.site.number, *where[: PER_LOOP * depth])
            if key not in self.lists:
                self.lists[key] = tracer.value(loop.site.term).items()
            around = self.lists[key][at]
            tracer = tracer.below(loop.element, around).below(loop.index, Traced(at))
            tracer = tracer.below(loop.row, Traced(row + 1)).below(loop.running, Traced(before + row + 1))
            tracer = _below(tracer, _lets_in(site, depth + 1))
        return tracer, around


def _lets_in(site: Site, loops: int) -> Iterable[Let]:
    """The lets around a site that stand inside so many of its loops."""
    return (let for let in site.lets if len(let.site.loops) == loops)


def _below(tracer: Tracer, lets: Iterable[Let]) -> Tracer:
    for let in lets:
        try:
            value = tracer.value(let.site.term)
        except Fault:
            value = NOTHING
        tracer = tracer.below(let.variable, value)
    return tracer


def _nearest(tracer: Tracer, term: Term) -> str | None:
    """The pointer of the nearest thing that is there on the path to a value that is not."""
    while term.op in {"get", "item"}:
        term = term.parts[0]
        try:
            found = tracer.value(term)
        except Fault:
            return None
        if found.value is not None and found.pointer is not None:
            return found.pointer
    return None


def _pointer(site: Site, where: tuple[int, ...]) -> str:
    positions = iter(where[1::PER_LOOP])
    steps = [str(next(positions) if step is None else step) for step in site.target]
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps) or "/"


def _position(place: Place) -> str:
    return ":".join(str(part) for part in (place.file, place.line, place.column) if part is not None)
