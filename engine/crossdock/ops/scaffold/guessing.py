"""A mapping by names and values alone, for formats whose words nobody has written down: JSON, CSV, XML, fixed, Excel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from crossdock.canonical.contract import Contract
from crossdock.mapping.lookup import Table
from crossdock.message import Document
from crossdock.ops.explanation.meaning import meanings
from crossdock.ops.scaffold.leaves import MANY, Found, Path, expression, found_in
from crossdock.ops.scaffold.matching import Match, Names, head_words, line_words, match
from crossdock.ops.scaffold.nodes import Leaf, Node, Shape, decide, guess
from crossdock.ops.scaffold.sample import Sample
from crossdock.ops.scaffold.targets import Target, Targets, targets_of
from crossdock.ops.scaffold.units import unit_expression
from crossdock.ops.scaffold.values import has_comma

GROUPED: Path = ("items",)
_Values: TypeAlias = Mapping[Path, Sequence[Document]]
_ITEM = ("sku", "gtin", "buyer_item", "seller_item", "description")


@dataclass(slots=True)
class Guessed:
    """The fields; the column rows are grouped by; a table of units to be filled; and the paths that were used."""

    fields: dict[str, Node]
    group: str | None = None
    tables: dict[str, bytes] = field(default_factory=dict)
    used: set[Path] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The list that becomes the lines of the contract: where it is, what its fields are called from there."""

    at: Path
    values: Mapping[Path, Sequence[Document]]
    matches: Sequence[Match]
    single: bool = False


def guessed(name: str, sample: Sample, contract: Contract, tables: Mapping[str, Table]) -> Guessed:
    """What the names and values of a sample say."""
    return _Guesser(name, sample, targets_of(contract), tables).made()


