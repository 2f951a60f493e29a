"""The source: a folder that is polled. Lists, waits until files are complete, hashes, hands over, puts away.

Memory is bounded however many files there are: one poll looks at the first ``WINDOW`` candidates in the chosen order
and remembers no others. A file is known by path, size, mtime and SHA-256, so the same file listed again is the same
arrival, and tomorrow's file of the same name is a new one.
"""

from __future__ import annotations

import hashlib
import heapq
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crossdock.connector import Arrival, Surroundings, Verdict
from crossdock.connector.folders.names import visible
from crossdock.connector.folders.notices import Notices
from crossdock.connector.folders.patience import Pauses, Sightings
from crossdock.connector.folders.selection import selection, split
from crossdock.errors import Finding, Place
from crossdock.message import Inline, Payload
from crossdock_connectors.file import moving
from crossdock_connectors.file.faults import fault
from crossdock_connectors.file.folders import At, Tree
from crossdock_connectors.file.options import SourceOptions
from crossdock_connectors.file.reading import Changed, FilePayload, Stamp, read, stamp
from crossdock_connectors.file.settling import Receipt, Settler
from crossdock_connectors.file.walk import IRREGULAR, candidates

WINDOW = 10_000  # candidates looked at in one poll
EMPTY_PATIENCE = 10  # times longer an empty file is watched: most are about to be written

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Unsettled:
    arrival: Arrival
    verdict: Verdict


