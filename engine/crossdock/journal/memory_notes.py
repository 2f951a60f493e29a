"""The notes of the journal in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from crossdock.journal.notebook import RENEW, Note, Place


class MemoryNotebook:
    """``Notebook``. ``now`` is the wall clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._notes: dict[tuple[str, str], Note] = {}

    def notes(self, place: str, keys: Sequence[str]) -> Mapping[str, str]:
        """See ``Notebook``."""
        found = [self._notes[place, key] for key in dict.fromkeys(keys) if (place, key) in self._notes]
        now = self._now()
        self._keep(place, {note.key: note.text for note in found if note.at < now - RENEW})
        return {note.key: note.text for note in found}

    def note(self, place: str, notes: Mapping[str, str | None]) -> None:
        """See ``Notebook``."""
        for key, text in notes.items():
            if text is None:
                self._notes.pop((place, key), None)
        self._keep(place, {key: text for key, text in notes.items() if text is not None})

    def noted(self, place: str, *, after: str = "", limit: int) -> list[Note]:
        """See ``Notebook``."""
        found = [note for note in self._notes.values() if note.place == place and note.key > after]
        return sorted(found, key=lambda note: note.key)[:limit]

    def places(self) -> list[Place]:
        """See ``Notebook``."""
        ages: dict[str, list[float]] = {}
        for note in self._notes.values():
            ages.setdefault(note.place, []).append(note.at)
        return [Place(name=name, notes=len(ages[name]), newest=max(ages[name])) for name in sorted(ages)]

    def forget(self, before: float, limit: int) -> int:
        """Forget what was neither written nor read since ``before``, the oldest first; how many."""
        old = sorted((note.at, name) for name, note in self._notes.items() if note.at < before)[:limit]
        for _, name in old:
            del self._notes[name]
        return len(old)

    def _keep(self, place: str, notes: Mapping[str, str]) -> None:
        for key, text in notes.items():
            self._notes[place, key] = Note(place=place, key=key, text=text, at=self._now())
