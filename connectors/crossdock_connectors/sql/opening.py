"""How a connection is opened: the driver, its arguments, and what its session begins with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from crossdock.errors import Halt
from crossdock_connectors.sql.dialect import Family
from crossdock_connectors.sql.extras import missing
from crossdock_connectors.sql.options import DRIVERS, DatabaseOptions
from crossdock_connectors.sql.rows import exact_json

STEPS = 1000  # of SQLite's machine between two looks at the clock: some microseconds
GRACE = 2.0  # seconds beyond its limit in which a server may say itself that a statement took too long
KEEPALIVE = {"keepalives": "1", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}


def url_of(options: DatabaseOptions) -> URL:
    """The URL with its driver. Raises ``Halt`` K805; the message never repeats it."""
    written = options.url.get_secret_value()
    scheme, _, rest = written.partition("://")
    try:
        return make_url(f"{DRIVERS[scheme]}://{rest}")
    except (ArgumentError, ValueError):
        hint = "characters such as @ and / in a password are written %40 and %2F"
        raise Halt("K805", f"the URL of the database ({scheme}://…) cannot be read", hint=hint) from None


def engine_of(url: URL, family: Family, options: DatabaseOptions, *, writes: bool, root: Path, name: str) -> sa.Engine:
    """An engine without a pool. Raises ``Halt`` K801 where the driver is not installed."""
    try:
        match family:
            case "sqlite":
                return sa.create_engine(
                    "sqlite://", poolclass=NullPool, hide_parameters=True, creator=_file(url, options, root)
                )
            case "postgresql" | "mariadb":
                return _server(url, family, options, writes=writes, name=name)
            case _:
                return sa.create_engine(url, poolclass=NullPool, hide_parameters=True)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise missing(getattr(error, "name", None) or url.drivername) from error


def _server(url: URL, family: Family, options: DatabaseOptions, *, writes: bool, name: str) -> sa.Engine:
    arguments = _postgres(options, name) if family == "postgresql" else _mariadb(options)
    level = "READ COMMITTED" if writes else "REPEATABLE READ"
    if family == "mariadb":
        return sa.create_engine(
            url, poolclass=NullPool, hide_parameters=True, isolation_level=level, connect_args=arguments
        )
    return sa.create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level=level,
        connect_args=arguments,
        json_deserializer=exact_json,
    )


def _postgres(options: DatabaseOptions, name: str) -> dict[str, object]:
    return {
        **KEEPALIVE,
        "connect_timeout": str(max(1, round(options.connect_timeout))),
        "tcp_user_timeout": str(round((options.timeout + GRACE) * 1000)),
        "application_name": f"crossdock {name}",
        "prepare_threshold": None,  # poolers in between hand each transaction to another session
    }


def _mariadb(options: DatabaseOptions) -> dict[str, object]:
    return {
        "connect_timeout": max(1, round(options.connect_timeout)),
        "read_timeout": options.timeout + GRACE,
        "write_timeout": options.timeout + GRACE,
        "charset": "utf8mb4",
        "local_infile": False,
    }


def _file(url: URL, options: DatabaseOptions, root: Path) -> Callable[[], sqlite3.Connection]:
    """Opens a database file that is there: a missing one is a mistake, and no new database."""
    path = root / (url.database or "")

    def opened() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode=rw",
            uri=True,
            timeout=options.timeout,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.text_factory = _lenient
        return connection

    return opened


def _lenient(data: bytes) -> str:
    """SQLite does not check text; what is no UTF-8 is told when the row is read."""
    return data.decode(errors="surrogateescape")


def session(family: Family, timeout: float, *, writes: bool, mariadb: bool = True) -> tuple[str, ...]:
    """The statements a session begins with. Moments are UTC; what does not fit is refused, never cut off."""
    milliseconds = round(timeout * 1000)
    statements: Mapping[Family, tuple[str, ...]] = {
        "postgresql": (
            (
                f"SET statement_timeout = {milliseconds}; SET lock_timeout = {milliseconds}; SET timezone = 'UTC';"
                f" SET idle_in_transaction_session_timeout = {milliseconds * 10 + 60_000};"
                f" SET default_transaction_read_only = {'off' if writes else 'on'}"
            ),
        ),
        "mariadb": (
            (
                f"SET SESSION {f'max_statement_time = {timeout:.3f}' if mariadb else f'max_execution_time = {milliseconds}'},"
                f" SESSION innodb_lock_wait_timeout = {max(1, round(timeout))}, SESSION time_zone = '+00:00',"
                " SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION')"
            ),
            f"SET SESSION TRANSACTION READ {'WRITE' if writes else 'ONLY'}",
        ),
        "sqlite": ("PRAGMA foreign_keys = ON", f"PRAGMA query_only = {'OFF' if writes else 'ON'}"),
        "other": (),
    }
    return statements[family]
