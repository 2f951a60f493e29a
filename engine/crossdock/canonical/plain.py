"""From what a model dumps to a document: plain values only."""

from __future__ import annotations

import datetime
import enum
import uuid
from collections.abc import Mapping
from decimal import Decimal

from crossdock.errors import Halt
from crossdock.message import Document


def as_document(value: object) -> Document:
    """Any dump as a document. Raises ``Halt`` where the model has a type that no document can hold."""
    match value:
        case enum.Enum():
            return as_document(value.value)
        case None | bool() | int() | str() | Decimal():
            return value
        case Mapping():
            return {str(key): as_document(entry) for key, entry in value.items()}
        case list() | tuple() | set() | frozenset():
            return [as_document(entry) for entry in value]
        case datetime.date() | datetime.time():  # a datetime is a date
            return value.isoformat()
        case uuid.UUID():
            return str(value)
        case _:
            raise _unfit(value)


def _unfit(value: object) -> Halt:
    kind = type(value).__name__
    hint = "declare it as Decimal" if isinstance(value, float) else "declare it as text, number, list or object"
    return Halt("C003", f"the model of a contract has a field of type {kind}, which no document can hold", hint=hint)
