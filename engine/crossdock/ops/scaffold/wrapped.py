"""Many documents inside one payload, ``{"orders": [...]}``: the list a route splits by, and the documents in it."""

from __future__ import annotations

from dataclasses import replace

from crossdock.canonical.contract import Contract
from crossdock.codecs.contract import Part
from crossdock.message import Document
from crossdock.ops.scaffold.leaves import MANY, Found, Path, expression, found_in
from crossdock.ops.scaffold.matching import ALONE, Names, head_words, match
from crossdock.ops.scaffold.sample import MAX_DOCUMENTS, Sample
from crossdock.ops.scaffold.targets import Targets, targets_of
from crossdock.ops.scaffold.values import Decimals


def unwrapped(sample: Sample, contract: Contract) -> tuple[Sample, str | None]:
    """The sample by its inner documents with the list they are in; as it is, with None, where it is one document."""
    if sample.format not in ("json", "xml") or len(sample.parts) != 1 or sample.listed or sample.options.get("path"):
        return sample, None
    targets = targets_of(contract)
    found = found_in(sample.documents)
    at = max(
        (path for path in found.lists if path.count(MANY) == 1 and path[0] != MANY),
        key=lambda path: len(_said(found, path, targets)),
        default=None,
    )
    if at is None or not _is_document(found, at, targets):
        return sample, None
    (part,) = sample.parts
    items = _items(part.document, at)
    parts = [
        Part(position=position, document=item, raw=bytes, headers=part.headers)
        for position, item in enumerate(items[:MAX_DOCUMENTS], start=1)
    ]
    return replace(sample, parts=parts, inside=len(items)), expression(at[:-1])


def _is_document(found: Found, at: Path, targets: Targets) -> bool:
    """Whether an item of the list says more of what stands at the head of a document than the payload itself.

    And something that a document cannot be without: its number, its date.
    """
    inside, outside = _said(found, at, targets), _said(found, (), targets)
    must = {target.path for target in targets.head if target.required}
    return len(inside) > len(outside) and bool(must & inside) and not must & outside


def _said(found: Found, at: Path, targets: Targets) -> set[Path]:
    """The fields at the head that objects at a path have values for by their names."""
    values = {
        path[len(at) :]: given
        for path, given in found.values.items()
        if path[: len(at)] == at and path != at and MANY not in path[len(at) :]
    }
    matches = match(targets.head, values, head_words(targets.word), Names, decimals=Decimals(), least=ALONE)
    return {one.target.path for one in matches}


def _items(document: Document, at: Path) -> list[Document]:
    here = document
    for step in at[:-1]:
        here = here.get(step) if isinstance(here, dict) else None
    return here if isinstance(here, list) else []
