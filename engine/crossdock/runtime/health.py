"""Whether a run is alive, and whether it is ready for more: two questions that are always answered in time.

*live*: its processes give signs of life; if not, restarting it may help. *ready*: it can take and keep what is sent to
it now; if not, ask again later, restarting helps nothing. Each part is asked in a thread of its own and counts as
failed when it does not answer; one that hangs is not asked again until it has come back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from crossdock.errors import CrossdockError
from crossdock.journal.contract import Journal
from crossdock.runtime.admission import Gate
from crossdock.runtime.engine import Engine
from crossdock.runtime.hosts import hosts

PATIENCE = 1.5  # seconds for every part together: an answer is there within two

#: One part of an answer: what is wrong, or None.
Ask = Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was looked at; ``wrong`` says what is wrong with it."""

    name: str
    wrong: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """``yes`` when nothing that was looked at is wrong. ``notes`` are worth knowing and change nothing."""

    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()

    @property
    def yes(self) -> bool:
        """The answer."""
        return all(part.wrong is None for part in self.parts)

    def as_dict(self) -> dict[str, object]:
        """The answer as plain JSON data."""
        parts = {part.name: part.wrong or "ok" for part in self.parts}
        return {"ok": self.yes, "parts": parts, "notes": list(self.notes)}


class Asking:
    """Asks parts in threads; ``patience`` is in seconds."""

    def __init__(self, patience: float = PATIENCE, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience
        self._monotonic = monotonic
        self._hanging: dict[str, tuple[threading.Thread, float]] = {}

    def answer(self, parts: Mapping[str, Ask], notes: Sequence[str] = ()) -> Answer:
        """What each part says, or that it does not answer."""
        said: dict[str, str | None] = {}
        begun = self._monotonic()
        started = {name: self._started(name, ask, said) for name, ask in parts.items()}
        for thread in started.values():
            thread.join(max(0.0, begun + self._patience - self._monotonic()))
        return Answer(tuple(self._part(name, said) for name in parts), tuple(notes))

    def _started(self, name: str, ask: Ask, said: dict[str, str | None]) -> threading.Thread:
        if name in self._hanging and self._hanging[name][0].is_alive():
            return self._hanging[name][0]
        thread = threading.Thread(target=_ask, args=(name, ask, said), name=f"health-{name}", daemon=True)
        self._hanging[name] = (thread, self._monotonic())
        thread.start()
        return thread

    def _part(self, name: str, said: Mapping[str, str | None]) -> Part:
        if name in said:
            self._hanging.pop(name, None)
            return Part(name, said[name])
        return Part(name, f"does not answer for {self._monotonic() - self._hanging[name][1]:.1f} s")


def _ask(name: str, ask: Ask, said: dict[str, str | None]) -> None:
    try:
        said[name] = ask()
    except CrossdockError as error:
        said[name] = str(error)
    except OSError as error:
        said[name] = error.strerror or str(error)


class Health:
    """The health of a project's run. ``silent`` names processes that give no sign of life (None: ask the journal)."""

    def __init__(self, engine: Engine, silent: Callable[[], Iterable[str]] | None = None) -> None:
        self._engine = engine
        self._silent = silent
        self._asking = Asking()

    def live(self) -> Answer:
        """Whether its processes live."""
        return self._asking.answer({"processes": self._processes})

    def ready(self) -> Answer:
        """Whether it can take what is sent to it now."""
        notes: list[str] = []
        parts = {"journal": lambda: self._journal(notes), "bus": lambda: self._bus(notes), "admission": self._admission}
        return self._asking.answer(parts, notes)

    def _processes(self) -> str | None:
        silent = list(self._silent()) if self._silent is not None else None
        if silent is not None:
            return f"no sign of life from {', '.join(silent)}" if silent else None
        with closing(self._engine.open_journal()) as journal:
            known, now = hosts(journal)
        here = [host for host in known if host.machine == self._engine.host.machine]
        if any(host.alive(now) for host in here):
            return None
        return "crossdock run is not running here" if not here else "crossdock run here has not been heard lately"

    def _journal(self, notes: list[str]) -> str | None:
        with closing(self._engine.open_journal()) as journal:
            journal.ready()
            stopped = journal.stopped()
        notes += [f"queue {queue} is stopped: {why}" for queue, why in stopped.items()]
        queues = self._engine.queues()
        return "every queue is stopped" if queues and all(queue in stopped for queue in queues) else None

    def _bus(self, notes: list[str]) -> str | None:
        """A broker that is away is worth a note: work is found in the journal, some hundred milliseconds later."""
        away = self._engine.broker_away()
        if away is not None:
            notes.append(f"workers look in the journal, the broker is away: {away}")
        return None

    def _admission(self) -> str | None:
        with closing(self._engine.open_journal()) as journal:
            return closed(self._engine, journal)


def closed(engine: Engine, journal: Journal) -> str | None:
    """Why nothing may come in by any route now; None where something may, or nothing ever does."""
    door = engine.door(journal)
    door.look()
    gates = [door.of(route.name) for route in engine.routes.values() if route.source is not None and route.enabled]
    shut = [one for one in gates if one.gate is Gate.CLOSED]
    return shut[0].reason if shut and len(shut) == len(gates) else None
