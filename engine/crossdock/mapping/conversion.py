"""Units of measure by table: ``unit,factor,of``, where one unit is so many of another. Exact.

A factor is a fraction of whole numbers, so that going through dozens and back gives what was there before.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from crossdock.mapping.fault import Fault, quoted
from crossdock.mapping.library import kinds
from crossdock.mapping.library.numbers import parse
from crossdock.mapping.lookup import Find, Table, Tables, UnusableTableError, table_of
from crossdock.message import Document

_FACTOR, _OF = "factor", "of"
_LONGEST = 40  # digits a factor may have; a pound in kilograms has eight
_MOST_STEPS = 50  # rows from a unit to the one it is made of in the end

#: Unit -> the unit it is made of in the end, and how many of them.
_Known: TypeAlias = Mapping[str, tuple[str, Fraction]]


def bind_convert(tables: Tables, name: str) -> Find:
    """``convert`` by one table, as ``(quantity, from, to)``. Raises ``UnusableTableError``."""
    table = table_of(tables, name)
    known = _known(table)

    def find(quantity: Document, unit: Document, wanted: Document) -> Document:
        number = parse(quantity, "convert")
        if number is None or unit is None or wanted is None:
            return None
        kinds.number_in("convert", number)
        first, second = _unit(known, table, unit, 1), _unit(known, table, wanted, 2)
        if unit == wanted:
            return quantity if type(quantity) in kinds.NUMBERS else number
        if first[0] != second[0]:
            message = f"convert(): {quoted(unit)} and {quoted(wanted)} have no unit in common in table '{table.name}'"
            raise Fault("M307", message, unit, argument=1)
        return _number(Fraction(number) * first[1] / second[1])

    return find


def _unit(known: _Known, table: Table, unit: Document, argument: int) -> tuple[str, Fraction]:
    name = kinds.text_in("convert", unit, argument)
    if name not in known:
        hint = f"add it to {table.file}"
        raise Fault(
            "M306", f"table '{table.name}' has no factor for {quoted(name)}", name, hint=hint, argument=argument
        )
    return known[name]


def _number(value: Fraction) -> int | Decimal:
    """The fraction as a whole number, an exact decimal, or rounded to 34 digits."""
    if value.denominator == 1:
        return value.numerator
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    context = kinds.EXACT if rest == 1 else kinds.DIVISION
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def _known(table: Table) -> _Known:
    """What every unit of the table comes to."""
    factor, of = (_column(table, name) for name in (_FACTOR, _OF))
    rows = {unit: (_fraction(table, unit, cells[factor]), cells[of]) for unit, cells in table.rows.items()}
    units = dict.fromkeys([*rows, *(made_of for _, made_of in rows.values())])
    known = {unit: _followed(table, unit, rows) for unit in units}
    return table.found(known, {unit: rows_of(table, unit) for unit in known})


def rows_of(table: Table, unit: str) -> list[str]:
    """The rows that lead from a unit to what it is made of in the end; none of what only others are made of."""
    of, here, found = _column(table, _OF), unit, list[str]()
    while here in table.rows and here not in found and len(found) < _MOST_STEPS:
        found.append(here)
        here = table.rows[here][of]
    return found


def _column(table: Table, name: str) -> int:
    if name not in table.columns:
        hint = "a table of units has the columns unit, factor and of"
        raise UnusableTableError("M122", f"table '{table.name}' has no column '{name}'", hint)
    return table.columns.index(name)


def _fraction(table: Table, unit: str, cell: str) -> Fraction:
    """A factor as it is written: ``12``, ``0.45359237`` or ``1/3``."""
    parts = [_factor(part) for part in cell.split("/", 1)] if len(cell) <= _LONGEST else []
    if not parts or not all(parts):
        hint = "a factor is a number above zero, such as 12, 0.5 or 1/3"
        raise _wrong(table, unit, f"{quoted(cell)} is no factor", hint)
    return parts[0] / parts[-1] if len(parts) > 1 else parts[0]


def _factor(text: str) -> Fraction:
    """A number above zero; zero is none."""
    try:
        return Fraction(max(parse(text, "convert") or Decimal(0), Decimal(0)))
    except Fault:
        return Fraction(0)


def _followed(table: Table, unit: str, rows: Mapping[str, tuple[Fraction, str]]) -> tuple[str, Fraction]:
    factor, here = Fraction(1), unit
    for _ in range(_MOST_STEPS):
        if here not in rows or rows[here][1] in {"", here}:
            return here, factor * (rows[here][0] if here in rows and rows[here][1] == "" else 1)
        step, here = rows[here]
        factor *= step
    raise _wrong(table, unit, "it is made of itself, or of too many others", "follow the column 'of'")


def _wrong(table: Table, unit: str, problem: str, hint: str) -> UnusableTableError:
    message = f"table '{table.name}': {problem} ('{unit}', line {table.lines.get(unit)} of {table.file})"
    return UnusableTableError("M326", message, hint)
