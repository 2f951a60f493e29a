"""What reads cross-reference tables. The compiler binds table and column, so that both are checked."""

from __future__ import annotations

from collections.abc import Callable

from crossdock.mapping.conversion import bind_convert
from crossdock.mapping.library.function import Example, Function, Parameter, Takes
from crossdock.mapping.lookup import Find, bind_lookup, bind_lookup_for, bind_reverse_lookup
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
    Function(
        name="lookup_for",
        parameters=(
            Parameter("table", "text", Takes.NAME),
            Parameter("partner", "text or number"),
            Parameter("key", "text or number"),
            Parameter("column", "text", Takes.NAME, optional=True),
            Parameter("default", optional=True),
        ),
        returns="text",
        about="As `lookup`, of a table whose first column is called `for` and the second is the key: the row that is for the "
        f"partner, or else the one for everybody (`for` is blank). {_ABOUT_DEFAULT}",
        example=Example(
            "[lookup_for('terms', 'acme', 'N30'), lookup_for('terms', 'other', 'N30')]", '["NET30", "30D"]', "{}"
        ),
        body=_unbound,
    ),
    Function(
        name="convert",
        parameters=(
            Parameter("table", "text", Takes.NAME),
            Parameter("quantity", "text or number"),
            Parameter("from", "text"),
            Parameter("to", "text"),
        ),
        returns="number",
        about="The quantity in another unit, by mappings/tables/<table>.csv with the columns `unit`, `factor`, `of`: a `DZ` is "
        "`12` of `EA`. Goes through as many rows as it takes, either way, and is exact; 34 digits where it does not end. "
        "Null of null; a unit the table lacks, or two that have nothing in common, are a finding.",
        example=Example("convert('units', `2`, 'GRO', 'DZ')", "24"),
        body=_unbound,
    ),
)

#: How a lookup gets its code: tables, table, column -> what is called with the other arguments.
BINDERS: dict[str, Callable[..., Find]] = {
    "lookup": bind_lookup,
    "reverse_lookup": bind_reverse_lookup,
    "lookup_for": bind_lookup_for,
    "convert": bind_convert,
}
