"""The notes of connectors, kept in the journal.

A process has one connection for all of them, opened when the first is read or written. Sources are polled and sinks
called in many threads, and each has the connection in its turn: a turn is a few milliseconds, and where the journal is
away nobody could go on anyway.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from crossdock.journal.contract import Journal
from crossdock.journal.notebook import Notebook, writable

T = TypeVar("T")


class Notebooks:
    """``Notes`` for every place of a project. ``open_journal`` opens a connection."""

    def __init__(self, open_journal: Callable[[], Journal]) -> None:
        self._open = open_journal
        self._turn = threading.Lock()
        self._journal: Journal | None = None

    def of(self, place: str) -> NotesOfPlace:
        """The notes of one place."""
        return NotesOfPlace(place, self)

    def ask(self, question: Callable[[Notebook], T]) -> T:
        """What the journal answers. Raises ``Retry`` while it is away."""
        with self._turn:
            if self._journal is None:
                self._journal = self._open()
            return question(self._journal)

    def close(self) -> None:
        """Close the connection; it is opened again where it is needed."""
        with self._turn:
            if self._journal is not None:
                self._journal.close()
            self._journal = None


class NotesOfPlace:
    """``Notes`` of one source or destination."""

    def __init__(self, place: str, notebooks: Notebooks) -> None:
        self._place = place
        self._notebooks = notebooks

    def read(self, keys: Sequence[str]) -> Mapping[str, str]:
        """See ``Notes``."""
        asked = {writable(key): key for key in keys}
        found = self._notebooks.ask(lambda journal: journal.notes(self._place, list(asked)))
        return {asked[key]: text for key, text in found.items()}

    def write(self, notes: Mapping[str, str | None]) -> None:
        """See ``Notes``."""
        plain = {writable(key): None if text is None else writable(text) for key, text in notes.items()}
        self._notebooks.ask(lambda journal: journal.note(self._place, plain))
