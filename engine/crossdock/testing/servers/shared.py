"""One server for many processes: the first that asks starts it, and it ends when the last of them has gone.

A keeper process owns the server. Who uses it holds a shared lock on a file, which the system takes back however a
process ends; the keeper waits for the exclusive lock, and so for the last of them.
"""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from crossdock.errors import Halt
from crossdock.testing.servers.dovecot import Dovecot, DovecotAddress, find_dovecot
from crossdock.testing.servers.mariadb import MariaAddress, MariaDB, find_mariadb
from crossdock.testing.servers.postgres import Postgres, PostgresAddress, find_postgres
from crossdock.testing.servers.proftpd import Proftpd, ProftpdAddress, find_proftpd
from crossdock.testing.servers.rabbitmq import RabbitAddress, RabbitMQ, find_rabbitmq
from crossdock.testing.servers.server import wait_until
from crossdock.testing.servers.sshd import Sshd, SshdAddress, find_sshd
from crossdock.testing.servers.versitygw import StorageAddress, VersityGateway, find_versitygw

_START = 120.0


class Share:
    """A share in the server ``name`` of the folder that the processes have in common; hold it to keep the server."""

    def __init__(self, name: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._told = folder / f"{name}.json"
        with (folder / f"{name}.starting").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            self._users = (folder / f"{name}.users").open("w")
            fcntl.flock(self._users, fcntl.LOCK_SH)
            if not self._told.exists():
                self._start(name, folder)
        self.address: dict[str, object] = json.loads(self._told.read_text())

    def _start(self, name: str, folder: Path) -> None:
        log = folder / f"{name}.keeper"
        with log.open("wb") as file:
            command = [sys.executable, "-m", "crossdock.testing.servers", name, str(folder)]
            keeper = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
            )
        wait_until(lambda: self._told.exists() or keeper.poll() is not None, _START)
        if not self._told.exists():
            keeper.kill()
            raise Halt("T102", f"{name} did not come up", hint=log.read_text(errors="replace")[-1500:])
        keeper.returncode = 0  # it outlives us on purpose: no warning that it still runs

    def close(self) -> None:
        """Give the share back."""
        self._users.close()


def shared_postgres(folder: Path) -> tuple[Share, PostgresAddress]:
    """A share in a PostgreSQL. Raises ``Halt`` T101 where there is none on this machine."""
    find_postgres()
    share = Share("postgres", folder)
    return share, PostgresAddress(**_texts(share.address))


def shared_mariadb(folder: Path) -> tuple[Share, MariaAddress]:
    """A share in a MariaDB. Raises ``Halt`` T101 where there is none on this machine."""
    find_mariadb()
    share = Share("mariadb", folder)
    return share, MariaAddress(**_texts(share.address))


def shared_rabbitmq(folder: Path) -> tuple[Share, RabbitAddress]:
    """A share in a RabbitMQ. Raises ``Halt`` T101 where there is none on this machine."""
    find_rabbitmq()
    share = Share("rabbitmq", folder)
    environment = share.address.pop("environment")
    assert isinstance(environment, dict)  # noqa: S101 - as written by keep()
    return share, RabbitAddress(**_texts(share.address), environment=environment)


def shared_sshd(folder: Path) -> tuple[Share, SshdAddress]:
    """A share in an OpenSSH server. Raises ``Halt`` T101 where there is none on this machine."""
    find_sshd()
    share = Share("sshd", folder)
    return share, SshdAddress.read(share.address)


def shared_proftpd(folder: Path) -> tuple[Share, ProftpdAddress]:
    """A share in a ProFTPD. Raises ``Halt`` T101 where there is none on this machine."""
    find_proftpd()
    share = Share("proftpd", folder)
    return share, ProftpdAddress.read(share.address)


def shared_dovecot(folder: Path) -> tuple[Share, DovecotAddress]:
    """A share in a Dovecot. Raises ``Halt`` T101 where there is none on this machine."""
    find_dovecot()
    share = Share("dovecot", folder)
    return share, DovecotAddress.read(share.address)


def shared_storage(folder: Path) -> tuple[Share, StorageAddress]:
    """A share in an S3 storage. Raises ``Halt`` T101 where there is none on this machine."""
    find_versitygw()
    share = Share("versitygw", folder)
    return share, StorageAddress.read(share.address)


def _texts(fields: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items()}


def keep(name: str, folder: Path) -> None:
    """Own a server until nobody has a share in it: what the keeper process does."""
    told = folder / f"{name}.json"
    server = {
        "postgres": Postgres,
        "mariadb": MariaDB,
        "rabbitmq": RabbitMQ,
        "sshd": Sshd,
        "proftpd": Proftpd,
        "dovecot": Dovecot,
        "versitygw": VersityGateway,
    }[name]()
    with server, (folder / f"{name}.users").open("w") as users:
        part = told.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(asdict(server.address)))
        part.rename(told)
        fcntl.flock(users, fcntl.LOCK_EX)
        told.unlink()  # before the lock is given back: who comes now starts another
