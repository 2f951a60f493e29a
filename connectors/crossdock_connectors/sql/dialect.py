"""Where databases differ: what a moment is called, how rows are locked, which table holds the dedupe rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Family: TypeAlias = Literal["postgresql", "mariadb", "sqlite", "other"]

_FAMILIES: Mapping[str, Family] = {
    "postgresql": "postgresql",
    "mariadb": "mariadb",
    "mysql": "mariadb",
    "sqlite": "sqlite",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """``now`` is the moment a claim is made; ``stale`` compares ``{column}`` with it, ``:seconds`` ago."""

    now: str
    stale: str
    skip_locked: bool
    upserts: bool
    ddl: str


_COLUMNS = '"key" VARCHAR(64) NOT NULL PRIMARY KEY, message VARCHAR(64) NOT NULL, "at" BIGINT NOT NULL'

_DIALECTS: Mapping[Family, Dialect] = {
    "postgresql": Dialect(
        now="now()",
        stale="{column} < now() - make_interval(secs => :seconds)",
        skip_locked=True,
        upserts=True,
        ddl=f"CREATE TABLE IF NOT EXISTS {{table}} ({_COLUMNS})",
    ),
    "mariadb": Dialect(
        now="NOW(6)",
        stale="{column} < NOW(6) - INTERVAL :seconds SECOND",
        skip_locked=True,
        upserts=True,
        ddl="CREATE TABLE IF NOT EXISTS {table} (`key` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,"
        " message VARCHAR(64) NOT NULL, `at` BIGINT NOT NULL) ENGINE=InnoDB",
    ),
    "sqlite": Dialect(
        now="strftime('%Y-%m-%d %H:%M:%f', 'now')",
        stale="{column} < strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || :seconds || ' seconds')",
        skip_locked=False,
        upserts=True,
        ddl=f"CREATE TABLE IF NOT EXISTS {{table}} ({_COLUMNS})",
    ),
    "other": Dialect(
        now="CURRENT_TIMESTAMP",
        stale="1 = 0",
        skip_locked=False,
        upserts=False,
        ddl=f"CREATE TABLE {{table}} ({_COLUMNS})",
    ),
}


def family_of(scheme: str) -> Family:
    """The family of a URL's scheme."""
    return _FAMILIES.get(scheme.partition("+")[0], "other")


def dialect_of(family: Family) -> Dialect:
    """How a family does it."""
    return _DIALECTS[family]
