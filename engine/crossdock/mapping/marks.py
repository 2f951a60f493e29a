"""What the cases of a project come to inside of a mapping: fields that are set, defaults, loops, conditions."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from crossdock.errors import Place
from crossdock.mapping.binding import Site


class Reached(enum.StrEnum):
    """What can be come to at a place of a mapping."""

    SET = "set"
    DEFAULT = "default"
    LOOP = "loop"
    HOLDS = "holds"
    FAILS = "fails"


#: What a condition can come to; everything else is of fields.
CONDITIONS = (Reached.HOLDS, Reached.FAILS)


@dataclass(frozen=True, slots=True)
class Mark:
    """One of them: where it stands, and of what: the expression of a condition, else the field (``lines/*/sku``)."""

    place: Place
    what: str
    reached: Reached


class Marks:
    """Numbers what a program can come to, while it is written; ``mark`` hears the number whenever it is."""

    def __init__(self, mark: Callable[[Mark], None]) -> None:
        self.all: list[Mark] = []
        self._mark = mark

    def number(self, site: Site, reached: Reached) -> int:
        """The number of a mark that is made now."""
        what = site.text if reached in CONDITIONS else "/".join("*" if one is None else str(one) for one in site.target)
        self.all.append(Mark(site.place, what, reached))
        return len(self.all) - 1

    def __call__(self, number: int) -> None:
        """A document has come to it."""
        self._mark(self.all[number])
