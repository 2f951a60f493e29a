"""A draft tried on its sample: what it makes, which values it uses, whether its contract takes that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

from crossdock.canonical.contract import Contract
from crossdock.codecs.contract import Part
from crossdock.document_json import decode, encode
from crossdock.errors import Reject
from crossdock.mapping.compile import YamlMapping, compile_mapping
from crossdock.mapping.lookup import Table, parse_table
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.ops.scaffold.nodes import Leaf, Node, Shape
from crossdock.ops.scaffold.proposal import Proposal
from crossdock.ops.scaffold.written import block, field_lines
from crossdock.yaml_source import load

Given: TypeAlias = tuple[Part, Document]


def lenient(
    name: str, reads: str, let: Mapping[str, str], proposal: Proposal, tables: Mapping[str, Table]
) -> YamlMapping:
    """The mapping, with nothing demanded."""
    fields = [line for name, node in proposal.fields.items() for line in field_lines(name, _lenient(node), "  ")]
    names = ["let:", *(f"  {name}: {block(text)}" for name, text in let.items())] if let else []
    text = "\n".join([f"from: {reads}", *names, "fields:", *fields, ""])
    own = {_stem(path): parse_table(_stem(path), data, path) for path, data in proposal.tables.items()}
    return compile_mapping(name, load(text.encode(), "draft"), {**tables, **own})


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".csv")


def _lenient(node: Node) -> Node:
    """The same with nothing required."""
    if isinstance(node, Shape):
        options = {name: value for name, value in node.options.items() if name != "required"}
        return Shape({name: _lenient(inner) for name, inner in node.fields.items()}, options)
    if isinstance(node.value, dict) and "expr" in node.value:
        return Leaf({name: value for name, value in node.value.items() if name != "required"})
    return Leaf(node.value)


def results(mapping: YamlMapping, given: Iterable[Given]) -> list[Document]:
    """What it makes of the documents; nothing of one on which it fails."""
    return [result for part, document in given for result in _applied(mapping, part, document)]


def _applied(mapping: YamlMapping, part: Part, document: Document) -> Iterator[Document]:
    try:
        result = mapping.apply(document, _scope(part))
    except Reject:
        return
    yield decode(encode(result))


def _scope(part: Part) -> Scope:
    return Scope(id="new", route="new", now=datetime.now(UTC), headers=part.headers, place=part.place)


def used(mapping: YamlMapping, given: Given) -> Collection[str]:
    """The pointers of the values that its expressions use in a document."""
    part, document = given
    return mapping.explain(document, _scope(part)).used


def refused(proposal: Proposal) -> Iterator[str]:
    """What the contract has against it, where nothing is left to be decided: the sample is wrong, or a guess is."""
    if proposal.draft().undecided:
        return
    for result in proposal.results:
        try:
            proposal.contract.validate(result)
        except Reject as error:
            findings = error.findings or (error,)
            yield f"{proposal.contract.name} does not take what the sample gives: {findings[0].message}"
            return


def valid(contract: Contract, made: Sequence[Document]) -> list[Document]:
    """Results in the normal form of their contract; what is undecided at their head is lent by its example meanwhile."""
    example = contract.example() if made else {}
    required = [name for name, info in contract.model.model_fields.items() if info.is_required()]
    lendable = {name: example[name] for name in required if name in example} if isinstance(example, dict) else {}
    return [_normal(contract, result, lendable) for result in made]


def _normal(contract: Contract, result: Document, lendable: Mapping[str, Document]) -> Document:
    if not isinstance(result, dict):
        return result
    lent = {name: value for name, value in lendable.items() if name not in result}
    try:
        normal = decode(encode(contract.validate({**result, **lent})))
    except Reject:
        return result
    return {name: value for name, value in normal.items() if name not in lent} if isinstance(normal, dict) else result
