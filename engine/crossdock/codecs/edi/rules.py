"""Rules a partner adds to a set, as they are written: they only narrow what the standard allows.

    require: [DTM, "PO1.PO107", "N1[N101=ST]"]     forbid: [PO1.SAC, BEG04]      max: {PO1: 200}
    codes: {BEG02: [SA, NE]}                       length: {BEG03: 10, "N1.N104": 4/13}

A path leads from the set by the names of its places (as in the document) to a segment, a loop or, as its last word,
an element (``PO107``) or component (``DTM0102``). ``N1[N101=ST]``, or ``N1[ST]`` for short, means only those N1 whose first element is ST. A rule about
something inside a loop holds for each one of that loop that is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from crossdock.codecs.edi.model import UNLIMITED, Field, Node, Step, TransactionSet
from crossdock.errors import Finding, Place
from crossdock.yaml_source import suggest

KINDS = ("require", "forbid", "max", "codes", "length")

_PATH = re.compile(r"(\w+)(\[(?:(\w+)=)?([^\]=]*)\])?(\.|$)")
_LENGTHS = re.compile(r"(?:(\d{1,6})\s*/\s*)?(\d{1,6})")
_FIRST = "1"  # N1[ST]: the first element, whatever it is called
_COMPONENT = 4  # digits of a key that ends in element and component

#: Where a rule stands in what was written: ``("require", 0)``, ``("codes", "BEG02")``.
RulePath: TypeAlias = "tuple[str | int, ...]"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its kind, the path it is about, and what it asks for."""

    kind: str
    path: str
    maximum: int = 0
    codes: tuple[str, ...] = ()
    low: int = 0
    high: int = UNLIMITED
    written: RulePath = ()


@dataclass(frozen=True, slots=True)
class RuleFault:
    """What is wrong with a rule; ``written`` says which, so that who has the file finds its line."""

    finding: Finding
    written: RulePath

    def at(self, place: Place) -> Finding:
        """The finding at a place of the file."""
        return replace(self.finding, place=place)


class RuleError(Exception):
    """A rule that cannot be: the finding says why."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.finding = Finding(code=code, message=message, hint=hint)


@dataclass(frozen=True, slots=True)
class Target:
    """What a path leads to."""

    steps: tuple[Step, ...]
    nodes: tuple[Node, ...]
    field: Field | None = None  # the element, or the component where there is one
    position: int = 0
    component: int = 0

    @property
    def plain(self) -> bool:
        """Whether no step asks for a qualifier."""
        return not any(step.element for step in self.steps)


def read_rules(written: Mapping[str, object]) -> tuple[tuple[Rule, ...], tuple[RuleFault, ...]]:
    """(rules, what is wrong with them) of ``{require: […], codes: {…}}``; unknown keys are for the file's own schema."""
    rules: list[Rule] = []
    faults: list[RuleFault] = []
    for rule in _written(written):
        if isinstance(rule, RuleFault):
            faults.append(rule)
        else:
            rules.append(rule)
    return tuple(rules), tuple(faults)


def _written(written: Mapping[str, object]) -> Iterator[Rule | RuleFault]:
    for kind in KINDS:
        value = written.get(kind)
        if isinstance(value, Mapping):
            yield from (_rule(kind, str(path), asked, (kind, path)) for path, asked in value.items())
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from (_rule(kind, str(path), None, (kind, index)) for index, path in enumerate(value))


def _rule(kind: str, path: str, asked: object, written: RulePath) -> Rule | RuleFault:
    match kind:
        case "max" if isinstance(asked, int):
            return Rule(kind, path, maximum=asked, written=written)
        case "codes" if isinstance(asked, Sequence) and asked and not isinstance(asked, str):
            return Rule(kind, path, codes=tuple(map(str, asked)), written=written)
        case "length" if (lengths := _LENGTHS.fullmatch(str(asked))) is not None:
            return Rule(kind, path, low=int(lengths[1] or 0), high=int(lengths[2]), written=written)
        case "require" | "forbid" if asked is None:
            return Rule(kind, path, written=written)
    wanted = {"max": "a number", "codes": "a list of codes", "length": "a length, such as 10 or 2/10"}
    message = f"'{path}' needs {wanted.get(kind, 'no value')}"
    return RuleFault(Finding(code="D201", message=message, value=str(asked)), written)


