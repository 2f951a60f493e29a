"""What is told of a mapping's run over one document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from crossdock.errors import Place
from crossdock.mapping.jmespath.trace import TableRow, Traced
from crossdock.message import Document

NOWHERE = Place()


class Outcome(StrEnum):
    """What became of a field."""

    VALUE = "value"
    CONSTANT = "constant"
    DEFAULT = "default"
    EMPTY = "empty"
    FAILED = "failed"


class Cause(StrEnum):
    """Why a field has no value of its own."""

    ABSENT = "absent"
    EMPTY_TEXT = "empty text"
    LOOKUP = "lookup missed"
    OMITTED = "omit_empty"
    CONDITION = "condition"
    NOTHING = "nothing"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Reason:
    """A cause in words; ``pointer`` is where in the source the value was looked for."""

    cause: Cause
    text: str
    pointer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One field of the result, at a JSON pointer of it.

    ``origins`` are JSON pointers of the values it was made of, ``consulted`` of those that conditions looked at on the
    way, ``rows`` the rows of tables that were asked for. ``reason`` says why it is empty, or has its default; ``through`` what the
    variables are through which the value came, where their expressions stand elsewhere.
    """

    pointer: str
    outcome: Outcome
    value: Document = None
    text: str = ""
    place: Place = NOWHERE
    origins: tuple[str, ...] = ()
    consulted: tuple[str, ...] = ()
    rows: tuple[TableRow, ...] = ()
    reason: Reason | None = None
    through: tuple[str, ...] = ()


@dataclass(slots=True)
class Explanation:
    """The result of a mapping and all that is told of it. ``used`` are the JSON pointers anything looked at.

    ``more`` counts the fields that are not told, because there are too many; ``notes`` say what else is not.
    """

    result: Document = None
    fields: list[Told] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    more: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Roots:
    """Where values came from: pointers in the order they were met, and rows."""

    pointers: dict[str, None] = field(default_factory=dict)
    rows: dict[TableRow, None] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def add(self, values: Iterable[Traced]) -> None:
        """Follow values back to the source."""
        waiting = [*values][::-1]
        while waiting:
            value = waiting.pop()
            if id(value) in self._seen:
                continue
            self._seen.add(id(value))
            self.rows |= dict.fromkeys(one for one in value.rows if one.key is not None)
            if value.made_of:
                waiting += reversed(value.made_of)
            elif value.pointer is not None:
                waiting += self._reached(value)
            elif value.parts is not None:
                parts = value.parts.values() if isinstance(value.parts, dict) else value.parts
                waiting += reversed([*parts])

    def _reached(self, value: Traced) -> list[Traced]:
        """Takes a value of the source; of plain values in a list, each of them."""
        if (
            isinstance(value.value, list)
            and value.value
            and not any(isinstance(one, dict | list) for one in value.value)
        ):
            return value.items()[::-1]
        self.pointers[str(value.pointer)] = None
        return []


def roots_of(values: Iterable[Traced]) -> Roots:
    """Where values came from."""
    roots = Roots()
    roots.add(values)
    return roots


def because_of(value: Traced) -> Roots:
    """What conditions looked at before they chose a value, or what it was made of."""
    found: dict[int, Traced] = {}
    waiting, seen = [value], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        found |= {id(condition): condition for condition in one.because}
        waiting += [*one.made_of, *one.because]
    return roots_of(found.values())
