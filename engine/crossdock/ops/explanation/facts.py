"""The explanation as plain data."""

from __future__ import annotations

from dataclasses import fields

from crossdock.codecs.provenance.shown import Spot
from crossdock.errors import Place
from crossdock.ops.explanation.account import Account, Field, Left, Row, Source


def as_dict(account: Account) -> dict[str, object]:
    """One document."""
    return {
        "position": account.position,
        "mapping": account.name,
        "result": account.result,
        "fields": [_field(one) for one in account.fields],
        "unused": [_left(one) for one in account.left],
        "notes": account.notes,
        "findings": [one.as_dict() for one in account.findings],
    }


def _field(one: Field) -> dict[str, object]:
    told = one.told
    facts: dict[str, object] = {
        "target": told.pointer,
        "outcome": str(told.outcome),
        "value": told.value,
        "expression": told.text or None,
        "place": _place(told.place),
        "through": list(told.through),
        "sources": [_source(source) for source in one.sources],
        "consulted": [_source(source) for source in one.consulted],
        "tables": [_row(row) for row in one.rows],
        "more_sources": one.more or None,
    }
    if told.reason is not None:
        reason = {"cause": str(told.reason.cause), "text": told.reason.text, "pointer": told.reason.pointer}
        facts["reason"] = {name: value for name, value in reason.items() if value is not None}
    return {name: value for name, value in facts.items() if name == "value" or value not in (None, [], {})}


def _source(one: Source) -> dict[str, object]:
    facts: dict[str, object] = {"pointer": one.pointer, "value": one.value}
    if one.meaning:
        facts["meaning"] = one.meaning
    return {**facts, **_spot(one.spot)}


def _spot(spot: Spot | None) -> dict[str, object]:
    if spot is None:
        return {}
    place = _place(spot.place)
    place.pop("pointer", None)
    return {"place": place, **({"bytes": list(spot.data)} if spot.data is not None else {})}


def _place(place: Place) -> dict[str, object]:
    told = {one.name: getattr(place, one.name) for one in fields(place)}
    return {name: value for name, value in told.items() if value is not None and name != "length"}


def _row(row: Row) -> dict[str, object]:
    asked = {"function": row.asked.function, "table": row.asked.table, "key": row.asked.key, "file": row.file}
    more = {"for": row.asked.whom, "column": row.asked.column or None, "line": row.line}
    return {**asked, **{name: value for name, value in more.items() if value is not None}}


def _left(one: Left) -> dict[str, object]:
    facts: dict[str, object] = {"path": one.kind.path, "count": one.kind.count}
    if one.meaning:
        facts["meaning"] = one.meaning
    return {**facts, "examples": [_source(source) for source in one.examples[:5]]}
