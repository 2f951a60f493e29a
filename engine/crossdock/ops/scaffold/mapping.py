"""The draft of a mapping: its text, its tables, its cases, and what of the sample it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.canonical.contract import Contract
from crossdock.codecs.contract import Part
from crossdock.document_json import decode, encode
from crossdock.errors import Reject
from crossdock.mapping.compile import YamlMapping, compile_mapping
from crossdock.mapping.lookup import Table, parse_table
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.ops.explanation.meaning import meanings
from crossdock.ops.explanation.repeats import at
from crossdock.ops.explanation.unused import unused
from crossdock.ops.scaffold import known
from crossdock.ops.scaffold.drafts import Draft, refusal
from crossdock.ops.scaffold.guessing import GROUPED, guessed
from crossdock.ops.scaffold.nodes import Leaf, Node, Shape, remarks, texts
from crossdock.ops.scaffold.sample import Sample
from crossdock.ops.scaffold.written import block, block_lines, field_lines, flow, shown
from crossdock.yaml_source import load, suggest

_MAX_UNUSED = 40
_MAX_ITEMS, _MAX_LINES = 3, 12  # lines that are shown in a case, and that are counted
_MAX_INLINE = 4_000


@dataclass(slots=True)
class Proposal:
    """A mapping that is proposed. ``split`` is what the route splits by where rows have to be put together."""

    name: str
    contract: Contract
    text: str
    fields: dict[str, Node]
    tables: dict[str, bytes]
    split: str | None
    results: list[Document] = field(default_factory=list)
    known: str | None = None

    def draft(self) -> Draft:
        """Its files."""
        marks = list(remarks(self.fields))
        return Draft(
            files={f"mappings/{self.name}.yaml": self.text.encode()},
            kept=dict(self.tables),
            guessed=[name for name, remark in marks if remark.kind == "guess"],
            undecided=[name for name, remark in marks if remark.kind == "decide"],
        )


def contract_of(name: str | None, reads: str) -> Contract:
    """The contract asked for, or the only one the pack maps such a document to. Raises ``ConfigError``."""
    if name is None:
        shipped = list(known.known_mappings(reads))
        if not shipped:
            raise refusal(
                "G133", f"nobody has said what {reads} becomes", "say it: --to order/v1 (crossdock contracts)"
            )
        name = next((one for one in shipped if one in CONTRACTS), shipped[0])
    contract = CONTRACTS.get(name)
    if contract is None:
        raise refusal("G133", f"there is no contract '{name}'", suggest(name, list(CONTRACTS)) or "crossdock contracts")
    return contract


def proposed(name: str, sample: Sample, contract: Contract, shown_path: str, tables: Mapping[str, Table]) -> Proposal:
    """A mapping from a sample to a contract; ``shown_path`` is where the sample lies in the project."""
    shipped = known.known_mappings(sample.reads).get(contract.name)
    if shipped is not None:
        return _Drafting(name, sample, contract, shown_path, tables).from_pack(shipped)
    return _Drafting(name, sample, contract, shown_path, tables).by_names()


@dataclass(frozen=True, slots=True)
class _Drafting:
    name: str
    sample: Sample
    contract: Contract
    path: str
    tables: Mapping[str, Table]

    def from_pack(self, shipped: known.Known) -> Proposal:
        """The pack's mapping, cut down."""
        mapping = known.compiled(shipped, {**known.pack_tables(), **self.tables})
        seen = known.seen(mapping, self.sample.parts)
        cut = known.cut_down(shipped, self.contract, seen)
        names = known.tables_of([*cut.let.values(), *(text for node in cut.fields.values() for text in texts(node))])
        files = known.table_files(name for name in names if name not in self.tables)
        about = [
            f"# What {self.sample.reads} means is from the distributor pack ({shipped.file}), cut down to what the sample has.",
        ]
        proposal = Proposal(self.name, self.contract, "", cut.fields, files, None, known=shipped.name)
        left = unused(self.sample.documents[0], seen.used[0]) if seen.used else []
        self._finish(proposal, about, cut.let, [(one.path, one.pointers[0]) for one in left])
        return proposal

    def by_names(self) -> Proposal:
        """By names and values."""
        found = guessed(self.name, self.sample, self.contract, {**known.pack_tables(), **self.tables})
        about = [
            "# Found by names and values. What is only likely says 'guess', what the sample cannot tell says 'decide':"
        ]
        about += ["# write where it comes from, or a constant, {value: EUR}."]
        split = f"group_by(@, &{found.group})" if found.group else None
        tables = {path: data for path, data in found.tables.items() if path.rpartition("/")[2][:-4] not in self.tables}
        proposal = Proposal(self.name, self.contract, "", found.fields, tables, split)
        used = {"/" + "/".join(path) for path in found.used}
        left = [(one.path, one.pointers[0]) for one in unused(self.sample.documents[0], set()) if one.path not in used]
        self._finish(proposal, about, {}, left)
        return proposal

    def documents(self, split: str | None) -> list[Document]:
        """What the mapping will be given: the documents, or rows put together."""
        if split is None:
            return self.sample.documents
        column = split.partition("&")[2][:-1]
        key = decode(column.encode()) if column.startswith('"') else column
        groups: dict[str, list[Document]] = {}
        for row in self.sample.documents:
            if isinstance(row, dict):
                groups.setdefault(str(row.get(str(key))), []).append(row)
        return [{"key": key, GROUPED[0]: rows} for key, rows in groups.items()]

    def _finish(
        self, proposal: Proposal, comments: Sequence[str], let: Mapping[str, str], left: Sequence[tuple[str, str]]
    ) -> None:
        head = [f"about: {block(f'{self.sample.reads} as {self.contract.name}, drafted from {self.path}.')}"]
        head += [*comments, f"from: {self.sample.reads}", f"to: {self.contract.name}"]
        if let:
            head += ["let:", *(f"  {name}: {block(text)}" for name, text in let.items())]
        body = [line for name, node in proposal.fields.items() for line in field_lines(name, node, "  ")]
        documents = self.documents(proposal.split)
        proposal.results = self._tried(proposal, let, documents)
        lines = [*head, "fields:", *body, *self._left(left), *self._cases(proposal, documents)]
        proposal.text = "\n".join(lines) + "\n"

    def _tried(self, proposal: Proposal, let: Mapping[str, str], documents: Sequence[Document]) -> list[Document]:
        """What it makes of the sample where nothing is demanded; empty where even that fails."""
        lenient = [line for name, node in proposal.fields.items() for line in field_lines(name, _lenient(node), "  ")]
        names = ["let:", *(f"  {name}: {block(text)}" for name, text in let.items())] if let else []
        text = "\n".join([f"from: {self.sample.reads}", *names, "fields:", *lenient, ""])
        own = {
            path.rpartition("/")[2][:-4]: parse_table(path.rpartition("/")[2][:-4], data, path)
            for path, data in proposal.tables.items()
        }
        mapping = compile_mapping(
            self.name, load(text.encode(), "draft"), {**known.pack_tables(), **self.tables, **own}
        )
        return [
            result
            for part, document in zip(self._parts(documents), documents, strict=False)
            for result in _applied(mapping, part, document)
        ]

    def _parts(self, documents: Sequence[Document]) -> Iterator[Part]:
        if documents is self.sample.documents or len(documents) == len(self.sample.parts):
            yield from self.sample.parts
        else:
            yield from (self.sample.parts[0] for _ in documents)

    def _left(self, left: Sequence[tuple[str, str]]) -> Iterator[str]:
        if not left:
            return
        yield "# Nothing above uses these values of the sample:"
        meaning = meanings(self.sample.format, self.sample.parts[0], self.sample.resources)
        for path, pointer in left[:_MAX_UNUSED]:
            words = meaning(pointer)
            named = path.strip("/").replace("/*", "").replace("/", ".")
            printable = "".join(char if char.isprintable() else "·" for char in named)
            yield f"#   {printable[:80]}: {shown(at(self.sample.documents[0], pointer))}{f' ({words})' if words else ''}"
        if len(left) > _MAX_UNUSED:
            yield f"#   … and {len(left) - _MAX_UNUSED} more: crossdock map {self.name} {self.path} --explain"

    def _cases(self, proposal: Proposal, documents: Sequence[Document]) -> list[str]:
        undecided = [name for name, remark in remarks(proposal.fields) if remark.kind == "decide"]
        given, count = self._given(proposal, documents)
        if given is None:
            return []
        name = _list_name(proposal)
        whole = len(proposal.results) == len(documents)
        expected = [_brief(result, name) for result in proposal.results[:count]] if whole else [{}] * count
        about = "Proposed from the sample: is it what the partner means?"
        if undecided:
            about = f"Fails until it is decided what these are: {', '.join(undecided[:12])}."
        expect = flow(expected[0] if count == 1 else list(expected))
        return ["cases:", f"  - about: {block(about)}", *given, f"    expect: {expect}"]

    def _given(self, proposal: Proposal, documents: Sequence[Document]) -> tuple[list[str] | None, int]:
        """The sample, where its format alone is enough to read it; else its first document, written here."""
        plain = not proposal.split and (not self.sample.options or self.sample.format == "fixed")
        if plain and self.sample.reads.partition("/")[0] == self.sample.format and not self.sample.more:
            return [f"    given: {block(self.path)}"], len(documents)
        lines = list(block_lines("given", {"document": decode(encode(documents[0]))}, "    "))
        return (lines, 1) if sum(map(len, lines)) <= _MAX_INLINE else (None, 0)


