"""The grammar of a set that a partner's rules narrow, and whose rule it was when something is wrong.

A transaction that keeps all rules costs a look at the demands. One that does not is followed once more by the set as
the standard has it: what that one finds too is the standard's to say, everything else is the partner's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

from crossdock.codecs.edi.demands import Unmet, label_of, pointer_of, quick_test, unmet
from crossdock.codecs.edi.grammar import Fault, Grammar, Marks, Syntax, Tree, compile_set
from crossdock.codecs.edi.model import Demand, TransactionSet
from crossdock.codecs.edi.tracking import tracked
from crossdock.codecs.edi.walk import LINES, MOST_FAULTS
from crossdock.errors import Finding

#: Kind, segment, element, component: what makes two faults the same.
Key: TypeAlias = "tuple[str, int, int, int]"


@lru_cache(maxsize=512)
def grammar_of_set(definition: TransactionSet, syntax: Syntax) -> Grammar:
    """The compiled set; equal sets share one. Not for each transaction: telling that two sets are equal takes time."""
    grammar = compile_set(definition, syntax)
    if definition.base is None:
        return grammar
    tests = tuple((demand, quick_test(demand)) for demand in definition.demands)
    return replace(grammar, review=_Review(definition, grammar_of_set(definition.base, syntax), tests).look)


def ruled(said: Finding, fault: Fault) -> Finding:
    """The finding of a fault; where it breaks a partner's rule, it says so and names the partner."""
    if not fault.rule:
        return said
    return replace(said, rule=fault.rule, message=f"{said.message} (rule of {fault.rule})")


@dataclass(frozen=True, slots=True)
class _Review:
    definition: TransactionSet
    standard: Grammar
    tests: tuple[tuple[Demand, Callable[[Tree], bool]], ...]

    def look(self, segments: Sequence[str], root: Tree, faults: list[Fault], marks: Marks) -> list[Fault]:
        """The faults with their owners, and those of the demands among them."""
        asked = [demand for demand, met in self.tests if not met(root)]
        missed = list(unmet(asked, root)) if asked else []
        if not faults and not missed:
            return faults
        tracker = tracked(self.standard, segments, marks)
        places = dict(tracker.pointers)
        theirs = {_key(fault) for fault in tracker.faults}
        found = [fault if _key(fault) in theirs else self._owned(fault, segments, marks) for fault in faults]
        more = (self._fault(one, places, len(segments) + 1) for one in missed)
        found += [fault for fault in more if _key(fault) not in theirs]
        return sorted(found, key=lambda fault: fault.segment)[:MOST_FAULTS]

    def _owned(self, fault: Fault, segments: Sequence[str], marks: Marks) -> Fault:
        """A fault that only the partner's rules find. Of theirs, an exclusion is an element that may not be sent."""
        said = fault.element
        if said is not None and said.kind == "exclusion":
            value = segments[fault.segment - 1].split(marks.element)[said.position]
            said = replace(said, kind="forbidden", value=value)
            return replace(fault, kind="forbidden", element=said, rule=self.definition.owner)
        return replace(fault, rule=self.definition.owner)

    def _fault(self, missed: Unmet, places: dict[str, int], end: int) -> Fault:
        demand, pointer = missed.demand, pointer_of(missed.trail)
        label = label_of(missed.trail, demand.nodes, LINES)
        if missed.kind == "segment_absent":
            label = f"{label}, {demand.steps[-1]}" if label else str(demand.steps[-1])
        return Fault(
            missed.kind,
            places.get(pointer, end) if pointer else end,
            label,
            pointer,
            demand.nodes[-1].tag,
            missed.element,
            maximum=demand.high,
            rule=self.definition.owner,
        )


def _key(fault: Fault) -> Key:
    said = fault.element
    return fault.kind, fault.segment, said.position if said else 0, said.component if said else 0
