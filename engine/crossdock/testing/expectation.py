"""What a case expects against what came: exactly a file, or at least a document. Files can be written anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from crossdock.document_json import decode
from crossdock.errors import Reject
from crossdock.message import Document
from crossdock.testing.difference import change, differences, missing_from, unlike
from crossdock.testing.outputs import Outputs
from crossdock.yaml_source import suggest


@dataclass(frozen=True, slots=True)
class Golden:
    """An expected file that is not as what came. ``old`` is None where there is no file yet."""

    path: str
    old: bytes | None
    new: bytes

    @property
    def diff(self) -> str:
        """What would change, for people."""
        if self.old is None:
            return f"{self.path}: new, {len(self.new)} bytes\n" + change(b"", self.new, self.path)
        return change(self.old, self.new, self.path)

    def write(self, root: Path) -> None:
        """Make it as what came."""
        (root / self.path).parent.mkdir(parents=True, exist_ok=True)
        (root / self.path).write_bytes(self.new)


def compare(root: Path, expect: Mapping[str, object], outputs: Outputs) -> Iterator[str]:
    """What is not as expected, each as a text of some lines for people."""
    for target, expected in expect.items():
        name = outputs.found(target)
        if name is None:
            yield _nothing(target, outputs)
        elif isinstance(expected, str):
            yield from _compare_file(root, expected, name, outputs)
        else:
            yield from _compare_documents(expected, name, outputs)


def _nothing(target: str, outputs: Outputs) -> str:
    close = suggest(target, outputs.names) if outputs.names else None
    hint = f"; {close}" if close is not None and close.startswith("did") else ""
    return f"nothing was sent to '{target}'; there was: {', '.join(outputs.names) or 'nothing'}{hint}"


def _compare_documents(expected: object, name: str, outputs: Outputs) -> Iterator[str]:
    try:
        documents = outputs.decoded(name)
    except Reject as error:
        yield f"{name} is no JSON, so only a file can be expected of it: {error}"
        return
    actual = documents if isinstance(expected, list) else documents[0]
    yield from (f"{name}: {one}" for one in missing_from(cast("Document", expected), actual))
    if not isinstance(expected, list) and len(documents) > 1:
        yield f"{name}: expected one document, got {len(documents)}; several are expected as a list"


def _compare_file(root: Path, expected: str, name: str, outputs: Outputs) -> Iterator[str]:
    path = root / expected
    if not path.is_file():
        yield f"{expected} does not exist; 'crossdock test --update-golden' writes it"
        return
    wanted, came = path.read_bytes(), outputs.file(name)
    lines = unlike(wanted, came, path.name, name)
    if lines and not (name in outputs.documents and _is_same_document(wanted, came)):
        yield "\n".join([f"{name} is not as {expected}:", *lines])


def _is_same_document(wanted: bytes, came: bytes) -> bool:
    """Whether the two are one document, whatever the layout of the file."""
    try:
        return next(differences(decode(wanted), decode(came)), None) is None
    except Reject:
        return False


def goldens(root: Path, expect: Mapping[str, object], outputs: Outputs) -> Iterator[Golden]:
    """The expected files that are not as what came."""
    for target, expected in expect.items():
        name = outputs.found(target)
        if not isinstance(expected, str) or name is None:
            continue
        path, new = root / expected, outputs.file(name)
        old = path.read_bytes() if path.is_file() else None
        if old is None or (old != new and not (name in outputs.documents and _is_same_document(old, new))):
            yield Golden(expected, old, new)
