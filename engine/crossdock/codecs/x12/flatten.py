"""From a document back to its segments: the reverse of walk.py and structure.py, by the same tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crossdock.codecs.edi.branches import Tree
from crossdock.codecs.edi.flattening import Faults, entries_of, kind_of, plain_elements, plain_value, without_tail
from crossdock.codecs.edi.model import Field, Node, Segment, TransactionSet
from crossdock.codecs.x12.binary import BINARIES, Binary, from_text
from crossdock.codecs.x12.charsets import CHARSETS, Charset
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.hierarchy import LEVEL, with_flat_hierarchy
from crossdock.codecs.x12.structure import AFTER_HIERARCHY
from crossdock.message import Document

Elements = list[str]


@dataclass(slots=True, kw_only=True)
class Flattening(Faults):
    """Collects segments and what cannot be written. ``replacement`` stands for a delimiter in a value, if allowed."""

    marks: Delimiters
    replacement: str | None = None
    charset: Charset = CHARSETS["any"]
    transliterate: bool = False
    segments: list[Elements] = field(default_factory=list)
    pointers: list[str] = field(default_factory=list)

    def text(self, value: Document, pointer: str) -> str:
        """A value as it is sent."""
        if value is None:
            return ""
        if isinstance(value, bool | list | dict):
            self.fault("X192", f"{pointer.rpartition('/')[2]} is {kind_of(value)}, not text", pointer)
            return ""
        shown = f"{value:f}" if isinstance(value, Decimal) else str(value)
        return self._without_delimiters(self._in_charset(shown, pointer), pointer)

    def binary(self, value: Document, encoding: Document, pointer: str) -> str:
        """Bytes that the document has as text (binary.py)."""
        data = from_text(value, str(encoding)) if isinstance(value, str) else None
        if data is None:
            self.fault("X192", f"{pointer.rpartition('/')[2]} is not {encoding}, as its _bin says", pointer)
        return Binary.of(data or b"")

    def _in_charset(self, value: str, pointer: str) -> str:
        outside = self.charset.outside
        if outside is None or not outside.search(value):
            return value
        fitting = self.charset.fitting(value) if self.transliterate else value
        wrong = outside.search(fitting)
        if wrong:
            key, hint = pointer.rpartition("/")[2], "choose another charset, or say transliterate: true"
            said = f'{key} is "{value}": {wrong[0]!r} is not in the {self.charset.name} character set'
            self.fault("X199", said, pointer, value, hint)
        return fitting

    def _without_delimiters(self, value: str, pointer: str) -> str:
        inside = [mark for mark in (*self.marks.separators, "\r", "\n") if mark in value]
        if not inside:
            return value
        if self.replacement is None:
            names = " ".join(repr(mark) for mark in inside)
            key = pointer.rpartition("/")[2]
            hint = "choose other separators, or say replace_delimiters"
            self.fault("X191", f'{key} is "{value}": holds a delimiter ({names})', pointer, value, hint)
        for mark in inside:
            value = value.replace(mark, self.replacement or "")
        return value

    def add(self, tag: str, elements: Sequence[str], pointer: str) -> None:
        """One segment; empty elements at its end are left out, and binary data gets its length before it."""
        if tag in BINARIES:
            elements = _with_length(elements)
        self.segments.append([tag, *without_tail(elements)])
        self.pointers.append(pointer)

    def joined(self, values: Sequence[str]) -> str:
        """Components as one element; empty ones at its end are left out."""
        return self.marks.component.join(without_tail(values))

    def repeated(self, values: Sequence[str], pointer: str) -> str:
        """Repetitions as one element."""
        return self.marks.repetition.join(values)


def _with_length(elements: Sequence[str]) -> list[str]:
    lengths = [str(len(one.data)) if isinstance(one, Binary) else "" for one in (*elements[1:], "")]
    return [length or element for length, element in zip(lengths, elements, strict=True)]


def _binary(flat: Flattening, holder: Tree, key: str, pointer: str) -> str | None:
    encodings = holder.get("_bin")
    if not isinstance(encodings, dict) or key not in encodings:
        return None
    return flat.binary(holder.get(key, ""), encodings[key], f"{pointer}/{key}")


def _element(flat: Flattening, holder: Tree, key: str, spec: Field, pointer: str) -> str:
    binary = _binary(flat, holder, key, pointer)
    if binary is not None:
        return binary
    value = holder.get(key)
    decimals = holder.get("_dec")
    if value is None and spec.element.decimals and isinstance(decimals, dict):
        value = _implied(decimals.get(key), spec.element.decimals)
    if spec.parts:
        return _composites(flat, value, key, spec, pointer) or _composite(flat, holder, key, spec, pointer)
    if spec.repeats and isinstance(value, list):
        return flat.marks.repetition.join(flat.text(one, f"{pointer}/{key}") for one in value)
    return flat.text(value, f"{pointer}/{key}")


def _implied(value: Document, decimals: int) -> Document:
    """``12.50`` as the digits of an ``N2``: 1250; 12 is 1200."""
    exact = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return f"{exact.scaleb(decimals):.0f}" if isinstance(exact, Decimal) else exact


def _composites(flat: Flattening, value: Document, key: str, spec: Field, pointer: str) -> str:
    entries = value if spec.repeats and isinstance(value, list) else []
    return flat.marks.repetition.join(
        _composite(flat, one, key, spec, f"{pointer}/{key}/{index}")
        for index, one in enumerate(entries)
        if isinstance(one, dict)
    )


def _composite(flat: Flattening, holder: Tree, key: str, spec: Field, pointer: str) -> str:
    values = [flat.text(holder.get(f"{key}{n:02}"), f"{pointer}/{key}{n:02}") for n in range(1, len(spec.parts) + 1)]
    if any(values[1:]) and not flat.marks.component:
        flat.fault("X193", f"{key} has components, but there is no component separator", f"{pointer}/{key}02")
    return flat.joined(values)


def _keys(segment: Segment) -> set[str]:
    keys: set[str] = set()
    for position, spec in enumerate(segment.fields, start=1):
        key = f"{segment.tag}{position:02}"
        if spec.parts and not spec.repeats:
            keys.update(f"{key}{n:02}" for n in range(1, len(spec.parts) + 1))
        else:
            keys.add(key)
    return keys


def _segment(flat: Flattening, node: Node, holder: Tree, pointer: str) -> None:
    segment = node.segment
    allowed = _keys(segment) | {child.name for child in node.children}
    extra = [key for key in holder if key not in allowed and not key.startswith("_")]
    listed = len(segment.fields)
    beyond = {
        key for key in extra if segment.open and key.startswith(segment.tag) and key[len(segment.tag) :].isdigit()
    }
    for key in extra:
        if key not in beyond:
            flat.fault("X194", f"{key} has no place in {node.name}", f"{pointer}/{key}")
    last = max((int(key[len(segment.tag) :]) for key in beyond), default=listed)
    values = [
        _element(flat, holder, f"{segment.tag}{position:02}", spec, pointer)
        for position, spec in enumerate(segment.fields, start=1)
    ]
    values += [
        flat.text(holder.get(f"{segment.tag}{position:02}"), f"{pointer}/{segment.tag}{position:02}")
        for position in range(listed + 1, last + 1)
    ]
    flat.add(segment.tag, values, pointer)


def _nodes(flat: Flattening, nodes: Sequence[Node], holder: Tree, pointer: str) -> None:
    for node in nodes:
        for entry, place in entries_of(flat, node, holder, pointer, "X192"):
            _segment(flat, node, entry, place)
            _nodes(flat, node.children, entry, place)


def flatten(flat: Flattening, definition: TransactionSet, root: Tree) -> None:
    """The segments of a described set, in the order of its table."""
    known = {node.name for node in definition.nodes}
    for key in root:
        if key not in known and not key.startswith(("_", LEVEL)):
            flat.fault("X194", f"{key} has no place in set {definition.number}", f"/{key}")
    _nodes(flat, definition.nodes, with_flat_hierarchy(root), "")


def _plain(flat: Flattening, tag: str, holder: Tree, pointer: str) -> None:
    def element(key: str, value: Document) -> str:
        binary = _binary(flat, holder, key, pointer)
        return plain_value(flat, value, f"{pointer}/{key}") if binary is None else binary

    flat.add(tag, plain_elements(flat, tag, holder, pointer, element), pointer)


def flatten_structure(flat: Flattening, root: Tree, order: Sequence[Document]) -> None:
    """The segments of a document read by structure, in the order its ``_order`` kept."""
    taken: dict[tuple[str, str], int] = {}
    home, base = root, ""
    for one in order:
        tag = str(one)
        if tag == "HL" or tag in AFTER_HIERARCHY:
            home, base = root, ""
        entries = home.get(tag)
        index = taken.get((base, tag), 0)
        taken[base, tag] = index + 1
        pointer = f"{base}/{tag}/{index}"
        entry = entries[index] if isinstance(entries, list) and index < len(entries) else None
        if not isinstance(entry, dict):
            flat.fault("X195", f"_order names a {tag} that is not there", pointer)
            continue
        _plain(flat, tag, entry, pointer)
        if tag == "HL":
            home, base = entry, pointer
