"""docs/reference/functions.md: every function of the language, from its table."""

from __future__ import annotations

from collections.abc import Iterable

from crossdock.mapping.functions import FUNCTIONS
from crossdock.mapping.library.function import Function
from crossdock.mapping.names import SURROUNDINGS
from reference_pages.markdown import code, head, joined, table

ABOUT = f"""
Expressions are JMESPath. They stand in mappings, and in routes as conditions and keys. Beside the functions of the
standard there are ours. `crossdock functions` prints the same list.

* `?` marks an argument that may be left out, `…` one that may be repeated, `&` an expression.
* Numbers are exact: no function makes a float.
* What most functions make of null is null: a value that is not there stays not there.
* `$name` reaches what `let` names and, beyond the document: `$root`, `$parent` and `$index` inside `each`,
  and {", ".join(f"`${name}`" for name in SURROUNDINGS)}.
"""


def page() -> str:
    """The whole page."""
    ours = _table(one for one in FUNCTIONS.values() if not one.standard)
    standard = _table(one for one in FUNCTIONS.values() if one.standard)
    return joined(head("Functions", ABOUT), f"## Ours\n\n{ours}", f"## Of the standard\n\n{standard}")


def _table(functions: Iterable[Function]) -> str:
    return table(("function", "what it does", "example"), (_row(one) for one in functions))


def _row(function: Function) -> tuple[str, str, str]:
    example = function.example
    given = f" of {code(example.given)}" if example.given != "null" else ""
    return code(function.signature), function.about, f"{code(example.expression)}{given} is {code(example.gives)}"
