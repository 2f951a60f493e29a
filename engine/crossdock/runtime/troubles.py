"""Sources that fail or do not answer, told in the journal so that people see them from anywhere.

A register for each: why, since when, on which host. It goes when the source answers again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping

import msgspec

from crossdock.errors import CrossdockError
from crossdock.journal.registers import Register, Registers
from crossdock.runtime.watches import SILENT, Watch

LOG = logging.getLogger("crossdock.intake")

LOOK_EVERY = 5.0  # seconds


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with the source of a route, since when (Unix seconds), and for the intake of which host."""

    what: str
    since: float
    host: str


class Troubles:
    """Tells of the sources of one intake. ``now`` is the wall clock."""

    def __init__(
        self,
        *,
        journal: Registers,
        host: str,
        now: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._host = host
        self._now = now
        self._monotonic = monotonic
        self._due = 0.0
        self._silent: set[str] = set()

    def look(self, watches: Iterable[Watch]) -> None:
        """Tell what has changed, when that is due. Never raises. ``watches`` are those this host polls."""
        now = self._monotonic()
        if now < self._due:
            return
        self._due = now + LOOK_EVERY
        watches = list(watches)
        found = {watch.route.name: _trouble_of(watch, now) for watch in watches}
        self._log(watches, now)
        try:
            known = troubles(self._journal)
            for route, what in found.items():
                if what != (known[route].what if route in known else None):
                    self._tell(route, what, known.get(route))
        except CrossdockError as error:
            LOG.error("which sources fail cannot be told now: %s", error)

    def _log(self, watches: Iterable[Watch], now: float) -> None:
        silent = {watch.route.name: now - watch.begun for watch in watches if watch.hangs(now, SILENT)}
        for route in silent.keys() - self._silent:
            LOG.warning("the source of route %s does not answer for %.0f s; others are polled", route, silent[route])
        for route in self._silent - silent.keys():
            LOG.info("the source of route %s has answered", route)
        self._silent = set(silent)

    def _tell(self, route: str, what: str | None, known: Trouble | None) -> None:
        if what is None:
            self._journal.update(Register.SOURCE, route, lambda text, now: None)
            return
        trouble = Trouble(what=what, since=known.since if known is not None else self._now(), host=self._host)
        text = msgspec.json.encode(trouble).decode()
        self._journal.update(Register.SOURCE, route, lambda before, now: text)


def troubles(journal: Registers) -> Mapping[str, Trouble]:
    """The sources that fail or do not answer, by route."""
    texts, _ = journal.registers(Register.SOURCE)
    return {route: msgspec.json.decode(text, type=Trouble) for route, text in texts.items()}


def _trouble_of(watch: Watch, now: float) -> str | None:
    """What is wrong with a source in words that stay the same while it is."""
    if watch.hangs(now, SILENT):
        return "does not answer"
    return f"fails: {watch.why}" if watch.failures else None
