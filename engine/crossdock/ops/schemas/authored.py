"""From pydantic models to draft-07, as values may be written in YAML rather than as they are once they were read.

A number may stand in quotes, and in files that know the environment ``${NAME}`` may stand for any value: each kind of
value takes such text beside itself. One flat schema is made where a union would do, as an editor tells more precisely
what is wrong with a value of one kind than with one that fits none of several. For the same reason a required key is
asked for only where every key that stands there is known: a misspelt one is one mistake, and not two.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, TypeAlias

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from crossdock.connector.amounts import BYTES, PER_SECOND, SECONDS, per_second, seconds, size
from crossdock.ops.schemas.words import about_key, about_model

Schema: TypeAlias = JsonSchemaValue
#: What stands in place of a field's own schema: by model and key, as authors write it.
Places: TypeAlias = Mapping[tuple[str, str], Schema]

#: The one key of what may stand there beside what the field's type takes.
BESIDE: Final = "beside"
REFERENCE: Final = r"\$\{"
_INTEGER = r"^\s*[-+]?[0-9_]+(\.0*)?\s*$"
_NUMBER = r"^\s*[-+]?[0-9_.]+([eE][-+]?[0-9]+)?\s*$"
#: What pydantic reads as true or false beside the two words themselves.
_FLAG = "^([tT]([rR][uU][eE])?|[fF]([aA][lL][sS][eE])?|[yY]([eE][sS])?|[nN][oO]?|[oO][nN]|[oO][fF][fF]|[01])$"
#: Of values as they are read, not as they are written.
_CARRIED = ("title", "default", "description", "format", "writeOnly", "ge", "le", "gt", "lt")


def either(*schemas: Schema) -> Schema:
    """What any of them takes."""
    flat: list[Schema] = []
    for one in schemas:
        flat += one["anyOf"] if one.keys() == {"anyOf"} else [one]
    kept = [one for index, one in enumerate(flat) if one not in flat[:index]]
    return kept[0] if len(kept) == 1 else {"anyOf": kept}


def or_nothing(schema: Schema) -> Schema:
    """The same, and a key without a value."""
    kind = schema.get("type")
    if kind is None or "enum" in schema or kind in ("object", "array"):
        return either(schema, {"type": "null"})
    return {**schema, "type": [*([kind] if isinstance(kind, str) else kind), "null"]}


def told(schema: Schema, about: str) -> Schema:
    """The same with what an editor shows of it; of several alternatives each has it, as an editor shows but one."""
    if not about:
        return schema
    if schema.keys() == {"anyOf"}:
        return {"anyOf": [one if one == {"type": "null"} else told(one, about) for one in schema["anyOf"]]}
    return {**schema, "markdownDescription": about}


def words(names: Sequence[str], *, references: bool = True) -> Schema:
    """One of these words."""
    if not references:
        return {"enum": list(names)}
    return either({"enum": list(names)}, {"type": "string", "pattern": REFERENCE})


def keys(properties: Mapping[str, Schema], required: Collection[str] = ()) -> Schema:
    """Keys and values, with no key but these. Which have to be there is asked where none of the others is unknown."""
    made: Schema = {"type": "object", "additionalProperties": False, "properties": dict(properties)}
    return only_if_known(made, {"required": list(required)} if required else {})


def only_if_known(schema: Schema, then: Schema) -> Schema:
    """The same, and ``then`` where every key is known."""
    if not then:
        return schema
    return {**schema, "if": {"propertyNames": {"enum": list(schema["properties"])}}, "then": then}


def _amount(units: Mapping[str, float], what: str, example: str) -> Schema:
    pattern = rf"^[0-9]{{1,15}}(\.[0-9]{{1,9}})? ?({'|'.join(units)})$|{REFERENCE}"
    expected = f"Expected {what} such as {example} (units: {', '.join(units)})."
    return {"type": "string", "pattern": pattern, "patternErrorMessage": expected, "errorMessage": expected}


#: Functions that read what an author wrote before the check of the type, and what they take.
AMOUNTS: Mapping[Callable[..., object], Schema] = {
    seconds: _amount(SECONDS, "a duration", "30s"),
    size: _amount(BYTES, "a size", "20MB"),
    per_second: _amount(PER_SECOND, "a rate", "100/s"),
}


class AuthoredSchema(GenerateJsonSchema):
    """Makes the schemas. ``places`` say what stands in fields whose type alone tells too little."""

    def __init__(self, places: Places, *, references: bool) -> None:
        super().__init__(by_alias=True, ref_template="#/definitions/{model}")
        self._places = places
        self._references = references
        self._strict = False

    # Values

    def int_schema(self, schema: core_schema.IntSchema) -> Schema:
        """A whole number, or text that is one."""
        return self._number("integer", "a whole number", _INTEGER, super().int_schema(schema))

    def float_schema(self, schema: core_schema.FloatSchema) -> Schema:
        """A number, or text that is one."""
        return self._number("number", "a number", _NUMBER, super().float_schema(schema))

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> Schema:
        """A number, or text that is one."""
        return self._number("number", "a number", _NUMBER, {})

    def bool_schema(self, schema: core_schema.BoolSchema) -> Schema:
        """True or false, or a word for it."""
        if schema.get("strict") or self._strict:
            return {"type": "boolean"}
        return self._or_text({"type": "boolean"}, _FLAG, "true or false")

    def str_schema(self, schema: core_schema.StringSchema) -> Schema:
        """Text. Its length and pattern are those of what ``${NAME}`` stands for."""
        pattern, longest, shortest = schema.get("pattern"), schema.get("max_length"), schema.get("min_length") or 0
        if isinstance(pattern, str):
            return {"type": "string", "pattern": self._or_reference(pattern)}
        if longest is not None:
            expected = f"Expected {shortest} to {longest} characters."
            pattern = self._or_reference(rf"^[\s\S]{{{shortest},{longest}}}$")
            return {"type": "string", "pattern": pattern, "patternErrorMessage": expected}
        return {"type": "string", "minLength": shortest} if shortest else {"type": "string"}

    def enum_schema(self, schema: core_schema.EnumSchema) -> Schema:
        """One of its values."""
        return self._one_of([member.value for member in schema["members"]])

    def literal_schema(self, schema: core_schema.LiteralSchema) -> Schema:
        """One of its values."""
        return self._one_of(list(schema["expected"]))

    def nullable_schema(self, schema: core_schema.NullableSchema) -> Schema:
        """What stands there, or a key without a value."""
        return or_nothing(self.generate_inner(schema["schema"]))

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        """The value; its default is told in words, as it is not what an author would write."""
        return self.generate_inner(schema["schema"])

    def _number(self, kind: str, what: str, pattern: str, made: Schema) -> Schema:
        bounds = {key: bound for key, bound in made.items() if key not in ("type", *_CARRIED)}
        number = {"type": kind, **bounds}
        return number if self._strict else self._or_text(number, pattern, what)

    def _or_text(self, made: Schema, pattern: str, what: str) -> Schema:
        expected = f"Expected {what}."
        beside = {"pattern": self._or_reference(pattern), "patternErrorMessage": expected, "errorMessage": expected}
        return {**made, "type": [made["type"], "string"], **beside}

    def _or_reference(self, pattern: str) -> str:
        return f"{pattern}|{REFERENCE}" if self._references else pattern

    def _one_of(self, values: list[Any]) -> Schema:
        if not all(isinstance(one, str) for one in values):
            return either({"enum": values}, {"type": "string"})  # a number may be quoted
        return words(values, references=self._references)

    # Functions of ours that read a value

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Schema:
        """What the function takes, where that is known or declared (``json_schema_input_type``).

        Else of a list also a single one, as our own functions have it, and of anything else whatever they make of it.
        """
        known = AMOUNTS.get(schema["function"]["function"])
        if known is not None:
            return dict(known)
        declared = schema.get("json_schema_input_schema")
        if declared is not None:
            return self.generate_inner(declared)
        inner = self.generate_inner(schema["schema"])
        if inner.get("type") == "array" and "items" in inner:
            return either(inner["items"], inner)
        return either(inner, {})

    def function_plain_schema(self, schema: core_schema.PlainValidatorFunctionSchema) -> Schema:
        """What the function says it takes."""
        declared = schema.get("json_schema_input_schema")
        return self.generate_inner(declared) if declared is not None else {}

    def handle_invalid_for_json_schema(self, schema: core_schema.CoreSchema, error_info: str) -> Schema:
        """Anything: of what a plug-in reads in a way of its own, nothing is known."""
        return {}

    # Models

    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        """Keys with what is told about them, and no others."""
        model: type[BaseModel] = schema["cls"]
        outer, self._strict = self._strict, bool(model.model_config.get("strict"))
        made = super().model_schema(schema)
        self._strict = outer
        written = made.get("properties")
        if not isinstance(written, dict):
            return made
        properties = {
            info.alias or name: self._property(model, info.alias or name, info, written.get(info.alias or name, {}))
            for name, info in model.model_fields.items()
        }
        return told(keys(properties, made.get("required", ())), about_model(model))

    def _property(self, model: type[BaseModel], key: str, info: FieldInfo, made: Schema) -> Schema:
        own = next(
            (found for one in model.__mro__ if (found := self._places.get((one.__name__, key))) is not None), None
        )
        plain = {name: value for name, value in made.items() if name not in _CARRIED}
        if own is not None:
            plain = either(own[BESIDE], plain) if BESIDE in own else own
            plain = or_nothing(plain) if not info.is_required() and info.get_default() is None else plain
        return told(plain, about_key(model, key, info))
