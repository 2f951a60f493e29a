"""Addresses a project names: what is wrong with them shows before anything is opened, and without showing a password."""

from __future__ import annotations

import re

from pydantic_core import PydanticCustomError

from crossdock.amqp.address import PORTS, Address
from crossdock.errors import Halt
from crossdock.yaml_source.findings import UNSHOWN

_HIGHEST_PORT = 65535
_POSTGRESQL = ("postgresql", "postgres")  # as libpq knows them
_NO_FILE = "B104"  # where a certificate lies is known only to who knows the project's folder


def host_and_port(address: str) -> tuple[str, int]:
    """``127.0.0.1:9480`` or ``[::1]:9480`` as two values. Raises ``Halt``."""
    host, colon, port = address.rpartition(":")
    if not colon or not host or not _is_port(port, least=0):
        raise Halt("E776", f"'{address}' is no address to listen on", hint="health: 127.0.0.1:9480")
    return host.strip("[]"), int(port)


def refuse_no_broker(url: str) -> None:
    """Raise what pydantic takes for a mistake where ``url`` is none of a broker."""
    if url.partition("://")[0] not in PORTS:
        raise _unshown("expected 'embedded' or a URL such as amqp://host")
    try:
        Address.parse(url)
    except Halt as error:
        if error.code != _NO_FILE:
            raise _unshown(error.message, error.hint) from None


def refuse_no_database(url: str) -> None:
    """Raise what pydantic takes for a mistake where ``url`` is none of PostgreSQL. The rest of it is libpq's to read."""
    scheme, _, rest = url.partition("://")
    if scheme not in _POSTGRESQL:
        raise _unshown("expected a path in the project or a URL such as postgresql://host/database")
    authority, *behind = re.split(r"[/?#]", rest, maxsplit=1)
    if authority.count("@") > 1 or "@" in "".join(behind):
        hint = "in a user or a password write / as %2F, ? as %3F, # as %23, @ as %40, : as %3A"
        raise _unshown("the PostgreSQL URL has an @ behind its host", hint)
    for host in authority.rpartition("@")[2].split(","):
        port = host.rpartition("]")[2].partition(":")[2]
        if port and not _is_port(port, least=1):
            raise _unshown("the port in the PostgreSQL URL is no number from 1 to 65535")


def _is_port(text: str, *, least: int) -> bool:
    return text.isascii() and text.isdigit() and least <= int(text[:6]) <= _HIGHEST_PORT


def _unshown(told: str, hint: str | None = None) -> PydanticCustomError:
    return PydanticCustomError(UNSHOWN, "{told}", {"told": told, "hint": hint})
