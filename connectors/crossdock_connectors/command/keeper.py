"""Runs one program for the ``command`` connector, and lets nothing of it outlive what it was run for.

Started by itself, ``python -I -S keeper.py SPEC``, as a process with one thread: so limits, user and namespaces are set
without the dangers of a fork in a process with many. It imports nothing of crossdock. SPEC is JSON (see ``running.py``);
file descriptor ``told`` gets one line of JSON with the end, and ``alive`` is a pipe whose other end the connector
holds: when that is closed, by whatever death, the program and all that it began are killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import sys
import time

TYPE_CHECKING = False  # importing typing would cost milliseconds at each start
if TYPE_CHECKING:
    from typing import TypedDict

    class Spec(TypedDict):
        """What is to be run, and how."""

        program: str
        arguments: list[str]
        folder: str
        network: bool
        limits: dict[str, int]
        user: list[int] | None
        seconds: float
        grace: float
        alive: int
        told: int


PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38  # linux/prctl.h
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000  # linux/sched.h
NOT_STARTED = 127
ROUNDS = 50  # of killing what is left: each finds what the one before set free

_LIMITS = {
    "cpu": resource.RLIMIT_CPU,
    "memory": resource.RLIMIT_AS,
    "file_size": resource.RLIMIT_FSIZE,
    "files": resource.RLIMIT_NOFILE,
    "core": resource.RLIMIT_CORE,
}


def main(text: str) -> int:
    """Run the program of a SPEC to its end, and tell how it ended."""
    spec: Spec = json.loads(text)
    alive, told = spec["alive"], spec["told"]
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    failed, failing = os.pipe()
    child = os.fork()
    if child == 0:
        for descriptor in (failed, alive, told):
            os.close(descriptor)
        _become(spec, failing)
    os.close(failing)
    for descriptor in (0, 1, 2):
        os.close(descriptor)
    ended = _wait(child, woken, alive, spec["seconds"], spec["grace"])
    _kill_all(child)
    fault = os.read(failed, 4096)  # nothing, where it became the program
    os.write(told, json.dumps({**ended, "fault": fault.decode() or None}).encode())
    return 0


def _wait(child: int, woken: int, alive: int, seconds: float, grace: float) -> dict[str, int | bool | None]:
    """Until it has ended, its time is over, or nobody waits for it any more."""
    end, late = time.monotonic() + seconds, False
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            code = os.waitstatus_to_exitcode(status)
            return {"code": code if code >= 0 else None, "signal": -code if code < 0 else None, "late": late}
        ready, _, _ = select.select([woken, alive], [], [], max(0.0, end - time.monotonic()))
        if alive in ready:
            _signal(child, signal.SIGKILL)
            _kill_all(child)
            os._exit(1)
        if woken in ready:
            os.read(woken, 4096)
        if time.monotonic() >= end:
            _signal(child, signal.SIGKILL if late else signal.SIGTERM)
            late, end = True, time.monotonic() + grace


def _become(spec: Spec, failing: int) -> None:
    """In the child: take limits on, give rights away, and become the program. Never returns."""
    step = "limits"
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        step = "folder"
        os.chdir(spec["folder"])
        step = "network"
        if not spec["network"]:
            _without_network()
        step = "limits"
        _limit(spec["limits"])
        step = "user"
        _switch(spec["user"])
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.umask(0o077)
        step = "program"
        os.execv(spec["program"], spec["arguments"])  # noqa: S606 - there is no shell on purpose
    except OSError as error:
        os.write(failing, json.dumps({"step": step, "errno": error.errno}).encode())
    finally:
        os._exit(NOT_STARTED)


def _limit(limits: dict[str, int]) -> None:
    for name, most in limits.items():
        _, hard = resource.getrlimit(_LIMITS[name])
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(_LIMITS[name], (bound, bound))


def _switch(user: list[int] | None) -> None:
    """Become another user, for good: no groups of the old one stay."""
    if user is not None:
        uid, gid = user
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)


def _without_network() -> None:
    """A network namespace with nothing in it; who is not root gets it by way of a user namespace."""
    root = os.geteuid() == 0
    uid, gid = os.geteuid(), os.getegid()
    if _libc().unshare(CLONE_NEWNET if root else CLONE_NEWUSER | CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    if not root:
        for name, line in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123 - pathlib would cost milliseconds at each start
                file.write(line)


def _kill_all(child: int) -> None:
    """Kill the group of the program and whatever it began, also what left the group: all become ours as orphans."""
    _signal(child, signal.SIGKILL)
    for _ in range(ROUNDS):
        for pid in _children():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        time.sleep(0.002)


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:  # noqa: PTH123 - as above
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []


def _signal(group: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(group, number)


def _prctl(option: int, value: int) -> None:
    """Set something of this process that only Linux has; elsewhere it is not had."""
    if sys.platform == "linux":
        _libc().prctl(option, value, 0, 0, 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
