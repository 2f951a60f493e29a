"""What every journal must do, as tests.

A journal passes when its subclass of ``JournalSuite`` does:

    class TestMyJournal(JournalSuite):
        @pytest.fixture
        def bench(self) -> Bench:
            clock = ManualClock()
            journal = MyJournal(clock)
            return Bench(clock, journal, again=..., lose_work=..., lose_message=...)

A journal that belongs to one machine passes ``OneMachine`` too, as a further base of the same class.

After each test the audit must balance, whatever the test was about.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crossdock.testing.journal_suite.accepting import Accepting
from crossdock.testing.journal_suite.answering import Answering
from crossdock.testing.journal_suite.asking import Asking
from crossdock.testing.journal_suite.auditing import Auditing
from crossdock.testing.journal_suite.awaiting import AwaitingAnswers
from crossdock.testing.journal_suite.bench import Bench
from crossdock.testing.journal_suite.claiming import Claiming
from crossdock.testing.journal_suite.committing import Committing
from crossdock.testing.journal_suite.deciding import Deciding
from crossdock.testing.journal_suite.delivering import Delivering
from crossdock.testing.journal_suite.forgetting import Forgetting
from crossdock.testing.journal_suite.grouping import Grouping
from crossdock.testing.journal_suite.guarding import Guarding
from crossdock.testing.journal_suite.lanes import Lanes
from crossdock.testing.journal_suite.leasing import Leasing
from crossdock.testing.journal_suite.noting import Noting
from crossdock.testing.journal_suite.numbering import Stamping
from crossdock.testing.journal_suite.one_machine import OneMachine
from crossdock.testing.journal_suite.queueing import Queueing
from crossdock.testing.journal_suite.registering import Registering

__all__ = ["Bench", "JournalSuite", "OneMachine"]


class JournalSuite(
    Accepting,
    Claiming,
    Lanes,
    Queueing,
    Leasing,
    Registering,
    Noting,
    Committing,
    Delivering,
    Grouping,
    Guarding,
    Deciding,
    Asking,
    Auditing,
    Forgetting,
    Stamping,
    AwaitingAnswers,
    Answering,
):
    """The whole contract of ``crossdock.journal.contract.Journal``."""

    @pytest.fixture(autouse=True)
    def account(self, bench: Bench) -> Iterator[None]:
        """Every test leaves a balanced account, except those that do damage on purpose."""
        yield
        audit = bench.journal.audit()
        assert bench.damaged or audit.balanced, audit
        bench.journal.close()
