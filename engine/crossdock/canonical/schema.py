"""JSON Schema and examples, made from the models."""

from __future__ import annotations

from typing import TypeAlias, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from crossdock.message import Document

_Field: TypeAlias = (
    core_schema.CoreSchema
    | core_schema.ModelField
    | core_schema.DataclassField
    | core_schema.TypedDictField
    | core_schema.ComputedField
)


class _Plainly(GenerateJsonSchema):
    """No titles that repeat the field's name; an absent field is absent, so null needs no mention."""

    def field_title_should_be_set(self, schema: _Field) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        return {key: value for key, value in made.items() if (key, value) != ("default", None)}


def schema_of(model: type[BaseModel], name: str) -> dict[str, Document]:
    """The schema of the documents that contract ``name`` reads."""
    made = model.model_json_schema(schema_generator=_Plainly)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:crossdock:contract:{name.replace('/', ':')}",
    }
    return cast("dict[str, Document]", {**head, **made, "title": name})


def example_of(model: type[BaseModel]) -> Document:
    """A document with every field, put together from the first example of each."""
    return _Examples(schema_of(model, "example/v1")).of_model()


class _Examples:
    """Walks a schema. Objects get all their properties, lists one entry."""

    def __init__(self, schema: dict[str, Document]) -> None:
        self._schema = schema
        self._parts = cast("dict[str, dict[str, Document]]", schema.get("$defs", {}))

    def of_model(self) -> Document:
        return self._of(self._schema)

    def _of(self, schema: dict[str, Document]) -> Document:
        if isinstance(examples := schema.get("examples"), list) and examples:
            return examples[0]
        if isinstance(reference := schema.get("$ref"), str):
            return self._of(self._parts[reference.rpartition("/")[2]])
        if isinstance(properties := schema.get("properties"), dict):
            return {name: self._of(cast("dict[str, Document]", inner)) for name, inner in properties.items()}
        if isinstance(entry := schema.get("items"), dict):
            return [self._of(entry)]
        return schema.get("default", schema.get("const"))
