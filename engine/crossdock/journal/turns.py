"""Whose turn it is in a lane: one number, the smaller the sooner. Pure.

Work has the turn of its row; a part of a split has that of its parent, behind the parts before it; what replaces work
has the turn of that, and so has whatever is split off it. Between equals the row decides.
"""

from __future__ import annotations

BITS = 24  # of a turn count parts: sixteen million of one message, of five hundred thousand million messages
LAST = (1 << BITS) - 1

#: The turn of a row of ``work``, in SQL: what is kept where it is not its own.
TURN = f"coalesce(turn, row << {BITS})"


def own(row: int) -> int:
    """The turn of work that came by itself."""
    return row << BITS


def of_part(parent: int, position: int) -> int:
    """The turn of a part at ``position`` (from 1) of work with the turn ``parent``."""
    return parent if parent & LAST else parent + min(position, LAST)
