"""What PostgreSQL's failures mean to the engine: once, from tables, by SQLSTATE (PostgreSQL manual, appendix A)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from crossdock.errors import CrossdockError, Halt, Retry
from crossdock.postgres.address import Address

#: A transaction that lost against another one and may be tried again at once: serialization, deadlock.
LOST = frozenset({"40001", "40P01"})

#: (beginning of the SQLSTATE, what happens next, code, what it says); the first that fits.
_STATES: tuple[tuple[str, type[Retry | Halt], str, str], ...] = (
    ("40", Retry, "E733", "other transactions were in the way"),
    ("55P03", Retry, "E733", "a lock was held for too long"),
    ("57014", Retry, "E733", "a statement took too long"),
    ("53100", Retry, "E734", "the disk of the server is full"),
    ("53", Retry, "E734", "the server has not enough of something"),
    ("58", Retry, "E734", "the disk of the server failed"),
    ("25006", Retry, "E732", "the server is read-only: a standby, or told to be"),
    ("XX001", Halt, "E738", "data of the server are damaged"),
    ("XX002", Halt, "E738", "an index of the server is damaged"),
    ("28", Halt, "E739", "the server refuses the user"),
    ("3D", Halt, "E739", "the database does not exist"),
    ("42501", Halt, "E739", "the user may not do this"),
    ("42P01", Halt, "E739", "a table is missing"),
    ("3F", Halt, "E739", "the schema is missing"),
)

#: libpq tells no SQLSTATE of a refused connection, so these are read from its English text; in another language they
#: are taken for something that passes, which only costs the person who set it up a look at the message.
_REFUSALS = (
    "password authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "certificate",
    "does not support SSL",
    "unsupported startup parameter",
    "unrecognized configuration parameter",
    "permission denied for database",
)


def meaning(error: psycopg.Error, address: Address) -> CrossdockError | None:
    """Our error for psycopg's; None for one that is a defect of ours."""
    state = error.sqlstate or ""
    for beginning, kind, code, says in _STATES:
        if state.startswith(beginning):
            return kind(code, f"PostgreSQL {address}: {says}: {_line(error)}")
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return Retry("E731", f"PostgreSQL {address} is away: {_line(error)}")
    return None


def refusal(error: psycopg.OperationalError, address: Address) -> CrossdockError:
    """Our error for a connection that could not be opened."""
    text = _line(error)
    missing = "does not exist" in text and "FATAL" in text  # the database or the role
    if missing or any(words in text for words in _REFUSALS):
        return Halt("E739", f"PostgreSQL {address} refuses the connection: {text}", hint="look at the URL")
    return Retry("E731", f"PostgreSQL {address} is away: {text}")


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Exceptions of psycopg as ours."""
    try:
        yield
    except psycopg.Error as error:
        ours = meaning(error, address)
        if ours is None:
            raise
        raise ours from error


def _line(error: psycopg.Error) -> str:
    """What it says, in one line. libpq never repeats a password once it has read the URL."""
    return " ".join(str(error).split())
