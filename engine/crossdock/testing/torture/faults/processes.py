"""Faults of processes: killed, frozen."""

from __future__ import annotations

from dataclasses import dataclass, field

from crossdock.testing.servers.server import wait_until
from crossdock.testing.torture.arena import Arena
from crossdock.testing.torture.host import Host, continue_process, kill_process, stop_process
from crossdock.testing.torture.stage import STEP

_PATIENCE = 5.0  # seconds


@dataclass(slots=True)
class KillRole:
    """SIGKILL to one process of a run; its supervisor starts another."""

    name: str
    about: str
    role: str
    seconds: float = 0.0

    def missing(self, arena: Arena) -> str:
        """Nothing is needed."""
        return ""

    def inject(self, arena: Arena) -> str:
        """Kill one of that role."""
        host = arena.host()
        found = _of_role(host, self.role)
        if not found:
            return f"{host.name} has none at this moment"
        name, pid = arena.chance.choice(found)
        kill_process(pid)
        return f"{name} of {host.name}"

    def heal(self, arena: Arena) -> None:
        """The supervisor does."""


@dataclass(slots=True)
class KillHost:
    """SIGKILL to everything of one run; a second later it is started again, as by systemd."""

    name: str = "kill-all"
    about: str = "kill -9 of a whole run at once: supervisor, intake, scheduler, workers"
    seconds: float = 1.0
    _hosts: list[Host] = field(default_factory=list)

    def missing(self, arena: Arena) -> str:
        """Nothing is needed."""
        return ""

    def inject(self, arena: Arena) -> str:
        """Kill one host."""
        host = arena.host()
        host.kill()
        self._hosts.append(host)
        return host.name

    def heal(self, arena: Arena) -> None:
        """Start it again."""
        while self._hosts:
            self._hosts.pop().start()


@dataclass(slots=True)
class FreezeWorker:
    """SIGSTOP to a worker for longer than its supervisor bears."""

    name: str = "freeze-worker"
    about: str = "SIGSTOP to a worker for longer than one thing may take"
    seconds: float = STEP + 1.5
    _pids: list[int] = field(default_factory=list)

    def missing(self, arena: Arena) -> str:
        """Nothing is needed."""
        return ""

    def inject(self, arena: Arena) -> str:
        """Stop one."""
        host = arena.host()
        found = _of_role(host, "worker")
        if not found:
            return f"{host.name} has none at this moment"
        name, pid = arena.chance.choice(found)
        stop_process(pid)
        self._pids.append(pid)
        return f"{name} of {host.name}"

    def heal(self, arena: Arena) -> None:
        """Let it go on, if it still lives."""
        while self._pids:
            continue_process(self._pids.pop())


@dataclass(slots=True)
class FreezeHost:
    """SIGSTOP to everything of one run until its leases have run out; then CONT: what it has in hand is no longer its."""

    name: str = "freeze-all"
    about: str = "SIGSTOP to a whole run until its leases have run out, then SIGCONT"
    seconds: float = 2 * STEP + 1.0
    _hosts: list[Host] = field(default_factory=list)

    def missing(self, arena: Arena) -> str:
        """Nothing is needed."""
        return ""

    def inject(self, arena: Arena) -> str:
        """Stop one host."""
        host = arena.host()
        host.freeze()
        self._hosts.append(host)
        return host.name

    def heal(self, arena: Arena) -> None:
        """Let it go on."""
        while self._hosts:
            self._hosts.pop().thaw()


def _of_role(host: Host, role: str) -> list[tuple[str, int]]:
    """Its processes of a role; a host that is just starting gets a moment to have one."""

    def found() -> list[tuple[str, int]]:
        return sorted((name, pid) for name, pid in host.roles().items() if name.partition("-")[0] == role)

    wait_until(lambda: bool(found()), _PATIENCE)
    return found()
