"""A mapping run slowly: the same plans that ``program`` writes code of, interpreted with values that know their origin.

The result is the compiled mapping's, which a test holds both to. A field that fails does not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from crossdock.errors import Place
from crossdock.mapping.binding import (
    Bound,
    CasePlan,
    ItemsPlan,
    LeafPlan,
    Let,
    LocalPlan,
    LoopPlan,
    Plan,
    ShapePlan,
    Site,
    WhenPlan,
)
from crossdock.mapping.explanation.reasons import why
from crossdock.mapping.explanation.told import Cause, Explanation, Outcome, Reason, Roots, Told, because_of, roots_of
from crossdock.mapping.fault import Fault
from crossdock.mapping.fields import Constant, Options
from crossdock.mapping.jmespath import semantics
from crossdock.mapping.jmespath.trace import NOTHING, Traced, Tracer
from crossdock.mapping.scope import Scope
from crossdock.message import Document

MAX_LEVELS = 400  # of one value; no reader gives more
MAX_FIELDS = 20_000  # of one document; nobody reads more, and a page of more opens in no browser


@dataclass(frozen=True, slots=True)
class _Nothing:
    """What a plan gives where it gives nothing: a constant null is something."""


_NOTHING: Final = _Nothing()


def explain(bound: Bound, document: Document, scope: Scope) -> Explanation:
    """The result of a bound mapping, and where each field of it came from."""
    walk = _Walk(bound.constants)
    tracer = walk.with_lets(bound.lets, Tracer(scope, {bound.root.uid: Traced(document, "")}))
    walk.told.result = walk.whole(bound.plan, tracer)
    looked = Roots()
    looked.add(tracer.looked_at)
    walk.told.used |= looked.pointers.keys()
    return walk.told


@dataclass(slots=True)
class _Walk:
    """One run. ``conditions`` are those around the plan in hand."""

    constants: Mapping[int, Place]
    told: Explanation = field(default_factory=Explanation)
    conditions: list[Traced] = field(default_factory=list)
    running: dict[int, int] = field(default_factory=dict)
    names: dict[int, Reason] = field(default_factory=dict)

    # --- what is told ---

    def tell(self, told: Told) -> None:
        """Keep a field, as long as there are not too many."""
        self.told.used.update(told.origins, told.consulted)
        if len(self.told.fields) >= MAX_FIELDS:
            self.told.more += 1
        else:
            self.told.fields.append(told)

    def _value(self, site: Site, pointer: str, value: Traced, levels: int = MAX_LEVELS) -> None:
        """A value, down to the plain ones in it; what lies deeper than so many levels is told as one."""
        inner: Iterator[tuple[str, Traced]] = iter(())
        if not levels:
            self._leaf(site, pointer, value, Outcome.VALUE)
        elif isinstance(value.value, dict) and value.value:
            inner = ((step(key), value.at(key)) for key in value.value)
        elif isinstance(value.value, list) and value.value:
            inner = ((f"/{at}", item) for at, item in enumerate(value.items()))
        else:
            self._leaf(site, pointer, value, Outcome.VALUE)
        for below, one in inner:
            self._value(site, pointer + below, one, levels - 1)

    def _leaf(self, site: Site, pointer: str, value: Traced, outcome: Outcome) -> None:
        roots, consulted = roots_of([value]), because_of(value)
        consulted.add(self.conditions)
        self.tell(
            Told(
                pointer=pointer,
                outcome=outcome,
                value=value.value,
                text=site.text,
                place=site.place,
                origins=tuple(roots.pointers),
                consulted=tuple(one for one in consulted.pointers if one not in roots.pointers),
                rows=tuple(roots.rows),
            )
        )

    def _without(self, site: Site, pointer: str, options: Options, reason: Reason, value: Traced = NOTHING) -> None:
        """A field that has no value of its own: its default, or nothing."""
        outcome = Outcome.DEFAULT if options.has_default else Outcome.FAILED if options.required else Outcome.EMPTY
        roots, consulted = roots_of([value]), because_of(value)
        consulted.add(self.conditions)
        self.tell(
            Told(
                pointer=pointer,
                outcome=outcome,
                value=options.default,
                text=site.text,
                place=site.place,
                origins=tuple(roots.pointers),
                consulted=tuple(consulted.pointers),
                rows=tuple(roots.rows),
                reason=reason,
            )
        )

    def _failed(self, site: Site, pointer: str, fault: Fault) -> None:
        reason = Reason(Cause.FAULT, fault.message, fault.pointer)
        origins = (fault.pointer,) if fault.pointer is not None else ()
        told = Told(
            pointer=pointer, outcome=Outcome.FAILED, text=site.text, place=site.place, origins=origins, reason=reason
        )
        self.tell(told)

    # --- plans ---

    def whole(self, plan: Plan, tracer: Tracer) -> Document:
        """What the whole mapping makes."""
        if isinstance(plan, ShapePlan):
            return self._shape(plan, tracer, "")
        made = self._made(plan, tracer, "")
        return None if isinstance(made, _Nothing) else made

    def _made(self, plan: Plan, tracer: Tracer, pointer: str) -> Document | _Nothing:
        return _MAKERS[type(plan)](self, plan, tracer, pointer)

    def local(self, plan: LocalPlan, tracer: Tracer, pointer: str) -> Document | _Nothing:
        return self._made(plan.body, self.with_lets(plan.lets, tracer), pointer)

    def with_lets(self, lets: Sequence[Let], tracer: Tracer) -> Tracer:
        """The tracer in which names have their values; of one that fails, null, and the fault is told."""
        for let in lets:
            try:
                value = tracer.value(let.site.term)
            except Fault as fault:
                self._failed(let.site, "".join(step(str(one)) for one in let.site.target), fault)
                value = NOTHING
            self._explain_name(let, value, tracer)
            tracer = tracer.below(let.variable, value)
        return tracer

    def _explain_name(self, let: Let, value: Traced, tracer: Tracer) -> None:
        """Why a name has no value is why the fields have none that reach for it."""
        self.names.pop(let.variable.uid, None)
        if value.value is None:
            self.names[let.variable.uid] = why(let.site.term, tracer, self.names)

    def evaluated(self, plan: LeafPlan, tracer: Tracer, pointer: str) -> Document | _Nothing:
        site, options = plan.site, plan.options
        try:
            value = tracer.value(site.term)
        except Fault as fault:
            self._failed(site, pointer, fault)
            return _NOTHING
        if options.omit_empty and _is_empty(value.value):
            said = "empty text" if value.value == "" else "an empty list or object"
            reason = Reason(Cause.OMITTED, f"{said}, and the field says omit_empty", value.pointer)
            self._without(site, pointer, options, reason, value)
        elif value.value is None:
            self._without(site, pointer, options, why(site.term, tracer, self.names), value)
        else:
            self._value(site, pointer, value)
            return value.value
        return semantics.copy_of(options.default) if options.default is not None else _NOTHING

    def constant(self, plan: Constant, _tracer: Tracer, pointer: str) -> Document:
        value = semantics.copy_of(plan.value)
        place = self.constants.get(id(plan), Place())
        self.tell(Told(pointer=pointer, outcome=Outcome.CONSTANT, value=value, place=place))
        return value

    def object(self, plan: ShapePlan, tracer: Tracer, pointer: str) -> Document | _Nothing:
        """An object, which is nothing where nothing is in it, but for a default that is an empty one."""
        made = self._shape(plan, tracer, pointer)
        return made if made or (plan.options.has_default and made is not None) else _NOTHING

    def _shape(self, plan: ShapePlan, tracer: Tracer, pointer: str) -> Document:
        made: dict[str, Document] = {}
        for key, part in plan.fields:
            value = self._made(part, tracer, pointer + step(key))
            if not isinstance(value, _Nothing):
                made[key] = value
        if made or not plan.options.has_default:
            return made
        self._without(plan.site, pointer, plan.options, Reason(Cause.NOTHING, "nothing in it has a value"))
        return semantics.copy_of(plan.options.default)

    def items(self, plan: ItemsPlan, tracer: Tracer, pointer: str) -> Document | _Nothing:
        made: list[Document] = []
        for item in plan.items:
            value = self._made(item, tracer, f"{pointer}/{len(made)}")
            if not isinstance(value, _Nothing):
                made.append(value)
        return made or _NOTHING

    # --- choices ---

    def where(self, plan: WhenPlan, tracer: Tracer, pointer: str) -> Document | _Nothing:
        return self._when(plan, tracer, pointer)[0]

    def _when(self, plan: WhenPlan, tracer: Tracer, pointer: str) -> tuple[Document | _Nothing, bool | None]:
        """(what it makes, whether its condition holds: None where that cannot be told)."""
        try:
            condition = tracer.value(plan.site.term)
        except Fault as fault:
            self._failed(plan.site, pointer, fault)
            return _NOTHING, None
        tracer.looked_at.append(condition)
        with self._under(condition):
            if semantics.truth(condition.value):
                return self._made(plan.body, tracer, pointer), True
            reason = Reason(Cause.CONDITION, "its 'when' does not hold", condition.pointer)
            self._without(plan.site, pointer, Options(), reason)
        return _NOTHING, False

    @contextmanager
    def _under(self, condition: Traced) -> Iterator[None]:
        self.conditions.append(condition)
        yield
        self.conditions.pop()

    def case(self, plan: CasePlan, tracer: Tracer, pointer: str) -> Document | _Nothing:
        made: Document | _Nothing = _NOTHING
        mark = len(self.told.fields)
        for alternative in plan.alternatives:
            if isinstance(alternative, WhenPlan):
                made, holds = self._when(alternative, tracer, pointer)
                if holds is not False:
                    break
            else:
                made = self._made(alternative, tracer, pointer)
        if not isinstance(
            made, _Nothing
        ):  # who asks for the field is not told of each condition before the one that held
            self.told.fields[mark:] = [one for one in self.told.fields[mark:] if one.outcome is not Outcome.EMPTY]
        return self._or_default(made, plan.site, plan.options, pointer, "no alternative gives a value")

    def _or_default(
        self, made: Document | _Nothing, site: Site, options: Options, pointer: str, said: str
    ) -> Document | _Nothing:
        empty = not isinstance(made, _Nothing) and options.omit_empty and _is_empty(made)
        if not empty and made is not None and not isinstance(made, _Nothing):
            return made
        if options.has_default or options.required or empty:
            cause = Cause.OMITTED if empty else Cause.NOTHING
            self._without(site, pointer, options, Reason(cause, "empty, and it says omit_empty" if empty else said))
        return semantics.copy_of(options.default) if options.default is not None else _NOTHING

    # --- loops ---

    def loop(self, plan: LoopPlan, tracer: Tracer, pointer: str) -> Document | _Nothing:
        try:
            base = tracer.value(plan.site.term)
        except Fault as fault:
            self._failed(plan.site, pointer, fault)
            return _NOTHING
        if base.value is None:
            self._without(plan.site, pointer, plan.options, why(plan.site.term, tracer, self.names), base)
            return semantics.copy_of(plan.options.default) if plan.options.default is not None else _NOTHING
        if not isinstance(base.value, list):
            self._failed(plan.site, pointer, Fault("M303", "'each' takes a list", base.value))
            return _NOTHING
        made = self._elements(plan, base, tracer, pointer)
        if not base.value:
            self._without(
                plan.site, pointer, Options(), Reason(Cause.NOTHING, "the list has no elements", base.pointer)
            )
        return self._or_default(made, plan.site, plan.options, pointer, "the list has no elements")

    def _elements(self, plan: LoopPlan, base: Traced, tracer: Tracer, pointer: str) -> list[Document]:
        made: list[Document] = []
        before = self.running.get(plan.site.number, 0)
        for at, element in enumerate(base.items()):
            row = len(made) + 1
            inner = tracer.below(plan.element, element).below(plan.index, Traced(at))
            inner = inner.below(plan.row, Traced(row)).below(plan.running, Traced(before + row))
            mark = len(self.told.fields)
            value = self._made(plan.body, inner, f"{pointer}/{len(made)}")
            if isinstance(value, _Nothing):
                self._gave_nothing(plan, element, f"{pointer}/{len(made)}", mark)
            else:
                made.append(value)
        self.running[plan.site.number] = before + len(made)
        return made

    def _gave_nothing(self, plan: LoopPlan, element: Traced, pointer: str, mark: int) -> None:
        """One element of which nothing came: its fields would stand where those of the next one do."""
        failed = [one for one in self.told.fields[mark:] if one.outcome is Outcome.FAILED]
        self.told.fields[mark:] = failed
        if not failed:
            text = (
                f"nothing comes of the element {element.pointer}" if element.pointer else "nothing comes of an element"
            )
            told = Told(
                pointer=pointer,
                outcome=Outcome.EMPTY,
                text=plan.site.text,
                place=plan.site.place,
                reason=Reason(Cause.CONDITION, text, element.pointer),
            )
            self.tell(told)


_Maker: TypeAlias = "Callable[[_Walk, Any, Tracer, str], Document | _Nothing]"  # each takes the plan it stands for

_MAKERS: dict[type, _Maker] = {
    LeafPlan: _Walk.evaluated,
    Constant: _Walk.constant,
    ShapePlan: _Walk.object,
    ItemsPlan: _Walk.items,
    LoopPlan: _Walk.loop,
    CasePlan: _Walk.case,
    WhenPlan: _Walk.where,
    LocalPlan: _Walk.local,
}


def step(key: str) -> str:
    """One step of a JSON pointer (RFC 6901), with its slash."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _is_empty(value: Document) -> bool:
    return not value and isinstance(value, str | list | dict)
