"""The text of one field and its value: both ways, exact, never cut, never rounded.

A field of spaces is null, whatever its type; null is written as spaces (or as the field's ``default``).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TypeAlias

from crossdock.codecs.fixed import mainframe
from crossdock.codecs.fixed.charset import Charset
from crossdock.codecs.fixed.spec import MAINFRAME, FieldSpec
from crossdock.codecs.fixed.unfit import Unfit
from crossdock.message import Document

Reading: TypeAlias = Callable[[str], Document]
Writing: TypeAlias = Callable[[Document], str]

MAX_EXPONENT = 400  # a number of more digits than this is a mistake or an attack; binary doubles end at 308
MAX_BITS = 1328  # what a whole number of that many digits fits into
_EXACT = Context(prec=20_000)  # room for every digit of the widest field

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_TOKENS = {
    "YYYY": r"(?P<year>[0-9]{4})",
    "YY": r"(?P<year>[0-9]{2})",
    "MM": r"(?P<month>[0-9]{2})",
    "DD": r"(?P<day>[0-9]{2})",
}
_TOKEN = re.compile("YYYY|YY|MM|DD")


@dataclass(frozen=True, slots=True)
class Conversion:
    """How one field is read (from exactly its width) and written (to exactly its width)."""

    read: Reading
    write: Writing


def conversion(spec: FieldSpec, charset: Charset | None = None) -> Conversion:
    """The two ways of a field. Raises ``Unfit`` where its format is none.

    ``charset`` is that of the layout; fields that are bytes and no text need it.
    """
    if spec.kind in MAINFRAME and charset is not None:
        return _mainframe(spec, charset)
    read, text_of = _KINDS[spec.kind](spec)
    return Conversion(_blank_is_null(read), _fitted(spec, text_of))


def _blank_is_null(read: Reading) -> Reading:
    return lambda text: read(text) if text.strip(" ") else None


def _fitted(spec: FieldSpec, text_of: Callable[[Document], str]) -> Writing:
    width, pad, right = spec.width, spec.padding, spec.right

    def write(value: Document) -> str:
        if value is None or value == "":
            return " " * width
        text = text_of(value)
        if len(text) > width:
            raise Unfit("F201", f"'{text[:60]}' has {len(text)} characters, the field {width}")
        if right and pad == "0" and text[:1] in ("+", "-"):  # zeros go behind a sign
            return text[0] + text[1:].rjust(width - 1, pad)
        return text.rjust(width, pad) if right else text.ljust(width, pad)

    return write


# --- text ---


def _text(spec: FieldSpec) -> tuple[Reading, Writing]:
    pad = spec.pad or " "
    if spec.align == "right":
        return lambda text: text.lstrip(pad) or None, _plain
    return lambda text: text.rstrip(pad) or None, _plain


def _plain(value: Document) -> str:
    if isinstance(value, str):
        found = _CONTROL.search(value)
        if found:
            raise Unfit("F204", f"character U+{ord(found[0]):04X} would break the line")
        return value
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= MAX_EXPONENT:
        return format(value, "f")
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= MAX_BITS:
        return str(value)
    raise Unfit("F205", f"{_shown(value)} is not a text")


# --- numbers ---


def _int(spec: FieldSpec) -> tuple[Reading, Writing]:
    return lambda text: int(_digits(text, spec)), lambda value: _signed(_scaled(value, 0), spec)


def _dec(spec: FieldSpec) -> tuple[Reading, Writing]:
    if spec.point is not None:
        return lambda text: Decimal(_pointed(text, spec)), lambda value: _with_point(value, spec)
    decimals = spec.decimals or 0
    return lambda text: exact(int(_digits(text, spec)), decimals), lambda value: _signed(_scaled(value, decimals), spec)


def exact(number: int, decimals: int) -> Decimal:
    """``number`` with its last ``decimals`` digits behind the point, whatever the context's precision."""
    return _EXACT.scaleb(Decimal(number), -decimals)


def _number_text(text: str, spec: FieldSpec) -> str:
    """The number without what fills the field, its sign in front."""
    stripped = text.strip(" ")
    if spec.pad and spec.pad not in " 0":
        stripped = stripped.strip(spec.pad)
    if spec.sign == "trailing" and stripped[-1:] in ("+", "-"):
        stripped = stripped[-1] + stripped[:-1]
    return stripped


def _digits(text: str, spec: FieldSpec) -> str:
    if text.isdigit() and text.isascii():
        return text
    number = _number_text(text, spec)
    if not re.fullmatch(r"[+-]?[0-9]+", number):
        raise Unfit("F111", f"'{text}' is not a whole number" if spec.kind == "int" else f"'{text}' is not digits only")
    return number


