"""A private PostgreSQL: flushing as in production, over TCP on loopback and a socket in its own folder."""

from __future__ import annotations

import os
import pwd
import re
import secrets
import signal
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from crossdock.errors import Halt
from crossdock.testing.servers.server import LOOPBACK, Account, Server, find

_USER = "crossdock"
_ACCOUNTS = ("postgres", "nobody")  # PostgreSQL refuses to run as root
_READY = 7  # the line of postmaster.pid with the status; what pg_ctl waits for (PostgreSQL 10 and later)


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """A PostgreSQL that runs: its ``url``, and room for one user more."""

    url: str
    tools: str

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        database = f"t{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {database} TEMPLATE template0")
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def execute(self, statement: str) -> str:
        """Run one statement as the administrator, by psql; the values it gave, one row a line."""
        psql = find("psql", [Path(self.tools)], "postgresql-client")
        command: list[str | Path] = [
            psql,
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "-v",
            "ON_ERROR_STOP=1",
        ]
        done = subprocess.run(
            [*command, "--dbname", self.url, "--command", statement], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Halt("T102", f"PostgreSQL refused: {statement}", hint=done.stderr.strip())
        return done.stdout.strip()


class Postgres(Server):
    """A PostgreSQL of our own. ``settings`` are those of postgresql.conf, such as ``{"fsync": "off"}``."""

    name = "postgres"
    stop_signal = signal.SIGINT  # fast shutdown: clients are cut, what is committed is checkpointed

    def __init__(self, folder: Path | None = None, settings: dict[str, str] | None = None) -> None:
        self._binary = find_postgres()
        super().__init__(folder, _account())
        self._password = secrets.token_hex(12)
        self._settings = settings or {}
        self._own_folder()

    @property
    def url(self) -> str:
        """Of the administrator, over TCP."""
        return f"postgresql://{_USER}:{self._password}@{LOOPBACK}:{self.port}/postgres"

    @property
    def address(self) -> PostgresAddress:
        """What somebody else needs to use it."""
        return PostgresAddress(self.url, str(self._binary.parent))

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    def _own_folder(self) -> None:
        """The folder belongs to the server's user. Raises ``Halt`` T103 where that user could not get to it."""
        if self._account is None:
            return
        os.chown(self.folder, self._account.uid, self._account.gid)
        closed = [path for path in self.folder.absolute().parents if not path.stat().st_mode & 0o001]
        if closed:
            raise Halt(
                "T103",
                f"PostgreSQL would run as {self._account.name}, who may not enter {closed[0]}",
                hint="give a folder that everyone can get to, or none",
            )

    def _make(self) -> None:
        password = self.folder / "password"
        password.write_text(self._password)
        if self._account is not None:
            os.chown(password, self._account.uid, self._account.gid)
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-sync", "--username", _USER]
        initdb = find("initdb", [self._binary.parent], "postgresql")
        self._run([initdb, *options, "--pwfile", password, "--pgdata", self.data])
        password.unlink()

    def _command(self) -> list[str | Path]:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "synchronous_commit": "on",
            "fsync": "on",
            "shared_buffers": "32MB",
            "max_connections": "200",
            "log_min_messages": "warning",
            "log_line_prefix": "%m [%p] ",
            **self._settings,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [self._binary, "-D", self.data, *options]

    def _ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > _READY and lines[0] == str(self.pid) and lines[_READY].strip() == "ready"


def find_postgres() -> Path:
    """The newest ``postgres`` of the machine: distributions keep it off the PATH."""
    homes = (Path("/usr/lib/postgresql"), Path("/usr/pgsql"), Path("/opt/homebrew/opt"), Path("/usr/local/opt"))
    folders = [path for home in homes for path in home.glob("*/bin") if (path / "postgres").exists()]
    return find("postgres", sorted(folders, key=_version, reverse=True), "postgresql")


def _version(folder: Path) -> int:
    found = re.search(r"\d+", folder.parent.name)
    return int(found.group()) if found else 0


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    return next(_existing(_ACCOUNTS), None)


def _existing(names: Iterable[str]) -> Iterator[Account]:
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        yield Account(name, entry.pw_uid, entry.pw_gid)
