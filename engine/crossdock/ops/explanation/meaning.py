"""What a value of a payload is called by those who wrote the standard, where we know."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from crossdock.codecs.contract import Part, Resources
from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edifact.standard import EDIFACT
from crossdock.codecs.pointer import steps_of
from crossdock.codecs.x12.standard import X12

Meaning: TypeAlias = Callable[[str], str]

_DIGITS = 2  # of an element's number in a key: N104


def meanings(codec: str, part: Part, resources: Resources) -> Meaning:
    """JSON pointer of a value -> its name in words; empty where nobody says."""
    standard = {"x12": X12, "edifact": EDIFACT}.get(codec)
    document = part.document
    if standard is None or not isinstance(document, dict):
        return lambda pointer: ""
    dictionary = Dictionary(standard, resources.local_versions(standard.name))
    version = str(document.get("_ver", ""))
    return lambda pointer: _element_name(dictionary, version, steps_of(pointer))


def _element_name(dictionary: Dictionary, version: str, steps: list[str]) -> str:
    """The element's name, of ``["PO1", "0", "PO104"]``: ``Unit Price``."""
    if steps[:1] == ["_env"]:
        return steps[-1].replace("_", " ")
    words = [step for step in steps if not step.isdecimal()]
    key = words[-1] if words else ""
    tag = next((word.partition("_")[0] for word in words[-2:-1]), "")
    digits = key.removeprefix(tag) if tag else ""
    if not digits.isdecimal() or len(digits) < _DIGITS:
        return dictionary.segment_name(key.partition("_")[0])
    segment = dictionary.segments(version).get(tag)
    number = int(digits[:_DIGITS])
    if segment is None or not 0 < number <= len(segment.fields):
        return ""
    field = segment.fields[number - 1]
    component = int(digits[_DIGITS : 2 * _DIGITS] or 0)
    inner = field.parts[component - 1] if 0 < component <= len(field.parts) else field
    return inner.element.name
