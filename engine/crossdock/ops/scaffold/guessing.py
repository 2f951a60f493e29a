"""A mapping by names and values alone, for formats whose words nobody has written down: JSON, CSV, XML, fixed, Excel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crossdock.canonical.contract import Contract
from crossdock.mapping.lookup import Table
from crossdock.message import Document
from crossdock.ops.explanation.meaning import meanings
from crossdock.ops.scaffold import qualified
from crossdock.ops.scaffold.known import table_files
from crossdock.ops.scaffold.leaves import MANY, Found, Path, expression, found_in
from crossdock.ops.scaffold.lists import Lines, Search, Values
from crossdock.ops.scaffold.matching import ALONE, Match, Names, head_words, match
from crossdock.ops.scaffold.nodes import Leaf, Node, Shape, decide, guess
from crossdock.ops.scaffold.sample import Sample
from crossdock.ops.scaffold.targets import Target, Targets, targets_of
from crossdock.ops.scaffold.units import unit_expression
from crossdock.ops.scaffold.values import Decimals, decimals_of

GROUPED: Path = ("items",)
_NUMBERS = ("sku", "gtin", "buyer_item", "seller_item", "manufacturer_item")
_ITEM = (*_NUMBERS, "description")


@dataclass(slots=True)
class Guessed:
    """The fields; the column rows are grouped by; a table of units to be filled; and the paths that were used."""

    fields: dict[str, Node]
    let: dict[str, str] = field(default_factory=dict)
    group: str | None = None
    tables: dict[str, bytes] = field(default_factory=dict)
    used: set[Path] = field(default_factory=set)


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
    decimals: Decimals = field(init=False)
    search: Search = field(init=False)
    out: Guessed = field(default_factory=lambda: Guessed({}))

    def __post_init__(self) -> None:
        self.found = found_in(self.sample.documents)
        self.decimals = decimals_of(self.found.values.values())
        self.search = Search(self.sample.format, self.found, self.targets, self._names, decimals=self.decimals)

    def made(self) -> Guessed:
        plain: dict[Path, Sequence[Document]] = {
            path: values for path, values in self.found.values.items() if MANY not in path and path
        }
        lines = self.search.lines(plain)
        if lines is not None and not lines.at:
            plain = self._rows(plain, lines)
        if self._edi:
            plain |= self._single(lines.at if lines is not None else ())
            self._put_qualified()
        self._put_head(
            match(self.targets.head, plain, head_words(self.targets.word), self._names, decimals=self.decimals)
        )
        if lines is not None:
            self._put_lines(lines)
        self._shared(lines)
        self._undecided()
        if lines is not None:
            self._undecided_lines()
        self._in_order()
        return self.out

    @property
    def _edi(self) -> bool:
        return self.sample.format in ("x12", "edifact")

    def _names(self, path: Path) -> Names:
        if not self._edi:
            return Names(tuple(step for step in path if step != MANY))
        part = self.sample.parts[0]
        pointer = "/" + "/".join("0" if step == MANY else step for step in path)
        meaning = meanings(self.sample.format, part, self.sample.resources)(pointer)
        return Names(tuple(step for step in path if step != MANY), meaning or qualified.MEANINGS.get(path[-1], ""))

    # --- lines

    def _single(self, lines: Path) -> dict[Path, Sequence[Document]]:
        """What segments say that each document has once, and not below a line; those with a qualifier say it by that."""
        return {
            path: given
            for path, given in self.found.values.items()
            if path.count(MANY) == 1
            and path[0] not in qualified.QUALIFIED
            and path[:1] != lines[:1]
            and len(given) <= len(self.sample.documents)
        }

    def _rows(self, plain: Values, lines: Lines) -> dict[Path, Sequence[Document]]:
        """What rows have at the head: what is no field of a line. Rows of one number belong together."""
        strong = match(self.targets.head, plain, head_words(self.targets.word), self._names, decimals=self.decimals)
        number = next((one for one in strong if one.target.path == ("number",)), None)
        if number is not None and self._repeats(number.path):
            self.out.group = expression(number.path)
        head = {one.path for one in strong if one.target.name != "notes" and self._steady(one.path, number)}
        own = {one.path for one in lines.matches}
        return {path: given for path, given in plain.items() if path in head - own or path not in own}

    def _repeats(self, path: Path) -> bool:
        values = [str(value) for value in self.found.values[path]]
        return (self.sample.format != "json" or not self.sample.listed) and len(set(values)) < len(values)

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
            if one.target.path[0] in self.out.fields and one.target.name in _inside(self.out.fields, one.target.path):
                continue
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

    def _put_lines(self, lines: Lines) -> None:
        fields: dict[str, Node] = {}
        for one in lines.matches:
            if (*lines.at, *one.path) in self.out.used:
                continue
            self.out.used.add((*lines.at, *one.path))
            self._put(fields, one.target.path, self._leaf(one, ""))
        self._put_unit(fields, lines)
        if self._edi and (numbers := qualified.item_numbers(self.sample.documents, lines.at, self.targets.word)):
            fields = {name: node for name, node in fields.items() if name not in _NUMBERS} | numbers
        each = self.search.each(lines) if lines.at else GROUPED[0] if self.out.group else "[@]"
        demanded: dict[str, Document] = {"required": True} if self.targets.demanded else {"omit_empty": True}
        self.out.fields[self.targets.list_name or ""] = Shape(fields, {"each": each, **demanded})

    def _put_qualified(self) -> None:
        """What stands behind qualifiers is certain."""
        found = qualified.head(self.sample.documents, self.targets)
        self.out.fields |= found.fields
        self.out.let |= found.let
        self.out.tables |= table_files(found.tables)

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

    def _put_unit(self, fields: dict[str, Node], lines: Lines) -> None:
        """Units are codes: the contract's own, a table's, or a table that is to be filled."""
        unit = next((one for one in lines.matches if one.target.path == ("unit",)), None)
        if unit is None or not isinstance(fields.get("unit"), Leaf):
            return
        made = unit_expression(self.name, expression(unit.path), lines.values[unit.path], self.tables, edi=self._edi)
        fields["unit"] = Leaf(made.expression, made.remark)
        self.out.tables |= made.tables

    # --- what is not there

    def _shared(self, lines: Lines | None) -> None:
        """What a row of its own says of its line it says of the document as well: when it was counted."""
        if lines is None or lines.at or self.out.group:
            return
        wanted = [one for one in self.targets.head if one.required and one.name not in self.out.fields]
        kinds = [one for one in wanted if one.kind in ("date", "date-time")]
        phrases = head_words(self.targets.word)
        for one in match(kinds, lines.values, phrases, self._names, decimals=self.decimals, least=ALONE):
            leaf = self._leaf(one, "")
            self._put(self.out.fields, one.target.path, Leaf(leaf.value, guess("what the line has is the document's")))

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


def _inside(fields: Mapping[str, Node], path: Path) -> Mapping[str, Node]:
    """The fields of the shape that a path ends in."""
    for step in path[:-1]:
        below = fields.get(step)
        fields = below.fields if isinstance(below, Shape) else {}
    return fields


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