@dataclass(slots=True)
class _Guesser:
    name: str
    sample: Sample
    targets: Targets
    tables: Mapping[str, Table]
    found: Found = field(init=False)
    comma: bool = False
    out: Guessed = field(default_factory=lambda: Guessed({}))

    def __post_init__(self) -> None:
        self.found = found_in(self.sample.documents)
        self.comma = any(has_comma(values) for values in self.found.values.values())

    def made(self) -> Guessed:
        plain: _Values = {path: values for path, values in self.found.values.items() if MANY not in path and path}
        lines = self._lines(plain)
        if lines is not None and not lines.at:
            plain = self._rows(plain, lines)
        self._put_head(match(self.targets.head, plain, head_words(self.targets.word), self._names, comma=self.comma))
        if lines is not None:
            self._put_lines(lines)
        self._undecided()
        if lines is not None:
            self._undecided_lines()
        self._in_order()
        return self.out

    def _names(self, path: Path) -> Names:
        if self.sample.format not in ("x12", "edifact"):
            return Names(tuple(step for step in path if step != MANY))
        part = self.sample.parts[0]
        pointer = "/" + "/".join("0" if step == MANY else step for step in path)
        return Names(path, meanings(self.sample.format, part, self.sample.resources)(pointer))

    # --- lines

    def _lines(self, plain: Mapping[Path, Sequence[Document]]) -> _Lines | None:
        """The list with the most that lines have; rows without a list are lines themselves."""
        if self.targets.list_name is None:
            return None
        lists = [self._inside(path, single=False) for path in self.found.lists]
        if self.sample.format == "xml":
            lists += [self._inside(path, single=True) for path in self.found.objects if len(path) > 1]
        best = max(lists, key=lambda one: (len(one.matches), -len(one.at)), default=None)
        if best is not None and best.matches:
            return best
        return _Lines((), plain, match(self.targets.lines, plain, line_words, self._names, comma=self.comma))

    def _inside(self, at: Path, *, single: bool) -> _Lines:
        values = {
            path[len(at) :]: given
            for path, given in self.found.values.items()
            if path[: len(at)] == at and MANY not in path[len(at) :] and path != at
        }
        matches = match(self.targets.lines, values, line_words, lambda path: self._below(at, path), comma=self.comma)
        return _Lines(at, values, matches, single)

    def _below(self, at: Path, path: Path) -> Names:
        return replace(self._names((*at, *path)), path=path)

    def _rows(self, plain: Mapping[Path, Sequence[Document]], lines: _Lines) -> dict[Path, Sequence[Document]]:
        """What rows have at the head: what is no field of a line. Rows of one number belong together."""
        strong = match(self.targets.head, plain, head_words(self.targets.word), self._names, comma=self.comma)
        number = next((one for one in strong if one.target.path == ("number",)), None)
        if number is not None and self._repeats(number.path):
            self.out.group = expression(number.path)
        head = {one.path for one in strong if one.target.name != "notes" and self._steady(one.path, number)}
        own = {one.path for one in lines.matches}
        return {path: given for path, given in plain.items() if path in head - own or path not in own}

    def _repeats(self, path: Path) -> bool:
        values = [str(value) for value in self.found.values[path]]
        return self.sample.format != "json" and len(set(values)) < len(values)

    def _steady(self, path: Path, number: Match | None) -> bool:
        """Whether it is the same in all rows of a number."""
        if number is None:
            return True
        seen: dict[str, Document] = {}
        pairs = zip(self.found.values[number.path], self.found.values[path], strict=False)
        return all(seen.setdefault(str(key), value) == value for key, value in pairs)

    # --- fields

    def _put_head(self, matches: Iterable[Match]) -> None:
        above = f"{GROUPED[0]}[0]." if self.out.group else ""
        for one in matches:
            self.out.used.add(one.path)
            self._put(self.out.fields, one.target.path, self._leaf(one, above))
        for name in [*self.out.fields]:
            self._whole_party(name)

    def _whole_party(self, name: str) -> None:
        """A party says who it is: one without id and name is none."""
        party = self.out.fields[name]
        people = {target.path[0] for target in self.targets.head if target.party == 1}
        if name not in people or not isinstance(party, Shape) or {"id", "name"} & party.fields.keys():
            return
        buyer = self.out.fields.get("buyer")
        named = buyer.fields.get("name") if isinstance(buyer, Shape) else None
        if isinstance(named, Leaf) and name != "buyer":
            fields = {"name": Leaf(named.value, guess("it has an address and no name: the buyer's")), **party.fields}
            self.out.fields[name] = Shape(fields)
        elif name not in self.targets.parties:
            del self.out.fields[name]

    def _put_lines(self, lines: _Lines) -> None:
        fields: dict[str, Node] = {}
        for one in lines.matches:
            if (*lines.at, *one.path) in self.out.used:
                continue
            self.out.used.add((*lines.at, *one.path))
            self._put(fields, one.target.path, self._leaf(one, ""))
        self._put_unit(fields, lines)
        each = expression([step for step in lines.at if step != MANY])
        if not lines.at:
            each = GROUPED[0] if self.out.group else "[@]"
        elif self.sample.format == "xml":
            each = f"to_array({each})"
        elif MANY in lines.at[:-1]:
            each = ".".join(step if step != MANY else "[]" for step in lines.at[:-1]).replace(".[]", "[]")
        self.out.fields[self.targets.list_name or ""] = Shape(fields, {"each": each, "required": True})

    def _leaf(self, one: Match, above: str) -> Leaf:
        value = one.reading.of(above + expression(one.path))
        if one.target.listed:
            return Leaf({"expr": f"[{value}][?@]", "omit_empty": True}, guess(one.doubt) if one.doubt else None)
        return Leaf(value, guess(one.doubt) if one.doubt else None)

    def _put(self, fields: dict[str, Node], path: Path, leaf: Leaf) -> None:
        for step in path[:-1]:
            below = fields.setdefault(step, Shape({}))
            fields = below.fields if isinstance(below, Shape) else {}
        fields[path[-1]] = leaf

    def _put_unit(self, fields: dict[str, Node], lines: _Lines) -> None:
        """Units are codes: the contract's own, a table's, or a table that is to be filled."""
        unit = next((one for one in lines.matches if one.target.path == ("unit",)), None)
        if unit is None or not isinstance(fields.get("unit"), Leaf):
            return
        made = unit_expression(self.name, expression(unit.path), lines.values[unit.path], self.tables)
        fields["unit"] = Leaf(made.expression, made.remark)
        self.out.tables |= made.tables

    # --- what is not there

    def _undecided(self) -> None:
        for target in self.targets.head:
            if target.required and target.name not in self.out.fields:
                self.out.fields[target.name] = _missing(target, target.name)
        for name in sorted(self.targets.parties - self.out.fields.keys()):
            self.out.fields[name] = Shape(
                {"name": _asked(f"{name}_name", f"the sample does not say who the {name} is")}
            )

    def _undecided_lines(self) -> None:
        shape = self.out.fields.get(self.targets.list_name or "")
        if not isinstance(shape, Shape):
            return
        for target in self.targets.lines:
            if target.required and target.name not in shape.fields:
                shape.fields[target.name] = _missing(target, f"line_{target.name}")
        names = {target.name for target in self.targets.lines}
        if "sku" in names and not shape.fields.keys() & set(_ITEM):
            shape.fields["sku"] = _asked("line_sku", "nothing in the sample looks like the number of an item")

    def _in_order(self) -> None:
        """In the order of the contract."""
        order = [target.path for target in self.targets.head]
        self.out.fields = _sorted(self.out.fields, order, self.targets.list_name)
        name = self.targets.list_name
        shape = self.out.fields.get(name) if name else None
        if isinstance(shape, Shape) and name:
            lines = _sorted(shape.fields, [("number",), *(target.path for target in self.targets.lines)], None)
            self.out.fields[name] = Shape(lines, shape.options, shape.remark)


def _sorted(fields: dict[str, Node], order: Sequence[Path], last: str | None) -> dict[str, Node]:
    first = {path[0]: at for at, path in reversed(list(enumerate(order)))}
    names = sorted(fields, key=lambda name: (name == last, first.get(name, len(order))))
    inner = {name: [path[1:] for path in order if path[0] == name and len(path) > 1] for name in names}
    return {
        name: Shape(_sorted(node.fields, inner[name], None), node.options, node.remark)
        if isinstance(node := fields[name], Shape) and inner[name]
        else node
        for name in names
    }


def _missing(target: Target, name: str) -> Leaf:
    if target.kind == "integer" and target.name == "number":
        return Leaf("$row", guess("the sample has no line numbers: they are counted"))
    if target.codes:
        return Leaf({"value": target.codes[0]}, guess(f"one of {', '.join(target.codes)}"))
    return _asked(name, f"the sample has nothing for it ({target.about.rstrip('.').lower()})")


def _asked(name: str, why: str) -> Leaf:
    """What check accepts, and what fails for every document until somebody has decided."""
    return Leaf({"expr": f"$headers.{name}", "required": True}, decide(why))
