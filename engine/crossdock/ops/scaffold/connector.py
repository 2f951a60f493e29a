"""The draft of a connector package: a folder of messages that works, its registration, and its tests by the suites."""

from __future__ import annotations

import re

from crossdock.ops.scaffold.drafts import Draft, refusal

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


def connector_draft(name: str) -> Draft:
    """The files of package ``crossdock-NAME``. Raises ``ConfigError`` where the name is none of a module."""
    if not _NAME.match(name):
        raise refusal("G130", f"{name[:80]!r} is no name for a connector", "small letters, digits and '_': acme_queue")
    package = f"crossdock-{name.replace('_', '-')}"
    words = {
        "@name@": name,
        "@Name@": "".join(part.title() for part in name.split("_")),
        "@NAME@": name.upper().replace("_", ""),
    }
    words["@package@"] = package
    texts = {
        "README.md": _README,
        "pyproject.toml": _PYPROJECT,
        f"crossdock_{name}.py": _MODULE,
        f"tests/test_{name}.py": _TESTS,
    }
    return Draft(files={f"{package}/{path}": _filled(text, words).encode() for path, text in texts.items()})


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text


_README = """\
# @package@

A connector for crossdock, `@name@`. What is drafted here moves messages through a folder: it works, it keeps the whole contract, and
every place that is about the folder is where your system goes.

    pip install -e . && pip install "crossdock[testing]"
    pytest
    crossdock connectors @name@
"""

_PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "@package@"
version = "0.1.0"
description = "@name@ for crossdock"
requires-python = ">=3.11"
dependencies = ["crossdock"]

[project.entry-points."crossdock.connectors"]
@name@ = "crossdock_@name@:CONNECTOR"

[dependency-groups]
dev = ["crossdock[testing]"]

[tool.hatch.build.targets.wheel]
only-include = ["crossdock_@name@.py"]
"""

_MODULE = '''\
"""``@name@``: a folder of messages, one file each.

```yaml
from:
  @name@: {path: mailbox}
to:
  - @name@: {path: mailbox}
```
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from crossdock.connector import (
    Arrival,
    CallKind,
    Connector,
    Done,
    Effect,
    Parcel,
    SinkKind,
    SourceKind,
    Surroundings,
    Verdict,
)
from crossdock.errors import CrossdockError, Finding, Retry
from crossdock.message import Document, Inline


class Options(BaseModel):
    """``path`` is the folder, from the project's folder. It must be there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str


class @Name@Source:
    """Takes the files of the folder, in the order of their names."""

    def __init__(self, options: Options, around: Surroundings) -> None:
        self._folder = around.root / options.path

    def poll(self) -> Iterator[Arrival]:
        """What is there, read when it is asked for. ``identity`` is the same whenever the same thing is seen again."""
        try:
            paths = sorted(path for path in self._folder.iterdir() if _is_message(path))
        except OSError as error:
            raise _away(error) from error
        for path in paths:
            with suppress(FileNotFoundError):  # another reader was faster: it is theirs
                yield Arrival(identity=_shown(path), payload=Inline(path.read_bytes()), receipt=path.name)

    def settle(self, arrival: Arrival, verdict: Verdict) -> None:
        """It is durable now: take it away. May be called again, so it may be gone already."""
        (self._folder / str(arrival.receipt)).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is held between two polls."""


class @Name@Sink:
    """Writes each parcel under its key: the same one again is the same file, so nothing is there twice."""

    def __init__(self, options: Options, around: Surroundings) -> None:
        self._folder = around.root / options.path

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """One outcome for each parcel, in order. A failure is an outcome and is never raised."""
        return [self._send(parcel) for parcel in parcels]

    def _send(self, parcel: Parcel) -> Done | CrossdockError:
        temporary = self._folder / f".{parcel.key}.{os.getpid()}.{id(self)}"
        try:
            with temporary.open("wb") as file:
                for chunk in parcel.payload.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._folder / parcel.key)
            _flush(self._folder)
        except OSError as error:
            return _away(error)
        return Done(parcel.key)

    def close(self) -> None:
        """Nothing is held between two calls."""


