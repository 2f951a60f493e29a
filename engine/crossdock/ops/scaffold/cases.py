"""The case of a drafted mapping: the sample, and what a person compares at a glance."""

from __future__ import annotations

from collections.abc import Sequence

from crossdock.document_json import decode, encode
from crossdock.message import Document
from crossdock.ops.scaffold.nodes import Shape, remarks
from crossdock.ops.scaffold.proposal import Proposal
from crossdock.ops.scaffold.sample import Sample
from crossdock.ops.scaffold.written import block, block_lines, flow

_MAX_ITEMS, _MAX_LINES = 3, 12  # lines that are shown in a case, and that are counted
_MAX_INLINE = 4_000  # characters of a document that is written into the case
_HEAD = ("number", "ordered_on", "issued_on", "invoiced_on", "shipped_on", "currency", "type", "order_number")
_ITEMS = ("sku", "seller_item", "gtin", "buyer_item")
_LINE = ("quantity", "unit", "unit_price", "on_hand")


def case_lines(proposal: Proposal, sample: Sample, path: str, documents: Sequence[Document]) -> list[str]:
    """The lines of ``cases:``; none where the sample is too much to be written here and cannot be named alone."""
    undecided = [name for name, remark in remarks(proposal.fields) if remark.kind == "decide"]
    given, count = _given(proposal, sample, path, documents)
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


def _given(
    proposal: Proposal, sample: Sample, path: str, documents: Sequence[Document]
) -> tuple[list[str] | None, int]:
    """The sample, where its format alone is enough to read it; else its first document, written here."""
    plain = not proposal.split and (not sample.options or sample.format == "fixed")
    if plain and sample.reads.partition("/")[0] == sample.format and not sample.more:
        return [f"    given: {block(path)}"], len(documents)
    lines = list(block_lines("given", {"document": decode(encode(documents[0]))}, "    "))
    return (lines, 1) if sum(map(len, lines)) <= _MAX_INLINE else (None, 0)


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
    """The number and the date, and of each line the item and how many."""
    if not isinstance(result, dict):
        return {}
    head: dict[str, Document] = {name: result[name] for name in result if name in _HEAD and _is_text(result[name])}
    lines = result.get(list_name) if list_name else None
    if isinstance(lines, list) and len(lines) <= _MAX_LINES:
        head[str(list_name)] = [_brief_line(line) if at < _MAX_ITEMS else {} for at, line in enumerate(lines)]
    return head


def _is_text(value: Document) -> bool:
    return isinstance(value, str)


def _brief_line(line: Document) -> Document:
    if not isinstance(line, dict):
        return {}
    item = next((name for name in _ITEMS if name in line), "")
    return {name: line[name] for name in (item, *_LINE) if name in line}
