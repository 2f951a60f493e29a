"""Makes of a set what a partner's rules leave of it.

What a rule says about a place of the tree is put into the tree, where reading costs nothing more: a mandatory place,
a lower maximum, a closed list, a shorter element. Rules that ask for a qualifier stand beside it, as ``demands``.
A rule may only narrow: who needs more than the standard allows describes a local version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from crossdock.codecs.edi.model import UNLIMITED, Demand, Element, Field, Node, Note, TransactionSet
from crossdock.codecs.edi.rules import Rule, RuleError, RuleFault, Target, find_target, read_rules
from crossdock.errors import ConfigError
from crossdock.yaml_source import suggest

_WIDER = "a partner's rules only narrow; describe a local version for more"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A set under a partner's rules, and the rules that could not be kept."""

    definition: TransactionSet
    faults: tuple[RuleFault, ...]


def narrow(definition: TransactionSet, rules: Mapping[str, object], owner: str) -> TransactionSet:
    """The set under rules as they are written (see rules.py). Raises ``ConfigError`` with every rule that cannot be.

    ``owner`` is whose rules they are, as findings name it: ``partner acme``.
    """
    narrowing = check_rules(definition, rules, owner)
    if narrowing.faults:
        raise ConfigError.of([fault.finding for fault in narrowing.faults])
    return narrowing.definition


def check_rules(definition: TransactionSet, rules: Mapping[str, object], owner: str) -> Narrowing:
    """The set under those rules that can be kept, and what is wrong with the others."""
    read, faults = read_rules(rules)
    narrowed = _narrowed(definition, read, owner)
    return replace(narrowed, faults=(*faults, *narrowed.faults))


@lru_cache(maxsize=256)
def _narrowed(definition: TransactionSet, rules: tuple[Rule, ...], owner: str) -> Narrowing:
    if not rules:
        return Narrowing(definition, ())
    faults: list[RuleFault] = []
    found = replace(definition, owner=owner, base=definition)
    for rule in sorted(rules, key=lambda one: one.kind == "forbid"):  # last: it may not take what others ask for
        try:
            found = _KINDS[rule.kind](found, rule, find_target(found, rule.path))
        except RuleError as error:
            faults.append(RuleFault(error.finding, rule.written))
    return Narrowing(found, tuple(faults))


def _demand(definition: TransactionSet, rule: Rule, target: Target) -> TransactionSet:
    demand = Demand(
        rule.kind,
        target.steps,
        target.nodes,
        target.field,
        target.position,
        target.component,
        codes=frozenset(rule.codes),
        low=rule.low,
        high=rule.maximum if rule.kind == "max" else rule.high,
    )
    return replace(definition, demands=(*definition.demands, demand))


def _changed(definition: TransactionSet, target: Target, change: Callable[[Node], Node]) -> TransactionSet:
    """The set with another node where the target is."""

    def below(nodes: Iterable[Node], depth: int) -> tuple[Node, ...]:
        name = target.steps[depth].name
        return tuple(inner(node, depth) if node.name == name else node for node in nodes)

    def inner(node: Node, depth: int) -> Node:
        if depth == len(target.steps) - 1:
            return change(node)
        return replace(node, children=below(node.children, depth + 1))

    return replace(definition, nodes=below(definition.nodes, 0))


def _with_field(definition: TransactionSet, target: Target, change: Callable[[Field], Field]) -> TransactionSet:
    def changed(fields: tuple[Field, ...], position: int, new: Field) -> tuple[Field, ...]:
        return (*fields[: position - 1], new, *fields[position:])

    def node(node: Node) -> Node:
        field = node.segment.fields[target.position - 1]
        if target.component:
            part = change(field.parts[target.component - 1])
            field = replace(field, parts=changed(field.parts, target.component, part))
        else:
            field = change(field)
        segment = replace(node.segment, fields=changed(node.segment.fields, target.position, field))
        return replace(node, segment=segment)

    return _changed(definition, target, node)


