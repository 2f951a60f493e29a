"""Answers of other systems that may be used again: in memory for a while, and durably where a route falls back on them.

In memory each worker remembers by itself, the latest ``MOST`` answers of each place. That costs nothing and may be lost.
A route that says ``fallback: cached`` wants the last answer just when things are bad, after a restart as well: those
are noted in the journal, too, where every worker finds them. There they take one of ``NOTED`` rows of their place, given
by a hash of the key; of two keys that meet in one the later stays. So neither grows with the number of keys.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping

from crossdock.document_json import decode, encode
from crossdock.errors import Reject
from crossdock.journal.notebook import Notebook
from crossdock.message import Document
from crossdock.route.asking import Known

MOST = 1000  # answers of one place that a worker remembers
NOTED = 4096  # rows of one place in the journal
LARGEST = 64 * 1024  # bytes of an answer that is noted: a fallback, not an archive


class Answers:
    """One worker's memory. ``now`` is the wall clock: what is noted outlives every other one."""

    def __init__(self, notebook: Notebook, now: Callable[[], float]) -> None:
        self._notebook = notebook
        self._now = now
        self._places: dict[str, OrderedDict[str, tuple[float, Document]]] = {}

    def known(self, place: str, key: str, seconds: float) -> Known | None:
        """What is remembered, if it is no older. A clock that was set back makes nothing younger than it is."""
        kept = self._places.get(place)
        found = kept.get(key) if kept is not None else None
        return _aged(found, self._now(), seconds) if found is not None else None

    def recalled(self, place: str, key: str, seconds: float, *, durable: bool) -> Known | None:
        """The same; with ``durable`` from the journal, where this worker does not know. Raises ``Retry``."""
        found = self.known(place, key, seconds)
        if found is not None or not durable:
            return found
        row = _row(key)
        noted = _read(self._notebook.notes(place, [row]).get(row), key)
        return _aged(noted, self._now(), seconds) if noted is not None else None

    def remember(self, place: str, answers: Mapping[str, Document], *, durable: bool) -> None:
        """Keep answers by their keys. Raises ``Retry`` where they are to be noted and the journal refuses."""
        now = self._now()
        kept = self._places.setdefault(place, OrderedDict())
        for key, document in answers.items():
            kept[key] = (now, document)
            kept.move_to_end(key)
        while len(kept) > MOST:
            kept.popitem(last=False)
        if durable:
            notes = {_row(key): _text(now, key, document) for key, document in answers.items()}
            small = {row: text for row, text in notes.items() if len(text) <= LARGEST}
            if small:
                self._notebook.note(place, small)


def _aged(found: tuple[float, Document], now: float, seconds: float) -> Known | None:
    age = now - found[0]
    return Known(found[1], age) if 0 <= age <= seconds else None


def _row(key: str) -> str:
    number = int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "big")
    return f"answer {number % NOTED:04}"


def _text(now: float, key: str, document: Document) -> str:
    return encode([repr(now), key, document]).decode()


def _read(text: str | None, key: str) -> tuple[float, Document] | None:
    """When and what is noted for ``key``; None where the row is another key's, or unreadable."""
    try:
        match decode(text.encode()) if text is not None else None:
            case [str(at), str(noted), document] if noted == key:
                return float(at), document
    except (Reject, ValueError):
        return None
    return None
