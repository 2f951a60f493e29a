"""Files of the project that a connection reads: certificates, statements, templates. Who watches asks which they are.

An option whose type is ``FileOfProject`` holds a ``FileName``; one that may be a text or the name of a file makes one
where it is a name. A URL names its files in parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, TypeAlias
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BaseModel, SecretStr

#: Parameters with files in URLs of brokers (as RabbitMQ's clients call them) and of PostgreSQL (libpq, 34.1.2).
PARAMETERS = ("cacertfile", "certfile", "keyfile", "sslrootcert", "sslcert", "sslkey", "sslcrl")


class FileName(str):
    """The name of a file, relative to the project or absolute."""

    __slots__ = ()


#: The type of an option that names a file.
FileOfProject: TypeAlias = Annotated[str, AfterValidator(FileName)]


def files_named(value: object) -> Iterator[str]:
    """The files that options name, at any depth."""
    match value:
        case FileName():
            yield str(value)
        case SecretStr():
            yield from files_in_url(value.get_secret_value())
        case BaseModel():
            for name in type(value).model_fields:
                yield from files_named(getattr(value, name))
        case dict():
            yield from _each(value.values())
        case list() | tuple():
            yield from _each(value)
        case _:
            return


def files_in_url(text: str) -> Iterator[str]:
    """The files that a URL names in its parameters; none of what is no URL."""
    if "://" not in text or "?" not in text:
        return
    try:
        given = parse_qs(urlsplit(text).query)
    except ValueError:  # whoever opens it says what is wrong with it
        return
    yield from (value for name in PARAMETERS for value in given.get(name, ()))


def _each(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        yield from files_named(value)
