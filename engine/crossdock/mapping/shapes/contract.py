"""The shape of a contract's documents, from its model.

A document may stand before ``validate`` or behind it, so a decimal is a number or text that writes one. Of a project's own
models only names, lists, objects and codes are taken: what else they accept is pydantic's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from crossdock.canonical.blocks.block import Block
from crossdock.canonical.contract import Contract
from crossdock.mapping.shapes.shape import (
    ANYTHING,
    BOOLEAN,
    DECIMAL,
    NUMBER,
    SOME_BOOLEAN,
    SOME_NUMBER,
    SOME_TEXT,
    TEXT,
    VALUE,
    Entry,
    Listed,
    Record,
    Scalar,
    Shape,
    nothing_more,
    one_of,
    whatever,
)

_KINDS: Mapping[type, str] = {str: TEXT, bool: BOOLEAN, int: NUMBER}
_EXACTLY: Mapping[type, Shape] = {str: SOME_TEXT, int: SOME_NUMBER, bool: SOME_BOOLEAN, Decimal: DECIMAL}
_LOOSELY = frozenset({str, int, bool, Decimal, float, date})


def shape_of_contract(contract: Contract) -> Record:
    """The shape of the documents a contract reads and makes."""
    return _record(contract.model, contract.name)


@lru_cache(maxsize=512)
def _record(model: type[BaseModel], what: str) -> Record:
    closed = model.model_config.get("extra") == "forbid" and not _renamed(model)
    return Record(what, lambda: _entries(model, what), nothing_more if closed else whatever)


def _renamed(model: type[BaseModel]) -> bool:
    """Whether a field may be called otherwise than by its name or alias."""
    by_name = model.model_config.get("populate_by_name") or model.model_config.get("validate_by_name")
    return bool(by_name) or any(info.validation_alias not in (None, info.alias) for info in model.model_fields.values())


def _entries(model: type[BaseModel], what: str) -> dict[str, Entry]:
    return {
        info.alias or name: Entry(
            _field(info, model, f"'{info.alias or name}' of {what}"), info.description or "", info.is_required()
        )
        for name, info in model.model_fields.items()
    }


def _field(info: FieldInfo, model: type[BaseModel], what: str) -> Shape:
    return _shape(info.annotation, what, exactly=issubclass(model, Block))


def _shape(annotation: object, what: str, *, exactly: bool) -> Shape:
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return _codes(parts, exactly=exactly)
    if origin in (list, tuple, set, frozenset):
        inner = [part for part in parts if part is not Ellipsis]
        item = _shape(inner[0], what, exactly=exactly) if len(set(inner)) == 1 else ANYTHING
        return Listed(item) if origin is list else ANYTHING
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _record(annotation, what)
    if isinstance(annotation, type):
        return _EXACTLY.get(annotation, ANYTHING) if exactly else VALUE if annotation in _LOOSELY else ANYTHING
    if parts and hasattr(annotation, "__metadata__"):
        return _shape(parts[0], what, exactly=exactly)
    known = [_shape(part, what, exactly=exactly) for part in _without_none(parts)]
    return one_of(known) if known else ANYTHING


def _codes(parts: tuple[object, ...], *, exactly: bool) -> Shape:
    values = [part for part in parts if isinstance(part, str | bool | int)]
    if len(values) < len(parts):
        return ANYTHING
    return Scalar(frozenset(_KINDS[type(value)] for value in values), tuple(values)) if exactly or values else ANYTHING


def _without_none(parts: tuple[object, ...]) -> Iterator[object]:
    return (part for part in parts if part is not type(None))