class FileSource:
    """Watches one folder. ``clock`` gives monotonic seconds. ``notices`` tell what is passed over, and why."""

    def __init__(
        self, options: SourceOptions, surroundings: Surroundings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._options = options
        self._surroundings = surroundings
        self._clock = clock
        self._home = surroundings.root / options.path
        self._selection = selection(options)
        self._settler = Settler(options, surroundings.root)
        self._sightings: Sightings[Stamp] = Sightings(options.stable_for)
        self._unsettled: Pauses[_Unsettled] = Pauses()
        self._unreadable: Pauses[None] = Pauses()
        self._tree: Tree | None = None
        self.notices = Notices(surroundings.name)

    def poll(self) -> Iterator[Arrival]:
        """Every file that is complete, in order, at most ``limit``. Raises ``Retry`` where the folder cannot be read."""
        now = self._clock()
        self._sightings.begin()
        self._leave()
        if not self._enter():
            return
        self._settle_again(now)
        ready = [(path, seen) for path in self._window(now) if (seen := self._ready(path, now)) is not None]
        for path, seen in ready[: self._options.limit]:
            arrival = self._arrival(path, seen, now)
            if arrival is not None:
                yield arrival
                self._flush()

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """Put the file away. What cannot be moved now is tried again, each file at its own pace."""
        receipt = arrival.receipt
        if not isinstance(receipt, Receipt):
            raise TypeError("not an arrival of this source")
        try:
            self._put_away(receipt, arrival, verdict)
        except OSError as error:
            why = fault(error, "moving it")
            self.notices.tell("K205", receipt.path, f"it is taken but cannot be moved away: {why.message}", why.hint)
            self._unsettled.again(receipt.path, self._clock(), _Unsettled(arrival, verdict))
        else:
            self.notices.settled("K205", receipt.path)
            self._unsettled.over(receipt.path)

    def quiet(self) -> bool:
        """False while a file is there that still has to prove that it is complete."""
        return self._sightings.unstable == 0

    def close(self) -> None:
        """Make the last moves durable and let go of the folder."""
        if self._tree is not None:
            self._flush()
        self._leave()

    def _enter(self) -> bool:
        """Open the folder; False, told once, where there is none."""
        try:
            self._tree = Tree(self._home)
        except FileNotFoundError:
            hint = "create it, or mount what belongs there"
            self.notices.tell("K206", self._options.path, "the folder does not exist, so nothing arrives", hint)
            return False
        except OSError as error:
            raise fault(error, f"opening the folder '{visible(self._options.path)}'") from error
        self.notices.settled("K206", self._options.path)
        return True

    def _leave(self) -> None:
        if self._tree is not None:
            self._tree.close()
            self._tree = None

    def _here(self) -> Tree:
        if self._tree is None:
            self._tree = Tree(self._home)
        return self._tree

    def _flush(self) -> None:
        try:
            self._settler.flush(self._here())
        except OSError as error:  # nothing is lost: at worst a power cut undoes moves, and they are made again
            why = fault(error, "flushing the folders of moved files")
            self.notices.tell("K210", self._options.path, why.message, why.hint)

    def _put_away(self, receipt: Receipt, arrival: Arrival, verdict: Verdict) -> None:
        match verdict:
            case Verdict.REFUSED:
                when = self._surroundings.now().isoformat(timespec="seconds")
                self._settler.refuse(self._here(), receipt, arrival.findings, when)
            case Verdict.ACCEPTED | Verdict.DUPLICATE:
                self._settler.done(self._here(), receipt)

    def _settle_again(self, now: float) -> None:
        for _, unsettled in self._unsettled.due(now):
            self.settle(unsettled.arrival, unsettled.verdict)

    # Looking

    def _window(self, now: float) -> list[str]:
        """The paths of the first candidates, in order; those that have to wait for their turn are left out."""
        room = max(self._options.limit, WINDOW)
        keyed = self._keyed(now)
        return [path for _, path in heapq.nsmallest(room, keyed)]

    def _keyed(self, now: float) -> Iterator[tuple[int, str]]:
        found = candidates(
            self._here(),
            self._selection,
            recursive=self._options.recursive,
            not_these=self._settler.own_folders(),
            odd=lambda path, why: self.notices.tell("K203", path, why),
        )
        try:
            for path, entry in found:
                if not self._unsettled.is_waiting(path, now) and not self._unreadable.is_waiting(path, now):
                    yield self._age(entry), path
        except OSError as error:
            raise fault(error, f"reading the folder '{visible(self._options.path)}'") from error

    def _age(self, entry: os.DirEntry[str]) -> int:
        if self._options.order == "name":
            return 0
        try:
            return entry.stat(follow_symlinks=False).st_mtime_ns
        except FileNotFoundError:
            return 0  # gone again

    def _ready(self, path: str, now: float) -> Stamp | None:
        """The state of a file that is complete."""
        try:
            at = self._at(path)
            found = moving.found(at)
            if found is None:
                self._gone(path)
            elif not stat.S_ISREG(found.st_mode):
                self.notices.tell("K203", path, IRREGULAR)
            elif self._is_complete(path, at, stamp(found), now):
                return stamp(found)
        except OSError as error:
            self._trouble(path, error, now)
        return None

    def _is_complete(self, path: str, at: At, seen: Stamp, now: float) -> bool:
        marker = self._selection.marker
        if marker is not None:
            # A marker left over from an earlier file says nothing about a newer one: that must be stable as well.
            announced = moving.found(At(at.folder, at.name + marker))
            return announced is not None and (
                announced.st_ctime_ns >= seen.changed or self._sightings.is_stable(path, seen, now)
            )
        if self._options.ready != "stable":
            return True
        patience = EMPTY_PATIENCE if seen.size == 0 else 1
        return self._sightings.is_stable(path, seen, now, patience)

    def _gone(self, path: str) -> None:
        if self._selection.marker is not None:
            self.notices.tell(
                "K207", path, "there is a marker but no file", "remove the marker, or send the file again"
            )

    def _trouble(self, path: str, error: OSError, now: float) -> None:
        if isinstance(error, FileNotFoundError):
            return  # vanished: whoever took it has it
        why = fault(error, "reading it")
        self.notices.tell("K208", path, f"it cannot be read: {why.message}", why.hint)
        self._unreadable.again(path, now)

    def _at(self, path: str) -> At:
        parts, name = split(path)
        return At(self._here().folder(parts), name)

    # Handing over

    def _arrival(self, path: str, seen: Stamp, now: float) -> Arrival | None:
        findings = tuple(self._refusals(path, seen))
        if findings:
            parts, name = split(path)
            large = FilePayload(self._home, parts, name, seen, "")
            return self._made(path, seen, None, large if seen.size else Inline(b""), findings)
        try:
            content = read(self._at(path), seen, self._home, split(path)[0])
        except Changed:
            self._sightings.lost(path)
            return None
        except OSError as error:
            self._trouble(path, error, now)
            return None
        self._unreadable.over(path)
        return self._made(path, seen, content.sha256, content.payload, ())

    def _refusals(self, path: str, seen: Stamp) -> Iterable[Finding]:
        place = Place(file=visible(path))
        if seen.size == 0:
            yield Finding(code="K201", message="the file is empty", place=place, hint="ask the sender to send it again")
        elif seen.size > self._options.max_size:
            message = f"the file has {seen.size} bytes, more than the {self._options.max_size} this route takes"
            yield Finding(code="K202", message=message, place=place, hint="raise max_size if such files are expected")

    def _made(
        self, path: str, seen: Stamp, sha256: str | None, payload: Payload, findings: tuple[Finding, ...]
    ) -> Arrival:
        identity = f"{visible(path)}|{seen.size}|{seen.modified}|{sha256 or '-'}"
        tag = hashlib.sha256(identity.encode()).hexdigest()[:8]
        headers = {
            "file.name": visible(split(path)[1]),
            "file.path": visible(path),
            "file.size": str(seen.size),
            "file.modified": _moment(seen.modified),
        }
        return Arrival(
            identity=identity,
            payload=payload,
            headers=headers | ({"file.sha256": sha256} if sha256 else {}),
            findings=findings,
            receipt=Receipt(path, seen, sha256, tag),
        )


def _moment(nanoseconds: int) -> str:
    """A file's time as ISO 8601 (UTC); beyond the calendar, as seconds since 1970."""
    try:
        return (_EPOCH + timedelta(microseconds=nanoseconds // 1000)).isoformat(timespec="milliseconds")
    except OverflowError:
        return str(nanoseconds // 1_000_000_000)
