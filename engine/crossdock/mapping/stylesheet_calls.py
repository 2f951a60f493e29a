"""The functions of expressions, as libxslt calls them from a stylesheet: nodes, text and numbers in, text out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import isfinite

from lxml import etree

from crossdock.mapping.fault import Fault
from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.library.function import Body, Function, Takes
from crossdock.mapping.library.kinds import text_of
from crossdock.mapping.library.lookups import BINDERS
from crossdock.mapping.library.numbers import parse
from crossdock.mapping.lookup import Tables, UnusableTableError
from crossdock.message import Document

_RETURNS = frozenset({"text", "number", "boolean"})


def _is_callable(function: Function) -> bool:
    """Whether it takes and makes what XPath 1.0 has; the standard's own functions XPath has itself."""
    plain = all(
        parameter.takes is not Takes.EACH and (parameter.optional or "list" not in parameter.kind)
        for parameter in function.parameters
    )
    return not function.standard and plain and function.returns in _RETURNS


#: What a stylesheet may call, by name.
CALLABLE: Mapping[str, Function] = {name: one for name, one in FUNCTIONS.items() if _is_callable(one)}


class Called:
    """One function in one stylesheet; tables are bound when they are first asked for."""

    def __init__(self, function: Function, tables: Tables) -> None:
        self.function = function
        self.tables = tables
        self.names = [at for at, one in enumerate(function.parameters) if one.takes is Takes.NAME]
        self.bound: dict[tuple[str | None, ...], Body] = {}

    def __call__(self, _context: object, *arguments: object) -> str | bool:
        """The function's value for what the stylesheet gives. Raises ``Fault``."""
        self._check_count(len(arguments))
        names = [string(arguments[at]) or None for at in self.names if at < len(arguments)]
        values = [self._value(at, argument) for at, argument in enumerate(arguments) if at not in self.names]
        if self.function.skips_null and values[0] is None:
            return ""
        made = self._body(tuple(names))(*values)
        if made is None or isinstance(made, bool):
            return "" if made is None else made
        return text_of(self.function.name, made)

    def _check_count(self, count: int) -> None:
        most = self.function.most
        if count < self.function.fewest or (most is not None and count > most):
            message = f"xd:{self.function.name}() takes other arguments, not {count}"
            raise Fault("M310", message, hint=self.function.signature)

    def _value(self, at: int, argument: object) -> Document:
        """Text, or a number where one is wanted; empty text is null."""
        text = string(argument)
        if not text:
            return None
        return _plain(parse(text, self.function.name)) if self.function.parameter(at).kind == "number" else text

    def _body(self, names: tuple[str | None, ...]) -> Body:
        if self.function.name not in BINDERS:
            return self.function.body
        if names not in self.bound:
            try:
                self.bound[names] = BINDERS[self.function.name](self.tables, *names)
            except UnusableTableError as error:
                raise Fault(error.code, error.message, hint=error.hint) from error
        return self.bound[names]


def _plain(number: Decimal | None) -> Document:
    return int(number) if number is not None and number == number.to_integral_value() else number


def string(value: object) -> str:
    """The string value of an XPath result (XPath 1.0, 4.2)."""
    if isinstance(value, list):
        return string(value[0]) if value else ""
    if isinstance(value, etree._Element):  # noqa: SLF001 - lxml has no public name for it
        return "".join(str(text) for text in value.itertext())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _digits(value)
    return str(value)


def _digits(value: float) -> str:
    """A number of XPath as text: every digit, no exponent."""
    if not isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"  # noqa: PLR0124 - only NaN differs from itself
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
