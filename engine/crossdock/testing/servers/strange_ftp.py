"""FTP servers as partners have them: each quirk by a switch. Runs in threads of this process, in clear text.

It knows one user with a password and serves one folder. What it can do besides is up to its quirks: with none it is as
RFC 959 has it, without facts, sizes, times and extended modes.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from crossdock.testing.servers.server import LOOPBACK

USER = "globex"


@dataclass(slots=True)
class Quirks:
    """What is strange about a server. May be changed while it runs.

    ``style`` of listings: ``unix``, ``dos`` or ``vms``. ``sizes``, ``times``: whether SIZE and MDTM are known.
    ``features`` are what FEAT tells (None: it is not known). ``restarts``: whether REST is known. ``address`` is what
    PASV tells. ``hides``: names with a dot are shown to nobody, or with ``-a`` only. ``charset`` is that of names.
    ``replies`` are said instead of doing what a command asks; ``lines`` are listed beside the real ones. ``cuts`` ends
    each download after so many bytes, and ``confirms`` says whether it is confirmed all the same. ``hangs`` is a
    command that is never answered. ``room`` is how many bytes a file may have. ``overwrites``: whether RNTO does.
    """

    style: str = "unix"
    sizes: bool = False
    times: bool = False
    features: tuple[str, ...] | None = None
    restarts: bool = True
    address: str = LOOPBACK
    hides: str = "no"
    charset: str = "utf-8"
    replies: dict[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    cuts: int | None = None
    confirms: bool = True
    hangs: str = ""
    room: int | None = None
    overwrites: bool = True
    sessions: int | None = None
    greeting: str = "220 ready"


class StrangeFtp:
    """Serves ``folder`` on a port of the loopback. Use as a context, or call ``close``."""

    def __init__(self, folder: Path, quirks: Quirks | None = None) -> None:
        self.folder = folder
        self.quirks = quirks or Quirks()
        self.password = secrets.token_hex(12)
        self.said: list[str] = []
        self.logins = 0
        self.open_sessions = 0
        self._clients: list[socket.socket] = []
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True, name="strange-ftp").start()

    def options(self, **more: object) -> dict[str, object]:
        """What a route writes to reach it, and ``more``."""
        return {"host": LOOPBACK, "port": self.port, "user": USER, "password": self.password, "tls": "off"} | more

    def _run(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._clients.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True, name="strange-ftp-session").start()

    def _serve(self, client: socket.socket) -> None:
        self.open_sessions += 1
        session = _Session(self, client)
        with client, suppress(OSError, EOFError):
            session.run()
        session.close()
        self.open_sessions -= 1

    def close(self) -> None:
        """End everything."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self._clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _said(text: str) -> Callable[[_Session, str], str]:
    return lambda session, argument: text


