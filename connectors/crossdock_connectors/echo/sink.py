"""The sink: keeps what it gets, in memory and, if it is told to, in a file of JSON lines."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from crossdock.connector import Done, Parcel, Surroundings
from crossdock.errors import CrossdockError, Retry
from crossdock_connectors.echo.failing import failure
from crossdock_connectors.echo.options import SinkOptions

REMEMBERED = 10_000  # parcels held in memory; the oldest is forgotten


class EchoSink:
    """``kept`` are the latest parcels delivered. ``sleep`` lets the delay pass."""

    def __init__(
        self, options: SinkOptions, surroundings: Surroundings, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._options = options
        self._file = None if options.keep is None else surroundings.root / options.keep
        self._sleep = sleep
        self.kept: deque[Parcel] = deque(maxlen=REMEMBERED)

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """Keep each."""
        return [self._send(parcel) for parcel in parcels]

    def close(self) -> None:
        """Nothing is held."""

    def _send(self, parcel: Parcel) -> Done | CrossdockError:
        if self._options.delay:
            self._sleep(self._options.delay)
        fault = failure(self._options.fail, parcel)
        if fault is not None and not (self._options.fail and self._options.fail.after_effect):
            return fault
        try:
            self._keep(parcel)
        except OSError as error:
            return Retry("K896", f"'{self._options.keep}' cannot be written: {error.strerror}")
        return fault or Done(parcel.key)

    def _keep(self, parcel: Parcel) -> None:
        known = self._options.effect == "keyed" and any(one.key == parcel.key for one in self.kept)
        if self._file is not None:
            _append(self._file, parcel, once=self._options.effect == "keyed")
        if not known:
            self.kept.append(parcel)


def _stands_in(file: Path, key: str) -> bool:
    with file.open(encoding="utf-8") as lines:
        return any(json.loads(line)["key"] == key for line in lines if line.endswith("\n"))


def _append(file: Path, parcel: Parcel, *, once: bool) -> None:
    """Looks and writes while nobody else does: two processes may have the same parcel."""
    with file.open("ab") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        if not (once and _stands_in(file, parcel.key)):
            out.write(_line(parcel))
            out.flush()
            os.fsync(out.fileno())


def _line(parcel: Parcel) -> bytes:
    data = parcel.data
    try:
        payload = {"payload": data.decode()}
    except UnicodeDecodeError:
        payload = {"payload_base64": base64.b64encode(data).decode()}
    fields = {
        "key": parcel.key,
        "message": parcel.message,
        "route": parcel.route,
        "attempt": parcel.attempt,
        "count": parcel.count,
        "content_type": parcel.content_type,
        "headers": dict(parcel.headers),
        **payload,
    }
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"
