"""Which list of a sample becomes the lines of a contract, and what its items have for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from crossdock.message import Document
from crossdock.ops.scaffold import qualified
from crossdock.ops.scaffold.leaves import MANY, Found, Path, expression
from crossdock.ops.scaffold.matching import Match, Names, line_words, match
from crossdock.ops.scaffold.targets import Targets
from crossdock.ops.scaffold.values import Decimals

Values: TypeAlias = Mapping[Path, Sequence[Document]]
#: Fields that say nothing of an item: a list that has no other is a list of something else.
_WEAK = frozenset({"description", "notes", "note", "number", "amount", "reason", "status"})


@dataclass(frozen=True, slots=True)
class Lines:
    """The list that becomes the lines of the contract: where it is, what its fields are called from there."""

    at: Path
    values: Values
    matches: Sequence[Match]


@dataclass(frozen=True, slots=True)
class Search:
    """The search for it. ``names`` is what a value is called, by its path."""

    form: str
    found: Found
    targets: Targets
    names: Callable[[Path], Names]
    decimals: Decimals

    def lines(self, plain: Values) -> Lines | None:
        """The list with the most that lines have; rows without a list are lines themselves."""
        if self.targets.list_name is None:
            return None
        best = max(self._candidates(), key=lambda one: (len(one.matches), -len(one.at)), default=None)
        if best is None or not best.matches:
            return Lines((), plain, match(self.targets.lines, plain, line_words, self.names, decimals=self.decimals))
        return self._with_first_ones(best)

    def _candidates(self) -> list[Lines]:
        """By the standard, where it says what a line is; else every list that says something of items."""
        marked = [path for path in self.found.lists if self._edi and path[-2] in qualified.LINES]
        if marked:
            return [self._with_first_ones(self._inside(path)) for path in marked]
        paths = [*self.found.lists]
        if self.form == "xml":
            paths += [path for path in self.found.objects if len(path) > 1]
        paths = [path for path in paths if not (self._edi and path[-2] in qualified.QUALIFIED)]
        lists = [self._inside(path) for path in paths]
        return [one for one in lists if any(found.target.name not in _WEAK for found in one.matches)]

    @property
    def _edi(self) -> bool:
        return self.form in ("x12", "edifact")

    def _inside(self, at: Path) -> Lines:
        values = self._values(at, 0)
        return Lines(at, values, self._matches(at, values, self.targets))

    def _with_first_ones(self, lines: Lines) -> Lines:
        """With what only lists inside an item have: the first of each, to be looked at."""
        taken = {one.target for one in lines.matches}
        rest = replace(self.targets, lines=tuple(one for one in self.targets.lines if one not in taken))
        inner = self._values(lines.at, 1)
        more = [
            one if one.doubt else replace(one, doubt=f"the first {one.path[0]} of the line")
            for one in self._matches(lines.at, inner, rest)
        ]
        return Lines(lines.at, {**lines.values, **inner}, [*lines.matches, *more])

    def _values(self, at: Path, lists: int) -> Values:
        return {
            path[len(at) :]: given
            for path, given in self.found.values.items()
            if path[: len(at)] == at and path != at and path[len(at) :].count(MANY) == lists
        }

    def _matches(self, at: Path, values: Values, targets: Targets) -> list[Match]:
        def below(path: Path) -> Names:
            return replace(self.names((*at, *path)), path=tuple(step for step in path if step != MANY))

        return match(targets.lines, values, line_words, below, decimals=self.decimals)

    def each(self, lines: Lines) -> str:
        """The expression of the loop."""
        steps = lines.at[:-1] if lines.at[-1:] == (MANY,) else lines.at
        if self.form == "xml":
            return _xml_lists(steps)
        return expression(steps, "[]") + ("[]" if MANY in steps else "")


def _xml_lists(steps: Path) -> str:
    """Lists of elements: of one element alone the codec makes no list."""
    parts: list[list[str]] = [[]]
    for step in steps:
        if step == MANY:
            parts.append([])
        else:
            parts[-1].append(step)
    written = [f"to_array({expression(part)})" for part in parts]
    return written[0] if len(written) == 1 else "[].".join(written) + "[]"