def _steps(path: str) -> list[Step]:
    steps: list[Step] = []
    end = 0
    while (found := _PATH.match(path, end)) is not None:
        steps.append(Step(found[1], found[3] or (_FIRST if found[2] else ""), found[4] or ""))
        end = found.end()
        if found[5] != ".":
            break
    if not steps or end != len(path) or path.endswith("."):
        raise RuleError("D202", f"'{path}' is no path", "such as DTM, PO1.PO107 or N1[N101=ST].N104")
    return steps


def find_target(definition: TransactionSet, path: str) -> Target:
    """What a path leads to in a set. Raises ``RuleError`` where it leads nowhere."""
    steps = _steps(path)
    nodes: list[Node] = []
    children = definition.nodes
    for number, step in enumerate(steps):
        node = next((child for child in children if child.name == step.name), None)
        if node is None:
            if nodes and step.name in _keys(nodes[-1]) and number < len(steps) - 1:
                raise RuleError("D203", f"'{step.name}' is an element: nothing is below it")
            if number == len(steps) - 1 and not step.element:
                return _element(step.name, steps[:-1], nodes, children, definition)
            raise _lost(step.name, nodes, children, definition)
        if step.element:
            steps[number] = _selecting(node, step)
        nodes.append(node)
        children = node.children
    return Target(tuple(steps), tuple(nodes))


def _selecting(node: Node, step: Step) -> Step:
    """The step with the element it asks: where none is named, the first, or its first component."""
    fields = node.segment.fields
    if step.element == _FIRST and fields:
        return Step(step.name, f"{node.tag}01" + ("01" if fields[0].parts else ""), step.value)
    _field(node, step.element)
    return step


def _element(
    key: str, steps: Sequence[Step], nodes: Sequence[Node], children: Sequence[Node], definition: TransactionSet
) -> Target:
    """An element of the segment the path came to, or of a segment right below it."""
    for node in [*nodes[-1:], *children]:
        digits = key.removeprefix(node.tag)
        if digits != key and digits.isdecimal() and len(digits) in (2, _COMPONENT):
            own = bool(nodes) and node is nodes[-1]
            field, position, component = _field(node, key)
            way = tuple(steps) if own else (*steps, Step(node.name))
            return Target(way, tuple(nodes) if own else (*nodes, node), field, position, component)
    raise _lost(key, nodes, children, definition)


def _field(node: Node, key: str) -> tuple[Field, int, int]:
    digits = key.removeprefix(node.tag)
    position = (
        int(digits[:2]) if key.startswith(node.tag) and digits.isdecimal() and len(digits) in (2, _COMPONENT) else 0
    )
    component = int(digits[2:] or 0) if position else 0
    fields = node.segment.fields
    if 0 < position <= len(fields):
        field = fields[position - 1]
        if not component and len(digits) == 2:  # noqa: PLR2004 - PO107, not DTM0102
            return field, position, 0
        if 0 < component <= len(field.parts):
            return field.parts[component - 1], position, component
    raise RuleError("D203", f"{node.name} has no element '{key}'", suggest(key, _keys(node)))


def _keys(node: Node) -> list[str]:
    keys: list[str] = []
    for position, field in enumerate(node.segment.fields, start=1):
        keys.append(f"{node.tag}{position:02}")
        keys += [f"{node.tag}{position:02}{component:02}" for component in range(1, len(field.parts) + 1)]
    return keys


def _lost(word: str, nodes: Sequence[Node], children: Sequence[Node], definition: TransactionSet) -> RuleError:
    where = f"{nodes[-1].name} of " if nodes else ""
    known = [child.name for child in children] + (_keys(nodes[-1]) if nodes else [])
    message = f"there is no '{word}' in {where}{definition.number} {definition.release}"
    return RuleError("D203", message, suggest(word, known))
