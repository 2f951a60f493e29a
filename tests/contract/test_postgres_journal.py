"""The journal in PostgreSQL passes the suite of all journals, and goes by the server's clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crossdock.control import Numbering, Series
from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.testing.journal_suite import Bench, JournalSuite
from crossdock.testing.journal_suite.bench import delivered
from crossdock.testing.journal_suite.numbering import LARGE, stamped
from crossdock.testing.postgres_ground import PostgresGround
from crossdock.testing.server_clock import ServerClock
from crossdock.testing.servers.postgres import PostgresAddress


@pytest.fixture(scope="module")
def ground(postgres: PostgresAddress) -> Iterator[PostgresGround]:
    ground = PostgresGround(postgres.fresh(), ServerClock())
    yield ground
    ground.close()


class TestPostgresJournal(JournalSuite):
    @pytest.fixture
    def bench(self, ground: PostgresGround) -> Bench:
        ground.wipe()
        return Bench(ground.clock, ground.journal(), ground.journal, ground.lose_work, ground.lose_message)


def test_a_reboot_of_a_client_takes_nothing_from_it(ground: PostgresGround) -> None:
    ground.wipe()
    journal = ground.journal()
    bench = Bench(ground.clock, journal, ground.journal, ground.lose_work, ground.lose_message)
    bench.arrive(1)
    bench.take(lease=60.0)
    ground.clock.reboot()
    assert journal.give_back(crashed=True) == 0
    journal.close()


def test_a_large_payload_that_is_numbered_goes_back_with_its_number(ground: PostgresGround) -> None:
    ground.wipe()
    fuse = ["commit.before_commit"]

    def reach(name: str) -> None:
        if name in fuse:
            fuse.clear()
            raise ZeroDivisionError

    journal = PostgresJournal(ground.url, ground.clock, reach)
    bench = Bench(ground.clock, journal, ground.journal, ground.lose_work, ground.lose_message)
    bench.arrive(1)
    work = bench.take_one()
    numbering = Numbering(scopes=(Series(name="acme"),), write=lambda numbers: b"." * LARGE)
    outcome = delivered(also=[stamped(work.message, 0, numbering)])
    with pytest.raises(ZeroDivisionError):
        bench.commit(work, outcome)
    assert ground.connection.execute(_LEFT).fetchone() == (0, 0, 0)
    assert bench.commit(work, outcome)
    assert ground.connection.execute(_LEFT).fetchone() == (1, 1, 1)
    journal.close()


_LEFT = "SELECT (SELECT count(*) FROM payload), (SELECT count(*) FROM chunk), (SELECT count(*) FROM counter)"
