"""Reads tables of names: what sets and segments are called, in our words."""

from __future__ import annotations


def read_names(table: str) -> dict[str, str]:
    """``tag name`` a line."""
    split = (line.partition(" ") for line in table.strip().splitlines())
    return {tag: name.strip() for tag, _, name in split}
