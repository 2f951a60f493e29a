"""The notes of connectors, as people look at them and set them back.

Whoever sets a watermark back makes a source bring things again; what came in before is known by its identity for as
long as keys are kept. So every change gives a reason, and what was noted before is told beside it, in the journal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from crossdock.journal.notebook import DECISIONS, Note, Notebook

STEP = 1000  # notes per transaction


def every(journal: Notebook, place: str) -> Iterator[Note]:
    """All notes of a place, by key."""
    after = ""
    while page := journal.noted(place, after=after, limit=STEP):
        yield from page
        after = page[-1].key


def change(journal: Notebook, place: str, notes: Mapping[str, str | None], reason: str, now: float) -> int:
    """Set notes, or forget them (None), and tell why; how many were other than that before."""
    before = journal.notes(place, list(notes))
    changed = {key: text for key, text in notes.items() if before.get(key) != text}
    if changed:
        # Told before it is done: a decision that was not carried out can be seen, a change nobody told of cannot.
        journal.note(DECISIONS, {_name(now, place, min(changed)): _told(place, before, changed, reason)})
        journal.note(place, changed)
    return len(changed)


def forget_all(journal: Notebook, place: str, reason: str, now: float) -> int:
    """Forget every note of a place; how many there were."""
    forgotten = 0
    while page := journal.noted(place, limit=STEP):
        forgotten += change(journal, place, dict.fromkeys(note.key for note in page), reason, now)
    return forgotten


def decisions(journal: Notebook) -> list[dict[str, object]]:
    """What people changed and why, oldest first."""
    return [{"at": moment(note.at), **json.loads(note.text)} for note in every(journal, DECISIONS)]


def shown(note: Note) -> dict[str, object]:
    """A note for people."""
    return {"key": note.key, "text": note.text, "at": moment(note.at)}


def _told(place: str, before: Mapping[str, str], changed: Mapping[str, str | None], reason: str) -> str:
    was = {key: before.get(key) for key in changed}
    return json.dumps({"place": place, "reason": reason, "was": was, "is": dict(changed)}, ensure_ascii=False)


def _name(now: float, place: str, key: str) -> str:
    return f"{moment(now)} {place} {key}"


def moment(at: float) -> str:
    """Unix seconds as RFC 3339 text in UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
