"""Why an expression gave nothing: followed back to the first thing that was not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from crossdock.mapping.explanation.told import Cause, Reason
from crossdock.mapping.fault import Fault, quoted
from crossdock.mapping.jmespath import semantics
from crossdock.mapping.jmespath.term import Term
from crossdock.mapping.jmespath.trace import Traced, Tracer

_OTHERWISE = 2  # the index of what `when` takes where the condition does not hold


@dataclass(frozen=True, slots=True)
class _Inquiry:
    """A tracer, and the reasons for names that have no value, by their variables."""

    tracer: Tracer
    names: Mapping[int, Reason]

    def value(self, term: Term) -> Traced:
        return self.tracer.value(term)

    def below(self, variable: Term, value: Traced) -> _Inquiry:
        return _Inquiry(self.tracer.below(variable, value), self.names)


def why(term: Term, tracer: Tracer, names: Mapping[int, Reason]) -> Reason:
    """The reason for the null or empty text that a term has for a value; ``names`` are those of its variables."""
    try:
        return _why(term, _Inquiry(tracer, names))
    except Fault as fault:
        return Reason(Cause.FAULT, fault.message, fault.pointer)


def _why(term: Term, inquiry: _Inquiry) -> Reason:
    if term.uid in inquiry.names:
        return inquiry.names[term.uid]
    value = inquiry.value(term)
    if value.value == "" and value.pointer is not None:
        return Reason(Cause.EMPTY_TEXT, f"{value.pointer} is empty text", value.pointer)
    if value.value is None and value.pointer is not None and not value.made_of:
        return Reason(Cause.ABSENT, f"{value.pointer} is null", value.pointer)
    rule = _RULES.get(term.op)
    return _plain(value) if rule is None else rule(term, inquiry, value)


def _plain(value: Traced) -> Reason:
    if value.absent is not None:
        return Reason(Cause.ABSENT, f"the source has no {value.absent}", value.absent)
    return Reason(Cause.NOTHING, "there is nothing to take")


def _path(term: Term, inquiry: _Inquiry, value: Traced) -> Reason:
    base = inquiry.value(term.parts[0])
    if base.value is None:
        below = _why(term.parts[0], inquiry)
        return _plain(value) if below.cause is Cause.ABSENT and value.absent is not None else below
    if base.value == [] and term.parts[0].op == "filter":
        return _no_match(term.parts[0], inquiry)
    return _plain(value)


def _no_match(term: Term, inquiry: _Inquiry) -> Reason:
    among = inquiry.value(term.parts[0])
    if not among.items():
        return _plain(among)
    where = f" of {among.pointer}" if among.pointer is not None else ""
    return Reason(
        Cause.CONDITION, f"none of the {len(among.items())} elements{where} meets the condition", among.pointer
    )


def _loop(term: Term, inquiry: _Inquiry, value: Traced) -> Reason:
    base = inquiry.value(term.parts[0])
    if base.value is None:
        return _why(term.parts[0], inquiry)
    if term.op == "filter" and value.value == []:
        return _no_match(term, inquiry)
    return Reason(Cause.NOTHING, "the list is empty", base.pointer)


def _within(term: Term, inquiry: _Inquiry, _value: Traced) -> Reason:
    outer = inquiry.value(term.parts[0])
    if outer.value is None:
        return _why(term.parts[0], inquiry)
    return _why(term.parts[2], inquiry.below(term.parts[1], outer))


def _when(term: Term, inquiry: _Inquiry, value: Traced) -> Reason:
    if semantics.truth(inquiry.value(term.parts[0]).value):
        return _why(term.parts[1], inquiry)
    if len(term.parts) > _OTHERWISE and term.parts[_OTHERWISE].op != "literal":
        return _why(term.parts[_OTHERWISE], inquiry)
    return Reason(Cause.CONDITION, "the condition of when() does not hold", value.pointer)


def _either(term: Term, inquiry: _Inquiry, _value: Traced) -> Reason:
    """The last of several alternatives names what is missing; the first says what was wanted most."""
    reasons = [_why(part, inquiry) for part in term.parts if inquiry.value(part).value in (None, "")]
    told = [reason for reason in reasons if reason.cause is not Cause.NOTHING] or reasons
    if not told:
        return _why(term.parts[-1], inquiry)
    texts = list(dict.fromkeys(reason.text for reason in told))
    return Reason(told[0].cause, "; ".join(texts), told[0].pointer)


def _call(term: Term, inquiry: _Inquiry, _value: Traced) -> Reason:
    arguments = [inquiry.value(part) for part in term.parts]
    first = next((at for at, one in enumerate(arguments) if one.value in (None, "")), None)
    if term.name in ("by", "all_by") and len(arguments) > _OTHERWISE and first != 0:
        among, key, wanted = arguments[:3]
        text = f"none of {among.pointer or 'the list'} has {key.value} {quoted(wanted.value)}"
        return Reason(Cause.CONDITION, text, among.pointer)
    at = _KEYS.get(term.name)
    if at is not None:
        missing = arguments[at].value in (None, "")
        return _why(term.parts[at], inquiry) if missing else _missed(term, arguments[at])
    if first is not None:
        return _why(term.parts[first], inquiry)
    return Reason(Cause.NOTHING, f"{term.name}() gave nothing", next((one.pointer for one in arguments), None))


#: Which argument a table is asked for, of those beside its name.
_KEYS = {"lookup": 0, "reverse_lookup": 0, "lookup_for": 1}


def _missed(term: Term, key: Traced) -> Reason:
    return Reason(Cause.LOOKUP, f"table '{term.names[0]}' has nothing for {quoted(key.value)}", key.pointer)


def _made(term: Term, inquiry: _Inquiry, value: Traced) -> Reason:
    return _why(term.parts[0], inquiry) if inquiry.value(term.parts[0]).value is None else _plain(value)


def _literal(_term: Term, _inquiry: _Inquiry, _value: Traced) -> Reason:
    return Reason(Cause.NOTHING, "the mapping says null")


def _surroundings(term: Term, _inquiry: _Inquiry, _value: Traced) -> Reason:
    return Reason(Cause.NOTHING, f"${term.name} is not known here")


_Rule: TypeAlias = Callable[[Term, _Inquiry, Traced], Reason]

_RULES: dict[str, _Rule] = {
    "get": _path,
    "item": _path,
    "slice": _path,
    "flatten": _path,
    "project": _loop,
    "values": _loop,
    "filter": _loop,
    "with": _within,
    "when": _when,
    "or": _either,
    "and": _either,
    "coalesce": _either,
    "call": _call,
    "object": _made,
    "list": _made,
    "literal": _literal,
    "surroundings": _surroundings,
    "given": _surroundings,
}
