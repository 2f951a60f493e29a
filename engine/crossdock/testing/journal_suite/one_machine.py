"""What holds besides where a journal belongs to one machine: what processes hold lapses when that starts anew."""

from __future__ import annotations

from crossdock.delivery.states import Event
from crossdock.journal.registers import Register
from crossdock.testing.journal_suite.bench import Bench
from crossdock.testing.journal_suite.registering import to


class OneMachine:
    """Another boot."""

    def test_leases_of_an_earlier_boot_are_void(self, bench: Bench) -> None:
        bench.arrive(1)
        work = bench.take_one(lease=10_000.0)
        bench.clock.reboot()
        journal = bench.again()
        assert journal.give_back(crashed=True) == 1
        assert bench.settle(work, Event.DELIVER) is False
        journal.close()

    def test_another_boot_forgets_every_register(self, bench: Bench) -> None:
        for kind in Register:
            bench.journal.update(kind, "a", to("here"))
        bench.clock.reboot()
        journal = bench.again()
        assert [journal.registers(kind)[0] for kind in Register] == [{}] * len(Register)
        assert journal.update(Register.LEASE, "a", lambda text, clock: text or f"{clock:g}") == "5"
        journal.close()
