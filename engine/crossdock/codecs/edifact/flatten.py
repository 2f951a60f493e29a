"""From a document back to its segments: the reverse of walk.py and structure.py, by the same tables.

Segments come out as a reader sees them (text.py): usual delimiters between elements and components, stand-ins for
characters that are data although they look like one. So they can be judged by the reader's own eyes before they are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crossdock.codecs.edi.branches import Tree
from crossdock.codecs.edi.flattening import Faults, entries_of, kind_of, plain_elements, plain_value, without_tail
from crossdock.codecs.edi.model import Field, Node, Segment, TransactionSet
from crossdock.codecs.edifact.delimiters import Delimiters
from crossdock.codecs.edifact.repertoire import Repertoire
from crossdock.codecs.edifact.text import REPEAT, standing_in
from crossdock.codecs.edifact.values import is_numeric
from crossdock.message import Document


@dataclass(slots=True, kw_only=True)
class Flattening(Faults):
    """Collects segments (each a list of tag and elements) and what cannot be written."""

    marks: Delimiters
    repertoire: Repertoire
    segments: list[list[str]] = field(default_factory=list)

    def text(self, value: Document, pointer: str, *, numeric: bool = False) -> str:
        """A value as it is sent, delimiters in it standing in."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool | list | dict):
            self.fault("X292", f"{pointer.rpartition('/')[2]} is {kind_of(value)}, not text", pointer)
            return ""
        shown = f"{value:f}" if isinstance(value, Decimal) else str(value)
        if numeric and self.marks.decimal == "," and isinstance(value, Decimal):
            shown = shown.replace(".", ",")
        return standing_in(self._sendable(shown, pointer), self.marks)

    def _sendable(self, value: str, pointer: str) -> str:
        key = pointer.rpartition("/")[2]
        kept, foreign = self.repertoire.kept(value)
        if foreign:
            hint = "name a larger set (charset: UNOC, or UNOW for any), or say replace_characters"
            said = f'{key} is "{value}": {foreign[0]!r} is not of {self.repertoire.charset.name}'
            self.fault("X288", said, pointer, value, hint)
        if not self.marks.release and any(mark in kept for mark in self.marks.active):
            hint = "choose other separators, or name a release character"
            self.fault("X291", f'{key} is "{value}": holds a delimiter', pointer, value, hint)
        return kept

    def add(self, tag: str, elements: Sequence[str]) -> None:
        """One segment; empty elements at its end are left out."""
        self.segments.append([tag, *without_tail(elements)])

    def joined(self, values: Sequence[str]) -> str:
        """Components as one element; empty ones at its end are left out."""
        return ":".join(without_tail(values))

    def repeated(self, values: Sequence[str], pointer: str) -> str:
        """Repetitions as one element."""
        if len(values) > 1 and not self.marks.repetition:
            hint = "syntax version 4 has one: syntax: 4"
            key = pointer.rpartition("/")[2]
            self.fault("X293", f"{key} is repeated, but there is no repetition separator", pointer, hint=hint)
        return REPEAT.join(values)


def _entry(holder: Tree, key: str) -> Document:
    value = holder.get(key)
    decimals = holder.get("_dec")
    return decimals.get(key) if value is None and isinstance(decimals, dict) else value


def _element(flat: Flattening, holder: Tree, key: str, spec: Field, pointer: str) -> str:
    value = holder.get(key)
    if isinstance(value, list):
        every = [_one(flat, one, key, spec, f"{pointer}/{key}/{index}") for index, one in enumerate(value)]
        return flat.repeated(every, f"{pointer}/{key}")
    if spec.parts:
        return _composite(flat, holder, key, spec, pointer)
    return flat.text(_entry(holder, key), f"{pointer}/{key}", numeric=is_numeric(spec.element))


def _one(flat: Flattening, value: Document, key: str, spec: Field, pointer: str) -> str:
    """One repetition."""
    if spec.parts and isinstance(value, dict):
        return _composite(flat, value, key, spec, pointer)
    return flat.text(value, pointer)


def _composite(flat: Flattening, holder: Tree, key: str, spec: Field, pointer: str) -> str:
    return flat.joined(
        [
            flat.text(_entry(holder, f"{key}{n:02}"), f"{pointer}/{key}{n:02}", numeric=is_numeric(part.element))
            for n, part in enumerate(spec.parts, start=1)
        ]
    )


def _keys(segment: Segment) -> set[str]:
    keys: set[str] = set()
    for position, spec in enumerate(segment.fields, start=1):
        key = f"{segment.tag}{position:02}"
        keys.update(f"{key}{n:02}" for n in range(1, len(spec.parts) + 1))
        if spec.repeats or not spec.parts:
            keys.add(key)
    return keys


def _segment(flat: Flattening, node: Node, holder: Tree, pointer: str) -> None:
    segment = node.segment
    allowed = _keys(segment) | {child.name for child in node.children}
    for key in holder:
        if key not in allowed and not key.startswith("_"):
            flat.fault("X294", f"{key} has no place in {node.name}", f"{pointer}/{key}")
    flat.add(
        segment.tag,
        [
            _element(flat, holder, f"{segment.tag}{position:02}", spec, pointer)
            for position, spec in enumerate(segment.fields, start=1)
        ],
    )


def _nodes(flat: Flattening, nodes: Sequence[Node], holder: Tree, pointer: str) -> None:
    for node in nodes:
        for entry, place in entries_of(flat, node, holder, pointer, "X292"):
            _segment(flat, node, entry, place)
            _nodes(flat, node.children, entry, place)


def flatten(flat: Flattening, definition: TransactionSet, root: Tree) -> None:
    """The segments of a described message, in the order of its table."""
    known = {node.name for node in definition.nodes}
    for key in root:
        if key not in known and not key.startswith("_"):
            flat.fault("X294", f"{key} has no place in message {definition.number}", f"/{key}")
    _nodes(flat, definition.nodes, root, "")


def structure_elements(flat: Flattening, tag: str, holder: Tree, pointer: str) -> list[str]:
    """The elements of a segment that was read by structure."""
    return plain_elements(flat, tag, holder, pointer, lambda key, value: plain_value(flat, value, f"{pointer}/{key}"))


def flatten_structure(flat: Flattening, root: Tree, order: Sequence[Document]) -> None:
    """The segments of a document read by structure, in the order its ``_order`` kept."""
    taken: dict[str, int] = {}
    for one in order:
        tag = str(one)
        entries = root.get(tag)
        index = taken.get(tag, 0)
        taken[tag] = index + 1
        pointer = f"/{tag}/{index}"
        entry = entries[index] if isinstance(entries, list) and index < len(entries) else None
        if isinstance(entry, dict):
            flat.add(standing_in(tag, flat.marks), structure_elements(flat, tag, entry, pointer))
        else:
            flat.fault("X295", f"_order names a {tag} that is not there", pointer)
