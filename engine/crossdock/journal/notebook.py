"""What connectors note down: small durable texts under keys, each place by itself.

A place is the name of a route for its source, and of a queue for its destination. A note that was neither written nor
read for as long as keys are kept is forgotten with them, so what is still needed stays and what is not goes. Reading
renews a note, at most once in ``RENEW``, so that reading rarely writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

RENEW = 86400.0  # seconds for which a note that was read needs no new date

#: The place that people's changes to notes are told in. No route can have this name.
DECISIONS = "crossdock:decisions"
#: The place with the files of the project that runs, or ran last, by their paths.
DEPLOYED = "crossdock:deployed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note. ``at`` is when it was last written, or renewed (Unix seconds)."""

    place: str
    key: str
    text: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that has notes: how many, and when the newest of them was written or renewed."""

    name: str
    notes: int
    newest: float


class Notebook(Protocol):
    """The notes of a journal."""

    def notes(self, place: str, keys: Sequence[str]) -> Mapping[str, str]:
        """Those of ``keys`` that are noted at ``place``; asking for a thousand at once is quick."""
        ...

    def note(self, place: str, notes: Mapping[str, str | None]) -> None:
        """Note them in one flushed transaction; None forgets a key."""
        ...

    def noted(self, place: str, *, after: str = "", limit: int) -> list[Note]:
        """The notes of ``place`` whose keys come behind ``after``, by key (in the order of code points)."""
        ...

    def places(self) -> list[Place]:
        """Every place that has notes, by name."""
        ...


def writable(text: str) -> str:
    """A text as every journal can hold it: bytes of a file name that are no UTF-8 are shown by their numbers."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text
