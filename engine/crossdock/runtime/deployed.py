"""Which files run: the journal keeps those of the project that was started, or loaded anew, last.

So whoever changes them can see what the change is against, on any machine and after the files are gone. Kept is what
stands in the files: no secret, and no value from the environment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crossdock.journal.notebook import DEPLOYED, Note, Notebook
from crossdock.runtime.engine import Engine

LARGEST = 1_000_000  # bytes of a file that are kept; of a larger one only what tells it from others
ABOUT = ":about"  # no file has a colon for its first character: that would be hidden from nobody, but odd
PAGE = 500


@dataclass(frozen=True, slots=True)
class Deployed:
    """The files by path, when they were deployed (Unix seconds), and by which host."""

    files: Mapping[str, str]
    at: float
    host: str


def deploy(journal: Notebook, engine: Engine) -> None:
    """Keep the files of ``engine``; those that are kept already are not written again."""
    files = {path: kept(data) for path, data in engine.project.files.items()}
    before = {note.key: note.text for note in _notes(journal)}
    about = json.dumps({"at": engine.clock.now(), "host": engine.host.id})
    gone = dict.fromkeys(before.keys() - files.keys() - {ABOUT})
    changed = {path: text for path, text in files.items() if before.get(path) != text}
    if changed or gone or ABOUT not in before:
        journal.note(DEPLOYED, {**gone, **changed, ABOUT: about})


def deployed(journal: Notebook) -> Deployed | None:
    """What was deployed last; None where nothing was."""
    kept = {note.key: note.text for note in _notes(journal)}
    about = kept.pop(ABOUT, None)
    if about is None:
        return None
    told = json.loads(about)
    return Deployed(files=kept, at=float(told["at"]), host=str(told["host"]))


def kept(data: bytes) -> str:
    """The text that is kept of a file."""
    if len(data) > LARGEST:
        return f"{len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}"
    return data.decode("utf-8", "backslashreplace").replace("\0", "\\0")  # no server keeps a NUL in a text


def _notes(journal: Notebook) -> Iterator[Note]:
    after = ""
    while page := journal.noted(DEPLOYED, after=after, limit=PAGE):
        yield from page
        after = page[-1].key
