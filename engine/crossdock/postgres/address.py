"""``postgresql://user:password@host:port/database?schema=name``: where the tables are, and how that is shown to people.

Everything libpq knows may stand in the query (``sslmode``, ``sslrootcert``, ``target_session_attrs`` …); ``schema``
is ours: several projects, or tests, can share a database.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from crossdock.errors import Halt

SCHEMES = ("postgresql", "postgres")  # as libpq knows them
DEFAULT_SCHEMA = "crossdock"
_HIGHEST_PORT = 65535
_ESCAPED = "in a user or a password write / as %2F, ? as %3F, # as %23, @ as %40, : as %3A"
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")  # 63 bytes are a name (PostgreSQL manual, 4.1.1); never quoted
#: Seconds unless the URL says otherwise. A server that vanished is noticed within about a minute, whatever waits.
_DEFAULTS: Mapping[str, str | int] = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,  # milliseconds
    "application_name": "crossdock",
}


@dataclass(frozen=True, slots=True)
class Address:
    """``conninfo`` is for libpq and holds the password; ``str`` is for people and does not."""

    conninfo: str
    schema: str
    shown: str

    def __str__(self) -> str:
        return self.shown

    def __repr__(self) -> str:
        return f"Address({self.shown})"


def address_of(url: str) -> Address:
    """Raises ``Halt`` for a URL that cannot be read; never shows what it says, which may be a password."""
    try:
        return _read(url)
    except (ValueError, psycopg.ProgrammingError):
        hint = "postgresql://user:password@host:port/database; special characters of a password as %XX"
        raise Halt("E737", "the PostgreSQL URL cannot be read", hint=hint) from None


def _read(url: str) -> Address:
    if urlsplit(url).scheme not in SCHEMES:
        raise ValueError(url)
    _refuse_spilt(url)
    place, _, asked = url.partition("?")
    query = parse_qsl(asked, keep_blank_values=True, strict_parsing=bool(asked))
    _refuse_unknown(name for name, _ in query)
    schema = dict(query).get("schema", DEFAULT_SCHEMA)
    if not _SCHEMA.fullmatch(schema):
        raise Halt("E737", f"schema '{schema}' is no plain name", hint="small letters, digits and _, at most 63")
    rest = urlencode([(name, value) for name, value in query if name != "schema"])
    given = conninfo_to_dict(f"{place}?{rest}" if rest else place)
    _refuse_misread(given)
    conninfo = make_conninfo("", **{**_DEFAULTS, **{name: value for name, value in given.items() if value is not None}})
    where = f"{given.get('host', 'localhost')}:{given.get('port', 5432)}/{given.get('dbname', '')}"
    return Address(conninfo, schema, f"{where}?schema={schema}")


def _refuse_spilt(url: str) -> None:
    """An @ that does not end the password stands behind the rest of one, which libpq would take for host or database."""
    authority, *behind = re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)
    if authority.count("@") > 1 or "@" in "".join(behind):
        raise Halt("E737", "the PostgreSQL URL has an @ behind its host", hint=_ESCAPED)


def _refuse_unknown(names: Iterable[str]) -> None:
    known = [
        "schema",
        "ssl",
        *(option.keyword.decode() for option in pq.Conninfo.get_defaults()),
    ]  # ssl: as JDBC has it
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{close[0]}'?" if close else "'schema', or a parameter libpq knows, such as 'sslmode'"
            raise Halt("E737", f"the PostgreSQL URL has an unknown parameter '{name}'", hint=hint)


def _refuse_misread(given: Mapping[str, object]) -> None:
    """What is shown to people must be host, port and database, and no part of a password that was taken for one."""
    hosts, ports, database = (str(given.get(name) or "") for name in ("host", "port", "dbname"))
    if not all(_is_host(host) for host in hosts.split(",")) or "@" in database or ":" in database:
        raise Halt("E737", "the PostgreSQL URL has an @ or a : in its host or its database", hint=_ESCAPED)
    if not all(_is_port(port) for port in ports.split(",")):
        raise Halt("E737", "the port in the PostgreSQL URL is no number from 1 to 65535", hint=_ESCAPED)


def _is_host(text: str) -> bool:
    """A name, an IPv4 or IPv6 address, or the folder of a socket (with @: an abstract one)."""
    if ":" not in text:
        return "@" not in text[1:]
    try:
        return bool(ipaddress.IPv6Address(text))
    except ValueError:
        return False


def _is_port(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= _HIGHEST_PORT)