def _lenient(node: Node) -> Node:
    """The same with nothing required."""
    if isinstance(node, Shape):
        options = {name: value for name, value in node.options.items() if name != "required"}
        return Shape({name: _lenient(inner) for name, inner in node.fields.items()}, options)
    if isinstance(node.value, dict) and "expr" in node.value:
        return Leaf({name: value for name, value in node.value.items() if name != "required"})
    return Leaf(node.value)


def _applied(mapping: YamlMapping, part: Part, document: Document) -> Iterator[Document]:
    scope = Scope(id="new", route="new", now=datetime.now(UTC), headers=part.headers, place=part.place)
    try:
        result = mapping.apply(document, scope)
    except Reject:
        return
    yield decode(encode(result))


def _list_name(proposal: Proposal) -> str | None:
    return next(
        (
            name
            for name, node in proposal.fields.items()
            if isinstance(node, Shape) and "each" in node.options and node.options.get("required")
        ),
        None,
    )


def _brief(result: Document, list_name: str | None) -> Document:
    """What a person compares at a glance: the number and the date, and of each line the item and how many."""
    if not isinstance(result, dict):
        return {}
    head: dict[str, Document] = {
        name: value for name, value in result.items() if isinstance(value, str) and name in _HEAD
    }
    lines = result.get(list_name) if list_name else None
    if isinstance(lines, list) and len(lines) <= _MAX_LINES:
        head[str(list_name)] = [_brief_line(line) if at < _MAX_ITEMS else {} for at, line in enumerate(lines)]
    return head


_HEAD = ("number", "ordered_on", "issued_on", "currency", "type", "order_number")
_LINE = ("sku", "quantity", "unit", "unit_price", "on_hand")


def _brief_line(line: Document) -> Document:
    return {name: line[name] for name in _LINE if name in line} if isinstance(line, dict) else {}


def valid(contract: Contract, results: Iterable[Document]) -> list[Document]:
    """Results in the normal form of their contract, as far as they have it."""
    return [_normal(contract, result) for result in results]


def _normal(contract: Contract, result: Document) -> Document:
    """Its normal form; what is undecided at its head is lent by the contract's example meanwhile."""
    example = contract.example()
    if not isinstance(result, dict) or not isinstance(example, dict):
        return result
    required = [name for name, info in contract.model.model_fields.items() if info.is_required()]
    lent = {name: example[name] for name in required if name not in result and name in example}
    try:
        normal = decode(encode(contract.validate({**result, **lent})))
    except Reject:
        return result
    return {name: value for name, value in normal.items() if name not in lent} if isinstance(normal, dict) else result
