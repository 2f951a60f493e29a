"""Numbers: text to exact numbers, rounding, and numbers as the other side writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from crossdock.mapping.fault import Fault, quoted
from crossdock.mapping.library import kinds
from crossdock.mapping.library.function import Example, Function, Parameter
from crossdock.message import Document

# An optional sign and ASCII digits with at most one point. No exponent: "1E5" is a part number more often than 100000.
# SAP and mainframes write a minus behind.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)-\Z").match
_MAX_PLACES = 18
_ROUNDING = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}


@lru_cache(maxsize=4096)  # quantities and prices repeat; reading one anew costs five times as much
def _read(text: str) -> Decimal | None:
    """The number, None of blank text. Raises ``ValueError``."""
    text = text.strip(" ")
    if not text:
        return None
    if len(text) > kinds.MAX_DIGITS or not _NUMBER(text):
        raise ValueError(text)
    return Decimal(text) if text[-1] != "-" else Decimal(f"-{text[:-1]}")


def _not_a_number(value: Document, function: str) -> Fault:
    hint = None
    if type(value) is str and "," in value:
        hint = f"for a decimal comma: {function}(replace(…, ',', '.'))"
    return Fault("M304", f"{quoted(value)} is not a number", value, hint=hint)


def parse(value: Document, function: str) -> Decimal | None:
    """The exact number that text writes; null of null and of blank text. Raises ``Fault`` of anything else."""
    if type(value) is str:
        try:
            return _read(value if len(value) <= kinds.MAX_DIGITS else value.strip(" ")[: kinds.MAX_DIGITS + 1])
        except ValueError:
            raise _not_a_number(value, function) from None
    if value is None:
        return None
    if type(value) not in kinds.NUMBERS:
        raise _not_a_number(value, function)
    return Decimal(kinds.number_in(function, value))


def dec(value: Document, decimals: Document = None) -> Document:
    if decimals is None:
        if type(value) is str and len(value) <= kinds.MAX_DIGITS:  # the usual call, without another one inside
            try:
                return _read(value)
            except ValueError:
                raise _not_a_number(value, "dec") from None
        return parse(value, "dec")
    number = parse(value, "dec")
    if number is None:
        return None
    places = kinds.whole_in("dec", decimals, 1, 0, _MAX_PLACES)
    if type(value) is str and "." in value:
        raise Fault("M304", f"{quoted(value)} has a decimal point although {places} decimals are implied", value)
    return number.scaleb(-places, kinds.EXACT)


def whole(value: Document) -> Document:
    if type(value) is str and value.isdigit() and value.isascii() and len(value) <= kinds.MAX_DIGITS:
        return int(value)
    number = parse(value, "int")
    if number is None:
        return None
    if number != number.to_integral_value():
        raise Fault("M304", f"{quoted(value)} is not a whole number", value, hint="dec() keeps the fraction")
    return int(number)


def _calculation(
    name: str, calculate: Callable[[Decimal, Decimal], Decimal]
) -> Callable[[Document, Document], Document]:
    def body(first: Document, second: Document) -> Document:
        if first is None or second is None:
            return None
        left, right = kinds.number_in(name, first), kinds.number_in(name, second, 1)
        result = calculate(Decimal(left), Decimal(right))
        return int(result) if isinstance(left, int) and isinstance(right, int) and result == int(result) else result

    return body


def _divide(first: Document, second: Document) -> Document:
    if second is not None and not kinds.number_in("divide", second, 1):
        kinds.invalid("divide", "division by zero", second, 1)
    return _calculation("divide", kinds.DIVISION.divide)(first, second)


def _remainder(first: Document, second: Document) -> Document:
    if second is not None and not kinds.number_in("remainder", second, 1):
        kinds.invalid("remainder", "division by zero", second, 1)
    return _calculation("remainder", kinds.EXACT.remainder)(first, second)


def _rounded(function: str, value: Document, places: int, mode: Document = "half_up") -> Decimal:
    if not isinstance(mode, str) or mode not in _ROUNDING:
        kinds.invalid(function, f"{quoted(mode)} is not one of {', '.join(_ROUNDING)}", mode, 2)
    number = Decimal(kinds.number_in(function, value))
    return number.quantize(
        Decimal(1).scaleb(-places), context=Context(prec=6 * kinds.MAX_DIGITS, rounding=_ROUNDING[mode])
    )


def round_to(value: Document, places: Document = 0, mode: Document = "half_up") -> Document:
    if value is None:
        return None
    return _rounded("round", value, kinds.whole_in("round", places, 1, 0, _MAX_PLACES), mode)


def format_number(value: Document, places: Document = None, mark: Document = ".", group: Document = "") -> Document:
    if value is None:
        return None
    if places is None:
        number = Decimal(kinds.number_in("format_number", value))
    else:
        number = _rounded("format_number", value, kinds.whole_in("format_number", places, 1, 0, _MAX_PLACES))
    text = format(number, ",f")
    outer, inner = kinds.text_in("format_number", mark, 2), kinds.text_in("format_number", group, 3)
    return text.translate({ord(","): inner, ord("."): outer})


_VALUE = Parameter("value", "text or number")

NUMBERS: tuple[Function, ...] = (
    Function(
        name="dec",
        parameters=(_VALUE, Parameter("decimals", "number", optional=True)),
        returns="number",
        about="The exact decimal number that text writes, with every digit it has. `decimals` is the number of implied "
        "decimals (X12 type N2: `dec(TDS01, `2`)`). A minus may stand behind, as SAP writes it. Null of null and of blank text; anything else is a finding.",
        example=Example("dec('12.50')", "12.50"),
        body=dec,
        skips_null=True,
    ),
    Function(
        name="int",
        parameters=(_VALUE,),
        returns="number",
        about="The whole number that text writes (`'0007'` is 7, `'10.00'` is 10). Null of null and of blank text.",
        example=Example("int('0007')", "7"),
        body=whole,
        skips_null=True,
    ),
    *(
        Function(
            name=name,
            parameters=(Parameter("first", "number"), Parameter("second", "number")),
            returns="number",
            about=f"{about}; null when either is null.",
            example=Example(f"{name}({first}, {second})", gives),
            body=body,
            skips_null=True,
        )
        for name, about, first, second, gives, body in (
            ("add", "The exact sum", "dec('0.1')", "dec('0.2')", "0.3", _calculation("add", kinds.EXACT.add)),
            (
                "subtract",
                "The exact difference",
                "dec('1')",
                "`0.9`",
                "0.1",
                _calculation("subtract", kinds.EXACT.subtract),
            ),
            (
                "multiply",
                "The exact product",
                "dec('3')",
                "dec('12.50')",
                "37.50",
                _calculation("multiply", kinds.EXACT.multiply),
            ),
            ("remainder", "What is left when the first is divided", "dec('10')", "`4`", "2", _remainder),
            ("divide", "The quotient, with 34 digits where it does not end", "dec('187')", "`100`", "1.87", _divide),
        )
    ),
    Function(
        name="round",
        parameters=(
            Parameter("value", "number"),
            Parameter("places", "number", optional=True),
            Parameter("mode", "half_up or half_even", optional=True),
        ),
        returns="number",
        about="The number with so many places (0 if not said). A half goes away from zero; `'half_even'` to the even digit.",
        example=Example("round(`2.345`, `2`)", "2.35"),
        body=round_to,
        skips_null=True,
    ),
    Function(
        name="format_number",
        parameters=(
            Parameter("value", "number"),
            Parameter("places", "number", optional=True),
            Parameter("mark", "text", optional=True),
            Parameter("group", "text", optional=True),
        ),
        returns="text",
        about="The number as text: so many places (all it has if not said), the decimal mark, what separates thousands.",
        example=Example("format_number(`1234.5`, `2`, ',', '.')", '"1.234,50"'),
        body=format_number,
        skips_null=True,
    ),
)
