"""A server that would lose what it acknowledged is refused."""

from __future__ import annotations

import pytest

from crossdock.errors import Halt
from crossdock.journal.postgres.journal import PostgresJournal
from crossdock.runtime.clock import SystemClock
from crossdock.testing.servers.postgres import Postgres


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_does_not_flush_is_refused(setting: str) -> None:
    with Postgres(settings={setting: "off"}) as server:
        with pytest.raises(Halt) as refused:
            PostgresJournal(server.url, SystemClock())
        assert refused.value.code == "E730"
        assert setting in str(refused.value)
