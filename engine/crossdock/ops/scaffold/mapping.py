"""The draft of a mapping: its text, its tables, its cases, and what of the sample it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.canonical.contract import Contract
from crossdock.codecs.contract import Part
from crossdock.document_json import decode
from crossdock.mapping.lookup import Table
from crossdock.message import Document
from crossdock.ops.explanation.unused import Unused, unused
from crossdock.ops.scaffold import known, trial
from crossdock.ops.scaffold.cases import case_lines
from crossdock.ops.scaffold.drafts import refusal
from crossdock.ops.scaffold.guessing import GROUPED, guessed
from crossdock.ops.scaffold.leftover import leftover
from crossdock.ops.scaffold.nodes import texts
from crossdock.ops.scaffold.proposal import Proposal
from crossdock.ops.scaffold.sample import Sample
from crossdock.ops.scaffold.wrapped import unwrapped
from crossdock.ops.scaffold.written import block, field_lines
from crossdock.yaml_source import suggest

#: What a set is to become that the pack has no mapping of.
_USUAL = {
    **dict.fromkeys(("x12/875", "x12/940", "x12/830", "x12/862", "edifact/DELFOR", "edifact/DELJIT"), "order/v1"),
    **dict.fromkeys(("x12/832", "x12/879", "x12/889", "edifact/PRICAT"), "price_list/v1"),
    **dict.fromkeys(("x12/943", "x12/861", "x12/857"), "shipment/v1"),
    **dict.fromkeys(("x12/180", "edifact/RETANN"), "return/v1"),
    **dict.fromkeys(("x12/888", "edifact/PRODAT"), "product/v1"),
    "x12/876": "order_change/v1",
    "x12/880": "invoice/v1",
    "edifact/REMADV": "remittance/v1",
    "edifact/PARTIN": "party/v1",
}
_ANSWERS = frozenset({"x12/997", "x12/999", "x12/824", "x12/864", "edifact/CONTRL", "edifact/APERAK"})
_ANSWERED = (
    "it answers what was sent: the edi source notes it, and needs no mapping (docs/guide/14-acknowledgements.md)"
)


def usual(reads: str) -> str | None:
    """The contract such a document usually becomes: the one the pack maps it to, or that of its set."""
    return next((one for one in known.known_mappings(reads) if one in CONTRACTS), None) or _USUAL.get(reads)


def contract_of(name: str | None, reads: str) -> Contract:
    """The contract asked for, or the only one the pack maps such a document to. Raises ``ConfigError``."""
    if name is None:
        name = usual(reads)
        if name is None:
            hint = _ANSWERED if reads in _ANSWERS else "say it: --to order/v1 (crossdock contracts)"
            raise refusal("G133", f"nobody has said what {reads} becomes", hint)
    contract = CONTRACTS.get(name)
    if contract is None:
        raise refusal("G133", f"there is no contract '{name}'", suggest(name, list(CONTRACTS)) or "crossdock contracts")
    return contract


def proposed(name: str, sample: Sample, contract: Contract, shown_path: str, tables: Mapping[str, Table]) -> Proposal:
    """A mapping from a sample to a contract; ``shown_path`` is where the sample lies in the project."""
    shipped = known.known_mappings(sample.reads).get(contract.name)
    if shipped is not None:
        return _Drafting(name, sample, contract, shown_path, tables).from_pack(shipped)
    inner, wrapped = unwrapped(sample, contract)
    return _Drafting(name, inner, contract, shown_path, tables).by_names(wrapped)


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
        self._finish(proposal, about, cut.let, self.sample.documents, left)
        return proposal

    def by_names(self, wrapped: str | None) -> Proposal:
        """By names and values; ``wrapped`` is the list that the documents are in."""
        found = guessed(self.name, self.sample, self.contract, {**known.pack_tables(), **self.tables})
        about = [
            "# Found by names and values. What is only likely says 'guess', what the sample cannot tell says 'decide':"
        ]
        about += ["# write where it comes from, or a constant, {value: EUR}."]
        split = f"group_by({wrapped or '@'}, &{found.group})" if found.group else wrapped
        tables = {path: data for path, data in found.tables.items() if path.rpartition("/")[2][:-4] not in self.tables}
        proposal = Proposal(self.name, self.contract, "", found.fields, tables, split)
        used = {"/" + "/".join(path) for path in found.used}
        left = [one for one in unused(self.sample.documents[0], set()) if one.path not in used]
        if self.sample.inside > len(self.sample.parts):
            proposal.unseen = self.sample.inside
        if self.sample.headless:
            proposal.notes.append("the file has no header: give its columns names with --columns, and more is found")
        self._finish(proposal, about, found.let, self.documents(found.group), left if found.group else None)
        return proposal

    def documents(self, group: str | None) -> list[Document]:
        """What the mapping will be given: the documents, or rows put together."""
        if group is None:
            return self.sample.documents
        key = decode(group.encode()) if group.startswith('"') else group
        groups: dict[str, list[Document]] = {}
        for row in self.sample.documents:
            if isinstance(row, dict):
                groups.setdefault(str(row.get(str(key))), []).append(row)
        return [{"key": key, GROUPED[0]: rows} for key, rows in groups.items()]

    def _finish(
        self,
        proposal: Proposal,
        comments: Sequence[str],
        let: Mapping[str, str],
        documents: list[Document],
        left: Sequence[Unused] | None = None,
    ) -> None:
        head = [f"about: {block(f'{self.sample.reads} as {self.contract.name}, drafted from {self.path}.')}"]
        head += [*comments, f"from: {self.sample.reads}", f"to: {self.contract.name}"]
        if let:
            head += ["let:", *(f"  {name}: {block(text)}" for name, text in let.items())]
        body = [line for name, node in proposal.fields.items() for line in field_lines(name, node, "  ")]
        mapping = trial.lenient(self.name, self.sample.reads, let, proposal, {**known.pack_tables(), **self.tables})
        pairs = list(zip(self._parts(documents), documents, strict=False))
        proposal.results = trial.results(mapping, pairs)
        if left is None:
            left = unused(self.sample.documents[0], trial.used(mapping, pairs[0]))
        proposal.notes += trial.refused(proposal)
        cases = case_lines(proposal, self.sample, self.path, documents)
        lines = [*head, "fields:", *body, *leftover(self.name, self.path, self.sample, left), *cases]
        proposal.text = "\n".join(lines) + "\n"

    def _parts(self, documents: Sequence[Document]) -> Iterator[Part]:
        if documents is self.sample.documents or len(documents) == len(self.sample.parts):
            yield from self.sample.parts
        else:
            yield from (self.sample.parts[0] for _ in documents)
