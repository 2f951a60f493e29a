"""A body that is written in the route: JSON with holes for what is sent, and secrets where a system wants them there.

A text that is nothing but ``$name`` (or ``$document.field``) becomes the value; a value is a JSON value and never more than that. ``{$name}``
within a text is written out, and the whole is null where there is no value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any, Final, TypeAlias

from pydantic import GetCoreSchemaHandler, SecretStr
from pydantic_core import CoreSchema, core_schema

from crossdock.connector.contract import Parcel
from crossdock.connector.http.redaction import Redaction
from crossdock.document_json import decode, encode
from crossdock.errors import Reject
from crossdock.message import Document

#: What may be filled in for a parcel, and for a page of a source.
OF_PARCEL: Final = frozenset({"document", "key", "id"})
OF_PAGE: Final = frozenset({"page", "size", "since"})

_WHOLE = re.compile(r"\$([a-z]+)((?:\.[A-Za-z_][A-Za-z0-9_]*)*)\Z")
_WITHIN = re.compile(r"\{\$([a-z]+)\}")

Written: TypeAlias = "None | bool | int | Decimal | str | SecretStr | list[Written] | dict[str, Written]"


@dataclass(frozen=True, slots=True)
class Body:
    """The JSON as it is written. Usable as the type of an option."""

    written: Written

    @property
    def holes(self) -> frozenset[str]:
        """The names of what is filled in."""
        found: set[str] = set()
        for text in _texts(self.written):
            whole = _WHOLE.match(text)
            found |= {whole[1]} if whole else {match[1] for match in _WITHIN.finditer(text)}
        return frozenset(found)

    def refuse_unknown(self, known: Collection[str]) -> None:
        """Raise ``ValueError`` where something is to be filled in that nobody has."""
        for hole in sorted(self.holes - set(known)):
            raise ValueError(f"'${hole}' is not known in a body; there may be: {', '.join(f'${one}' for one in known)}")

    def of(self, parcel: Parcel) -> bytes:
        """The body for a parcel. Raises ``Reject`` where its payload is wanted and is no JSON."""
        document: Document = None
        if "document" in self.holes:
            try:
                document = decode(parcel.data)
            except Reject as error:
                hint = "a body has JSON in it: encode: json"
                raise Reject(error.code, f"what is sent is no JSON: {error.message}", hint=hint) from error
        return self.filled({"document": document, "key": parcel.key, "id": parcel.message})

    def filled(self, values: Mapping[str, Document]) -> bytes:
        """The body with values."""
        return encode(_filled(self.written, values))

    def hide(self, redaction: Redaction) -> None:
        """Make every secret in it known."""
        for secret in _secrets(self.written):
            redaction.add(secret.get_secret_value())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.no_info_plain_validator_function(
            _parsed, json_schema_input_schema=core_schema.dict_schema(core_schema.str_schema())
        )
        return core_schema.json_or_python_schema(
            json_schema=core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema()),
            python_schema=written,
            serialization=core_schema.plain_serializer_function_ser_schema(lambda one: _shown(one.written)),
        )


def _parsed(value: object) -> Body:
    if isinstance(value, Body):
        return value
    if not isinstance(value, dict):
        raise ValueError("a body is written as keys and values")  # noqa: TRY004 - pydantic wants ValueError
    return Body(_checked(value))


def _checked(value: object) -> Written:
    match value:
        case dict():
            return {str(key): _checked(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_checked(inner) for inner in value]
        case None | bool() | int() | str() | Decimal() | SecretStr():
            return value
        case float():
            return Decimal(str(value))
    raise ValueError(f"a {type(value).__name__} has no place in JSON")


def _filled(written: Written, values: Mapping[str, Document]) -> Document:
    match written:
        case dict():
            return {key: _filled(inner, values) for key, inner in written.items()}
        case list():
            return [_filled(inner, values) for inner in written]
        case SecretStr():
            return written.get_secret_value()
        case str():
            return _text(written, values)
    return written


def _text(text: str, values: Mapping[str, Document]) -> Document:
    whole = _WHOLE.match(text)
    if whole:
        return reduce(_field, whole[2].split(".")[1:], values.get(whole[1]))
    names = [match[1] for match in _WITHIN.finditer(text)]
    if any(values.get(name) is None for name in names):
        return None
    return _WITHIN.sub(lambda match: str(values[match[1]]), text) if names else text


def _field(here: Document, name: str) -> Document:
    return here.get(name) if isinstance(here, dict) else None


def _texts(written: Written) -> Iterator[str]:
    match written:
        case dict():
            for inner in written.values():
                yield from _texts(inner)
        case list():
            for inner in written:
                yield from _texts(inner)
        case str():
            yield written


def _secrets(written: Written) -> Iterator[SecretStr]:
    match written:
        case dict():
            for inner in written.values():
                yield from _secrets(inner)
        case list():
            for inner in written:
                yield from _secrets(inner)
        case SecretStr():
            yield written


def _shown(written: Written) -> object:
    match written:
        case dict():
            return {key: _shown(inner) for key, inner in written.items()}
        case list():
            return [_shown(inner) for inner in written]
        case SecretStr():
            return str(written)
    return written
