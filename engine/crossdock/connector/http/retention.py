"""No attempt by itself once the peer may have forgotten the key of an earlier one.

A key protects as long as the peer honours it. Only when the message is older than that anything needs to be known, so
in everyday use nothing is read; and only attempts that failed are noted, with the moment since when one of them may
have had an effect. What is missing there tells as well: an attempt that was cut off by a crash.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TypeAlias

from crossdock.connector.contract import Notes, Parcel, Surroundings
from crossdock.connector.http.address import moment_of
from crossdock.connector.http.outcomes import Outcome
from crossdock.errors import Doubt, Hold, Retry

LOG = logging.getLogger("crossdock.http")

_Send: TypeAlias = Callable[[Sequence[Parcel]], Sequence[Outcome]]

_MARGIN = 0.1  # of the retention: clocks differ, and the request itself takes time


def while_honoured(lasts: float | None, around: Surroundings, send: _Send) -> _Send:
    """``send`` for a peer that honours keys for so many seconds; as it is, where nobody said for how long."""
    if lasts is None:
        return send
    retention = Retention(lasts, around.notes, around.now)
    return lambda parcels: retention.sent(parcels, send)


@dataclass(frozen=True, slots=True)
class _Note:
    """``attempt`` is the last that was noted, at ``at``; ``since`` when one of them may have had an effect, or None.

    ``asked``: a person has been asked, and has let it through if it comes again. Times are Unix seconds.
    """

    attempt: int
    at: float
    since: float | None = None
    asked: bool = False


class Retention:
    """Judges parcels before they are sent. ``lasts`` are the seconds the peer honours a key."""

    def __init__(self, lasts: float, notes: Notes, now: Callable[[], datetime]) -> None:
        self._lasts, self._notes, self._now = lasts * (1 - _MARGIN), notes, now
        self._noted: set[str] = set()

    def sent(self, parcels: Sequence[Parcel], send: _Send) -> list[Outcome]:
        """One outcome for each: what the peer may have forgotten is held, the others are sent."""
        held = self.forgotten(parcels)
        free = [parcel for parcel in parcels if parcel.key not in held]
        outcomes = dict(zip((parcel.key for parcel in free), send(free) if free else (), strict=True))
        try:
            self.after([(parcel, outcomes[parcel.key]) for parcel in free])
        except Retry as error:  # what was done is done, whatever can be noted
            LOG.warning("attempts cannot be noted: %s", error)
        return [held.get(parcel.key) or outcomes[parcel.key] for parcel in parcels]

    def forgotten(self, parcels: Sequence[Parcel]) -> Mapping[str, Hold]:
        """By key, those that must not go by themselves: an earlier attempt may have had an effect the peer forgot."""
        now = self._now().timestamp()
        old = [parcel for parcel in parcels if now - moment_of(parcel).timestamp() >= self._lasts]
        if not old:
            return {}
        known = self._read(old)
        held = {one.key: self._hold() for one in old if self._is_over(one, known.get(one.key), now)}
        asked = {
            one.key: replace(known.get(one.key, _Note(one.attempt, now)), asked=True, attempt=one.attempt, at=now)
            for one in old
            if one.key in held
        }
        self._write(asked)
        return held

    def after(self, outcomes: Sequence[tuple[Parcel, object]]) -> None:
        """Note what came of attempts."""
        now = self._now().timestamp()
        failed = [(parcel, one) for parcel, one in outcomes if _goes_on(one)]
        done = [parcel.key for parcel, one in outcomes if not _goes_on(one) and self._may_be_noted(parcel)]
        known = self._read([parcel for parcel, _ in failed]) if failed else {}
        noted: dict[str, _Note | None] = dict.fromkeys(done)
        for parcel, one in failed:
            before = known.get(parcel.key)
            since = before.since if before else None
            if since is None and isinstance(one, Doubt):
                since = now
            noted[parcel.key] = _Note(parcel.attempt, now, since)
        self._write(noted)

    def _may_be_noted(self, parcel: Parcel) -> bool:
        return parcel.attempt > 1 or parcel.key in self._noted

    def _is_over(self, parcel: Parcel, note: _Note | None, now: float) -> bool:
        if note is None:  # nothing failed before, but an earlier attempt may have been cut off
            return parcel.attempt > 1
        if note.asked:
            return False
        cut_off = parcel.attempt > note.attempt + 1
        since = note.since if note.since is not None else (note.at if cut_off else None)
        return since is not None and now - since >= self._lasts

    def _hold(self) -> Hold:
        told = "an earlier attempt may have had its effect, and the peer may have forgotten its key by now"
        return Hold("K720", told, hint="look there; release it to send it once more, or reject it")

    def _read(self, parcels: Sequence[Parcel]) -> dict[str, _Note]:
        found = self._notes.read([_name(parcel.key) for parcel in parcels])
        return {name.removeprefix(_PREFIX): _Note(**json.loads(text)) for name, text in found.items()}

    def _write(self, noted: Mapping[str, _Note | None]) -> None:
        if not noted:
            return
        self._noted = {*self._noted, *(key for key, note in noted.items() if note)} - {
            key for key, note in noted.items() if note is None
        }
        self._notes.write({_name(key): json.dumps(asdict(note)) if note else None for key, note in noted.items()})


_PREFIX = "key/"


def _name(key: str) -> str:
    return f"{_PREFIX}{key}"


def _goes_on(outcome: object) -> bool:
    """Whether a machine tries it again."""
    return isinstance(outcome, Retry | Doubt)
