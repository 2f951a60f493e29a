"""``postgresql://user:password@host:port/database?schema=name``: where the tables are, and how that is shown to people.

Everything libpq knows may stand in the query (``sslmode``, ``sslrootcert``, ``target_session_attrs`` …); ``schema``
is ours: several projects, or tests, can share a database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from crossdock.errors import Halt

SCHEMES = ("postgresql", "postgres")  # as libpq knows them
DEFAULT_SCHEMA = "crossdock"
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
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ValueError(parts.scheme)
    query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    schema = dict(query).get("schema", DEFAULT_SCHEMA)
    if not _SCHEMA.fullmatch(schema):
        raise Halt("E737", f"schema '{schema}' is no plain name", hint="small letters, digits and _, at most 63")
    rest = urlencode([(name, value) for name, value in query if name != "schema"])
    given = conninfo_to_dict(urlunsplit(parts._replace(query=rest)))
    conninfo = make_conninfo("", **{**_DEFAULTS, **{name: value for name, value in given.items() if value is not None}})
    where = f"{given.get('host', 'localhost')}:{given.get('port', 5432)}/{given.get('dbname', '')}"
    return Address(conninfo, schema, f"{where}?schema={schema}")
