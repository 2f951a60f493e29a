"""The lines of a usual document, fast: every value as its field expects it, nothing to find fault with.

What a value is written as may be too wide here, or hold a character that breaks the line. Both show on the line as a
whole, so they are looked for once a line: every text is at least as wide as its field, and a value that has no text
is written as ``UNFIT``, which no line may hold. A document that does not pass is left to ``lines``, which says why.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from crossdock.codecs.fixed.layout import Field, Layout, Record, lines_in
from crossdock.codecs.fixed.spec import FieldSpec
from crossdock.codecs.fixed.unfit import Unfit
from crossdock.codecs.fixed.value import MAX_EXPONENT, Writing
from crossdock.message import Document

UNFIT = "\0"
_ISO_DATE = len("2026-11-20")
_SAFE_INT = 10**18  # beyond it the exact way looks at the size before it makes a text

#: The lines of a document; None where anything about it is unusual.
UsualLines: TypeAlias = Callable[[Document], list[str] | None]
_Object: TypeAlias = dict[str, Document]
_Append: TypeAlias = Callable[[Document, list[str]], bool]


def usual_lines(layout: Layout) -> UsualLines:
    """A writer made for the records of one layout."""
    append = _record(layout, layout.record)

    def lines(document: Document) -> list[str] | None:
        texts: list[str] = []
        return texts if append(document, texts) else None

    return lines


# --- records ---


def _record(layout: Layout, record: Record) -> _Append:
    """Appends the line of a record and those of its groups; False at the first that is unusual."""
    if record.tables:
        return lambda document, texts: False
    line, fits = _line(record), _fits(layout, record)
    groups = tuple((group.name, _group(layout, group)) for group in record.groups)
    keys = record.keys

    def append(document: Document, texts: list[str]) -> bool:
        if type(document) is not dict or not document.keys() <= keys:
            return False
        text = line(document)
        texts.append(text)
        for name, append_group in groups:
            if not append_group(document.get(name), texts):
                return False
        return fits(text)

    return append


def _group(layout: Layout, group: Record) -> _Append:
    append, needed = _record(layout, group), group.required or group.tag is None

    def append_list(found: Document, texts: list[str]) -> bool:
        if type(found) is not list or not found:
            return (found is None or found == []) and not needed
        return all(append(item, texts) for item in found)

    def append_single(found: Document, texts: list[str]) -> bool:
        return append(found, texts) if found is not None else not needed

    return append_single if group.single else append_list


def _line(record: Record) -> Callable[[_Object], str]:
    """The line, not yet judged."""
    line = _joined(record.template)
    measured = [(one.name, one.measure) for one in record.fields if one.measure is not None]

    def measured_line(document: _Object) -> str:
        lines = lines_in(document, record)
        return line({**document, **{name: measure.of(document, lines) for name, measure in measured}})

    return measured_line if measured else line


def _joined(template: tuple[str | Field, ...]) -> Callable[[_Object], str]:
    """A line as one expression, ``f"{fixed0}{write1(document.get(name1))}"``: a third faster than a loop over its pieces.

    The expression is made of names alone. What the layout's author wrote is what they stand for.
    """
    names: dict[str, object] = {}
    pieces = []
    for index, one in enumerate(template):
        if isinstance(one, Field):
            names |= {f"write{index}": _text_of(one), f"name{index}": one.name}
            pieces.append(f"{{write{index}(document.get(name{index}))}}")
        else:
            names[f"fixed{index}"] = one
            pieces.append(f"{{fixed{index}}}")
    line: Callable[[_Object], str] = eval(f'lambda document: f"{"".join(pieces)}"', names)  # noqa: S307 - our own text
    return line


def _fits(layout: Layout, record: Record) -> Callable[[str], bool]:
    """Whether a line has its width, no character that breaks it, and is read as what it is."""
    width, plain = record.width, layout.plain
    own = record if record.tag else None

    def fits(line: str) -> bool:
        if len(line) != width or not line.isprintable() or not (line.isascii() or layout.refuses(line) is None):
            return False
        return plain or layout.identify(line) is own

    return fits


# --- fields ---


def _text_of(field: Field) -> Writing:
    """Writes a value to at least the width of its field."""
    return _KINDS[field.spec.kind](field.spec, _exact(field))


def _exact(field: Field) -> Writing:
    """Any value, by the conversion that also judges it."""
    spec, exact = field.spec, field.conversion.write
    absent = (
        exact(spec.default)
        if spec.default is not None
        else UNFIT
        if spec.required or spec.kind == "binary"
        else " " * spec.width
    )

    def write(value: Document) -> str:
        if value is None or value == "":
            return absent
        try:
            return exact(value)
        except Unfit:
            return UNFIT

    return write


def _text(spec: FieldSpec, exact: Writing) -> Writing:
    width, pad, just = spec.width, spec.padding, str.rjust if spec.right else str.ljust
    if spec.right and pad == "0":  # zeros go behind a sign
        return exact
    return lambda value: just(value, width, pad) if type(value) is str and value else exact(value)


def _number(spec: FieldSpec, exact: Writing) -> Writing:
    """A number that is not negative, with as many decimals as its field or fewer."""
    width, decimals, pad, just = spec.width, spec.decimals or 0, spec.padding, str.rjust if spec.right else str.ljust
    if spec.point is not None or width > MAX_EXPONENT:
        return exact
    factor = 10**decimals

    def write(value: Document) -> str:
        if type(value) is Decimal:
            whole, _, fraction = str(value).partition(".")
            digits = whole + fraction.ljust(decimals, "0")
            if len(fraction) <= decimals and digits.isdigit():  # no sign, no exponent, no NaN
                return just(digits.lstrip("0") or "0", width, pad)
        elif type(value) is int and 0 <= value < _SAFE_INT:
            return just(str(value * factor), width, pad)
        return exact(value)

    return write


def _date(spec: FieldSpec, exact: Writing) -> Writing:
    """The same few days come again and again."""
    known = lru_cache(maxsize=1024)(exact)
    return lambda value: known(value) if type(value) is str and len(value) == _ISO_DATE else exact(value)


_KINDS: dict[str, Callable[[FieldSpec, Writing], Writing]] = {
    "text": _text,
    "int": _number,
    "dec": _number,
    "date": _date,
    "packed": lambda spec, exact: exact,
    "zoned": lambda spec, exact: exact,
    "binary": lambda spec, exact: exact,
}
