"""Messages as lines of JSON, to hand to a colleague or another system; a line has everything that is known of one."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from crossdock.delivery.states import State
from crossdock.errors import CrossdockError, Retry
from crossdock.journal.contract import Item, Query, Records
from crossdock.journal.payloads import flush_folder
from crossdock.message import Message, read_all
from crossdock.ops.parked import every
from crossdock.ops.trace import moment

FORMAT = 1
LARGEST_PAYLOAD = 64 * 1024 * 1024  # bytes; a line is held in memory, and read by other programs
_MOST_NAMED = 1_000_000


class TooLarge(CrossdockError):
    """A payload that no line takes."""


class Stay(msgspec.Struct, kw_only=True, frozen=True):
    """A queue the message was in, and what became of it there."""

    queue: str
    state: State
    attempts: int
    accepted: str | None
    settled: str | None
    code: str | None = None
    reason: str | None = None
    receipt: str | None = None


class Exported(msgspec.Struct, kw_only=True, frozen=True):
    """A line. The payload is ``text`` where it is UTF-8, else ``base64``; ``lineage`` goes from the first to the parent."""

    crossdock_export: int
    id: str
    correlation: str
    lineage: list[str]
    route: str
    position: int
    topic: str | None
    partner: str | None
    content_type: str
    headers: dict[str, str]
    trace: str | None
    work: list[Stay]
    size: int
    sha256: str
    text: str | None = None
    base64: str | None = None

    def payload(self) -> bytes:
        """The bytes. Raises ``ValueError`` where they are not there."""
        if self.text is not None:
            return self.text.encode()
        return base64.b64decode(self.base64 or "", validate=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which messages to export: those that ``keys`` name, or all; of a route, in some state, in a span of time.

    ``since`` and ``until`` (Unix seconds) are about when the message came into a queue.
    """

    keys: tuple[str, ...] = ()
    route: str | None = None
    states: tuple[State, ...] = ()
    since: float | None = None
    until: float | None = None

    def fits(self, item: Item) -> bool:
        """Whether the time is right."""
        late = self.since is None or item.accepted >= self.since
        return late and (self.until is None or item.accepted < self.until)


def export(journal: Records, wanted: Wanted, path: Path) -> int:
    """Write the messages to a new file, newest first; how many. Raises ``Retry`` E752 when it cannot be written."""
    if path.exists():
        raise Retry("E752", f"{path} exists already", hint="an export is never written over another file")
    part = path.with_name(f".{path.name}.part")
    count = 0
    try:
        with open(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600), "wb") as file:  # noqa: PTH123 - a handle, opened for its owner alone
            for count, line in enumerate(_lines(journal, wanted), start=1):  # noqa: B007 - counted
                file.write(line)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        flush_folder(path.parent)
    except OSError as error:
        raise Retry("E752", f"export {path} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    return count


def _lines(journal: Records, wanted: Wanted) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode
    done: set[str] = set()
    for item in _found(journal, wanted):
        if item.message.id not in done and wanted.fits(item):
            done.add(item.message.id)
            yield encode(_exported(journal, item.message)) + b"\n"


def _found(journal: Records, wanted: Wanted) -> Iterator[Item]:
    if not wanted.keys:
        yield from every(journal, Query(states=wanted.states, route=wanted.route))
    for key in wanted.keys:
        for message in journal.named(key, _MOST_NAMED):
            yield from every(journal, Query(states=wanted.states, route=wanted.route, message=message.id))


def _exported(journal: Records, message: Message) -> Exported:
    if message.body.size > LARGEST_PAYLOAD:
        what = f"message {message.id} has {message.body.size} bytes"
        raise TooLarge("E752", f"{what}, and an export takes {LARGEST_PAYLOAD} each", hint="backup takes any size")
    payload = read_all(message.body)
    text = _text(payload)
    return Exported(
        crossdock_export=FORMAT,
        id=message.id,
        correlation=message.correlation,
        lineage=_lineage(journal, message),
        route=message.route,
        position=message.position,
        topic=message.topic,
        partner=message.partner,
        content_type=message.content_type,
        headers=dict(message.headers),
        trace=message.trace,
        work=[_stay(item) for item in journal.items(Query(message=message.id))][::-1],
        size=len(payload),
        sha256=hashlib.sha256(payload).hexdigest(),
        text=text,
        base64=base64.b64encode(payload).decode() if text is None else None,
    )


def _text(payload: bytes) -> str | None:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return None


def _lineage(journal: Records, message: Message) -> list[str]:
    found: list[str] = []
    parent = message.parent
    while parent is not None:
        found.insert(0, parent)
        above = journal.message(parent)
        parent = above.parent if above else None
    return found


def _stay(item: Item) -> Stay:
    return Stay(
        queue=item.queue,
        state=item.state,
        attempts=item.attempts,
        accepted=moment(item.accepted),
        settled=moment(item.settled),
        code=item.code,
        reason=item.reason,
        receipt=item.receipt,
    )
