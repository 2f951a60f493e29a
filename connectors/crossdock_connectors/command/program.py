"""A program of a route, ready to be run for a parcel: where, as whom, with which environment."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from crossdock.connector import Parcel, Surroundings, Template
from crossdock.errors import Halt, Retry
from crossdock_connectors.command.arguments import LONGEST, program
from crossdock_connectors.command.options import Limits, Program
from crossdock_connectors.command.running import Ended, Order, run

_PATH = "/usr/local/bin:/usr/bin:/bin"


class Runner:
    """Runs the programs of one connector."""

    def __init__(self, options: Program, surroundings: Surroundings) -> None:
        self._options = options
        self._around = surroundings

    @property
    def secrets(self) -> list[str]:
        """What no message may have in it."""
        return [value.get_secret_value() for value in self._options.env.values()]

    def run(
        self,
        command: Sequence[Template],
        arguments: Sequence[str],
        given: Iterable[bytes],
        told: Mapping[str, str],
        *,
        whole: bool = True,
    ) -> Ended:
        """Run it to its end. Raises ``Halt`` where it cannot be run at all, ``Retry`` where it cannot now."""
        found = program(command, self._around.root)
        user = self._user()
        with self._folder(user) as folder:
            order = Order(
                program=found,
                arguments=tuple(arguments),
                folder=folder,
                environment=self._environment(folder, told),
                seconds=self._options.within,
                output=self._options.output,
                limits=_limits(self._options.limits),
                user=user,
                network=self._options.network,
                whole=whole,
            )
            return run(order, given)

    def _environment(self, folder: Path, told: Mapping[str, str]) -> dict[str, str]:
        own = {name: value.get_secret_value() for name, value in self._options.env.items()}
        places = {"HOME": str(folder), "TMPDIR": str(folder)}
        return {"PATH": _PATH, "LANG": "C.UTF-8", **places, **own, **told}

    def _user(self) -> tuple[int, int] | None:
        if self._options.user is None:
            return None
        try:
            entry = pwd.getpwnam(self._options.user)
        except KeyError:
            raise Halt("K906", f"there is no user '{self._options.user}' on this machine") from None
        return entry.pw_uid, entry.pw_gid

    @contextmanager
    def _folder(self, user: tuple[int, int] | None) -> Iterator[Path]:
        """The folder that was named, or one of its own that is gone afterwards."""
        if self._options.folder is not None:
            yield self._around.root / self._options.folder
            return
        try:
            made = tempfile.mkdtemp(prefix="crossdock-command-")
            if user is not None and os.geteuid() == 0:
                os.chown(made, *user)
        except OSError as error:
            raise Retry("K904", f"no folder can be made for the program: {error.strerror}") from error
        try:
            yield Path(made)
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _limits(limits: Limits) -> dict[str, int]:
    return {
        "cpu": max(1, int(limits.cpu)),
        "memory": limits.memory,
        "file_size": limits.file_size,
        "files": limits.files,
        "core": 0,
    }


def told_of(parcel: Parcel) -> dict[str, str]:
    """What a program learns of the parcel it is run for."""
    told = {
        "CROSSDOCK_KEY": parcel.key,
        "CROSSDOCK_MESSAGE": parcel.message,
        "CROSSDOCK_CORRELATION": parcel.correlation,
        "CROSSDOCK_ROUTE": parcel.route,
        "CROSSDOCK_ATTEMPT": str(parcel.attempt),
        "CROSSDOCK_CONTENT_TYPE": parcel.content_type,
    }
    return {name: _sayable(text) for name, text in told.items()}


def _sayable(text: str) -> str:
    """As an environment can hold it: others write a correlation, and a NUL in it would let no program begin."""
    data = text.replace("\0", "").encode(errors="replace")
    return data[:LONGEST].decode(errors="ignore")
