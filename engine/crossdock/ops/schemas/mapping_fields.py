"""The ``fields:`` of a mapping, which have a grammar of their own: see ``crossdock.mapping.fields``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from crossdock.mapping.field_reader import OPTIONS
from crossdock.ops.schemas.authored import Schema, told

_SPEC: Schema = {"$ref": "#/definitions/field"}
_FIELDS: Schema = {"$ref": "#/definitions/fields"}
_EXPRESSION: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
#: What may stand under a key that is an option here and a field of the result there.
_WHATEVER: Schema = {"type": ["string", "object", "array", "number", "boolean", "null"]}

#: Options that are known here with what they take; any other one may have whatever it likes.
_KNOWN: Final[Mapping[str, tuple[Schema, str]]] = {
    "expr": (_EXPRESSION, "The expression, where the field has options beside it."),
    "each": (_EXPRESSION, "An expression that gives a list: `fields` are made of every element of it."),
    "fields": (_FIELDS, "The shape of the result, or of each element of `each`."),
    "value": ({}, "A constant: it is always written."),
    "default": ({}, "What stands there where the expression gives nothing."),
    "required": (_FLAG, "`true`: where the expression gives nothing, the document is rejected."),
    "case": (
        {"type": "array", "items": _SPEC, "minItems": 1},
        "The first of these whose `when` holds; the last one may do without.",
    ),
    "use": (
        {"$ref": "#/definitions/mapping"},
        "What another mapping makes of the current node, or of what `of` gives.",
    ),
    "of": (_EXPRESSION, "An expression: what `use` is given, where that is not the current node."),
    "with": ({"type": "object"}, "The `parameters` of the mapping that is used, each with an expression."),
    "let": ({"type": "object", "additionalProperties": _EXPRESSION}, "Names that these fields reach as `$name`."),
    "when": (_EXPRESSION, "A condition: where it does not hold, the field is not there."),
    "omit_empty": (_FLAG, "`true`: an empty text or list is left out as well."),
}


#: One of these makes a map options; one of those does where nothing but options stands there.
_MARKS, _ALONE = ("expr", "each", "fields", "default", "required", "omit_empty"), ("value", "case", "use")


def definitions() -> dict[str, Schema]:
    """A field, and fields."""
    options = {name: told(*_KNOWN.get(name, ({}, ""))) for name in OPTIONS}
    leading = [{"required": [name]} for name in _MARKS]
    every: Schema = {"propertyNames": {"enum": list(OPTIONS)}, "anyOf": [{"required": [name]} for name in _ALONE]}
    is_options: Schema = {"anyOf": [*leading, every]}
    inside: Schema = {
        "if": is_options,
        "then": {"properties": options, "additionalProperties": False},
        "else": {"additionalProperties": _SPEC},
    }
    proposed = {
        name: options[name] if name in _MARKS else told(_WHATEVER, options[name].get("markdownDescription", ""))
        for name in OPTIONS
    }
    field = {"type": ["string", "object", "array", "null"], "items": _SPEC, "properties": proposed, **inside}
    whole = {"type": ["object", "string", "array"], "items": _SPEC, "additionalProperties": _SPEC}
    about = "A JMESPath expression; or options (`expr`, `each`, `fields`, `value`, …); or fields of its own."
    return {"field": told(field, about), "fields": told(whole, "The shape of the result.")}
