"""``once`` and ``latest``: who holds a key, who takes it, and what becomes of a message that does not pass. Pure.

A journal fills a book with what is known of the keys of one transaction, lets it judge (so two messages of one batch
see each other), and keeps what was taken.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from crossdock.delivery.states import Event
from crossdock.errors import Finding
from crossdock.journal.contract import Fate, Outcome
from crossdock.route.plan import Guard, Latest, Once

#: The code of a message that a ``once`` or ``latest`` step of its route dropped.
DUPLICATE, OUTDATED = "E301", "E302"
#: The step of what a guard held: rules of ``check`` ask for such guards.
HELD_BY = "check"

#: Fates that leave the question open: the message comes again, and is judged then.
_UNDECIDED = frozenset({Event.RETRY, Event.RETURN})

Place: TypeAlias = tuple[str, str]  # scope and key


class GuardBook:
    """The keys one transaction is about. ``now`` is in Unix seconds.

    ``seen`` has the message that holds each key, ``newest`` version and message; ``taken`` (with the time they expire)
    and ``renewed`` are those that changed.
    """

    def __init__(self, now: float) -> None:
        self.now = now
        self.seen: dict[Place, str] = {}
        self.newest: dict[Place, tuple[str, str]] = {}
        self.taken: dict[Place, float] = {}
        self.renewed: set[Place] = set()

    def holder(self, guard: Once) -> str | None:
        """The message that has taken the key."""
        return self.seen.get((guard.scope, guard.key))

    def judge(self, outcome: Outcome, message: str) -> Fate:
        """The fate of a message: its own, or *skipped* where a guard does not let it pass.

        A message that is delivered takes its keys. One that is rejected or held does not: its corrected successor,
        or itself when it is released, must not be taken for a duplicate.
        """
        if not outcome.guards or outcome.fate.event in _UNDECIDED:
            return outcome.fate
        for guard in outcome.guards:
            blocked = self._blocked(guard, message)
            if blocked:
                return blocked
        if outcome.fate.event is Event.DELIVER:
            for guard in outcome.guards:
                self.take(guard, message)
        return outcome.fate

    def take(self, guard: Guard, message: str) -> None:
        """The key is this message's from now on."""
        place = (guard.scope, guard.key)
        if isinstance(guard, Once):
            self.seen[place] = guard.holder or message
            self.taken[place] = self.now + guard.within
        else:
            self.newest[place] = (guard.version, message)
            self.renewed.add(place)

    def _blocked(self, guard: Guard, message: str) -> Fate | None:
        if isinstance(guard, Once):
            holder = self.holder(guard)
            if holder is None or holder == (guard.holder or message):
                return None
            if guard.held is not None:
                return _held(guard.held, holder)
            return Fate(event=Event.SKIP, code=DUPLICATE, reason=f"once: {guard.key} came with message {holder}")
        return self._outdated(guard, message)

    def _outdated(self, guard: Latest, message: str) -> Fate | None:
        found = self.newest.get((guard.scope, guard.key))
        if found is None or found[1] == message or newer(guard.version, found[0]):
            return None
        why = f"latest: {guard.key} already stands at {found[0]}, this is {guard.version}"
        return Fate(event=Event.SKIP, code=OUTDATED, reason=why)


def _held(said: Finding, holder: str) -> Fate:
    """A person must decide, and is told which message has the key."""
    message = f"{said.message}, with message {holder}"
    told = replace(said, message=message)
    reason = f"{message}; {said.hint}" if said.hint else message
    return Fate(event=Event.HOLD, code=said.code, reason=reason, step=HELD_BY, findings=(told,))


def newer(version: str, than: str) -> bool:
    """Whether a version is newer: as numbers where both are, else as text (ISO dates sort as text)."""
    try:
        return Decimal(version) > Decimal(than)
    except InvalidOperation:
        return version > than
