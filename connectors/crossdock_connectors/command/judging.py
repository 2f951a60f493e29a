"""What the end of a program means: its exit code by the rules of the route, and what kept it from beginning."""

from __future__ import annotations

import errno
import signal
from collections.abc import Iterable, Mapping

from crossdock.errors import CrossdockError, Doubt, Halt, Hold, Reject, Retry
from crossdock_connectors.command.options import Fate
from crossdock_connectors.command.running import Ended

LINES = 5  # of what it said last
WIDEST = 300  # characters of each

_KINDS: Mapping[Fate, tuple[type[CrossdockError], str]] = {
    "retry": (Retry, "K910"),
    "reject": (Reject, "K911"),
    "hold": (Hold, "K912"),
    "doubt": (Doubt, "K913"),
    "halt": (Halt, "K914"),
}
_STEPS = {  # of the keeper, where it is told to do what cannot be had here
    "network": ("K905", "the network cannot be taken away from it here", "run crossdock as root, or leave it"),
    "user": ("K906", "it cannot be run as another user", "only root can do that"),
    "folder": ("K907", "its folder cannot be entered", "make the folder, and let its user enter it"),
    "limits": ("K908", "its limits cannot be set", "choose others"),
}
_PASSING = {errno.EAGAIN, errno.ENOMEM, errno.ETXTBSY, errno.EMFILE, errno.ENFILE, errno.EIO}


def judged(ended: Ended, exits: Mapping[str, Fate], name: str, secrets: Iterable[str] = ()) -> CrossdockError | None:
    """The error it comes to; None where it is done. A program that was killed is never done."""
    if ended.fault is not None:
        return _not_begun(name, *ended.fault)
    fate = _fate(ended, exits)
    if fate == "done":
        return None
    kind, code = _KINDS[fate]
    said = last_lines(ended.complaint, secrets)
    return kind(code, f"{name}: {_end(ended)}" + (f"; it said: {said}" if said else ""))


def _fate(ended: Ended, exits: Mapping[str, Fate]) -> Fate:
    other = exits.get("other", "doubt")
    if ended.code is None or ended.late or ended.flooded:
        return "doubt" if other == "done" else other
    exact = exits.get(str(ended.code))
    ranges = (fate for key, fate in exits.items() if _is_in(ended.code, key))
    return exact if exact is not None else next(ranges, other)


def _is_in(code: int, key: str) -> bool:
    first, dash, last = key.partition("-")
    return bool(dash) and int(first) <= code <= int(last)


def _end(ended: Ended) -> str:
    if ended.late:
        return "it did not end within its time, and was killed"
    if ended.flooded:
        return "it wrote more than it may ('output'), and was killed"
    if ended.signal is not None:
        known = {one.value: one.name for one in signal.Signals}
        hint = " (its limits?)" if ended.signal in (signal.SIGKILL, signal.SIGXCPU, signal.SIGXFSZ) else ""
        return f"it was killed by {known.get(ended.signal, f'signal {ended.signal}')}{hint}"
    return "how it ended is not known" if ended.code is None else f"it ended with exit code {ended.code}"


def _not_begun(name: str, step: str, number: int) -> CrossdockError:
    said = errno.errorcode.get(number, str(number))
    if step in _STEPS:
        code, words, hint = _STEPS[step]
        return Halt(code, f"{name}: {words} ({said})", hint=hint)
    if number == errno.E2BIG:
        return Reject("K909", f"{name}: its arguments are too long for the system ({said})")
    if number in _PASSING:
        return Retry("K904", f"{name}: it cannot be started now ({said})")
    return Halt("K901", f"{name}: it cannot be run ({said})", hint="look at its permissions and its first line")


def last_lines(complaint: bytes, secrets: Iterable[str] = ()) -> str:
    """What it said last, in one harmless line, without what it was told in confidence."""
    text = complaint.decode(errors="backslashreplace")
    for secret in secrets:
        text = text.replace(secret, "***") if secret else text
    lines = [line.strip()[:WIDEST] for line in text.splitlines() if line.strip()][-LINES:]
    return " | ".join("".join(one if one.isprintable() else "?" for one in line) for line in lines)