def _pointed(text: str, spec: FieldSpec) -> str:
    number = _number_text(text, spec).replace(spec.point or ".", ".", 1)
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", number):
        raise Unfit("F111", f"'{text}' is not a number with '{spec.point}'")
    return number


def number_of(value: Document) -> Decimal | None:
    """The number a value is, or spells; None where it is none."""
    if isinstance(value, Decimal):
        return value if value.is_finite() and abs(value.adjusted()) <= MAX_EXPONENT else None
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        return None
    if isinstance(value, str) and not (_NUMBER.match(value) and len(value) <= MAX_EXPONENT):
        return None
    return Decimal(value)


def _scaled(value: Document, decimals: int) -> int:
    """The value as a whole number of its last decimal. Raises ``Unfit`` where that would round it."""
    number = number_of(value)
    if number is None:
        raise Unfit("F205", f"{_shown(value)} is not a number")
    scaled = _EXACT.scaleb(number, decimals)
    whole = int(scaled)
    if whole != scaled:
        allowed = f"{decimals} decimals" if decimals else "no decimals"
        raise Unfit("F206", f"{number} would be rounded: the field has {allowed}")
    return whole


def _signed(number: int, spec: FieldSpec) -> str:
    sign = "-" if number < 0 else ""
    return f"{abs(number)}{sign}" if spec.sign == "trailing" else f"{sign}{abs(number)}"


def _with_point(value: Document, spec: FieldSpec) -> str:
    number = number_of(value)
    decimals = spec.decimals if spec.decimals is not None else max(0, -_exponent(number))
    whole = _scaled(value, decimals)
    text = format(exact(abs(whole), decimals), "f").replace(".", spec.point or ".")
    return text + "-" * (whole < 0) if spec.sign == "trailing" else "-" * (whole < 0) + text


def _exponent(number: Decimal | None) -> int:
    return int(number.as_tuple().exponent) if number is not None else 0


def _mainframe(spec: FieldSpec, charset: Charset) -> Conversion:
    """A number in bytes. Spaces are null there too, but in a binary number, which may look like spaces."""
    decimals = spec.decimals or 0
    read, write = mainframe.READ[spec.kind](spec, charset), mainframe.WRITE[spec.kind](spec, charset)

    def reading(text: str) -> Document:
        number = read(text)
        return exact(number, decimals) if decimals else number

    def writing(value: Document) -> str:
        if value is None or value == "":
            return " " * spec.width
        return write(_scaled(value, decimals))

    return Conversion(reading if spec.kind == "binary" else _blank_is_null(reading), writing)


# --- dates ---


def _date(spec: FieldSpec) -> tuple[Reading, Writing]:
    form = spec.format or "YYYYMMDD"
    if sorted(_TOKEN.findall(form)) not in (["DD", "MM", "YYYY"], ["DD", "MM", "YY"]):
        raise Unfit("F310", f"'{form}' is not a date format: it needs YYYY (or YY), MM and DD, each once")
    pattern = re.compile("".join(_TOKENS.get(part, re.escape(part)) for part in re.split("(YYYY|YY|MM|DD)", form)))
    return lambda text: _date_of(text.strip(" "), pattern, form), lambda value: _date_text(value, form)


def _date_of(text: str, pattern: re.Pattern[str], form: str) -> str | None:
    if not text.strip("0"):
        return None  # zeros are how a date that is not known is written
    found = pattern.fullmatch(text)
    if found:
        year = int(found["year"]) + (2000 if len(found["year"]) == len("YY") else 0)
        try:
            return datetime.date(year, int(found["month"]), int(found["day"])).isoformat()
        except ValueError:
            raise Unfit("F112", f"'{text}' is not a day of the calendar") from None
    raise Unfit("F112", f"'{text}' is not a date in the form {form}")


def _date_text(value: Document, form: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise Unfit("F207", f"{_shown(value)} is not a date such as 2026-11-20")
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        raise Unfit("F207", f"'{value}' is not a day of the calendar") from None
    if "YYYY" not in form and not value.startswith("20"):
        raise Unfit("F207", f"'{value}' has no form with two digits of the year (they mean 2000 to 2099)")
    parts = {"YYYY": f"{day.year:04}", "YY": f"{day.year % 100:02}", "MM": f"{day.month:02}", "DD": f"{day.day:02}"}
    return _TOKEN.sub(lambda token: parts[token[0]], form)


def told(value: Document) -> str:
    """A value for a finding: short, and whatever it is."""
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        return f"a number of {value.bit_length()} bits"
    return "a list" if isinstance(value, list) else "an object" if isinstance(value, dict) else str(value)[:80]


def _shown(value: Document) -> str:
    return told(value) if isinstance(value, (list, dict)) else repr(told(value)[:60])


_KINDS = {"text": _text, "int": _int, "dec": _dec, "date": _date, "packed": _dec, "zoned": _dec, "binary": _dec}
