"""The source: a folder of a server that is polled. Lists, waits until files are complete, fetches, hands over, puts away.

A poll takes a slice of time and no more; what it leaves, a slow listing or a large file, the next one goes on with.
Memory is bounded however many files there are. A file is known by server, path, size, time and SHA-256, so the same
file listed again is the same arrival, and tomorrow's file of the same name is a new one.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crossdock.connector import Arrival, Surroundings, Verdict
from crossdock.connector.folders.names import visible
from crossdock.connector.folders.notices import Notices
from crossdock.connector.folders.patience import Pauses, Sightings
from crossdock.connector.folders.selection import selection
from crossdock.connector.remote.fetching import SMALL, Changed, Unfinished, Unread, fetch
from crossdock.connector.remote.files import (
    Entry,
    Kind,
    Lost,
    Missing,
    RemoteFault,
    RemoteFiles,
    Stamp,
    Unsupported,
    translated,
    under,
)
from crossdock.connector.remote.left import Left
from crossdock.connector.remote.listing import IRREGULAR, Candidate, Listing
from crossdock.connector.remote.options import WatchedRemote
from crossdock.connector.remote.sessions import Sessions
from crossdock.connector.remote.settling import Receipt, Settler
from crossdock.connector.remote.spool import Spool
from crossdock.errors import CrossdockError, Finding, Place, Retry
from crossdock.message import EMPTY, Payload

SLICE = 10.0  # seconds of one poll
EMPTY_PATIENCE = 10  # times longer an empty file is watched: most are about to be written


@dataclass(frozen=True, slots=True)
class _Unsettled:
    arrival: Arrival
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Round:
    """A listing that has not come to its end, with the connection it goes over."""

    listing: Listing
    files: RemoteFiles
    held: ExitStack


class RemoteSource:
    """Watches one folder of the server at ``endpoint``. ``clock`` gives monotonic seconds."""

    def __init__(
        self,
        options: WatchedRemote,
        surroundings: Surroundings,
        sessions: Sessions,
        endpoint: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options
        self._now = surroundings.now
        self._sessions = sessions
        self._endpoint = endpoint
        self._clock = clock
        self._marker = selection(options).marker
        self._settler = Settler(options)
        self._spool = Spool(surroundings.root, surroundings.name)
        self._sightings: Sightings[Stamp] = Sightings(options.stable_for)
        self._unsettled: Pauses[_Unsettled] = Pauses()
        self._unreadable: Pauses[None] = Pauses()
        self._left = Left(surroundings.notes) if options.after == "leave" else None
        self._files: RemoteFiles | None = None
        self._round: _Round | None = None
        self._unfinished = False
        self._done_with: list[Path] = []
        self.notices = Notices(surroundings.name)
        self._spool.sweep()
        self._closed = False
        sessions.join()

    def poll(self) -> Iterator[Arrival]:
        """Every file that is complete, in order, at most ``limit``, for a slice of time. Raises ``CrossdockError``."""
        end = self._clock() + SLICE
        self._clear()
        window = self._listed(end)
        if window is None:
            return
        with self._connected() as files:
            yield from self._arrivals(files, window, end)

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """Put the file away. What cannot be moved now is tried again, each file at its own pace."""
        receipt = arrival.receipt
        if not isinstance(receipt, Receipt):
            raise TypeError("not an arrival of this source")
        try:
            with self._connected() as files:
                self._settle(files, receipt, _Unsettled(arrival, verdict))
        except Retry as error:  # the server is away: it is moved when it is back
            self._unmoved(receipt, _Unsettled(arrival, verdict), error, at_once=True)
        if receipt.stamp.size is None or receipt.stamp.size > SMALL:
            self._done_with.append(self._place(receipt.path, receipt.stamp))

    def quiet(self) -> bool:
        """False while a file is there that still has to prove that it is complete, or is on its way."""
        return self._sightings.unstable == 0 and self._round is None and not self._unfinished

    def close(self) -> None:
        """Let go of the server."""
        self._drop()
        self._clear()
        if not self._closed:
            self._closed = True
            self._sessions.leave()

    # Connections

    @contextmanager
    def _connected(self) -> Iterator[RemoteFiles]:
        """The connection in use, or one for as long as the block lasts."""
        if self._files is not None:
            yield self._files
            return
        with self._sessions.session() as files:
            self._files = files
            try:
                yield files
            finally:
                self._files = None

    def _clear(self) -> None:
        """Remove copies of what is durable."""
        for copy in self._done_with:
            copy.unlink(missing_ok=True)
        self._done_with = []

    def _drop(self) -> None:
        if self._round is not None:
            self._round.held.close()
            self._round = None

    # Looking

    def _listed(self, end: float) -> list[Candidate] | None:
        """The first candidates; None while the listing goes on, or where there is no such folder."""
        if self._round is None:
            self._sightings.begin()
            self._unfinished = False
            self._settle_again()
        going = self._round or self._begun()
        self._round = None
        with going.held:
            try:
                if going.listing.advance(going.files, lambda: self._clock() >= end):
                    self.notices.settled("K610", self._options.path)
                    return going.listing.window()
            except Missing:
                hint = "create it on the server, or correct 'path'"
                self.notices.tell("K610", self._options.path, "the folder does not exist, so nothing arrives", hint)
                return None
            except (RemoteFault, Lost) as error:
                doing = f"listing '{visible(self._options.path)}' of {self._endpoint}"
                raise translated(error, doing) from error
            self._round = _Round(going.listing, going.files, going.held.pop_all())
        return None

    def _begun(self) -> _Round:
        held = ExitStack()
        files = held.enter_context(self._sessions.session())
        listing = Listing(self._options, self._settler.own_folders(), self._wanted, self.notices)
        return _Round(listing, files, held)

    def _wanted(self, some: Sequence[Candidate]) -> list[Candidate]:
        now = self._clock()
        free = [
            one
            for one in some
            if not self._unsettled.is_waiting(one.path, now) and not self._unreadable.is_waiting(one.path, now)
        ]
        return free if self._left is None or not free else self._left.without(free)

    def _settle_again(self) -> None:
        due = list(self._unsettled.due(self._clock()))
        if due:
            with self._connected() as files:
                for _, unsettled in due:
                    if isinstance(unsettled.arrival.receipt, Receipt):
                        self._settle(files, unsettled.arrival.receipt, unsettled)

    def _ready(self, files: RemoteFiles, one: Candidate) -> Stamp | None:
        """The state of a file that is complete."""
        if self._marker is None and one.stamp.size is not None:
            return one.stamp if self._is_complete(one.path, one.stamp) else None
        try:
            found = files.look(under(self._options.path, *one.path.split("/")))
        except Unsupported:
            found = Entry(one.path, Kind.FILE, Stamp(None, None))
        if found is None:
            self._gone(one.path)
            return None
        if found.kind is not Kind.FILE:
            self.notices.tell("K611", one.path, IRREGULAR)
            return None
        if self._marker is not None and _announces(one.stamp, found.stamp):
            return found.stamp
        return found.stamp if self._is_complete(one.path, found.stamp) else None

    def _is_complete(self, path: str, seen: Stamp) -> bool:
        if self._options.ready != "stable" and self._marker is None:
            return True
        if seen.size is None:
            hint = "use 'ready: rename' or a marker with this server"
            self.notices.tell("K621", path, "the server tells no size, so nobody knows when it is complete", hint)
            return False
        patience = EMPTY_PATIENCE if seen.size == 0 and self._marker is None else 1
        return self._sightings.is_stable(path, seen, self._clock(), patience)

    def _gone(self, path: str) -> None:
        if self._marker is not None:
            hint = "remove the marker, or send the file again"
            self.notices.tell("K613", path, "there is a marker but no file", hint)

    # Handing over

    def _arrivals(self, files: RemoteFiles, window: list[Candidate], end: float) -> Iterator[Arrival]:
        handed = 0
        for one in window:
            if self._clock() >= end or handed >= self._options.limit:
                self._unfinished = True
                return
            arrival = self._arrival(files, one, end)
            if arrival is not None:
                handed += 1
                yield arrival

    def _arrival(self, files: RemoteFiles, one: Candidate, end: float) -> Arrival | None:
        """What one candidate brings; its trouble is its own. Raises ``CrossdockError`` where it is the connection's."""
        try:
            seen = self._ready(files, one)
            return None if seen is None else self._fetched(files, one.path, seen, end)
        except Changed as error:
            self._sightings.lost(one.path)
            self.notices.tell("K616", one.path, f"it is not taken yet: {error}", "it is taken once it is complete")
        except Unfinished:
            self._unfinished = True
        except Missing:
            return None  # vanished: whoever took it has it
        except RemoteFault as error:
            why = translated(error, "reading it")
            self.notices.tell("K614", one.path, f"it cannot be read: {why.message}", why.hint)
            self._unreadable.again(one.path, self._clock())
        except Lost as error:
            raise translated(error, f"fetching '{visible(one.path)}' from {self._endpoint}") from error
        return None

    def _fetched(self, files: RemoteFiles, path: str, seen: Stamp, end: float) -> Arrival:
        findings = tuple(self._refusals(path, seen))
        if findings:
            return self._made(path, seen, None, Unread(seen.size or 0), findings)
        remote = under(self._options.path, *path.split("/"))
        content = fetch(files, remote, seen, lambda: self._place(path, seen), lambda: self._clock() >= end)
        self._unreadable.over(path)
        self.notices.settled("K616", path)
        return self._made(path, seen, content.sha256, content.payload, ())

    def _refusals(self, path: str, seen: Stamp) -> Iterator[Finding]:
        place = Place(file=visible(path))
        if seen.size == 0:
            yield Finding(code="K609", message="the file is empty", place=place, hint="ask the sender to send it again")
        elif seen.size is not None and seen.size > self._options.max_size:
            message = f"the file has {seen.size} bytes, more than the {self._options.max_size} this route takes"
            yield Finding(code="K618", message=message, place=place, hint="raise max_size if such files are expected")

    def _made(
        self, path: str, seen: Stamp, sha256: str | None, payload: Payload, findings: tuple[Finding, ...]
    ) -> Arrival:
        size = payload.size
        identity = f"{self._endpoint}|{visible(path)}|{size}|{seen.modified}|{sha256 or '-'}"
        tag = hashlib.sha256(identity.encode()).hexdigest()[:8]
        headers = {
            "file.name": visible(path.rpartition("/")[2]),
            "file.path": visible(path),
            "file.size": str(size),
            "file.server": self._endpoint,
        }
        if seen.modified is not None:
            headers["file.modified"] = _moment(seen.modified)
        return Arrival(
            identity=identity,
            payload=payload,
            headers=headers | ({"file.sha256": sha256} if sha256 else {}),
            findings=findings,
            notes=EMPTY if self._left is None else self._left.note(path, seen),
            receipt=Receipt(path, seen, sha256, tag),
        )

    # Putting away

    def _settle(self, files: RemoteFiles, receipt: Receipt, what: _Unsettled) -> None:
        try:
            self._put_away(files, receipt, what.arrival, what.verdict)
        except (RemoteFault, Lost) as error:
            self._unmoved(receipt, what, translated(error, "moving it"), at_once=isinstance(error, Lost))
        else:
            self.notices.settled("K617", receipt.path)
            self._unsettled.over(receipt.path)

    def _unmoved(self, receipt: Receipt, what: _Unsettled, why: CrossdockError, *, at_once: bool) -> None:
        """Told, and tried again: ``at_once`` when the server is back, else at its own pace."""
        self.notices.tell("K617", receipt.path, f"it is taken but cannot be moved away: {why.message}", why.hint)
        self._unsettled.again(receipt.path, -math.inf if at_once else self._clock(), what)

    def _put_away(self, files: RemoteFiles, receipt: Receipt, arrival: Arrival, verdict: Verdict) -> None:
        match verdict:
            case Verdict.REFUSED:
                when = self._now().isoformat(timespec="seconds")
                self._settler.refuse(files, receipt, arrival.findings, when)
                if self._left is not None:
                    self._left.refused(receipt.path, receipt.stamp)
            case Verdict.ACCEPTED | Verdict.DUPLICATE:
                self._settler.done(files, receipt)
                if self._left is not None:
                    self._left.taken(receipt.path, receipt.stamp)

    def _place(self, path: str, seen: Stamp) -> Path:
        return self._spool.place(f"{self._endpoint}|{path}|{seen.size}|{seen.modified}")


def _announces(marker: Stamp, file: Stamp) -> bool:
    """Whether a marker is about this file: one left over from an earlier file says nothing about a newer one."""
    return marker.modified is not None and file.modified is not None and marker.modified >= file.modified


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
