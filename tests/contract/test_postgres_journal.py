"""The journal in PostgreSQL passes the suite of all journals, and goes by the server's clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crossdock.testing.journal_suite import Bench, JournalSuite
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