class _Session:
    """One client: what it is, where it is, what it asked for just before."""

    def __init__(self, server: StrangeFtp, client: socket.socket) -> None:
        self._server = server
        self._client = client
        self._file = client.makefile("rb")
        self._at = "/"
        self._start = 0
        self._renamed = ""
        self._data: socket.socket | None = None
        self._active: tuple[str, int] | None = None

    @property
    def _quirks(self) -> Quirks:
        return self._server.quirks

    def run(self) -> None:
        """Until the client goes."""
        most = self._quirks.sessions
        if most is not None and self._server.open_sessions > most:
            self._say("421 Too many connections from your address")
            return
        self._say(self._quirks.greeting)
        while line := self._file.readline():
            text = line.rstrip(b"\r\n").replace(b"\xff\xff", b"\xff").decode(self._quirks.charset, "surrogateescape")
            self._server.said.append(text.replace(self._server.password, "***"))
            command, _, argument = text.partition(" ")
            self._obey(command.upper(), argument)

    def close(self) -> None:
        """Nothing is left open."""
        self._file.close()
        if self._data is not None:
            self._data.close()

    def _obey(self, command: str, argument: str) -> None:
        if command == self._quirks.hangs:
            time.sleep(3600)
        if command in self._quirks.replies:
            self._say(self._quirks.replies[command])
            return
        action = self._ACTIONS.get(command)
        try:
            self._say(action(self, argument) if action else "502 not implemented")
        except FileNotFoundError:
            self._say("550 The system says no.")
        except OSError as error:
            self._say(f"550 {error.strerror}")

    def _say(self, text: str) -> None:
        self._client.sendall(text.encode(self._quirks.charset, "surrogateescape") + b"\r\n")

    def _path(self, path: str) -> Path:
        whole = path if path.startswith("/") else f"{self._at.rstrip('/')}/{path}"
        return Path(os.fsdecode(os.fsencode(self._server.folder) + whole.encode("utf-8", "surrogateescape")))

    # The login and what can be done

    def _user(self, name: str) -> str:
        return "331 password, please"

    def _pass(self, password: str) -> str:
        if not secrets.compare_digest(password.encode(), self._server.password.encode()):
            return f"530 {password} is no password of {USER}"  # some servers do say that
        self._server.logins += 1
        return "230 welcome"

    def _feat(self, argument: str) -> str:
        if self._quirks.features is None:
            return "500 FEAT not understood"
        return "\r\n".join(("211-Features", *(f" {one}" for one in self._quirks.features), "211 End"))

    def _cwd(self, path: str) -> str:
        if not self._path(path).is_dir():
            raise FileNotFoundError
        self._at = path
        return "250 there we are"

    def _size(self, path: str) -> str:
        if not self._quirks.sizes:
            return "500 SIZE not understood"
        if not self._path(path).is_file():
            raise FileNotFoundError
        return f"213 {self._path(path).stat().st_size}"

    def _time(self, path: str) -> str:
        if not self._quirks.times:
            return "500 MDTM not understood"
        return time.strftime("213 %Y%m%d%H%M%S", time.gmtime(self._path(path).stat().st_mtime))

    # Transfers

    def _pasv(self, argument: str) -> str:
        if self._data is not None:
            self._data.close()
        self._data = socket.create_server((LOOPBACK, 0))
        port = self._data.getsockname()[1]
        return f"227 Entering Passive Mode ({self._quirks.address.replace('.', ',')},{port // 256},{port % 256})."

    def _port(self, argument: str) -> str:
        *host, high, low = argument.split(",")
        self._active = ".".join(host), int(high) * 256 + int(low)
        return "200 so be it"

    def _line(self) -> socket.socket:
        if self._active is not None:
            return socket.create_connection(self._active)
        assert self._data is not None  # noqa: S101 - clients ask before
        made, _ = self._data.accept()
        self._data.close()
        return made

    def _rest(self, argument: str) -> str:
        if not self._quirks.restarts:
            return "502 REST not implemented"
        self._start = int(argument)
        return "350 from there"

    def _list(self, argument: str) -> str:
        if argument and argument != "-a":
            raise FileNotFoundError
        found = [
            one
            for one in sorted(self._path("").iterdir())
            if not one.name.startswith(".")
            or self._quirks.hides == "no"
            or (self._quirks.hides, argument) == ("dashed", "-a")
        ]
        dots = [".", ".."] if argument and self._quirks.style == "unix" else []
        if argument and self._quirks.style != "unix":
            found = []  # there is no file of that name
        lines = [*(f"drwxr-xr-x 2 ftp ftp 4096 Nov 20 12:30 {dot}" for dot in dots), *map(self._shown, found)]
        text = "".join(f"{line}\r\n" for line in (*lines, *self._quirks.lines))
        self._say("150 here it comes")
        with self._line() as line:
            line.sendall(text.encode(self._quirks.charset, "surrogateescape"))
        return "226 done"

    def _shown(self, path: Path) -> str:
        name = os.fsencode(path.name).decode("utf-8", "surrogateescape")
        size = path.lstat().st_size
        if self._quirks.style == "vms":
            return f"{name.upper()};1              2/4          20-NOV-2026 12:30:11 [GROUP,OWNER] (RWED,RWED,RE,)"
        if self._quirks.style == "dos":
            kind = "<DIR>         " if path.is_dir() else f"{size:>14}"
            return f"11-20-26  12:30PM {kind} {name}"
        kind = "d" if path.is_dir() else "l" if path.is_symlink() else "-"
        return f"{kind}rw-r--r--   1 ftp      ftp      {size:>8} Nov 20 12:30 {name}"

    def _retr(self, path: str) -> str:
        data = self._path(path).read_bytes()[self._start :]
        self._start = 0
        self._say("150 here it comes")
        with self._line() as line:
            line.sendall(data if self._quirks.cuts is None else data[: self._quirks.cuts])
        return "226 done" if self._quirks.cuts is None or self._quirks.confirms else "426 it was cut"

    def _stor(self, path: str) -> str:
        start, self._start = self._start, 0
        target = self._path(path)
        if not target.parent.is_dir():
            raise FileNotFoundError
        self._say("150 go on")
        with self._line() as line, target.open("r+b" if start else "wb") as file:
            file.seek(start)
            while data := line.recv(65_536):
                if self._quirks.room is not None and file.tell() + len(data) > self._quirks.room:
                    return "452 no space left"
                file.write(data)
        return "226 thank you"

    # Names

    def _rnfr(self, path: str) -> str:
        if not self._path(path).exists():
            raise FileNotFoundError
        self._renamed = path
        return "350 and its new name?"

    def _rnto(self, path: str) -> str:
        if self._path(path).exists() and not self._quirks.overwrites:
            return "553 The system says no."
        self._path(self._renamed).rename(self._path(path))
        return "250 so be it"

    def _dele(self, path: str) -> str:
        self._path(path).unlink()
        return "250 gone"

    def _mkd(self, path: str) -> str:
        self._path(path).mkdir()
        return "257 made"

    _ACTIONS: ClassVar[Mapping[str, Callable[[_Session, str], str]]] = {
        "USER": _user,
        "PASS": _pass,
        "FEAT": _feat,
        "PWD": _said('257 "/" is where we are'),
        "TYPE": _said("200 so be it"),
        "NOOP": _said("200 yes"),
        "CWD": _cwd,
        "SIZE": _size,
        "MDTM": _time,
        "PASV": _pasv,
        "PORT": _port,
        "REST": _rest,
        "LIST": _list,
        "RETR": _retr,
        "STOR": _stor,
        "RNFR": _rnfr,
        "RNTO": _rnto,
        "DELE": _dele,
        "MKD": _mkd,
    }
