"""JSON Schema (2020-12) of the documents a set is read as: keys, lists and objects, lengths and closed lists.

It describes what a good document has. Envelope facts and helpers (keys that begin with ``_``) are described loosely:
they are made by the reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.model import UNLIMITED, Element, Field, Node, Segment, TransactionSet
from crossdock.codecs.edi.words import excluded, key_of, notes_in_words
from crossdock.message import Document

Schema = dict[str, Document]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DIGITS = {"DT": r"^(\d{6}|\d{8})$", "TM": r"^\d{4}(\d{2}\d{0,2})?$"}
_OUTSIDE_LENGTH = (
    3  # sign, decimal mark and exponent do not count in the length of a number (X12.6, 3.5.1; ISO 9735, 10.1)
)


def json_schema(definition: TransactionSet, dictionary: Dictionary) -> Schema:
    """The schema of a set; loops and segments that stand in several places are written once, under ``$defs``."""
    making = _Making(dictionary)
    properties, required = making.places(definition.nodes)
    name = dictionary.set_name(definition.number)
    helpers: Schema = {
        "_std": {"const": definition.standard},
        "_ver": {"type": "string"},
        "_set": {"const": definition.number},
        "_ctl": {"type": "object", "description": "control numbers of interchange, group and transaction"},
        "_env": {"type": "object", "description": "facts of the envelope"},
    }
    return {
        "$schema": DIALECT,
        "$id": f"urn:crossdock:edi:{definition.standard.lower()}:{definition.release}:{definition.number}",
        "title": f"{definition.number} {name}, {definition.rule}".replace(" ,", ","),
        **({"description": f"as {definition.owner} narrows it"} if definition.owner else {}),
        "type": "object",
        "properties": {**helpers, **properties},
        "required": list(required),
        "patternProperties": {"^_": {}, **({"^HL_": {"type": "array"}} if "HL" in definition.tags else {})},
        "additionalProperties": False,
        "$defs": dict(sorted(making.shared.items())),
    }


class _Making:
    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._names: dict[Node, str] = {}
        self.shared: Schema = {}

    def places(self, nodes: Sequence[Node]) -> tuple[Schema, list[str]]:
        """(properties, required) of the places at one level."""
        used = [node for node in nodes if node.maximum]
        return {node.name: self._place(node) for node in used}, [node.name for node in used if node.required]

    def _place(self, node: Node) -> Schema:
        entry: Schema = {"$ref": f"#/$defs/{self._defined(node)}"}
        if not node.many:
            return entry
        bound: Schema = {} if node.maximum >= UNLIMITED else {"maxItems": node.maximum}
        return {"type": "array", "items": entry, "minItems": 1, **bound}

    def _defined(self, node: Node) -> str:
        """Name of the definition of a segment or loop; equal ones share it."""
        like = Node(node.segment, node.tag, children=node.children)
        known = self._names.get(like)
        if known is not None:
            return known
        number = 1 + sum(one.tag == node.tag for one in self._names)
        self._names[like] = name = node.tag if number == 1 else f"{node.tag}-{number}"
        self.shared[name] = self._segment(node)
        return name

    def _segment(self, node: Node) -> Schema:
        segment = node.segment
        properties = {key: value for key, value, _ in _elements(segment)}
        below, needed = self.places(node.children)
        required = [key for key, _, must in _elements(segment) if must]
        extra: Schema = {"^_": {}}
        if segment.open:
            extra[rf"^{segment.tag}\d+$"] = {"type": ["string", "array"]}
        if segment.pairs:
            properties["_ids"] = {"type": "object", "additionalProperties": {"type": "string"}}
        title, notes = self._dictionary.segment_name(node.tag), notes_in_words(segment)
        return {
            **({"title": title} if title else {}),
            **({"description": "; ".join(notes)} if notes else {}),
            "type": "object",
            "properties": {**properties, **below},
            "required": [*required, *needed],
            "patternProperties": extra,
            "additionalProperties": False,
        }


def _elements(segment: Segment) -> Iterator[tuple[str, Document, bool]]:
    """(key, schema, mandatory) of each element; those of a composite stand beside the others."""
    for position, field in enumerate(segment.fields, start=1):
        key = key_of(segment.tag, position)
        if excluded(segment, position):
            continue
        if field.parts and field.repeats:
            parts = {name: schema for name, schema, _ in _components(key, field)}
            yield (
                key,
                {"type": "array", "items": {"type": "object", "properties": parts}, "minItems": 1},
                field.required,
            )
        elif field.parts:
            for name, schema, must in _components(key, field):
                yield name, schema, must and field.required
        elif field.repeats:
            yield key, {"type": "array", "items": _value(field.element), "minItems": 1}, field.required
        else:
            yield key, _value(field.element), field.required


def _components(key: str, field: Field) -> Iterator[tuple[str, Document, bool]]:
    for number, part in enumerate(field.parts, start=1):
        yield f"{key}{number:02}", _value(part.element), part.required


def _value(element: Element) -> Schema:
    schema: Schema = {"title": element.name, "type": "string"}
    if element.codes is not None:
        return {**schema, "enum": [*sorted(element.codes)]}
    if element.kind in _DIGITS:
        return {**schema, "pattern": _DIGITS[element.kind]}
    slack = _OUTSIDE_LENGTH if element.kind[0] in "NR" else 0
    if element.high < UNLIMITED:
        schema["maxLength"] = element.high + slack
    return {**schema, "minLength": element.low}
