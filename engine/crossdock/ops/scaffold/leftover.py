"""The values of a sample that a draft has no use for, as comments below its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossdock.message import Document
from crossdock.ops.explanation.meaning import meanings
from crossdock.ops.explanation.repeats import at
from crossdock.ops.explanation.unused import Unused
from crossdock.ops.scaffold.qualified import QUALIFIED
from crossdock.ops.scaffold.sample import Sample
from crossdock.ops.scaffold.written import shown

_MAX = 40
_ENVELOPE = "/IDOC/EDI_DC40/"  # the control record of an IDoc: who sent it, not what it says
_MAX_NAME = 80  # characters of a path that are shown


def leftover(name: str, path: str, sample: Sample, left: Sequence[Unused]) -> Iterator[str]:
    """Comments, one for each kind of value."""
    left = [one for one in left if not one.path.startswith(_ENVELOPE)]
    if not left:
        return
    yield "# Nothing above uses these values of the sample:"
    meaning = meanings(sample.format, sample.parts[0], sample.resources)
    document = sample.documents[0]
    for one in left[:_MAX]:
        pointer = one.pointers[0]
        said = ", ".join(word for word in (meaning(pointer), _qualifier(document, pointer)) if word)
        named = one.path.strip("/").replace("/*", "").replace("/", ".")
        printable = "".join(char if char.isprintable() else "·" for char in named)
        yield f"#   {printable[:_MAX_NAME]}: {shown(at(document, pointer))}{f' ({said})' if said else ''}"
    if len(left) > _MAX:
        yield f"#   … and {len(left) - _MAX} more: crossdock map {name} {path} --explain"


def _qualifier(document: Document, pointer: str) -> str:
    """Which date, which party: ``DTM01 106``."""
    above, _, own = pointer.rpartition("/")
    tag = next((step for step in reversed(above.split("/")) if step and not step.isdecimal()), "")
    segment = at(document, above)
    if tag not in QUALIFIED or not isinstance(segment, dict):
        return ""
    key = next((key for key in (f"{tag}01", f"{tag}0101") if key in segment and key != own), None)
    return f"{key} {shown(segment[key])}" if key else ""
