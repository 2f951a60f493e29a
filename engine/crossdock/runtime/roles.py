"""What a run does on its machine: everything, or the roles it is given."""

from __future__ import annotations

import enum


class Role(enum.StrEnum):
    """One of the things a run can do. Any number of machines may have each of them."""

    INTAKE = "intake"  # polls sources; each that must run once is polled by one machine at a time
    WORKER = "worker"  # runs routes and delivers
    SCHEDULER = "scheduler"  # expired leases, retention; one machine at a time does it
    HTTP = "http"  # answers on the network: whether it is alive and ready


EVERY_ROLE = frozenset(Role)
