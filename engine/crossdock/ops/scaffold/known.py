"""What the distributor pack knows of a format: its mapping of the same set to the same contract, cut down to a sample.

A field stays if its expression finds something in the sample; with it stay the other fields of the same party or
address, and the few that most partners send sooner or later. Where the pack fills a gap with its own constant
(``CUR.CUR02 || 'USD'``) the sample did not say it, and the author has to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from crossdock.canonical.contract import Contract
from crossdock.canonical.shape import slot_at
from crossdock.codecs.contract import Part
from crossdock.mapping.compile import YamlMapping, compile_mapping
from crossdock.mapping.explanation.told import Outcome, Told
from crossdock.mapping.lookup import Table, parse_table
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.ops.pack import pack_root
from crossdock.ops.scaffold.nodes import Leaf, Node, Remark, Shape, decide, guess, node_of, texts
from crossdock.yaml_source import Authored, load

MAPPINGS, TABLES = "mappings", "mappings/tables"
#: Fields that stay although this sample has no value for them: most partners send them sooner or later.
_USUAL = frozenset(
    {"requested_delivery_on", "notes", "description", "sku", "gtin", "buyer_item", "unit_price", "currency"}
)
_OTHERWISE = re.compile(r"(?P<asked>.+) \|\| '(?P<constant>[^']*)'\Z")
_NAME = re.compile(r"\$([a-z_][a-z0-9_]*)")
_TABLE = re.compile(r"(?:lookup|lookup_for|convert)\('([^']+)'")
_MET = frozenset({Outcome.VALUE, Outcome.CONSTANT, Outcome.DEFAULT})
_FROM, _TO = re.compile(r"^from: *(\S+)", re.MULTILINE), re.compile(r"^to: *(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Known:
    """A mapping of the pack."""

    name: str
    file: str
    contract: str
    source: Authored


@cache  # the pack is as it was installed
def known_mappings(reads: str) -> Mapping[str, Known]:
    """The pack's mappings that read this, by their contract; the plain one of a contract comes first."""
    root = pack_root()
    found: dict[str, Known] = {}
    for path in sorted((root / MAPPINGS).rglob("*.yaml"), key=lambda path: (len(path.stem), path.stem)):
        text = path.read_text(encoding="utf-8")
        asked, made = _FROM.search(text), _TO.search(text)
        if asked and made and asked[1] == reads and made[1] not in found:
            file = path.relative_to(root).as_posix()
            found[made[1]] = Known(path.stem, file, made[1], load(text.encode(), file))
    return found


def read_by(root: Path, reads: str) -> str | None:
    """The project's mapping that reads this and makes a contract; the one with the shortest name."""
    for path in sorted((root / MAPPINGS).rglob("*.yaml"), key=lambda path: (len(path.stem), path.stem)):
        text = path.read_text(encoding="utf-8", errors="replace")
        asked, made = _FROM.search(text), _TO.search(text)
        if asked and made and asked[1] == reads:
            return path.stem
    return None


@cache
def pack_tables() -> Mapping[str, Table]:
    """The pack's tables of codes."""
    files = sorted((pack_root() / TABLES).glob("*.csv"))
    return {path.stem: parse_table(path.stem, path.read_bytes(), path.name) for path in files}


def tables_of(expressions: Iterable[str]) -> list[str]:
    """The tables that expressions ask, by name."""
    return sorted({name for text in expressions for name in _TABLE.findall(text)})


def compiled(known: Known, tables: Mapping[str, Table]) -> YamlMapping:
    """The mapping, as it would run."""
    return compile_mapping(known.name, known.source, tables)


@dataclass(slots=True)
class Seen:
    """What became of the fields of a mapping over the documents of a sample, by their path without positions."""

    outcomes: dict[str, list[Told]] = field(default_factory=dict)
    used: list[set[str]] = field(default_factory=list)

    def at(self, path: str) -> Iterator[Told]:
        """What is told of a field and of everything in it."""
        for one, told in self.outcomes.items():
            if one == path or one.startswith(f"{path}/"):
                yield from told

    def met(self, path: str) -> bool:
        """Whether the field had a value that came from the sample."""
        return any(one.outcome in _MET and (one.origins or one.outcome is not Outcome.VALUE) for one in self.at(path))


