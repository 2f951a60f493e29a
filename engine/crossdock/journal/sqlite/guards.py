"""``once`` and ``latest`` inside a transaction: who holds a key, and who takes it.

The keys of a whole batch are looked up with one statement, decided in memory (so two messages of one batch see each
other), and written with one statement.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

import apsw

from crossdock.delivery.states import Event
from crossdock.journal.contract import Fate, Outcome
from crossdock.route.plan import Guard, Latest, Once

#: The code of a message that a ``once`` or ``latest`` step of its route dropped.
DUPLICATE, OUTDATED = "E301", "E302"

_SEEN = "SELECT key, message FROM seen WHERE scope = ? AND expires >= ? AND key IN (SELECT value FROM json_each(?))"
_NEWEST = "SELECT key, version, message FROM newest WHERE scope = ? AND key IN (SELECT value FROM json_each(?))"
_TAKE = "INSERT OR REPLACE INTO seen(scope, key, message, expires) VALUES (?, ?, ?, ?)"
_RENEW = "INSERT OR REPLACE INTO newest(scope, key, version, message) VALUES (?, ?, ?, ?)"
#: Fates that leave the question open: the message comes again, and is judged then.
_UNDECIDED = frozenset({Event.RETRY, Event.RETURN})


class GuardBook:
    """The keys one transaction is about. ``now`` is in Unix seconds."""

    def __init__(self, connection: apsw.Connection, now: float) -> None:
        self._connection = connection
        self._now = now
        self._seen: dict[tuple[str, str], str] = {}
        self._newest: dict[tuple[str, str], tuple[str, str]] = {}
        self._taken: dict[tuple[str, str], float] = {}
        self._renewed: set[tuple[str, str]] = set()

    def look_up(self, guards: Iterable[Iterable[Guard]]) -> None:
        """Read who holds the keys of all these guards."""
        once: defaultdict[str, list[str]] = defaultdict(list)
        latest: defaultdict[str, list[str]] = defaultdict(list)
        for some in guards:
            for guard in some:
                (once if isinstance(guard, Once) else latest)[guard.scope].append(guard.key)
        for scope, keys in once.items():
            rows = self._connection.execute(_SEEN, (scope, self._now, json.dumps(keys)))
            self._seen.update({(scope, str(key)): str(message) for key, message in rows})
        for scope, keys in latest.items():
            rows = self._connection.execute(_NEWEST, (scope, json.dumps(keys)))
            self._newest.update({(scope, str(key)): (str(version), str(message)) for key, version, message in rows})

    def holder(self, guard: Once) -> str | None:
        """The message that has taken the key."""
        return self._seen.get((guard.scope, guard.key))

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
            self._seen[place] = message
            self._taken[place] = self._now + guard.within
        else:
            self._newest[place] = (guard.version, message)
            self._renewed.add(place)

    def write(self) -> None:
        """Write what was taken."""
        taken = [(*place, self._seen[place], expires) for place, expires in self._taken.items()]
        self._connection.executemany(_TAKE, taken)
        self._connection.executemany(_RENEW, [(*place, *self._newest[place]) for place in self._renewed])

    def _blocked(self, guard: Guard, message: str) -> Fate | None:
        if isinstance(guard, Once):
            holder = self.holder(guard)
            if holder is None or holder == message:
                return None
            return Fate(event=Event.SKIP, code=DUPLICATE, reason=f"once: {guard.key} came with message {holder}")
        return self._outdated(guard, message)

    def _outdated(self, guard: Latest, message: str) -> Fate | None:
        found = self._newest.get((guard.scope, guard.key))
        if found is None or found[1] == message or newer(guard.version, found[0]):
            return None
        why = f"latest: {guard.key} already stands at {found[0]}, this is {guard.version}"
        return Fate(event=Event.SKIP, code=OUTDATED, reason=why)


def newer(version: str, than: str) -> bool:
    """Whether a version is newer: as numbers where both are, else as text (ISO dates sort as text)."""
    try:
        return Decimal(version) > Decimal(than)
    except InvalidOperation:
        return version > than
