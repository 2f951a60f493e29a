"""SFTP servers as partners have them: each quirk by a switch. Runs in threads of this process, on paramiko's server side.

It knows one user with a password, serves one folder, and has no extensions: no rename over a file, no flush, no limits.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import paramiko
from paramiko.sftp import SFTP_EOF, SFTP_FAILURE, SFTP_OK, SFTP_OP_UNSUPPORTED, SFTP_PERMISSION_DENIED

from crossdock.testing.servers.server import LOOPBACK

USER = "globex"
NO_SPACE = 14  # SSH_FX_NO_SPACE_ON_FILESYSTEM of later drafts


@dataclass(slots=True)
class Quirks:
    """What is strange about a server. May be changed while it runs.

    ``looks``: whether STAT and LSTAT are known. ``renames``: ``refused``, ``overwriting`` (silently) or ``yes``.
    ``lies`` are sizes told by name. ``more`` are names listed beside the real ones, ``whole_paths`` whether names are
    listed with their folder. ``bare`` attributes have no size and no type. ``reads`` bounds the bytes of one answer.
    ``pause`` are seconds before each part of a listing. ``room`` is how many bytes may be written. ``extra`` are files
    listed that are nowhere.
    """

    looks: bool = True
    renames: str = "yes"
    removes: bool = True
    ascii_only: bool = False
    lies: dict[str, int] = field(default_factory=dict)
    more: Sequence[str] = ()
    whole_paths: bool = False
    bare: bool = False
    reads: int | None = None
    pause: float = 0.0
    room: int | None = None
    hangs: bool = False
    extra: int = 0
    sessions: int | None = None


class _Login(paramiko.ServerInterface):  # type: ignore[misc]  # paramiko has no types
    def __init__(self, password: str) -> None:
        self._password = password

    def check_auth_password(self, username: str, password: str) -> int:
        good = username == USER and secrets.compare_digest(password, self._password)
        return int(paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED)

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)


class _Handle(paramiko.SFTPHandle):  # type: ignore[misc]  # paramiko has no types
    def __init__(self, flags: int, quirks: Quirks, file: int) -> None:
        super().__init__(flags)
        self._quirks = quirks
        self._file = file

    def read(self, offset: int, length: int) -> bytes | int:
        if self._quirks.hangs:
            time.sleep(3600)
        data = os.pread(self._file, min(length, self._quirks.reads or length), offset)
        return data or int(SFTP_EOF)

    def write(self, offset: int, data: bytes) -> int:
        if self._quirks.room is not None and offset + len(data) > self._quirks.room:
            return NO_SPACE
        os.pwrite(self._file, data, offset)
        return int(SFTP_OK)

    def stat(self) -> paramiko.SFTPAttributes | int:
        if not self._quirks.looks:
            return int(SFTP_OP_UNSUPPORTED)
        return paramiko.SFTPAttributes.from_stat(os.fstat(self._file))

    def close(self) -> None:
        super().close()
        os.close(self._file)


class _Folder(paramiko.SFTPServerInterface):  # type: ignore[misc]  # paramiko has no types
    """One folder of this machine. Links are looked at, never followed."""

    def __init__(self, server: _Login, folder: Path, quirks: Quirks) -> None:
        super().__init__(server)
        self._folder = folder
        self._quirks = quirks

    def _path(self, path: str) -> Path:
        return self._folder / path.lstrip("/")

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        try:
            found = [self._attributes(one, one.name) for one in sorted(self._path(path).iterdir())]
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))
        time.sleep(self._quirks.pause)
        for name in (*self._quirks.more, *(f"extra-{number:06}.edi" for number in range(self._quirks.extra))):
            made = paramiko.SFTPAttributes()
            made.filename, made.st_size, made.st_mode, made.st_mtime, made.st_atime = name, 5, 0o100644, 1, 1
            found.append(made)
        if self._quirks.whole_paths:
            for one in found:
                one.filename = f"{path.rstrip('/')}/{one.filename}"
        return found

    def _attributes(self, path: Path, name: str) -> paramiko.SFTPAttributes:
        made = paramiko.SFTPAttributes.from_stat(path.lstat(), name)
        if name in self._quirks.lies:
            made.st_size = self._quirks.lies[name]
        if self._quirks.bare:
            made.st_size = made.st_mode = made.st_mtime = made.st_atime = made.st_uid = None
        return made

    def lstat(self, path: str) -> paramiko.SFTPAttributes | int:
        if not self._quirks.looks:
            return int(SFTP_OP_UNSUPPORTED)
        try:
            return self._attributes(self._path(path), self._path(path).name)
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))

    stat = lstat

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> _Handle | int:
        if self._quirks.ascii_only and not path.isascii():
            return int(SFTP_FAILURE)
        try:
            return _Handle(flags, self._quirks, os.open(self._path(path), flags | os.O_NOFOLLOW, 0o644))
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))

    def rename(self, oldpath: str, newpath: str) -> int:
        if self._quirks.renames == "refused":
            return int(SFTP_PERMISSION_DENIED)
        if self._quirks.renames == "yes" and self._path(newpath).exists():
            return int(SFTP_FAILURE)
        return self._done(lambda: self._path(oldpath).rename(self._path(newpath)))

    def remove(self, path: str) -> int:
        if not self._quirks.removes:
            return int(SFTP_PERMISSION_DENIED)
        return self._done(lambda: self._path(path).unlink())

    def mkdir(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        return self._done(lambda: self._path(path).mkdir())

    def _done(self, action: Callable[[], object]) -> int:
        try:
            action()
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))
        return int(SFTP_OK)


class StrangeSftp:
    """Serves ``folder`` on a port of the loopback. Use as a context, or call ``close``."""

    def __init__(self, folder: Path, quirks: Quirks | None = None) -> None:
        self.folder = folder
        self.quirks = quirks or Quirks()
        self.password = secrets.token_hex(12)
        self._key = paramiko.ECDSAKey.generate()
        self._transports: list[paramiko.Transport] = []
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self.logins = 0
        threading.Thread(target=self._run, daemon=True, name="strange-sftp").start()

    def options(self, **more: object) -> dict[str, object]:
        """What a route writes to reach it, and ``more``."""
        pinned = f"{self._key.get_name()} {self._key.get_base64()}"
        login = {"host": LOOPBACK, "port": self.port, "user": USER, "password": self.password, "host_key": pinned}
        return {**login, **more}

    @property
    def open_sessions(self) -> int:
        """How many clients are connected."""
        self._transports = [one for one in self._transports if one.is_active()]
        return len(self._transports)

    def _run(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.quirks.sessions is not None and self.open_sessions >= self.quirks.sessions:
                client.close()
                continue
            self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        transport = paramiko.Transport(client)
        transport.set_log_channel("crossdock.testing.strange_sftp")
        transport.add_server_key(self._key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folder, self.folder, self.quirks)
        self._transports.append(transport)
        self.logins += 1
        with suppress(paramiko.SSHException, EOFError, OSError):
            transport.start_server(event=threading.Event(), server=_Login(self.password))

    def close(self) -> None:
        """End everything."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for transport in self._transports:
            transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
