"""A private MariaDB: flushing as in production, over TCP on loopback."""

from __future__ import annotations

import os
import pwd
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from crossdock.errors import Halt
from crossdock.testing.servers.server import LOOPBACK, Account, Server, find

_USER = "crossdock"
_ACCOUNTS = ("mysql", "nobody")  # MariaDB does not run as root unless it is told to
_FOLDERS = [Path("/usr/sbin"), Path("/usr/libexec"), Path("/usr/local/sbin"), Path("/opt/homebrew/bin")]
_TOOLS = [Path("/usr/bin"), Path("/usr/local/bin"), Path("/opt/homebrew/bin")]


@dataclass(frozen=True, slots=True)
class MariaAddress:
    """A MariaDB that runs: its ``url`` (of an administrator), and room for one user more."""

    url: str
    client: str

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        database = f"t{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {database} CHARACTER SET utf8mb4")
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def execute(self, statement: str, database: str = "") -> str:
        """Run statements as the administrator; the values they gave, one row a line, tabs between."""
        parts = urlsplit(self.url)
        command = [self.client, "--no-defaults", "--batch", "--skip-column-names", "--protocol=tcp"]
        where = [
            f"--host={parts.hostname}",
            f"--port={parts.port}",
            f"--user={parts.username}",
            *([database] * bool(database)),
        ]
        done = subprocess.run(
            [*command, *where],
            input=statement,
            capture_output=True,
            text=True,
            check=False,
            env={"MYSQL_PWD": parts.password or "", "PATH": os.defpath},
        )
        if done.returncode:
            raise Halt("T102", f"MariaDB refused: {statement}", hint=done.stderr.strip())
        return done.stdout.strip()


class MariaDB(Server):
    """A MariaDB of our own. ``settings`` are options of the server, such as ``{"max-connections": "5"}``."""

    name = "mariadb"

    def __init__(self, folder: Path | None = None, settings: dict[str, str] | None = None) -> None:
        self._binary = find_mariadb()
        self._client = find("mariadb", _TOOLS, "mariadb-client")
        super().__init__(folder, _account())
        self._password = secrets.token_hex(12)
        self._settings = settings or {}
        if self._account is not None:
            os.chown(self.folder, self._account.uid, self._account.gid)

    @property
    def url(self) -> str:
        """Of the administrator, over TCP."""
        return f"mariadb://{_USER}:{self._password}@{LOOPBACK}:{self.port}/mysql"

    @property
    def address(self) -> MariaAddress:
        """What somebody else needs to use it."""
        return MariaAddress(self.url, str(self._client))

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    def _make(self) -> None:
        install = find("mariadb-install-db", _TOOLS, "mariadb-server")
        options = ["--no-defaults", "--skip-test-db", "--auth-root-authentication-method=normal", "--force"]
        self._run([install, *options, f"--datadir={self.data}", f"--tmpdir={self.folder}"])
        user = f"'{_USER}'@'%' IDENTIFIED BY '{self._password}' WITH GRANT OPTION"
        first = self.folder / "first.sql"
        first.touch(mode=0o600)
        first.write_text(f"DROP USER IF EXISTS ''@'localhost';\nGRANT ALL ON *.* TO {user};\n")
        if self._account is not None:
            os.chown(first, self._account.uid, self._account.gid)

    def _command(self) -> list[str | Path]:
        settings = {
            "datadir": str(self.data),
            "tmpdir": str(self.folder),
            "socket": str(self.folder / "s"),
            "pid-file": str(self.folder / "pid"),
            "bind-address": LOOPBACK,
            "port": str(self.port),
            "init-file": str(self.folder / "first.sql"),
            "innodb-buffer-pool-size": "32M",
            "innodb-log-file-size": "16M",
            "innodb-flush-log-at-trx-commit": "1",
            **self._settings,
        }
        return [
            self._binary,
            "--no-defaults",
            "--skip-name-resolve",
            *(f"--{key}={value}" for key, value in settings.items()),
        ]

    def _ready(self) -> bool:
        try:
            return self.address.execute("SELECT 1") == "1"
        except Halt:
            return False


def find_mariadb() -> Path:
    """The server: distributions keep it off the PATH of ordinary users."""
    return find("mariadbd", _FOLDERS, "mariadb-server")


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    return None
