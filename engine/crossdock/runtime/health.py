"""Whether a run is alive, and whether it is ready for more: two questions that are always answered in time.

*live*: its processes give signs of life; if not, restarting it may help. *ready*: it can take and keep what is sent to
it now; if not, ask again later, restarting helps nothing. Each part is asked in a thread of its own and counts as
failed when it does not answer; one that hangs is not asked again until it has come back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace

from crossdock.errors import CrossdockError
from crossdock.journal.contract import Journal
from crossdock.runtime.admission import Gate
from crossdock.runtime.engine import Engine
from crossdock.runtime.expected import standings, words
from crossdock.runtime.hosts import hosts
from crossdock.runtime.troubles import troubles

PATIENCE = 1.5  # seconds for every part together: an answer is there within two

#: One part of an answer: what is wrong, or None.
Ask = Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was looked at; ``wrong`` says what is wrong with it. Where not ``vital`` it changes no answer."""

    name: str
    wrong: str | None = None
    vital: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """``yes`` when nothing vital is wrong. ``notes`` are worth knowing and change nothing."""

    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()

    @property
    def yes(self) -> bool:
        """The answer."""
        return all(part.wrong is None for part in self.parts if part.vital)

    def as_dict(self) -> dict[str, object]:
        """The answer as plain JSON data."""
        parts = {part.name: part.wrong or "ok" for part in self.parts}
        return {"ok": self.yes, "parts": parts, "notes": list(self.notes)}


class _Question:
    """One part, asked in a thread of its own. Whoever waits for it hears the same answer."""

    def __init__(self, name: str, ask: Ask, begun: float) -> None:
        self.begun = begun
        self.wrong: str | None = "failed, and left no answer"
        self.answered = threading.Event()
        self._ask = ask
        threading.Thread(target=self._run, name=f"health-{name}", daemon=True).start()

    def _run(self) -> None:
        try:
            self.wrong = self._ask()
        except CrossdockError as error:
            self.wrong = str(error)
        except OSError as error:
            self.wrong = error.strerror or str(error)
        finally:
            self.answered.set()


class Asking:
    """Asks parts in threads; ``patience`` is in seconds. Any number of threads may want answers at the same time."""

    def __init__(self, patience: float = PATIENCE, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._open: dict[str, _Question] = {}

    def answer(self, parts: Mapping[str, Ask], *, vital: Callable[[str], bool] = lambda name: True) -> Answer:
        """What each part says, or that it does not answer."""
        end = self._monotonic() + self._patience
        asked = {name: self._asked(name, ask) for name, ask in parts.items()}
        found = []
        for name, question in asked.items():
            question.answered.wait(max(0.0, end - self._monotonic()))
            found.append(Part(name, self._said(question), vital(name)))
        return Answer(tuple(found))

    def _asked(self, name: str, ask: Ask) -> _Question:
        with self._lock:
            question = self._open.get(name)
            if question is None or question.answered.is_set():
                question = self._open[name] = _Question(name, ask, self._monotonic())
            return question

    def _said(self, question: _Question) -> str | None:
        if question.answered.is_set():
            return question.wrong
        return f"does not answer for {self._monotonic() - question.begun:.1f} s"


class Health:
    """The health of a project's run. ``silent`` names processes that give no sign of life (None: ask the journal)."""

    def __init__(self, engine: Engine, silent: Callable[[], Iterable[str]] | None = None) -> None:
        self._engine = engine
        self._silent = silent
        self._asking = Asking()
        self._notes: tuple[str, ...] = ()

    def live(self) -> Answer:
        """Whether its processes live."""
        return self._asking.answer({"processes": self._processes})

    def ready(self) -> Answer:
        """Whether it can take what is sent to it now."""
        parts = {"journal": self._journal, "bus": self._bus, "admission": self._admission}
        answer = self._asking.answer(parts, vital=lambda name: name != "bus")
        return replace(answer, notes=self._notes)

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

    def _journal(self) -> str | None:
        with closing(self._engine.open_journal()) as journal:
            journal.ready()
            stopped = journal.stopped()
            late = [one for one in standings(self._engine.routes.values(), journal, time.time()) if one.overdue]
            failing = troubles(journal)
        self._notes = (
            *(f"queue {queue} is stopped: {why}" for queue, why in stopped.items()),
            *(f"the source of route {route} {one.what}" for route, one in failing.items()),
            *(f"route {one.route}: {words(one)}" for one in late),
        )
        queues = self._engine.queues()
        return "every queue is stopped" if queues and all(queue in stopped for queue in queues) else None

    def _bus(self) -> str | None:
        """A broker that is away is told, and is no reason for a no: work is found in the journal, a little later."""
        away = self._engine.broker_away()
        return f"away, workers look in the journal: {away}" if away is not None else None

    def _admission(self) -> str | None:
        with closing(self._engine.open_journal()) as journal:
            return closed(self._engine, journal)


def closed(engine: Engine, journal: Journal) -> str | None:
    """Why nothing may come in by any route now; None where something may, or nothing ever does."""
    door = engine.door(journal)
    door.look()
    gates = [door.of(route.name) for route in engine.routes.values() if route.brings and route.enabled]
    shut = [one for one in gates if one.gate is Gate.CLOSED]
    return shut[0].reason if shut and len(shut) == len(gates) else None
