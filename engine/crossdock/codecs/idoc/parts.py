"""An IDoc that was read, as the part that routes see."""

from __future__ import annotations

from collections.abc import Callable

from crossdock.codecs.contract import Part
from crossdock.codecs.idoc.records import CONTROL
from crossdock.codecs.idoc.tree import Opened, Tree
from crossdock.errors import Place
from crossdock.message import Document

HEADERS = {"idoc.type": "IDOCTYP", "idoc.message": "MESTYP", "idoc.number": "DOCNUM", "idoc.sender": "SNDPRN"}


def part_of(position: int, tree: Tree, raw: Callable[[], bytes], place: Callable[[str], Place | None]) -> Part:
    """The part of a tree; its control record is told in headers, its number is what people call it."""
    control = _control(tree.root.document)
    return Part(
        position=position,
        document=tree.document,
        raw=raw,
        findings=tuple(tree.findings),
        keys=tuple(str(control[name]) for name in ("DOCNUM",) if control.get(name)),
        headers={header: str(control[name]) for header, name in HEADERS.items() if control.get(name)},
        place=place,
    )


def _control(idoc: dict[str, Document]) -> dict[str, Document]:
    control = idoc.get(CONTROL)
    return control if isinstance(control, dict) else {}


def holder_of(tree: Tree, pointer: str) -> tuple[int, Opened] | None:
    """The innermost segment that holds the value at a pointer, and its index."""
    below = f"{pointer}/"
    holding = [(n, one) for n, one in enumerate(tree.segments) if below.startswith(f"{one.pointer}/")]
    return max(holding, key=lambda pair: len(pair[1].pointer), default=None)
