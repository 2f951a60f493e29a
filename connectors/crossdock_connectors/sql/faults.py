"""What a database's failures mean to the engine: once, from tables, by the codes each server documents.

PostgreSQL: SQLSTATE (manual, appendix A). MariaDB and MySQL: error numbers (knowledge base, "MariaDB Error Codes";
from 2000 on those of the client). SQLite: names of result codes ("Result and Error Codes"). The text of a failure may
quote the value that failed; it never has the password.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.exc import DBAPIError

from crossdock.errors import CrossdockError, Finding, Halt, Reject, Retry

Kind: TypeAlias = type[Retry] | type[Reject] | type[Halt]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What happens next, under which code, and what is said."""

    kind: Kind
    code: str
    says: str
    hint: str | None = None


AWAY = Meaning(Retry, "K803", "the database cannot be reached")
REFUSED = Meaning(Halt, "K804", "the database refuses the user", "look at user and password in the URL")
NO_DATABASE = Meaning(Halt, "K805", "the database does not exist, or cannot be opened", "look at the URL")
BUSY = Meaning(Retry, "K806", "the server has no room, or is starting or stopping")
LOST_RACE = Meaning(Retry, "K807", "other transactions were in the way")
SLOW = Meaning(Retry, "K808", "the statement took too long", "raise 'timeout', or look at the indexes")
CUT = Meaning(Retry, "K809", "the connection was lost")
READ_ONLY = Meaning(Halt, "K810", "the database is read-only")
FULL = Meaning(Retry, "K811", "the disk of the database is full, or failed")
WRONG = Meaning(Halt, "K812", "the statement does not fit the database")
FORBIDDEN = Meaning(Halt, "K813", "the user may not do this", "grant the right to the user in the URL")
OTHER = Meaning(Retry, "K814", "the database refuses for another reason")
TWICE = Meaning(Reject, "K820", "a row of that key exists")
UNRELATED = Meaning(Reject, "K821", "what it refers to does not exist, or something refers to it")
EMPTY = Meaning(Reject, "K822", "a column must have a value")
CHECKED = Meaning(Reject, "K823", "a rule of the table is broken")
LONG = Meaning(Reject, "K824", "a value is too long for its column")
RANGE = Meaning(Reject, "K825", "a number is out of the range of its column")
MISTYPED = Meaning(Reject, "K826", "a value is not what its column, or its place in the statement, takes")
CHARACTERS = Meaning(Reject, "K827", "a text has characters the database cannot keep")
OBJECTION = Meaning(Reject, "K842", "a trigger or procedure of the database refuses it")
ENDED = Meaning(
    Halt, "K845", "a statement ended the transaction it is part of", "take COMMIT, ROLLBACK and DDL out of it"
)

#: Beginnings of SQLSTATEs; the longest that fits.
_STATES: Mapping[str, Meaning] = {
    "08": CUT, "57P": BUSY, "57P01": CUT, "53": BUSY, "53100": FULL, "58": FULL, "57014": SLOW,
    "40": LOST_RACE, "55P03": LOST_RACE, "25": ENDED, "2D": ENDED, "25006": READ_ONLY, "25P03": CUT, "25P04": CUT,
    "28": REFUSED, "3D": NO_DATABASE, "42501": FORBIDDEN,
    "23505": TWICE, "23503": UNRELATED, "23001": UNRELATED, "23502": EMPTY, "23": CHECKED, "44": CHECKED,
    "22001": LONG, "54": LONG, "22003": RANGE, "22P05": CHARACTERS, "22021": CHARACTERS, "22": MISTYPED, "21": MISTYPED,
    "42804": MISTYPED, "42883": MISTYPED, "42P18": MISTYPED, "42846": MISTYPED, "P0": OBJECTION,
    "42": WRONG, "3F": WRONG, "0A": WRONG, "26": WRONG, "3B": ENDED,
}  # fmt: skip


def _numbers(table: Iterable[tuple[Meaning, tuple[int, ...]]]) -> dict[int, Meaning]:
    return {number: meaning for meaning, numbers in table for number in numbers}


_NUMBERS: Mapping[int, Meaning] = _numbers(
    [
        (AWAY, (2002, 2003, 2005)),
        (CUT, (1053, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 2014, 2055, 4031, 0)),
        (BUSY, (1040, 1129, 1203, 1226, 1041, 1037, 1038, 1135, 1461)),
        (LOST_RACE, (1020, 1205, 1213, 1412)),
        (SLOW, (1317, 1969, 3024, 1028)),
        (READ_ONLY, (1290, 1792, 1836)),
        (REFUSED, (1045, 1130, 1251, 1275, 1524, 1698, 1820, 1862, 2059)),
        (NO_DATABASE, (1044, 1049)),
        (FORBIDDEN, (1142, 1143, 1227, 1370, 1410)),
        (FULL, (3, 5, 28, 1021, 1030, 1114, 1026)),
        (WRONG, (1051, 1052, 1054, 1058, 1064, 1065, 1103, 1109, 1111, 1136, 1146, 1149, 1222, 1305, 1318, 1327, 1414)),
        (TWICE, (1022, 1062, 1169, 1586, 1859)),
        (UNRELATED, (1215, 1216, 1217, 1451, 1452)),
        (EMPTY, (1048, 1263, 1364)),
        (CHECKED, (1369, 1748, 3819, 4025)),
        (LONG, (1153, 1301, 1406)),
        (RANGE, (1264, 1367, 1690)),
        (MISTYPED, (1242, 1265, 1292, 1411, 3140, 4038)),
        (CHARACTERS, (1300, 1366, 1977)),
        (OBJECTION, (1644,)),
    ]
)

