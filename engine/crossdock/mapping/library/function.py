"""What a function of the language is: name, parameters, documentation with an example, and the code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from crossdock.message import Document

Body = Callable[..., Document]


class Takes(StrEnum):
    """How the compiler treats an argument."""

    VALUE = "value"
    EACH = "each"  # an expression (``&…``) evaluated for every element of the list beside it
    NAME = "name"  # literal text, known when the mapping is compiled


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. ``kind`` is for people: ``text``, ``number``, ``list of number``."""

    name: str
    kind: str = "any"
    takes: Takes = Takes.VALUE
    optional: bool = False

    def __str__(self) -> str:
        sign = "&" if self.takes is Takes.EACH else ""
        return f"{sign}{self.name}{'?' if self.optional else ''}: {self.kind}"


@dataclass(frozen=True, slots=True)
class Example:
    """``expression`` applied to ``given`` results in ``gives`` (both JSON)."""

    expression: str
    gives: str
    given: str = "null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function.

    ``total`` ones cannot fail; ``standard`` ones are JMESPath's own; the last parameter of a ``variadic`` one may be
    given any number of times; ``skips_null`` ones give null for a null first argument and need not be called then.
    """

    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    about: str
    example: Example
    body: Body
    variadic: bool = False
    total: bool = False
    standard: bool = False
    skips_null: bool = False

    @property
    def signature(self) -> str:
        """``dec(value: text or number, decimals?: number) -> number``, as documentation shows it."""
        listed = ", ".join(str(parameter) for parameter in self.parameters)
        return f"{self.name}({listed}{', …' if self.variadic else ''}) -> {self.returns}"

    @property
    def fewest(self) -> int:
        """The number of arguments that must be given."""
        return sum(not parameter.optional for parameter in self.parameters)

    @property
    def most(self) -> int | None:
        """The number of arguments that may be given; None: any."""
        return None if self.variadic else len(self.parameters)

    def parameter(self, position: int) -> Parameter:
        """The parameter that the argument at ``position`` (from 0) belongs to."""
        return self.parameters[min(position, len(self.parameters) - 1)]
