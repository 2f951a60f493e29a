"""Which texts may name a table, a column or a procedure. Values never become names: these stand in the route alone."""

from __future__ import annotations

import re
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

LONGEST = 63  # bytes of an identifier in PostgreSQL; MariaDB takes 64 characters

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*\Z")


def _column(text: str) -> str:
    if not _NAME.match(text) or len(text) > LONGEST:
        raise ValueError(f"'{text}' is no name of a column: letters, digits, _ and $, at most {LONGEST} of them")
    return text


def _object(text: str) -> str:
    parts = text.split(".")
    if len(parts) > 2 or not all(_NAME.match(part) and len(part) <= LONGEST for part in parts):  # noqa: PLR2004 - schema, name
        raise ValueError(f"'{text}' is no name such as orders or sales.orders: letters, digits, _ and $ only")
    return text


#: A column, as the database has it: case matters where it matters to the database.
Column: TypeAlias = Annotated[str, AfterValidator(_column)]
#: A table or a procedure, alone or with its schema: ``orders``, ``sales.orders``.
Object: TypeAlias = Annotated[str, AfterValidator(_object)]


def split(name: str) -> tuple[str | None, str]:
    """Schema (or None) and name."""
    schema, dot, own = name.rpartition(".")
    return (schema if dot else None), own
