"""The shape of what a fixed layout reads: its fields and groups by name."""

from __future__ import annotations

from crossdock.codecs.fixed.layout import Field, Table
from crossdock.codecs.fixed.layout import Record as Kind
from crossdock.codecs.fixed.making import make_layout
from crossdock.codecs.fixed.spec import NUMBERS
from crossdock.mapping.shapes.shape import DECIMAL, SOME_NUMBER, SOME_TEXT, VALUE, Entry, Listed, Record, Shape, one_of
from crossdock.yaml_source import Authored


def shape_of_layout(name: str, source: Authored, *, written: bool = False) -> Record:
    """The shape of one document of a layout. Raises ``ConfigError`` where the layout has mistakes."""
    return _record(make_layout(source).record, f"fixed/{name}", written=written)


def _record(kind: Kind, what: str, *, written: bool) -> Record:
    fields = {
        field.name: Entry(_value(field, written=written), "", field.spec.required)
        for field in kind.single_fields()
        if field.stored
    }
    tables = {table.name: Entry(Listed(_row(table, what, written=written))) for table in kind.tables}
    groups = {group.name: Entry(_group(group, what, written=written), "", group.required) for group in kind.groups}
    entries = {**fields, **tables, **groups}
    return Record(what, lambda: entries)


def _row(table: Table, what: str, *, written: bool) -> Record:
    entries = {one.name: Entry(_value(one, written=written)) for one in table.rows[0] if one.stored}
    return Record(f"'{table.name}' of {what}", lambda: entries)


def _group(kind: Kind, what: str, *, written: bool) -> Shape:
    record = _record(kind, f"'{kind.name}' of {what}", written=written)
    return record if kind.single else Listed(record)


def _value(field: Field, *, written: bool) -> Shape:
    number = field.spec.kind in NUMBERS
    if written:
        return one_of([DECIMAL, VALUE])
    return SOME_NUMBER if number else SOME_TEXT