#: Beginnings of the names of SQLite's result codes; the longest that fits.
_RESULTS: Mapping[str, Meaning] = {
    "SQLITE_BUSY": LOST_RACE, "SQLITE_LOCKED": LOST_RACE, "SQLITE_SCHEMA": LOST_RACE, "SQLITE_INTERRUPT": SLOW,
    "SQLITE_FULL": FULL, "SQLITE_IOERR": FULL, "SQLITE_READONLY": READ_ONLY, "SQLITE_CANTOPEN": NO_DATABASE,
    "SQLITE_NOTADB": NO_DATABASE, "SQLITE_CORRUPT": NO_DATABASE, "SQLITE_PERM": FORBIDDEN, "SQLITE_AUTH": FORBIDDEN,
    "SQLITE_CONSTRAINT": CHECKED, "SQLITE_CONSTRAINT_UNIQUE": TWICE, "SQLITE_CONSTRAINT_PRIMARYKEY": TWICE,
    "SQLITE_CONSTRAINT_ROWID": TWICE, "SQLITE_CONSTRAINT_FOREIGNKEY": UNRELATED, "SQLITE_CONSTRAINT_NOTNULL": EMPTY,
    "SQLITE_CONSTRAINT_DATATYPE": MISTYPED, "SQLITE_CONSTRAINT_TRIGGER": OBJECTION, "SQLITE_TOOBIG": LONG,
    "SQLITE_MISMATCH": MISTYPED, "SQLITE_ERROR": WRONG, "SQLITE_RANGE": WRONG,
}  # fmt: skip

#: libpq tells no SQLSTATE of a refused connection, so these are read from its English text.
_REFUSALS: Mapping[str, Meaning] = {
    "password authentication failed": REFUSED,
    "no password supplied": REFUSED,
    "no pg_hba.conf entry": REFUSED,
    "certificate": REFUSED,
    "does not support SSL": REFUSED,
    "permission denied for database": REFUSED,
    "does not exist": NO_DATABASE,
    "invalid connection option": NO_DATABASE,
    "invalid URI": NO_DATABASE,
}


def translated(error: DBAPIError, where: str) -> CrossdockError:
    """Our error for the database's. ``where`` names the database."""
    cause = error.orig
    meaning = _meaning(cause, lost=error.connection_invalidated)
    message = f"{where}: {meaning.says}: {_line(cause)}"
    if meaning.kind is not Reject:
        return meaning.kind(meaning.code, message, hint=meaning.hint)
    return Reject.of([Finding(code=meaning.code, message=message, rule=_constraint(cause), hint=meaning.hint)])


def refusal(error: DBAPIError, where: str) -> CrossdockError:
    """Our error for a connection that could not be opened."""
    cause = error.orig
    meaning = _meaning(cause, lost=False)
    if meaning in (OTHER, CUT):
        text = str(cause)
        meaning = next((one for words, one in _REFUSALS.items() if words in text), AWAY)
    return meaning.kind(meaning.code, f"{where}: {meaning.says}: {_line(cause)}", hint=meaning.hint)


def _meaning(cause: BaseException | None, *, lost: bool) -> Meaning:
    number = cause.args[0] if cause is not None and cause.args else None
    if isinstance(number, int):  # before the SQLSTATE, which MariaDB's driver has as well: it tells less
        return _number(number, str(cause))
    state, name = getattr(cause, "sqlstate", None), getattr(cause, "sqlite_errorname", None)
    if isinstance(state, str):
        return _longest(_STATES, state)
    if isinstance(name, str):
        return _longest(_RESULTS, name)
    if type(cause).__name__ == "DataError":
        return MISTYPED  # the driver itself could not carry the value
    return CUT if lost or type(cause).__name__ in ("OperationalError", "InterfaceError") else OTHER


def _number(number: int, text: str) -> Meaning:
    if number == 1305 and "SAVEPOINT" in text:  # noqa: PLR2004 - ER_SP_DOES_NOT_EXIST, of savepoints too
        return ENDED
    if number == 1366 and "for column" in text and "Incorrect string" not in text:  # noqa: PLR2004 - 'Incorrect integer value'
        return MISTYPED
    return _NUMBERS.get(number, OTHER)


def _longest(table: Mapping[str, Meaning], code: str) -> Meaning:
    fitting = [beginning for beginning in table if code.startswith(beginning)]
    return table[max(fitting, key=len)] if fitting else OTHER


def _constraint(cause: BaseException | None) -> str | None:
    """The constraint, or the column, as PostgreSQL tells it; the others name it in their text."""
    diagnosis = getattr(cause, "diag", None)
    names = [getattr(diagnosis, name, None) for name in ("table_name", "column_name", "constraint_name")]
    return ".".join(name for name in names if name) or None


def _line(cause: BaseException | None) -> str:
    args = cause.args if cause is not None else ()
    text = str(args[1]) if len(args) > 1 and isinstance(args[0], int) else str(cause)
    return " ".join(text.split())[:500]