class @Name@Call:
    """Puts a question into the folder, under its key, and answers that it is there."""

    def __init__(self, options: Options, around: Surroundings) -> None:
        self._sink = @Name@Sink(options, around)

    def ask(self, parcel: Parcel) -> Document | CrossdockError:
        """The answer. The same key again is the same question."""
        (outcome,) = self._sink.send([parcel])
        return {"stored": parcel.key} if isinstance(outcome, Done) else outcome

    def close(self) -> None:
        """Nothing is held between two questions."""


def probe(options: Options, around: Surroundings) -> Iterator[Finding]:
    """For ``crossdock check --connect``: whether the folder is there. Looks, and changes nothing."""
    if not (around.root / options.path).is_dir():
        yield Finding(code="@NAME@2", message=f"'{options.path}' is no folder", hint="make it")


def _is_message(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".")


def _shown(path: Path) -> str:
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")  # a name is data, whatever bytes it has


def _away(error: OSError) -> Retry:
    return Retry("@NAME@1", f"the folder cannot be used: {error.strerror}", hint="look at the folder and its rights")


def _flush(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


CONNECTOR = Connector(
    name="@name@",
    about="A folder of messages.",
    source=SourceKind(options=Options, open=@Name@Source, probe=probe),
    sink=SinkKind(options=Options, open=@Name@Sink, effect=lambda options: Effect.KEYED, probe=probe),
    call=CallKind(options=Options, open=@Name@Call, effect=lambda options: Effect.KEYED, probe=probe),
)
CONNECTORS = [CONNECTOR]  # for a project that names this file under `plugins:` instead of installing the package
'''

_TESTS = '''\
"""The whole contract, against a real folder. The grounds say where the other side is; the suites do the rest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crossdock_@name@ import CONNECTOR

from crossdock.connector import Effect, Parcel
from crossdock.message import Document, Inline
from crossdock.testing.connector_suite import (
    CallGround,
    CallSuite,
    Delivered,
    EmptyThings,
    Ground,
    InOrder,
    LeadsNowhere,
    Options,
    Probed,
    ShowsWaiting,
    SinkGround,
    SinkSuite,
    SourceGround,
    SourceSuite,
)


class Folder(Ground, Probed):
    """A folder ``mailbox`` in the project."""

    connector = CONNECTOR

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        (root / "mailbox").mkdir()

    def options(self, **more: object) -> Options:
        return {"path": "mailbox", **more}


class Incoming(Folder, SourceGround, EmptyThings, InOrder, ShowsWaiting):
    """The folder, filled by the other side."""

    def put(self, name: str, data: bytes) -> None:
        (self.root / "mailbox" / f".{name}").write_bytes(data)
        (self.root / "mailbox" / f".{name}").rename(self.root / "mailbox" / name)

    def waiting(self) -> int:
        return len(list((self.root / "mailbox").iterdir()))


class Outgoing(Folder, SinkGround, LeadsNowhere):
    """The folder, as the other side sees it."""

    def arrived(self) -> Sequence[Delivered]:
        paths = [path for path in (self.root / "mailbox").iterdir() if not path.name.startswith(".")]
        return [Delivered(path.name, path.read_bytes()) for path in paths]

    def nowhere(self) -> Options:
        return self.options(path="missing")


class Questions(Outgoing, CallGround):
    """The folder, as it is asked."""

    def question(self, number: int) -> Parcel:
        return Parcel(key=f"question-{number}", message=f"message-{number}", payload=Inline(b"{}"))

    def answer(self, number: int) -> Document:
        return {"stored": f"question-{number}"}

    def asked(self) -> Sequence[str]:
        return [one.key for one in self.arrived()]


class Test@Name@Source(SourceSuite):
    ground_type = Incoming


class Test@Name@Sink(SinkSuite):
    ground_type, effect = Outgoing, Effect.KEYED


class Test@Name@Call(CallSuite):
    ground_type, effect = Questions, Effect.KEYED
'''
