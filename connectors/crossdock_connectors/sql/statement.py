r"""Statements: written in the route or in a ``.sql`` file of the project, with bound parameters and nothing else.

``:name`` is a parameter. A colon that is none is written ``\:``; ``::type`` needs no care.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from crossdock.connector.project_files import FileName
from crossdock.errors import Halt
from crossdock_connectors.sql.value import Value

# What SQLAlchemy's text() takes for a parameter ("Specifying Bound Parameter Behaviors").
_PARAMETER = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
_FILE = re.compile(r"[^\s\\]+\.sql\Z")
LARGEST = 1_000_000  # bytes of a statement's file: more is a mistake


def _statement(text: str) -> str:
    if not text.strip():
        raise ValueError("a statement is needed, or the name of a file such as sql/orders.sql")
    if is_file(text) and (text.startswith(("/", "~")) or ".." in text.split("/")):
        raise ValueError(f"'{text}' must be a file inside the project, such as sql/orders.sql")
    return FileName(text) if is_file(text) else text


#: SQL text, or a path that ends with ``.sql``, from the project's root.
Statement: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_statement)]


def is_file(statement: str) -> bool:
    """Whether a statement is the name of a file."""
    return _FILE.match(statement) is not None


def text_of(statement: str, root: Path) -> str:
    """The SQL text. Raises ``Halt`` K833 where its file cannot be read."""
    if not is_file(statement):
        return statement.strip().rstrip(";")
    try:
        data = (root / statement).read_bytes()
        text = data[: LARGEST + 1].decode()
    except (OSError, UnicodeDecodeError) as error:
        raise Halt("K833", f"the statement '{statement}' cannot be read: {error}", hint="see where it lies") from error
    if len(data) > LARGEST or not text.strip():
        raise Halt("K833", f"the statement '{statement}' is empty, or has more than {LARGEST} bytes")
    return text.strip().rstrip(";")


def parameters_of(text: str) -> tuple[str, ...]:
    """The names of its parameters, in order, each once."""
    return tuple(dict.fromkeys(_PARAMETER.findall(text)))


def values_for(text: str, given: Mapping[str, Value]) -> dict[str, Value]:
    """The value of each parameter: as given, or the path of its own name. Raises ``Halt`` K843 for one it has not."""
    wanted = parameters_of(text)
    surplus = sorted(given.keys() - set(wanted))
    if surplus:
        raise Halt(
            "K843", f"the statement has no parameter :{surplus[0]}", hint=f"it has: {', '.join(wanted) or 'none'}"
        )
    return {name: given.get(name) or Value(path=name) for name in wanted}
