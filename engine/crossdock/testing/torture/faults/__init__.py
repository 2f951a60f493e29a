"""Everything that torture can do to a run, one table."""

from __future__ import annotations

from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.torture.faults.contract import Fault
from crossdock.testing.torture.faults.machine import (
    ClockMoved,
    DestinationAway,
    DestinationReadOnly,
    DiskFull,
    PartnerAway,
)
from crossdock.testing.torture.faults.postgres import POSTGRES
from crossdock.testing.torture.faults.processes import FreezeHost, FreezeWorker, KillHost, KillRole
from crossdock.testing.torture.faults.rabbitmq import RABBITMQ
from crossdock.testing.torture.faults.ways import WayFault

__all__ = ["Fault", "every_fault"]


def every_fault() -> dict[str, Fault]:
    """A new table of the faults by name, in the order they are listed."""
    faults: tuple[Fault, ...] = (
        KillRole("kill-worker", "kill -9 of a worker", "worker"),
        KillRole("kill-intake", "kill -9 of the intake", "intake"),
        KillRole("kill-scheduler", "kill -9 of the scheduler", "scheduler"),
        KillHost(),
        FreezeWorker(),
        FreezeHost(),
        DiskFull(),
        ClockMoved("clock-forward", "the wall clock jumps an hour ahead, and back", 3600.0),
        ClockMoved("clock-back", "the wall clock jumps an hour back, and ahead", -3600.0),
        ClockMoved("clock-year-back", "the wall clock jumps a year back, and ahead", -365 * 86400.0),
        DestinationAway(),
        DestinationReadOnly(),
        PartnerAway(),
        *POSTGRES,
        WayFault("journal-cut", "connections to the journal are reset and refused", "journal", TcpProxy.cut),
        WayFault("journal-silent", "nothing passes to the journal or back", "journal", TcpProxy.black_hole, 5.0),
        WayFault("commit-lost", "a commit reaches the journal, and its reply nobody", "journal", _lose_commit, 1.5),
        *RABBITMQ,
        WayFault("bus-cut", "connections to the bus are reset and refused", "bus", TcpProxy.cut),
        WayFault("bus-silent", "nothing passes to the bus or back", "bus", TcpProxy.black_hole, 5.0),
        WayFault("host-cut-off", "one host reaches neither journal nor bus", "host", TcpProxy.black_hole, 8.0),
    )
    return {fault.name: fault for fault in faults}


def _lose_commit(way: TcpProxy) -> None:
    way.lose_reply_to(b"COMMIT")
