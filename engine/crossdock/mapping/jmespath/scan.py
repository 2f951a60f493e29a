"""The one lexical addition to JMESPath: ``$name``.

``$name`` becomes the call ``__name()``, which the standard grammar takes wherever an expression may stand. Quoted
text, quoted names and literals are left alone, and every position of the rewritten text leads back to the author's.
Literals (in backticks) are collected on the way.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

KEPT = 2048  # texts and their trees; a project of 100 mappings has about as many different expressions
PREFIX = "__"  # of the call a variable becomes; a name of the author's that begins so cannot be called

_TOKEN = re.compile(
    r"'(?:[^'\\]|\\.)*'?|\"(?:[^\"\\]|\\.)*\"?|`(?:[^`\\]|\\.)*`?|\$([A-Za-z_][A-Za-z0-9_]*)?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Variable:
    """A ``$name`` at ``start`` (from 0) of the author's text; the name is empty after a lone ``$``."""

    name: str
    start: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """The rewritten text, the variables in it, and where they stand in the rewritten text.

    A literal is its start (from 0, in the author's text) and what stands between its backticks.
    """

    text: str
    literals: tuple[tuple[int, str], ...]
    variables: tuple[Variable, ...]
    starts: tuple[int, ...]

    def column(self, position: int) -> int:
        """The author's column (from 1) of a position (from 0) in the rewritten text."""
        before = bisect_right(self.starts, position)
        if before == 0:
            return position + 1
        variable, start = self.variables[before - 1], self.starts[before - 1]
        written, read = len(variable.name) + 1, len(variable.name) + len(PREFIX) + 2
        inside = position - start
        return variable.start + 1 + (min(inside, written - 1) if inside < read else inside - read + written)


@lru_cache(maxsize=KEPT)
def scan(text: str) -> Scanned:
    """Rewrite every ``$name`` outside of quotes; kept, as a text is compiled, judged, and asked for its names."""
    variables: list[Variable] = []
    starts: list[int] = []
    pieces: list[str] = []
    length = last = 0
    literals: list[tuple[int, str]] = []
    for found in _TOKEN.finditer(text):
        if found[0].startswith("`") and len(found[0]) > 1 and found[0].endswith("`"):
            literals.append((found.start(), found[0][1:-1]))
        if not found[0].startswith("$"):
            continue
        name = found[1] or ""
        call = f"{PREFIX}{name}()"
        pieces += (text[last : found.start()], call)
        length += found.start() - last
        variables.append(Variable(name, found.start()))
        starts.append(length)
        length += len(call)
        last = found.end()
    return Scanned("".join([*pieces, text[last:]]), tuple(literals), tuple(variables), tuple(starts))
