"""Where a torture run takes place: the stage, the hosts that run it, their servers, and the ways between them."""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from crossdock.testing.servers.postgres import Postgres
from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.servers.rabbitmq import RabbitMQ
from crossdock.testing.torture.host import Host
from crossdock.testing.torture.ledger import Taker
from crossdock.testing.torture.stage import Stage

_CLONE_NEWNS = 0x00020000  # linux/sched.h
_MS_PRIVATE_REC = 0x44000  # MS_PRIVATE | MS_REC, linux/mount.h


@dataclass(slots=True, kw_only=True)
class Arena:
    """``chance`` decides what a fault leaves open. Servers are None where the engine has none, or not ours."""

    stage: Stage
    hosts: list[Host]
    partner: Taker
    chance: random.Random
    clock: Path
    disk: bool = False
    mounts: str = ""
    postgres: Postgres | None = None
    rabbitmq: RabbitMQ | None = None
    journal_ways: list[TcpProxy] = field(default_factory=list)
    bus_ways: list[TcpProxy] = field(default_factory=list)

    def host(self) -> Host:
        """One of the hosts that run."""
        return self.chance.choice([host for host in self.hosts if host.running] or self.hosts)

    def sink(self) -> Path | None:
        """The folder of one destination; None while none has been made."""
        folders = sorted(path for path in self.stage.sinks.glob("*--*") if path.is_dir())
        return self.chance.choice(folders) if folders else None


def own_mounts() -> str:
    """Give this process mounts of its own, so that none of ours outlives it; why not, where that cannot be."""
    if os.geteuid() != 0:
        return "needs root"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS) or libc.mount(b"none", b"/", None, _MS_PRIVATE_REC, None):
        return f"this machine does not let us mount: {os.strerror(ctypes.get_errno())}"
    return "" if shutil.which("mount") else "there is no program mount"


def mount(*arguments: str | Path) -> None:
    """Call the system's mount."""
    program = shutil.which("mount") or "mount"
    subprocess.run([program, *arguments], check=True, capture_output=True)


def unmount(path: Path) -> None:
    """Call the system's umount; what is in use is let go of later."""
    program = shutil.which("umount") or "umount"
    subprocess.run([program, "--lazy", path], check=True, capture_output=True)
