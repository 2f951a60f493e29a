"""``lookup``: the row of a cross-reference table, merged into the document under a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from crossdock.errors import Finding, Reject
from crossdock.message import Document
from crossdock.route.bench import Bench
from crossdock.route.condition import Value
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.spec import Expression
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.template import plain


class Lookup(Authorable):
    """Finds the row whose first column is ``key`` and puts it, as an object of its columns, into field ``as``.

    A key without a row is an error, unless ``optional: true``: then the field is absent. Empty cells are absent.

    ```yaml
    - lookup: {table: units, key: unit, as: unit_row}
    ```
    """

    table: Expression
    key: Expression
    name: Annotated[str, Field(alias="as", pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
    optional: bool = False


def compile_lookup(config: Lookup, bench: Bench, builder: Builder) -> Run | None:
    """One look into the table."""
    value = bench.at("key").expression(config.key)
    table = bench.at("table").table(config.table)
    if table is None:
        return None
    return _run(config, value, table.records())


def _run(config: Lookup, value: Value, rows: Mapping[str, dict[str, Document]]) -> Run:
    name, optional, table = config.name, config.optional, config.table

    def run(passage: Passage) -> None:
        document = passage.document
        key = plain(value(document, passage.scope))
        row = rows.get(key) if key is not None else None
        if row is None and not optional:
            raise Reject.of([_no_row(table, key)])
        if not isinstance(document, dict):
            raise Reject.of([Finding(code="R404", message="'lookup' needs an object to put its row into")])
        if row is not None:
            passage.document = {**document, name: row}

    return run


def _no_row(table: str, key: str | None) -> Finding:
    hint = "add it to the table, or say optional: true"
    shown = "nothing" if key is None else f"'{key[:80]}'"
    return Finding(code="R404", message=f"table '{table}' has no row for {shown}", value=key and key[:80], hint=hint)


STEP = StepKind(
    name="lookup", config=Lookup, compile=compile_lookup, needs_document=True, before_split=True, reshapes=True
)
