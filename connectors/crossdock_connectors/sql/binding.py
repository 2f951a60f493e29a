"""Document values as what a driver binds, exactly: nothing is rounded, cut or replaced on the way.

Documents know text, whole numbers, decimals, booleans, lists and objects. Dates go as ISO text, which every database
reads into its own column. SQLite has no decimals: one is bound as text, which a column of type TEXT keeps as it is and
NUMERIC turns into a float of 15 digits; so one with more is refused unless it is bound ``as: text``.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.errors import CrossdockError, Finding, Reject
from crossdock.message import Document
from crossdock_connectors.sql.value import Kind, Scope, Value

Plain: TypeAlias = "None | bool | int | str | Decimal | bytes"

SQLITE = "sqlite"
DIGITS = 15  # significant ones that SQLite's NUMERIC affinity keeps ("Datatypes In SQLite", 3)
RANGE = 308  # powers of ten that an IEEE 754 double reaches
LONGEST_NUMBER = 4000  # digits; more is no amount, and drivers take for ever over it
_I64 = range(-(2**63), 2**63)
_SHOWN = 80

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?\Z")


_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}:[0-9]{2}")  # the extended forms: every database reads them


class _Misfit(ValueError):
    """Why a value cannot be bound so, as the end of a sentence."""


def bound(value: Value, scope: Scope, dialect: str) -> Plain:
    """The value to bind. Raises ``Reject`` K827, K828, K829 or K830."""
    found = value.find(scope)
    where = value.shown if scope.index is None else f"{value.shown} (item {scope.index})"
    if found is None:
        return None
    try:
        plain = _AS[value.as_](found) if value.as_ else _plain(found)
    except _Misfit as misfit:
        raise _refused("K829", f"{where} is {_shown(found)}: {misfit}", found, where) from None
    except CrossdockError as error:  # a list or object that JSON text cannot carry
        raise _refused("K827", f"{where}: {error.message}", found, where) from error
    return _storable(plain, where, dialect)


def _storable(plain: Plain, where: str, dialect: str) -> Plain:
    if isinstance(plain, str):
        _carried(plain, where)
    if isinstance(plain, Decimal):
        return _amount(plain, where, dialect)
    if isinstance(plain, int) and dialect == SQLITE and plain not in _I64:
        raise _refused("K830", f"{where} is {_shown(plain)}: SQLite has whole numbers of 64 bits", plain, where)
    return plain


def _carried(text: str, where: str) -> None:
    if "\0" in text:
        raise _refused("K827", f"{where} has a NUL character, which no text column carries safely", text, where)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _refused("K827", f"{where} has half of a surrogate pair, which is no character", text, where) from None


def _amount(amount: Decimal, where: str, dialect: str) -> Plain:
    if not amount.is_finite():
        raise _refused("K829", f"{where} is {amount}, which is no amount", amount, where)
    if abs(amount.adjusted()) > LONGEST_NUMBER:
        raise _refused("K829", f"{where} is {_shown(amount)}, which has thousands of digits", amount, where)
    if dialect != SQLITE:
        return amount
    significant = len(amount.normalize().as_tuple().digits)
    if significant > DIGITS or abs(amount.adjusted()) >= RANGE:
        told = f"{where} is {_shown(amount)}: SQLite keeps {DIGITS} digits of a number; bind it 'as: text' into a text column"
        raise _refused("K830", told, amount, where)
    return format(amount, "f")


def _plain(found: Document | bytes) -> Plain:
    if isinstance(found, list | dict):
        raise _Misfit("a list or an object is bound with 'as: json', or gone through with 'each'")
    return found


def _text(found: Document | bytes) -> Plain:
    if isinstance(found, bytes):
        try:
            return found.decode()
        except UnicodeDecodeError:
            raise _Misfit("it is no UTF-8 text; bind it 'as: bytes'") from None
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, Decimal):
        return format(found, "f") if abs(found.adjusted()) <= LONGEST_NUMBER else str(found)
    return str(_plain(found))


def _integer(found: Document | bytes) -> Plain:
    number = _decimal(found)
    if number == number.to_integral_value():
        return int(number)
    raise _Misfit("it is no whole number")


def _decimal(found: Document | bytes) -> Decimal:
    if isinstance(found, int | Decimal) and not isinstance(found, bool):
        number = Decimal(found)
    elif isinstance(found, str) and _NUMBER.match(found) and len(found) <= LONGEST_NUMBER:
        number = _exact(found)
    else:
        raise _Misfit("it is no number")
    if not number.is_finite() or abs(number.adjusted()) > LONGEST_NUMBER:
        raise _Misfit("it is no amount")
    return number


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise _Misfit("it is no number") from None


def _boolean(found: Document | bytes) -> Plain:
    if isinstance(found, bool):
        return found
    if found in (0, 1, "0", "1", "true", "false"):
        return found in (1, "1", "true")
    raise _Misfit("it is neither true nor false")


def _iso(read: Callable[[str], date | time], what: str) -> Callable[[Document | bytes], Plain]:
    def check(found: Document | bytes) -> Plain:
        try:
            if isinstance(found, str) and _ISO.match(found):
                read(found)
                return found
        except ValueError:
            raise _Misfit(f"it is no {what}") from None
        raise _Misfit(f"it is no {what}")

    return check


def _bytes(found: Document | bytes) -> Plain:
    if isinstance(found, bytes):
        return found
    if not isinstance(found, str):
        raise _Misfit("it is no base64 text")
    try:
        return base64.b64decode(found, validate=True)
    except (binascii.Error, ValueError):
        raise _Misfit("it is no base64 text (RFC 4648, 4)") from None


def _json(found: Document | bytes) -> Plain:
    if isinstance(found, bytes):
        raise _Misfit("bytes are no JSON; bind them 'as: text'")
    return b"".join(JsonCodec(JsonOptions()).write([found])).decode().rstrip("\n")


_AS: Mapping[Kind, Callable[[Document | bytes], Plain]] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": _iso(date.fromisoformat, "date such as 2026-11-20"),
    "time": _iso(time.fromisoformat, "time such as 14:30:00"),
    "datetime": _iso(datetime.fromisoformat, "moment such as 2026-11-20T14:30:00Z"),
    "bytes": _bytes,
    "json": _json,
}


def _shown(found: Document | bytes) -> str:
    """A hostile value made harmless for a log line or a terminal."""
    if isinstance(found, int) and found.bit_length() > LONGEST_NUMBER:
        return "a number of thousands of digits"
    text = ascii(found[: _SHOWN + 1]) if isinstance(found, str | bytes) else str(found)[: _SHOWN + 1]
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _refused(code: str, message: str, found: Document | bytes, where: str) -> Reject:
    return Reject.of([Finding(code=code, message=message, value=_shown(found), rule=where)])
