"""``maildir``: folders of mail, as mail servers and their filters fill them.

```yaml
from:
  maildir: {path: mail/orders}
to:
  - maildir: {path: mail/confirmations}
```

A message in a Maildir is a file: written in ``tmp``, moved to ``new`` once it is whole, and to ``cur`` once somebody has
taken it. So the source need not wait for files to be complete, and the sink can give each message a name of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from crossdock.connector import Arrival, Connector, Done, Effect, Parcel, SinkKind, SourceKind, Surroundings, Verdict
from crossdock.errors import CrossdockError, Finding, Retry
from crossdock.message import Inline

_FOLDERS = ("tmp", "new", "cur")
_TAKEN = {Verdict.ACCEPTED: "S", Verdict.DUPLICATE: "S", Verdict.REFUSED: "F"}  # flags: seen; flagged, for a person


class Options(BaseModel):
    """``path`` is the Maildir, from the project's folder. It must be there, with ``tmp``, ``new`` and ``cur`` in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str


class MaildirSource:
    """Takes what lies in ``new``."""

    def __init__(self, options: Options, around: Surroundings) -> None:
        self._home = around.root / options.path

    def poll(self) -> Iterator[Arrival]:
        """Each message, by name. Read when it is asked for, so a full folder is never in memory."""
        try:
            names = sorted(path.name for path in (self._home / "new").iterdir())
        except OSError as error:
            raise _away(error) from error
        for name in names:
            with suppress(FileNotFoundError):  # another reader was faster: it is theirs
                yield self._arrival(name)

    def _arrival(self, name: str) -> Arrival:
        shown = os.fsencode(name).decode("utf-8", "backslashreplace")  # a name is data, whatever bytes it has
        return Arrival(
            identity=shown,
            payload=Inline((self._home / "new" / name).read_bytes()),
            content_type="message/rfc822",
            headers={"maildir.name": shown},
            receipt=name,
        )

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """It is durable now (or refused): it moves to ``cur``. May be called again, so it may be gone already."""
        name = str(arrival.receipt)
        taken = f"{name.partition(':')[0]}:2,{_TAKEN[verdict]}"
        with suppress(FileNotFoundError):
            (self._home / "new" / name).rename(self._home / "cur" / taken)

    def close(self) -> None:
        """Nothing is held between two polls."""


class MaildirSink:
    """Puts each parcel into ``new`` under its key: the same one again is known by it as long as it is in the mailbox."""

    def __init__(self, options: Options, around: Surroundings) -> None:
        self._home = around.root / options.path

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """One outcome for each parcel, in order. A failure is an outcome and is never raised."""
        return [self._send(parcel) for parcel in parcels]

    def _send(self, parcel: Parcel) -> Done | CrossdockError:
        temporary = self._home / "tmp" / f"{parcel.key}.{os.getpid()}.{id(self)}"
        try:
            if not self._is_there(parcel.key):
                self._write(temporary, parcel)
                with suppress(FileExistsError):  # another worker was faster
                    os.link(temporary, self._home / "new" / parcel.key)
                temporary.unlink()
                _flush(self._home / "new")
        except OSError as error:
            return _away(error)
        return Done(parcel.key)

    def _is_there(self, key: str) -> bool:
        return (self._home / "new" / key).exists() or any((self._home / "cur").glob(f"{key}:*"))

    def _write(self, path: Path, parcel: Parcel) -> None:
        with path.open("wb") as file:
            for chunk in parcel.payload.chunks():
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        """Nothing is held between two calls."""


def probe(options: Options, around: Surroundings) -> Iterator[Finding]:
    """For ``crossdock check --connect``: whether the folders are there. Looks, and changes nothing."""
    for name in _FOLDERS:
        if not (around.root / options.path / name).is_dir():
            yield Finding(code="MAILDIR2", message=f"'{options.path}' has no folder '{name}'", hint="make it a Maildir")


def _away(error: OSError) -> Retry:
    return Retry("MAILDIR1", f"the Maildir cannot be used: {error.strerror}", hint="look at the folder and its rights")


def _flush(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


CONNECTOR = Connector(
    name="maildir",
    about="Folders of mail: takes what was dropped there, or delivers into one.",
    source=SourceKind(options=Options, open=MaildirSource, probe=probe),
    sink=SinkKind(options=Options, open=MaildirSink, effect=lambda options: Effect.KEYED, probe=probe),
)
CONNECTORS = [CONNECTOR]  # for a project that names this file under `plugins:` instead of installing the package
