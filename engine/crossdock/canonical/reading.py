"""Two ways to read a document by a model.

``DocumentReader`` is for the contracts of the engine. It compiles the model's fields into a validator from plain
objects to plain objects, so that nothing is instantiated and dumped again: on the hot path that was more than half of
the time. ``ModelReader`` is for any model of a project.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, GetCoreSchemaHandler, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from crossdock.canonical.blocks.block import Block
from crossdock.canonical.plain import as_document
from crossdock.message import Document

#: Gives the normal form of a document. Raises ``pydantic.ValidationError``.
Reader: TypeAlias = Callable[[Document], Document]

DEPTH = 16  # objects and lists within each other; twice what any contract has


_NESTED = frozenset({dict, list})


def without_nulls(value: Document, depth: int = DEPTH) -> Document:
    """The same without fields that are null: null means absent. What lies deeper than ``depth`` stays as it is."""
    if type(value) is dict:
        return {
            name: without_nulls(inner, depth - 1) if type(inner) in _NESTED and depth else inner
            for name, inner in value.items()
            if inner is not None
        }
    if type(value) is list:
        return [without_nulls(inner, depth - 1) if type(inner) in _NESTED and depth else inner for inner in value]
    return value


class DocumentReader:
    """Reads by a model made of blocks. Compiled at the first document."""

    def __init__(self, model: type[Block]) -> None:
        self._model = model

    def __call__(self, document: Document) -> Document:
        """The normal form; keys in the model's order.

        No field of a block takes a null, so a document that is valid has none. Most are valid, and looking for nulls
        would cost them a quarter more; the others are read once more without.
        """
        try:
            return self._validate(document)
        except ValidationError:
            return self._validate(without_nulls(document))

    @functools.cached_property
    def _validate(self) -> Reader:
        return TypeAdapter(_plainly(self._model)).validator.validate_python


class ModelReader:
    """Reads by any pydantic model: an instance is made, dumped, and made plain."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._model = model

    def __call__(self, document: Document) -> Document:
        """The normal form, as far as the model is one that has it. Raises ``Halt`` for types no document holds."""
        return as_document(self._model.model_validate(document).model_dump(exclude_none=True))


@dataclass(frozen=True, slots=True)
class _AsObject:
    """Where a block would stand, its fields stand as a plain object."""

    model: type[Block]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        fields = {
            name: core_schema.typed_dict_field(_field(info, handler), required=info.is_required())
            for name, info in self.model.model_fields.items()
        }
        plain = core_schema.typed_dict_schema(fields, extra_behavior="forbid")
        return core_schema.no_info_after_validator_function(self._checked, plain) if self.model.has_check() else plain

    def _checked(self, fields: dict[str, object]) -> dict[str, object]:
        self.model.check(fields)
        return fields


def _field(info: FieldInfo, handler: GetCoreSchemaHandler) -> CoreSchema:
    plain = _plainly(info.annotation)
    for constraint in info.metadata:
        plain = Annotated[plain, constraint]
    schema = handler.generate_schema(plain)
    if info.is_required() or info.default is None:
        return schema
    return core_schema.with_default_schema(schema, default=info.default)


def _plainly(annotation: object) -> Any:  # noqa: ANN401 - a type that only pydantic reads
    """The annotation with its blocks as objects, and without None: nulls are gone before it is asked."""
    origin = get_origin(annotation)
    if origin is list:
        return list[_plainly(get_args(annotation)[0])]  # type: ignore[misc]  # a type made while running
    if origin in (Union, UnionType):
        [inner] = (part for part in get_args(annotation) if part is not NoneType)
        return _plainly(inner)
    if isinstance(annotation, type) and issubclass(annotation, Block):
        return Annotated[dict, _AsObject(annotation)]
    return annotation
