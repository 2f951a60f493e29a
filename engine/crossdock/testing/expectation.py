"""What a case expects against what came: exactly a file, or at least a document. Both are written anew on demand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import cast

import msgspec

from crossdock.document_json import decode, encode
from crossdock.message import Document
from crossdock.testing.difference import difference, missing_from


@dataclass(slots=True)
class Outputs:
    """What came: documents by topic (or under the name of a mapping), bytes by the target of a sink."""

    documents: dict[str, list[Document]] = field(default_factory=dict)
    payloads: dict[str, list[bytes]] = field(default_factory=dict)

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


def compare(root: Path, expect: Mapping[str, object], outputs: Outputs) -> Iterator[str]:
    """What is not as expected, each as a text of some lines for people."""
    for target, expected in expect.items():
        name = outputs.found(target)
        if name is None:
            known = sorted({*outputs.documents, *outputs.payloads})
            yield f"nothing was sent to '{target}'; there was: {', '.join(known) or 'nothing'}"
        elif isinstance(expected, str):
            yield from _compare_file(root / expected, name, outputs)
        else:
            yield from (f"{name}: {line}" for line in _missing(expected, outputs.decoded(name)))


def _missing(expected: object, documents: list[Document]) -> Iterator[str]:
    actual = documents if isinstance(expected, list) else documents[0]
    return missing_from(cast("Document", expected), actual)


def _compare_file(path: Path, name: str, outputs: Outputs) -> Iterator[str]:
    if not path.is_file():
        yield f"{path.name} does not exist; 'crossdock test --update-golden' writes it"
        return
    wanted, came = path.read_bytes(), outputs.file(name)
    if name in outputs.documents:  # documents are compared as documents, whatever the file's layout
        wanted, came = encode(decode(wanted)), encode(decode(came))
    text = difference(wanted, came, path.name, name)
    if text:
        yield text


def update(root: Path, expect: Mapping[str, object], outputs: Outputs) -> None:
    """Write what came to the files that say what is expected."""
    for target, expected in expect.items():
        name = outputs.found(target)
        if isinstance(expected, str) and name is not None:
            (root / expected).parent.mkdir(parents=True, exist_ok=True)
            (root / expected).write_bytes(outputs.file(name))
