"""What holds for every test."""

import logging
import ssl
from collections.abc import Iterator

import pytest
from hypothesis import settings

from crossdock.testing.servers.fixtures import (
    dovecot,
    http_peer,
    mariadb,
    own_mariadb,
    own_postgres,
    own_proftpd,
    own_rabbitmq,
    own_sshd,
    postgres,
    proftpd,
    proxied,
    rabbitmq,
    sshd,
    storage,
)

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

# The suites ship with the engine; their assertions are to be as talkative as those of tests.
pytest.register_assert_rewrite("crossdock.testing.bus_suite", "crossdock.testing.journal_suite")

# A busy machine is slow, not wrong. The parent is hypothesis' own default: under CI it already repeats the same examples.
settings.register_profile("crossdock", parent=settings.default, deadline=None)
settings.load_profile("crossdock")


@pytest.fixture(autouse=True)
def _logging_is_left_as_it_was() -> Iterator[None]:
    """A command that is run in this process sends what crossdock logs elsewhere; the next test must hear it again."""
    logger = logging.getLogger("crossdock")
    before = logger.handlers[:], logger.level, logger.propagate
    yield
    logger.handlers[:], logger.level, logger.propagate = before


@pytest.fixture(scope="session", autouse=True)
def _no_public_authority_is_trusted() -> Iterator[None]:
    """No server of the tests is vouched for by one; to read them all takes 50 ms for each context (OpenSSL 3)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl.SSLContext, "load_default_certs", lambda context, purpose=ssl.Purpose.SERVER_AUTH: None)
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    """Golden files are read as diffs before they are committed."""
    parser.addoption("--update-golden", action="store_true", help="write the files in tests/golden anew")
