"""A mapping that is proposed: its text, its fields with their remarks, its tables, what it makes of the sample."""

from __future__ import annotations

from dataclasses import dataclass, field

from crossdock.canonical.contract import Contract
from crossdock.message import Document
from crossdock.ops.scaffold.drafts import Draft
from crossdock.ops.scaffold.nodes import Node, remarks


@dataclass(slots=True)
class Proposal:
    """A mapping that is proposed.

    ``split`` is what the route splits by where rows have to be put together, or documents are inside one payload;
    ``unseen`` counts these where they are more than were looked at.
    """

    name: str
    contract: Contract
    text: str
    fields: dict[str, Node]
    tables: dict[str, bytes]
    split: str | None
    results: list[Document] = field(default_factory=list)
    known: str | None = None
    notes: list[str] = field(default_factory=list)
    unseen: int = 0

    def draft(self) -> Draft:
        """Its files."""
        marks = list(remarks(self.fields))
        return Draft(
            files={f"mappings/{self.name}.yaml": self.text.encode()},
            kept=dict(self.tables),
            guessed=[name for name, remark in marks if remark.kind == "guess"],
            undecided=[name for name, remark in marks if remark.kind == "decide"],
            notes=list(self.notes),
        )
