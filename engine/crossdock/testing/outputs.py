"""What came of a case: documents by topic, bytes by the target of a sink, and how often something took effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import msgspec

from crossdock.document_json import decode, encode
from crossdock.message import Document


@dataclass(slots=True)
class Outputs:
    """What came: documents by topic (or under the name of a mapping), bytes by the target of a sink."""

    documents: dict[str, list[Document]] = field(default_factory=dict)
    payloads: dict[str, list[bytes]] = field(default_factory=dict)
    effects: dict[str, int] = field(default_factory=dict)

    def took_effect(self, names: Iterable[str]) -> None:
        """Something has taken effect at a place that goes by ``names``."""
        for name in names:
            self.effects[name] = self.effects.get(name, 0) + 1

    @property
    def names(self) -> list[str]:
        """Where something went, in order."""
        return sorted({*self.documents, *self.payloads})

    def found(self, target: str) -> str | None:
        """The name of an output; in ``target``, ``*`` stands for what a name has of its message's id."""
        names = [*self.documents, *self.payloads]
        return target if target in names else next((name for name in names if fnmatchcase(name, target)), None)

    def file(self, name: str) -> bytes:
        """One output as an expected file holds it: payloads as they are, documents as indented JSON."""
        if name in self.payloads:
            return b"".join(self.payloads[name])
        return msgspec.json.format(encode(_one_or_all(self.documents[name])), indent=2) + b"\n"

    def decoded(self, name: str) -> list[Document]:
        """One output as documents. Raises ``Reject`` for a payload that is no JSON."""
        return self.documents.get(name) or [decode(payload) for payload in self.payloads[name]]


def _one_or_all(documents: Sequence[Document]) -> Document:
    return documents[0] if len(documents) == 1 else list(documents)