def seen(mapping: YamlMapping, parts: Sequence[Part]) -> Seen:
    """Run a mapping slowly over a sample."""
    found = Seen()
    for part in parts:
        scope = Scope(id="new", route="new", now=datetime.now(UTC), headers=part.headers, place=part.place)
        explanation = mapping.explain(part.document, scope)
        found.used.append(explanation.used)
        for told in explanation.fields:
            path = "/".join(step for step in told.pointer.split("/") if not step.isdecimal())
            found.outcomes.setdefault(path, []).append(told)
    return found


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of a mapping that a sample has need of."""

    let: dict[str, str]
    fields: dict[str, Node]


def cut_down(known: Known, contract: Contract, seen_in: Seen) -> Cut:
    """Leave out what the sample has nothing for."""
    shears = _Shears(contract, seen_in)
    fields = known.source.at(("fields",))
    kept = (
        shears.fields({name: node_of(value) for name, value in fields.items()}, "") if isinstance(fields, dict) else {}
    )
    let = known.source.value.get("let") if isinstance(known.source.value, dict) else None
    names = {name: str(text) for name, text in let.items()} if isinstance(let, dict) else {}
    return Cut(_reached(names, kept.values()), kept)


def _reached(let: Mapping[str, str], nodes: Iterable[Node]) -> dict[str, str]:
    """The names that the fields use, and those that these use."""
    wanted = {name for node in nodes for text in texts(node) for name in _NAME.findall(text)}
    for name in reversed(list(let)):
        if name in wanted:
            wanted |= set(_NAME.findall(let[name]))
    return {name: text for name, text in let.items() if name in wanted}


@dataclass(frozen=True, slots=True)
class _Shears:
    contract: Contract
    seen: Seen

    def fields(self, nodes: dict[str, Node], above: str, *, together: bool = False) -> dict[str, Node]:
        """Those of a shape that stay; ``together`` once one of its fields has a value."""
        kept = {name: self._node(name, node, f"{above}/{name}", together=together) for name, node in nodes.items()}
        return {name: node for name, node in kept.items() if node is not None}

    def _node(self, name: str, node: Node, path: str, *, together: bool) -> Node | None:
        met = self.seen.met(path)
        required = self._required(path)
        if isinstance(node, Shape):
            return self._shape(node, path) if met or required or self._failed(path) else None
        remark = self._remark(node, path, required=required)
        if remark is not None and remark.kind == "decide" and required:
            return Leaf(_demanded(node.value), remark)
        if remark is not None or met or required or together or name in _USUAL:
            return Leaf(node.value, remark)
        return None

    def _shape(self, node: Shape, path: str) -> Shape:
        loop = "each" in node.options
        together = not loop and any(
            self.seen.met(f"{path}/{name}") for name, inner in node.fields.items() if isinstance(inner, Leaf)
        )
        return Shape(self.fields(node.fields, path, together=together), node.options)

    def _required(self, path: str) -> bool:
        steps = path.strip("/").split("/")
        slot = slot_at(self.contract.model, steps)
        return slot is not None and slot.required

    def _failed(self, path: str) -> Told | None:
        return next((one for one in self.seen.at(path) if one.outcome is Outcome.FAILED), None)

    def _remark(self, leaf: Leaf, path: str, *, required: bool) -> Remark | None:
        failed = self._failed(path)
        if failed is not None:
            return decide(f"fails on the sample: {failed.reason.text if failed.reason else 'see crossdock test'}")
        told = list(self.seen.at(path))
        if not required:
            return None
        if not any(one.outcome in _MET for one in told):
            return decide("required, and the sample has no value for it")
        made_up = all(one.outcome is Outcome.VALUE and not one.origins and not one.consulted for one in told)
        constant = _OTHERWISE.match(leaf.value) if isinstance(leaf.value, str) else None
        if made_up and constant:
            return decide(f"the sample does not say it; the pack would take '{constant['constant']}'")
        return guess("nothing in the sample says so") if made_up else None


def _demanded(value: Document) -> Document:
    """The expression alone, and a finding where it gives nothing."""
    if isinstance(value, str):
        constant = _OTHERWISE.match(value)
        return {"expr": constant["asked"] if constant else value, "required": True}
    if isinstance(value, dict) and "expr" in value:
        return {**{name: one for name, one in value.items() if name != "default"}, "required": True}
    return value


def table_files(names: Iterable[str]) -> dict[str, bytes]:
    """Tables of the pack as files of a project."""
    root = pack_root()
    paths = {name: Path(TABLES) / f"{name}.csv" for name in names}
    return {path.as_posix(): (root / path).read_bytes() for path in paths.values() if (root / path).is_file()}
