"""Who is there: every run is a *host*, and tells the journal every few seconds that it lives.

A host is known by an id nobody had before, under which its processes hold leases. What a host held is free at once
when it says goodbye, or when another on the same machine sees that its process is gone. From another machine nobody
can tell the dead from the cut off: then leases run out, and no earlier. Presence itself decides nothing but shares.

Hosts of several versions share a journal while they are replaced one by one: what a newer one says of itself beyond
this is passed over, what an older one does not say has a default.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from crossdock.journal.contract import Clock, Journal
from crossdock.journal.registers import Register, Registers
from crossdock.runtime.leases import lease_of, released
from crossdock.runtime.roles import Role

FORGOTTEN = 3600.0  # seconds a silent host is still shown
_NAME = re.compile(r"[^A-Za-z0-9-]+")
_ENDED = {"Z", "X"}  # a process that has ended, and whose parent has not yet asked how
_START_FIELD = 20  # starttime, the 22nd field of /proc/PID/stat, counted behind the name (proc_pid_stat(5))


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """One run, as it tells of itself. ``beat`` is the journal's steady clock; ``silence`` how long it may not be heard.

    ``project`` tells apart which queues its project has; ``sources`` are the routes whose sources it may poll.
    ``boot``, ``space``, ``pid`` and ``born`` say which process it is: of which boot and which space of process
    numbers, and when it began.
    """

    id: str
    machine: str
    roles: tuple[str, ...] = ()
    workers: int = 0
    version: str = ""
    project: str = ""
    sources: tuple[str, ...] = ()
    since: float = 0.0
    boot: str = ""
    space: str = ""
    pid: int = 0
    born: int = 0
    beat: float = 0.0
    silence: float = 15.0
    leaving: bool = False

    def alive(self, now: float) -> bool:
        """Whether it was heard lately, by the journal's steady clock."""
        return now - self.beat <= self.silence

    def polls(self, now: float) -> bool:
        """Whether it is there to poll sources."""
        return Role.INTAKE in self.roles and not self.leaving and self.alive(now)


def this_host(
    clock: Clock,
    *,
    roles: Iterable[Role],
    workers: int,
    version: str,
    project: str,
    sources: tuple[str, ...],
    silence: float,
) -> Host:
    """The host this process is from now on."""
    machine = socket.gethostname()
    return Host(
        # No slash, which divides a host from its processes in the name of an owner.
        id=f"{_NAME.sub('-', machine)[:40]}-{os.urandom(4).hex()}",
        machine=machine,
        roles=tuple(sorted(roles)),
        workers=workers,
        version=version,
        project=project,
        sources=sources,
        since=clock.now(),
        boot=clock.boot_id(),
        space=_space(),
        pid=os.getpid(),
        born=_stat(os.getpid())[1],
        silence=silence,
    )


def announce(journal: Registers, host: Host, *, leaving: bool = False) -> None:
    """Say that the host lives now."""

    def beating(text: str | None, now: float) -> str:
        return msgspec.json.encode(msgspec.structs.replace(host, beat=now, leaving=leaving)).decode()

    journal.update(Register.HOST, host.id, beating)


def hosts(journal: Registers) -> tuple[list[Host], float]:
    """Every host that is remembered, the oldest first, and the journal's steady clock."""
    texts, now = journal.registers(Register.HOST)
    known = [host for text in texts.values() if (host := _host_of(text)) is not None]
    return sorted(known, key=lambda host: (host.since, host.id)), now


def held(journal: Registers) -> dict[str, list[str]]:
    """What each host does that only one may do, by its id."""
    texts, now = journal.registers(Register.LEASE)
    found: dict[str, list[str]] = {}
    for key, text in sorted(texts.items()):
        lease = lease_of(text)
        if lease is not None and lease.until > now:
            found.setdefault(lease.owner, []).append(key)
    return found


def withdraw(journal: Journal, id: str) -> int:
    """A host is no more: everything it held is free at once. How many pieces of work were."""
    returned = journal.give_back(owner=id, crashed=False)
    for key, text in journal.registers(Register.LEASE)[0].items():
        lease = lease_of(text)
        if lease is not None and lease.owner == id:
            journal.update(Register.LEASE, key, released(id))
    journal.update(Register.HOST, id, lambda text, now: None)
    return returned


def bury(journal: Journal, here: Host, gone: Callable[[Host], bool] | None = None) -> int:
    """Free what dead hosts of this machine held, forget those long silent. How many pieces of work were freed."""
    is_gone = gone or (lambda host: _is_gone(host, here))
    known, now = hosts(journal)
    returned = 0
    for host in known:
        if host.id == here.id:
            continue
        if is_gone(host):
            returned += withdraw(journal, host.id)
        elif now - host.beat > max(FORGOTTEN, host.silence):
            journal.update(Register.HOST, host.id, lambda text, now: None)
    return returned


def others_may_know(journal: Registers, here: Host) -> bool:
    """Whether a host is there whose project has other queues than ours: it is being replaced, or replaces us."""
    known, now = hosts(journal)
    return any(host.project != here.project and host.alive(now) for host in known if host.id != here.id)


def _host_of(text: str) -> Host | None:
    try:
        return msgspec.json.decode(text, type=Host)
    except msgspec.MsgspecError:  # a version that tells of itself in words we do not know
        return None


def _is_gone(host: Host, here: Host) -> bool:
    """Whether its process is certainly gone. Only where its number means the same to us as to it."""
    if (host.boot, host.space) != (here.boot, here.space) or not here.space:
        return False
    if host.pid == here.pid:
        return host.born != here.born
    try:
        os.kill(host.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    state, born = _stat(host.pid)
    return state in _ENDED or bool(born and host.born and born != host.born)  # the number may be another's by now


def _space() -> str:
    """Which space of process numbers this is: containers have their own. Empty where it cannot be told."""
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _stat(pid: int) -> tuple[str, int]:
    """The state of a process, and when it began in ticks since boot; ``?`` and 0 where they cannot be read."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        fields = text.rpartition(")")[2].split()
        return fields[0], int(fields[_START_FIELD - 1])
    except (OSError, IndexError):
        return "?", 0
