"""What becomes of the work of a backup when it is restored: nothing goes on by itself.

A backup is the past. What was open when it was taken may have been delivered, decided or given up since, and only
people and destinations know. So what would go on by itself is held; what waits for a person already goes on waiting,
and says that it came from a backup. Work of a route is held like a delivery: what its steps make would be delivered.

| at the moment of the backup | comes back |
|---|---|
| waiting, also for a retry; in hand | held, with ``RESTORED`` as its code |
| in hand, its file uploaded (class provable) | held with its proof: once released it is finished, or found to be gone |
| being sent (class opaque) | in doubt, as after a crash |
| held, dead, in doubt | the same, its reason amended |
| delivered, skipped, discarded | the same |

The control numbers of a backup are the past too: partners have seen those that were given since, and refuse what comes
under one of them again. Nobody here knows how many there were, so who restores says how far to go ``ahead``; a gap does
less harm than a number that comes twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from crossdock.delivery.states import FINAL, Event, State, after
from crossdock.journal.contract import Phase
from crossdock.journal.portable import AttemptRow, CounterRow, Record, WorkRow, put_down
from crossdock.ops.trace import moment

#: The code of work that is held because it comes from a backup.
RESTORED = "E750"


class HeldBack:
    """Passes the records of a backup on, with open work held; ``held`` counts by the state it was in.

    ``taken`` is when the backup was taken, ``now`` when it is restored; Unix seconds. Every series of control numbers goes
    on ``ahead`` of where it was.
    """

    def __init__(self, taken: float, now: float, ahead: int = 0) -> None:
        self.held: Counter[State] = Counter()
        self._when = f"restored from the backup of {moment(taken)}"
        self._now = now
        self._ahead = ahead

    def of(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records as they are to be loaded."""
        for record in records:
            if isinstance(record, WorkRow) and record.state not in FINAL:
                self.held[record.state] += 1
                yield from self._held(record)
            elif isinstance(record, CounterRow):
                yield replace(record, number=record.number + self._ahead)
            else:
                yield record

    def _held(self, was: WorkRow) -> Iterator[Record]:
        work = put_down(was) if was.state is State.WORKING else was
        event, why = self._what(work)
        state = after(State.WORKING if event is Event.LOSE_SIGHT else work.state, event)
        yield replace(
            work,
            state=state,
            due=0.0,
            settled=self._now if work.state is State.WAITING else work.settled,
            code=RESTORED if work.state is State.WAITING else work.code,
            reason=why if work.state is State.WAITING or not work.reason else f"{work.reason} ({why})",
        )
        yield AttemptRow(work.row, work.attempts, self._now, event, RESTORED, why, None, None)

    def _what(self, work: WorkRow) -> tuple[Event, str]:
        if work.state is not State.WAITING:
            return Event.RESTORE, f"{self._when}: somebody may have decided since"
        if work.phase is Phase.SENDING:
            return Event.LOSE_SIGHT, f"{self._when}, which was taken while it was being sent"
        if work.phase is Phase.STAGED:
            return Event.RESTORE, f"{self._when}: it was uploaded then, and may have been delivered since"
        return Event.RESTORE, f"{self._when}: it may have been delivered since"
