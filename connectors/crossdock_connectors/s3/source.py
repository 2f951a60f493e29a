"""The source: lists a bucket page by page, and puts away what is safe.

An object is known by bucket, key, ETag, size and the time it was written, so the same object listed again is the same arrival and one
that replaced it is a new one. Nothing is deleted that is not what was taken.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase

from crossdock.connector import Arrival, Surroundings, Verdict
from crossdock.connector.remote.spool import Spool
from crossdock.errors import CrossdockError, Finding
from crossdock.message import Inline
from crossdock_connectors.s3.objects import Changed, fetched, forget
from crossdock_connectors.s3.options import Archive, SourceOptions
from crossdock_connectors.s3.signing import encoded
from crossdock_connectors.s3.storage import Listed, Storage

LOG = logging.getLogger("crossdock.connector.s3")


class S3Source:
    """Watches one prefix of one bucket."""

    def __init__(self, options: SourceOptions, surroundings: Surroundings) -> None:
        self._options = options
        self._around = surroundings
        self._storage = Storage(options, surroundings)
        self._spool = Spool(surroundings.root, surroundings.name)
        self._spool.sweep()

    def poll(self) -> Iterator[Arrival]:
        """What is there and was not taken. Raises ``Retry`` where the storage is away, ``Halt`` where it refuses us."""
        token: str | None = None
        count = 0
        while True:
            page, token = self._storage.page(self._options.prefix, token)
            for one in self._unknown([one for one in page if self._is_wanted(one.key)]):
                arrival = self._arrival(one)
                if arrival is None:
                    continue
                yield arrival
                count += 1
                if count >= self._options.limit:
                    return
            if token is None:
                return

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """Put it away. What fails is done with the next listing, in which it stands again."""
        listed = arrival.receipt
        if not isinstance(listed, Listed):
            raise TypeError("not an arrival of this source")
        try:
            forget(arrival.payload)
            if verdict is Verdict.REFUSED:
                self._refuse(listed)
            elif isinstance(self._options.after, Archive):
                self._move(listed, self._options.after.archive)
            elif self._options.after == "delete":
                self._delete(listed)
        except CrossdockError as error:
            LOG.warning(
                "%s: %s: '%s' is taken but cannot be put away: %s", "K889", self._around.name, listed.key, error
            )

    def close(self) -> None:
        """Close every connection."""
        self._storage.close()

    def _is_wanted(self, key: str) -> bool:
        options = self._options
        archive = options.after.archive if isinstance(options.after, Archive) else None
        away = [prefix for prefix in (archive, options.rejects) if prefix]
        if key.endswith("/") or any(
            key.startswith(prefix) for prefix in away
        ):  # a slash ends what consoles show as a folder
            return False
        return _fits(key, options.prefix, options.match) and not _fits(key, options.prefix, options.ignore)

    def _unknown(self, listed: Sequence[Listed]) -> list[Listed]:
        """Those that were not taken and left, or refused and left."""
        if self._options.after != "leave" and self._options.rejects is not None:
            return list(listed)
        notes = self._around.notes.read([_note(one.key) for one in listed])
        return [one for one in listed if notes.get(_note(one.key)) != self._version(one)]

    def _version(self, listed: Listed) -> str:
        return f"{listed.etag}|{listed.size}|{listed.modified}"

    def _arrival(self, listed: Listed) -> Arrival | None:
        """What is handed over; None where it has changed meanwhile, and is listed anew."""
        identity = f"{self._options.bucket}|{listed.key}|{self._version(listed)}"
        faults = tuple(self._faults(listed))
        try:
            payload = Inline(b"") if faults else fetched(self._storage, listed, self._spool, identity)
        except Changed as error:
            LOG.info("%s: %s", self._around.name, error)
            return None
        headers = {
            "s3.bucket": self._options.bucket,
            "s3.key": _visible(listed.key),
            "s3.etag": listed.etag,
            "s3.modified": listed.modified,
            "file.name": _visible(listed.key.rpartition("/")[2]),
        }
        left = {_note(listed.key): self._version(listed)} if self._options.after == "leave" else {}
        return Arrival(
            identity=identity,
            payload=payload,
            headers=headers,
            findings=faults,
            notes=left,
            receipt=listed,
        )

    def _faults(self, listed: Listed) -> Iterator[Finding]:
        if listed.size > self._options.max_size:
            told = f"the object has {listed.size} bytes, and {self._options.max_size} may be taken"
            yield Finding(code="K887", message=told, hint="raise 'max_size'")

    def _refuse(self, listed: Listed) -> None:
        if self._options.rejects is None:
            self._around.notes.write({_note(listed.key): self._version(listed)})
        else:
            self._move(listed, self._options.rejects)

    def _move(self, listed: Listed, prefix: str) -> None:
        target = prefix + listed.key.removeprefix(self._options.prefix)
        origin = f"/{self._options.bucket}/{encoded(listed.key, path=True)}"
        headers = {"x-amz-copy-source": origin, "x-amz-copy-source-if-match": f'"{listed.etag}"'}
        self._storage.ask("PUT", target, headers=headers)
        self._delete(listed)

    def _delete(self, listed: Listed) -> None:
        """Only while it is still what was taken."""
        there = self._storage.head(listed.key)
        if (
            there is not None
            and there.headers.get("etag", "").strip('"') == listed.etag
            and _is_as_old(there.headers, listed)
        ):
            self._storage.delete(listed.key)


def _is_as_old(headers: Mapping[str, str], listed: Listed) -> bool:
    """Whether it was written when the listing says; compared in seconds, as headers have no more."""
    told = headers.get("last-modified", "")
    try:
        return parsedate_to_datetime(told).strftime("%Y-%m-%dT%H:%M:%S") == listed.modified[:19]
    except ValueError:
        return True


def _fits(key: str, prefix: str, patterns: Sequence[str]) -> bool:
    below, name = key.removeprefix(prefix), key.rpartition("/")[2]
    return any(fnmatchcase(below if "/" in one else name, one) for one in patterns)


def _note(key: str) -> str:
    return f"taken:{hashlib.sha256(key.encode(errors='surrogatepass')).hexdigest()}"


def _visible(text: str) -> str:
    return "".join(one if one.isprintable() else one.encode("unicode_escape", "surrogatepass").decode() for one in text)