def _require(definition: TransactionSet, rule: Rule, target: Target) -> TransactionSet:
    if not target.plain:
        return _demand(definition, rule, target)
    if target.field is None:
        return _changed(definition, target, lambda node: replace(node, required=True))
    return _with_field(definition, target, lambda field: replace(field, required=True))


def _forbid(definition: TransactionSet, rule: Rule, target: Target) -> TransactionSet:
    mandatory = target.field.required if target.field is not None else target.nodes[-1].required
    if mandatory and not (target.field is None and target.steps[-1].element):
        hint = "it is so by the standard, or by another of these rules"
        raise RuleError("D204", f"'{rule.path}' cannot be forbidden: it is mandatory", hint)
    if target.plain and target.field is not None and not target.component:
        alone = Note("E", (target.position, target.position))  # an element that excludes itself
        return _changed(
            definition,
            target,
            lambda node: replace(node, segment=replace(node.segment, notes=(*node.segment.notes, alone))),
        )
    found = _demand(definition, rule, target)
    if target.plain and target.field is None:
        return _changed(found, target, lambda node: replace(node, maximum=0, listed=node.many))
    return found


def _maximum(definition: TransactionSet, rule: Rule, target: Target) -> TransactionSet:
    if target.field is not None:
        raise RuleError("D206", f"'{rule.path}' is an element: only a segment or loop has a maximum")
    known = target.nodes[-1].maximum
    if rule.maximum < 1:
        raise RuleError("D206", f"the maximum of '{rule.path}' is {rule.maximum}", "to rule it out, use 'forbid'")
    if rule.maximum > known:
        raise RuleError("D205", f"'{rule.path}' may stand {known} times at most: {rule.maximum} is more", _WIDER)
    if not target.plain:
        return _demand(definition, rule, target)
    return _changed(definition, target, lambda node: replace(node, maximum=rule.maximum, listed=node.many))


def _wanted(rule: Rule, target: Target) -> Element:
    if target.field is None or target.field.parts:
        hint = "name an element, such as BEG02" if target.field is None else "name one of its components"
        raise RuleError("D206", f"'{rule.path}' has no {rule.kind} of its own", hint)
    return target.field.element


def _codes(definition: TransactionSet, rule: Rule, target: Target) -> TransactionSet:
    element = _wanted(rule, target)
    for code in rule.codes:
        if element.codes is not None and code not in element.codes:
            hint = suggest(code, element.codes) or _WIDER
            raise RuleError("D205", f"'{code}' is not among the codes of '{rule.path}'", hint)
        if not element.low <= len(code) <= element.high:
            lengths = f"{element.low} to {element.high} characters"
            raise RuleError("D205", f"'{code}' does not fit into '{rule.path}', which has {lengths}", _WIDER)
    if not target.plain:
        return _demand(definition, rule, target)
    narrower = replace(element, codes=frozenset(rule.codes))
    return _with_field(definition, target, lambda field: replace(field, element=narrower))


def _length(definition: TransactionSet, rule: Rule, target: Target) -> TransactionSet:
    element = _wanted(rule, target)
    low, high = max(rule.low, element.low), rule.high
    if high > element.high or (rule.low and rule.low < element.low):
        message = (
            f"'{rule.path}' has {element.low} to {element.high} characters: {rule.low or element.low}/{high} is wider"
        )
        raise RuleError("D205", message, _WIDER)
    if low > high:
        raise RuleError("D206", f"no value of '{rule.path}' has {low} to {high} characters")
    if not target.plain:
        return _demand(definition, replace(rule, low=low), target)
    narrower = replace(element, low=low, high=min(high, UNLIMITED))
    return _with_field(definition, target, lambda field: replace(field, element=narrower))


_KINDS: Mapping[str, Callable[[TransactionSet, Rule, Target], TransactionSet]] = {
    "require": _require,
    "forbid": _forbid,
    "max": _maximum,
    "codes": _codes,
    "length": _length,
}
