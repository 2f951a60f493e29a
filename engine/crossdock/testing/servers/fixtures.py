"""pytest fixtures of the private servers. In a conftest.py: ``from crossdock.testing.servers.fixtures import *``.

``postgres``, ``mariadb`` and ``rabbitmq`` are shared by all tests and all processes of pytest-xdist; take a database or virtual
host of your own with ``fresh()``. A test that kills its server asks for ``own_postgres``, ``own_mariadb`` or ``own_rabbitmq``.
Without the binaries a test is skipped with the reason, except under CI (the variable ``CI`` is set): there it fails.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from crossdock.errors import Halt
from crossdock.testing.servers.dovecot import DovecotAddress
from crossdock.testing.servers.http_peer import HttpPeer
from crossdock.testing.servers.mariadb import MariaAddress, MariaDB
from crossdock.testing.servers.postgres import Postgres, PostgresAddress
from crossdock.testing.servers.proftpd import Proftpd, ProftpdAddress
from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.servers.rabbitmq import RabbitAddress, RabbitMQ
from crossdock.testing.servers.shared import (
    shared_dovecot,
    shared_mariadb,
    shared_postgres,
    shared_proftpd,
    shared_rabbitmq,
    shared_sshd,
    shared_storage,
)
from crossdock.testing.servers.sshd import Sshd, SshdAddress
from crossdock.testing.servers.versitygw import StorageAddress

T = TypeVar("T")

__all__ = [
    "dovecot",
    "http_peer",
    "mariadb",
    "own_mariadb",
    "own_postgres",
    "own_proftpd",
    "own_rabbitmq",
    "own_sshd",
    "postgres",
    "proftpd",
    "proxied",
    "rabbitmq",
    "sshd",
    "storage",
]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresAddress]:
    """A PostgreSQL that runs, shared by the whole run."""
    share, address = or_skip(lambda: shared_postgres(_common(tmp_path_factory)))
    yield address
    share.close()


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaAddress]:
    """A MariaDB that runs, shared by the whole run."""
    share, address = or_skip(lambda: shared_mariadb(_common(tmp_path_factory)))
    yield address
    share.close()


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitAddress]:
    """A RabbitMQ that runs, shared by the whole run."""
    share, address = or_skip(lambda: shared_rabbitmq(_common(tmp_path_factory)))
    yield address
    share.close()


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshdAddress]:
    """An OpenSSH server that runs, shared by the whole run; take a folder of your own with ``fresh()``."""
    share, address = or_skip(lambda: shared_sshd(_common(tmp_path_factory)))
    yield address
    share.close()


@pytest.fixture
def own_sshd() -> Iterator[Sshd]:
    """An OpenSSH server for one test, which may do to it what it likes."""
    with or_skip(Sshd) as server:
        yield server


@pytest.fixture(scope="session")
def proftpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProftpdAddress]:
    """A ProFTPD that runs, shared by the whole run; take a folder of your own with ``fresh()``."""
    share, address = or_skip(lambda: shared_proftpd(_common(tmp_path_factory)))
    yield address
    share.close()


@pytest.fixture
def own_proftpd() -> Iterator[Proftpd]:
    """A ProFTPD for one test, which may do to it what it likes."""
    with or_skip(Proftpd) as server:
        yield server


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorageAddress]:
    """An S3 storage that runs, shared by the whole run; take a bucket of your own with ``fresh()``."""
    share, address = or_skip(lambda: shared_storage(_common(tmp_path_factory)))
    yield address
    share.close()


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DovecotAddress]:
    """A Dovecot that runs, shared by the whole run; take a user of your own with ``fresh()``."""
    share, address = or_skip(lambda: shared_dovecot(_common(tmp_path_factory)))
    yield address
    share.close()


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL for one test, which may do to it what it likes."""
    with or_skip(Postgres) as server:
        yield server


@pytest.fixture
def own_mariadb() -> Iterator[MariaDB]:
    """A MariaDB for one test, which may do to it what it likes."""
    with or_skip(MariaDB) as server:
        yield server


@pytest.fixture
def own_rabbitmq() -> Iterator[RabbitMQ]:
    """A RabbitMQ for one test, which may do to it what it likes."""
    with or_skip(RabbitMQ) as server:
        yield server


@pytest.fixture(scope="session")
def http_peer() -> Iterator[HttpPeer]:
    """A system that speaks HTTP and counts what was done there; ``fresh()`` it before use."""
    with HttpPeer() as server:
        yield server


@pytest.fixture
def proxied() -> Iterator[Callable[[int], TcpProxy]]:
    """Makes proxies in front of ports."""
    made: list[TcpProxy] = []

    def proxy(port: int) -> TcpProxy:
        made.append(TcpProxy(port))
        return made[-1]

    yield proxy
    for one in made:
        one.close()


def _common(factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of one run know: pytest-xdist puts theirs side by side."""
    base = factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "servers"


def or_skip(make: Callable[[], T]) -> T:
    """What ``make`` makes; without its program the test is skipped, under CI it fails."""
    try:
        return make()
    except Halt as missing:
        if missing.code != "T101" or os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
