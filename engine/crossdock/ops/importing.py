"""Taking an export in: each message is a new arrival in the route a person names.

Its id is made from the one it had and that route, so the same export taken in twice is there once. The file is read
to its end before anything is accepted: what is wrong with any line keeps all of it out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec

from crossdock.connector import Arrival
from crossdock.errors import ConfigError, CrossdockError, Finding, Place, Retry
from crossdock.journal.contract import Entry, Journal
from crossdock.journal.portable import PortableJournal, refuse_retired
from crossdock.message import Inline, child_id
from crossdock.ops.exporting import FORMAT, LARGEST_PAYLOAD, Exported
from crossdock.route.compiled import CompiledRoute
from crossdock.runtime.engine import Engine
from crossdock.runtime.intake import entry
from crossdock.yaml_source import suggest

IMPORTED_FROM = "crossdock.imported-from"
_LONGEST_LINE = 2 * LARGEST_PAYLOAD
_BATCH = 20  # messages accepted in one transaction


class BadExport(CrossdockError):
    """A file that is no export, or holds what cannot be taken in."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many messages of an export are new, and how many were there already."""

    new: int
    known: int


def take_in(engine: Engine, journal: PortableJournal, route: str, path: Path, *, dry_run: bool) -> Imported:
    """Accept every message of the export at ``path`` for ``route``; with ``dry_run`` only say what would happen.

    Raises ``ConfigError`` for an unknown route, ``BadExport`` with the line, ``Retry`` E752.
    """
    refuse_retired(journal)
    known = engine.routes.get(route)
    if known is None:
        finding = Finding(code="E611", message=f"there is no route '{route}'", hint=suggest(route, engine.routes))
        raise ConfigError.of([finding])
    settings = engine.project.settings
    for _ in _messages(path, settings.limits.payload):
        continue
    keep = settings.retention.keys
    entries = (_entry(known, one, keep) for one in _messages(path, settings.limits.payload))
    return _accepted(journal, entries, dry_run=dry_run)


def _accepted(journal: Journal, entries: Iterator[Entry], *, dry_run: bool) -> Imported:
    new = known = 0
    while batch := list(islice(entries, _BATCH)):
        fresh = {one.message.id: one for one in batch if journal.message(one.message.id) is None}
        accepted = len(fresh) if dry_run else sum(id in fresh for id in journal.accept(list(fresh.values())))
        new, known = new + accepted, known + len(batch) - accepted
    return Imported(new, known)


def _entry(route: CompiledRoute, one: Exported, keep: float) -> Entry:
    arrival = Arrival(
        identity=f"import:{one.id}",
        payload=Inline(one.payload()),
        content_type=one.content_type,
        headers=one.headers,
    )
    made = entry(route, arrival, child_id(one.id, route.name, "import"), keep)
    headers = {**made.message.headers, IMPORTED_FROM: one.id}
    return replace(made, message=replace(made.message, headers=headers, partner=one.partner, trace=one.trace))


def _messages(path: Path, largest: int) -> Iterator[Exported]:
    decode = msgspec.json.Decoder(Exported).decode
    try:
        with path.open("rb") as file:
            for number, line in _lines(path, file):
                try:
                    one = decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise _bad(path, number, "E756", f"is no exported message: {error}") from error
                _check(path, number, one, largest)
                yield one
    except OSError as error:
        raise Retry("E752", f"export {path} cannot be read: {error.strerror}") from error


def _lines(path: Path, file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        if len(line) == _LONGEST_LINE:
            raise _bad(path, number, "E756", f"is longer than {_LONGEST_LINE} bytes")
        if line.strip():
            yield number, line


def _check(path: Path, number: int, one: Exported, largest: int) -> None:
    if one.crossdock_export > FORMAT:
        raise _bad(path, number, "E754", f"has format {one.crossdock_export}, and this crossdock reads {FORMAT}")
    try:
        payload = one.payload()
        child_id(one.id, "", 0)
    except ValueError as error:
        raise _bad(path, number, "E756", f"has an id or a payload that is none: {error}") from error
    if len(payload) > largest:
        raise _bad(path, number, "E756", f"has {len(payload)} bytes, and limits.payload is {largest}")
    if hashlib.sha256(payload).hexdigest() != one.sha256:
        raise _bad(path, number, "E757", "has a payload that is not the one its sha256 is of")


def _bad(path: Path, number: int, code: str, what: str) -> BadExport:
    finding = Finding(code=code, message=what, place=Place(file=str(path), line=number))
    hint = "nothing was accepted; export it again"
    return BadExport(code, f"{path}:{number}: the line {what}", findings=[finding], hint=hint)
