"""The two directions of a cross-reference table. The compiler binds table and column, so that both are checked."""

from __future__ import annotations

from collections.abc import Callable

from crossdock.mapping.library.function import Example, Function, Parameter, Takes
from crossdock.mapping.lookup import Find, Tables, bind_lookup, bind_reverse_lookup
from crossdock.message import Document


def _unbound(*_: Document) -> Document:
    raise AssertionError("the compiler binds lookups to their table")


_ABOUT_DEFAULT = "Null of null and of blank text; a code the table lacks is a finding unless a default is given."

LOOKUPS: tuple[Function, ...] = (
    Function(
        name="lookup",
        parameters=(
            Parameter("table", "text", Takes.NAME),
            Parameter("key", "text or number"),
            Parameter("column", "text", Takes.NAME, optional=True),
            Parameter("default", optional=True),
        ),
        returns="text",
        about=f"What mappings/tables/<table>.csv has for the key (first column), in `column` or the second one. {_ABOUT_DEFAULT}",
        example=Example("lookup('uom', 'EA')", '"C62"'),
        body=_unbound,
        skips_null=True,
    ),
    Function(
        name="reverse_lookup",
        parameters=(
            Parameter("table", "text", Takes.NAME),
            Parameter("value", "text or number"),
            Parameter("column", "text", Takes.NAME, optional=True),
            Parameter("default", optional=True),
        ),
        returns="text",
        about=f"The key whose `column` (or second column) has the value; it must be the only one. {_ABOUT_DEFAULT}",
        example=Example("reverse_lookup('uom', 'C62')", '"EA"'),
        body=_unbound,
        skips_null=True,
    ),
)

#: How a lookup gets its code: tables, table, column -> what is called with the other arguments.
BINDERS: dict[str, Callable[[Tables, str, str | None], Find]] = {
    "lookup": bind_lookup,
    "reverse_lookup": bind_reverse_lookup,
}
