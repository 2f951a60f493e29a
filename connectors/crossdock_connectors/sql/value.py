"""Values of a document that are bound to a statement: where each is found, and as what it is bound.

A value is written as a path into the document (``buyer.id``, ``lines[0].sku``), or as one of ``$id``, ``$key``,
``$route``, ``$correlation``, ``$header.NAME``, ``$now``, ``$payload``; inside ``each`` also ``$root.PATH`` (the whole
document) and ``$index`` (counted from 0). A value that is not there rejects the document; with ``?`` behind it
(``note?``) it is NULL. ``{value: 5}`` is a constant, and ``{path: total, as: decimal}`` says what it is bound as.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from crossdock.connector import Parcel
from crossdock.errors import Finding, Reject
from crossdock.message import Document

Kind: TypeAlias = Literal["text", "integer", "decimal", "boolean", "date", "time", "datetime", "bytes", "json"]

_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\[[0-9]{1,6}\])*(?:\.[A-Za-z_][A-Za-z0-9_-]*(?:\[[0-9]{1,6}\])*)*\Z")
_STEP = re.compile(r"\[([0-9]+)\]|([A-Za-z_][A-Za-z0-9_-]*)")


@dataclass(frozen=True, slots=True)
class Missing:
    """What a path gives that leads nowhere."""


MISSING = Missing()
Found: TypeAlias = "Document | bytes | Missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What values are looked up in. ``item`` is the element an ``each`` is at, else the document."""

    parcel: Parcel
    item: Document
    index: int | None = None
    now: datetime | None = None


_SPECIALS: Mapping[str, Callable[[Scope], Found]] = {
    "$id": lambda scope: scope.parcel.message,
    "$key": lambda scope: scope.parcel.key,
    "$route": lambda scope: scope.parcel.route,
    "$correlation": lambda scope: scope.parcel.correlation,
    "$payload": lambda scope: scope.parcel.data,
    "$now": lambda scope: scope.now.isoformat() if scope.now else MISSING,
    "$index": lambda scope: MISSING if scope.index is None else scope.index,
}


def _path(text: str) -> str:
    bare = text.removesuffix("?")
    special = bare in _SPECIALS or (bare.startswith("$header.") and bare != "$header.")
    if not special and not _PATH.match(bare.removeprefix("$root.")):
        known = ", ".join([*_SPECIALS, "$header.NAME", "$root.PATH"])
        raise ValueError(f"'{text}' is no path into the document such as buyer.id, and none of {known}")
    return text


class Value(BaseModel):
    """A value to bind: ``path`` in the document (with ``?``: NULL where it is not there), or the constant ``value``.

    ``as`` says what it must be; without it a text is bound as text, a number as a number. ``json`` binds a list or an
    object as its JSON text, ``bytes`` reads base64.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    path: Annotated[str, AfterValidator(_path)] | None = None
    value: str | int | bool | Decimal | None = None
    as_: Kind | None = Field(default=None, alias="as")

    @model_validator(mode="after")
    def _one_of_both(self) -> Value:
        if (self.path is None) == ("value" not in self.model_fields_set):
            raise ValueError("a value has either 'path' or 'value'")
        return self

    @property
    def shown(self) -> str:
        """The value as its author wrote it."""
        return self.path if self.path is not None else repr(self.value)

    def find(self, scope: Scope) -> Document | bytes:
        """What stands there. Raises ``Reject`` K828 where nothing does."""
        if self.path is None:
            return self.value
        found = _look(self.path.removesuffix("?"), scope)
        if not isinstance(found, Missing):
            return found
        if self.path.endswith("?"):
            return None
        hint = f"map it, or write '{self.path}?' where it may be absent: it is NULL then"
        raise Reject.of(
            [Finding(code="K828", message=f"'{self.path}' is not in the document", rule=self.path, hint=hint)]
        )


def _look(path: str, scope: Scope) -> Found:
    if path in _SPECIALS:
        return _SPECIALS[path](scope)
    if path.startswith("$header."):
        header = scope.parcel.headers.get(path.removeprefix("$header."))
        return MISSING if header is None else header
    whole = path.startswith("$root.")
    steps = tuple(int(index) if index else key for index, key in _STEP.findall(path.removeprefix("$root.")))
    start: Found = scope.parcel.document if whole else scope.item
    return reduce(_step, steps, start)


def _step(here: Found, step: str | int) -> Found:
    if isinstance(step, str):
        return here.get(step, MISSING) if isinstance(here, dict) else MISSING
    return here[step] if isinstance(here, list) and step < len(here) else MISSING


def items_of(path: str, scope: Scope) -> list[Document]:
    """The elements of the list an ``each`` names. Raises ``Reject`` K828 where there is no list."""
    found = Value(path=path).find(scope)
    if found is None:
        return []
    if not isinstance(found, list):
        raise Reject.of([Finding(code="K828", message=f"'{path}' is no list to go through", rule=path)])
    return found


def _written(value: object) -> object:
    return {"path": value} if isinstance(value, str) else value


Bound: TypeAlias = Annotated[Value, BeforeValidator(_written, json_schema_input_type=str | Value)]
Path: TypeAlias = Annotated[str, AfterValidator(_path)]
