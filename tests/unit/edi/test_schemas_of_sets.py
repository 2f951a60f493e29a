"""JSON Schemas of sets: valid for what the reader makes of generated samples, and sharp enough to refuse others."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.unit.edi.conftest import ORDER, OWNER, edifact, x12

from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.narrowing import narrow
from crossdock.codecs.edi.schema import DIALECT, json_schema
from crossdock.codecs.edifact.standard import EDIFACT
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.sampling import sample_body
from crossdock.codecs.x12.standard import X12

Schema = Mapping[str, Any]
_TYPES = {"object": dict, "array": list, "string": str}


def faults(value: object, schema: Schema, root: Schema, at: str = "") -> Iterator[str]:
    """What of JSON Schema our schemas use, as its specification has it."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    kinds = schema.get("type", list(_TYPES))
    if not isinstance(value, tuple(_TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))):
        yield f"{at}: not {kinds}"
    elif isinstance(value, dict):
        yield from _of_object(value, schema, root, at)
    elif isinstance(value, list):
        yield from _of_list(value, schema, root, at)
    elif isinstance(value, str):
        yield from _of_text(value, schema, at)


def _of_list(value: list[object], schema: Schema, root: Schema, at: str) -> Iterator[str]:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield f"{at}: {len(value)} items"
    for index, one in enumerate(value):
        yield from faults(one, schema.get("items", {}), root, f"{at}/{index}")


def _of_object(value: dict[str, object], schema: Schema, root: Schema, at: str) -> Iterator[str]:
    yield from (f"{at}/{key}: missing" for key in schema.get("required", ()) if key not in value)
    properties, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for key, one in value.items():
        if key in properties:
            yield from faults(one, properties[key], root, f"{at}/{key}")
        elif not any(re.search(pattern, key) for pattern in patterns) and not schema.get("additionalProperties", True):
            yield f"{at}/{key}: unknown"


def _of_text(value: str, schema: Schema, at: str) -> Iterator[str]:
    if value != schema.get("const", value):
        yield f"{at}: not {schema['const']}"
    if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
        yield f"{at}: length of {value}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value} not listed"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: {value} is not {schema['pattern']}"


def schema_of(number: str, release: str, rules: Mapping[str, object] | None = None) -> dict[str, Any]:
    dictionary = Dictionary(X12 if number.isdigit() else EDIFACT)
    definition = dictionary.find(number, release)
    assert definition is not None
    return json_schema(narrow(definition, rules, OWNER) if rules else definition, dictionary)


@pytest.mark.parametrize(("number", "release"), X12.known_sets())
def test_generated_samples_of_every_set_are_valid(number: str, release: str) -> None:
    definition = X12.find_set(number, release)
    assert definition is not None
    schema = schema_of(number, release)
    for seed in range(2):
        chance = random.Random(seed)  # noqa: S311 - the same samples every time
        part = x12(None, sample_body(definition, chance.randrange, Delimiters(component=">")), release, number)
        assert list(faults(part.document, schema, schema)) == []


def test_a_message_of_edifact_is_valid() -> None:
    schema = schema_of("ORDERS", "D96A")
    assert list(faults(edifact(None).document, schema, schema)) == []


def test_the_dialect_and_the_set_are_named() -> None:
    schema = schema_of("850", "005010")
    assert (schema["$schema"], schema["$id"]) == (DIALECT, "urn:crossdock:edi:x12:005010:850")
    assert schema["title"] == "850 purchase order, X12 005010"


def test_loops_that_may_come_again_are_lists_and_others_objects() -> None:
    properties = schema_of("850", "004010")["properties"]
    assert (properties["PO1"]["type"], properties["BEG"]) == ("array", {"$ref": "#/$defs/BEG"})


@pytest.mark.parametrize(
    ("pointer", "value", "says"),
    [
        ("BEG/BEG03", "9" * 23, "/BEG/BEG03: length of 99999999999999999999999"),
        ("BEG/BEG05", "tomorrow", r"/BEG/BEG05: tomorrow is not ^(\d{6}|\d{8})$"),
        ("BEG/BEG01", "QQ", "/BEG/BEG01: QQ not listed"),
        ("BEG/BEG99", "x", "/BEG/BEG99: unknown"),
        ("PO1", {}, "/PO1: not array"),
        ("ZZZ", [], "/ZZZ: unknown"),
    ],
)
def test_what_no_reader_would_make_is_refused(pointer: str, value: object, says: str) -> None:
    schema, document = schema_of("850", "004010"), copy.deepcopy(x12(None).document)
    here: Any = document
    *way, last = pointer.split("/")
    for step in way:
        here = here[step]
    here[last] = value
    assert says in list(faults(document, schema, schema))


def test_a_partners_rules_are_in_the_schema() -> None:
    rules = {"require": ["DTM"], "forbid": ["PO1.PID", "BEG04"], "max": {"N1": 1}, "codes": {"BEG02": ["NE"]}}
    schema = schema_of("850", "004010", rules)
    assert schema["description"] == "as partner acme narrows it"
    assert "BEG04" not in schema["$defs"]["BEG"]["properties"]
    assert list(faults(x12(None, ORDER).document, schema, schema)) == [
        "/DTM: missing",
        "/BEG/BEG02: SA not listed",
        "/N1: 2 items",
        "/PO1/0/PID: unknown",
    ]
