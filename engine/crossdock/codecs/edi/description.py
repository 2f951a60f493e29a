"""Sets, segments and elements as plain data, for scripts and editors."""

from __future__ import annotations

from collections.abc import Sequence

from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.model import UNLIMITED, Element, Field, Node, Segment, TransactionSet
from crossdock.codecs.edi.words import (
    agreements,
    demand_in_words,
    key_of,
    note_in_words,
    use_of,
    use_of_field,
)
from crossdock.message import Document

Facts = dict[str, Document]


def describe_set(definition: TransactionSet, dictionary: Dictionary) -> Facts:
    """A set: its places as a tree, every segment once, what must agree, and a partner's rules in words."""
    segments: dict[str, Document] = {}
    for node in (below for top in definition.nodes for below in top.walk()):
        segments.setdefault(node.tag, describe_segment(node.segment, dictionary))
    return {
        "standard": definition.standard,
        "set": definition.number,
        "release": definition.release,
        "name": dictionary.set_name(definition.number),
        "group": definition.group,
        **({"owner": definition.owner} if definition.owner else {}),
        "places": [describe_place(node, dictionary) for node in definition.nodes],
        "segments": segments,
        "agreements": list(agreements(definition)),
        **({"rules": [demand_in_words(one) for one in definition.demands]} if definition.demands else {}),
    }


def describe_place(node: Node, dictionary: Dictionary) -> Facts:
    """A place with all below it; ``max`` is null where there is no bound."""
    return {
        "key": node.name,
        "tag": node.tag,
        "name": dictionary.segment_name(node.tag),
        "use": use_of(node),
        "max": None if node.maximum >= UNLIMITED else node.maximum,
        "list": node.many,
        **({"places": [describe_place(child, dictionary) for child in node.children]} if node.children else {}),
    }


def describe_segment(segment: Segment, dictionary: Dictionary) -> Facts:
    """A segment or composite with its elements and syntax notes."""
    notes: list[Document] = [
        {
            "note": note.kind + "".join(f"{position:02}" for position in note.positions),
            "means": note_in_words(note, segment.tag),
        }
        for note in segment.notes
    ]
    return {
        "tag": segment.tag,
        "name": dictionary.segment_name(segment.tag),
        "elements": _fields(segment),
        **({"syntax": notes} if notes else {}),
        **({"more": True} if segment.open else {}),
    }


def _fields(segment: Segment) -> list[Document]:
    return [
        _field(key_of(segment.tag, position), field, use_of_field(segment, position, field))
        for position, field in enumerate(segment.fields, start=1)
    ]


def _field(key: str, field: Field, use: str) -> Facts:
    facts: Facts = {"key": key, "use": use, **describe_element(field.element)}
    if field.repeats:
        facts["repeats"] = True
    if field.parts:
        facts = {name: facts[name] for name in ("key", "use", "element", "name")}
        facts["components"] = _components(key, field.parts)
    return facts


def _components(key: str, parts: Sequence[Field]) -> list[Document]:
    return [_field(f"{key}{number:02}", part, "M" if part.required else "O") for number, part in enumerate(parts, 1)]


def describe_element(element: Element) -> Facts:
    """An element; ``codes`` where the list is closed."""
    return {
        "element": element.number,
        "name": element.name,
        "type": element.kind,
        "min": element.low,
        "max": None if element.high >= UNLIMITED else element.high,
        **({"codes": [*sorted(element.codes)]} if element.codes is not None else {}),
    }
