"""The tables of the journal in memory: messages, work and queues, with the indexes that keep claiming cheap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter
from types import MappingProxyType

from crossdock.delivery.states import FINAL, OPEN, State
from crossdock.journal import turns
from crossdock.journal.contract import Attempt, Damage, Fate, Item, Phase, Post, Query, Tally
from crossdock.message import EMPTY, Inline, Message, read_all


@dataclass(slots=True)
class MessageRow:
    """A message; ``gone`` counts the parts of it that were forgotten."""

    row: int
    message: Message
    at: float
    gone: int = 0


#: The order messages came in.
MESSAGE_ORDER = attrgetter("row")


@dataclass(slots=True)
class WorkRow:
    """A piece of work. ``priority`` sorts: the smaller, the sooner. ``turn``: see ``turns``."""

    row: int
    message: str
    queue: str
    at: float
    state: State = State.WAITING
    due: float = 0.0
    priority: int = 0
    lane: str | None = None
    turn: int | None = None
    attempts: int = 0
    crashes: int = 0
    progress: int = 0
    released: frozenset[str] = frozenset()
    token: int | None = None
    phase: Phase | None = None
    proof: str | None = None
    settled: float | None = None
    code: str | None = None
    reason: str | None = None
    receipt: str | None = None
    history: list[Attempt] = field(default_factory=list)

    def rank(self) -> tuple[int, bool, float, int]:
        """Its place in the order of claims."""
        return self.priority, self.due == 0, self.due, self.row

    def age(self) -> tuple[int, int]:
        """Its place in its lane."""
        return turns.own(self.row) if self.turn is None else self.turn, self.row

    def note(self, at: float, fate: Fate) -> None:
        """Record an attempt or a decision."""
        attempt = Attempt(
            number=self.attempts,
            at=at,
            event=fate.event,
            code=fate.code,
            reason=fate.reason,
            step=fate.step,
            findings=tuple(finding.as_dict() for finding in fate.findings),
        )
        self.history.append(attempt)


@dataclass(slots=True)
class QueueRow:
    """A queue with its tallies."""

    posted: int = 0
    purged: int = 0
    stopped: str | None = None


class Tables:
    """Every row there is. Numbers are given in the order rows come, one above the highest there is."""

    def __init__(self) -> None:
        self.messages: dict[str, MessageRow] = {}
        self.work: dict[int, WorkRow] = {}
        self.queues: dict[str, QueueRow] = {}
        self.keys: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.accepted = 0
        self._bodies: dict[int, Inline] = {}
        self._of_message: defaultdict[str, dict[str, WorkRow]] = defaultdict(dict)
        self._made_from: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._open: defaultdict[str, dict[int, WorkRow]] = defaultdict(dict)

    def queue(self, name: str) -> QueueRow:
        """The queue, made when first asked for."""
        return self.queues.setdefault(name, QueueRow())

    def read(self, messages: Iterable[Message]) -> None:
        """Take over the bytes of what is about to be inserted: their source may go away, or fail."""
        self._bodies = {id(one): Inline(read_all(one.body)) for one in messages if not isinstance(one.body, Inline)}

    def insert(self, message: Message, at: float) -> None:
        """Keep a message."""
        headers = MappingProxyType(dict(message.headers)) if message.headers else EMPTY
        kept = replace(message, body=self._bodies.pop(id(message), message.body), headers=headers)
        number = self.messages[next(reversed(self.messages))].row + 1 if self.messages else 1
        self.messages[message.id] = MessageRow(number, kept, at)
        if message.parent is not None:
            self._made_from[message.parent][message.id] = None

    def place(self, message: str, queue: str, at: float) -> WorkRow:
        """A new piece of work, waiting."""
        number = next(reversed(self.work), 0) + 1
        row = WorkRow(number, message, queue, at)
        self.work[number] = self._of_message[message][queue] = self._open[queue][number] = row
        self.queue(queue).posted += 1
        return row

    def post(self, message: str, posts: tuple[Post, ...], at: float) -> None:
        """Work for each queue that does not have the message yet."""
        for post in posts:
            self.queue(post.queue)
            if post.queue not in self._of_message[message]:
                row = self.place(message, post.queue, at)
                row.priority, row.lane = -post.priority, post.lane

    def inherit(self, heir: str, row: WorkRow) -> None:
        """What replaces a piece of work in its queue takes its place there."""
        found = self._of_message[heir].get(row.queue)
        if found is not None:
            found.priority, found.lane, found.turn = row.priority, row.lane, row.age()[0]

    def move(self, row: WorkRow, state: State) -> None:
        """Change a row's state."""
        row.state = state
        if state in OPEN:
            self._open[row.queue][row.row] = row
        else:
            self._open[row.queue].pop(row.row, None)

    def free(self, queue: str, now: float) -> list[WorkRow]:
        """What can be claimed: due, nothing older of its lane open and nothing of it in hand. In the order of claims."""
        due = [row for row in self._open[queue].values() if row.state is State.WAITING and row.due <= now]
        if not due:
            return due
        oldest: dict[str | None, tuple[int, int]] = {}
        for row in self._open[queue].values():
            age = (-1, -1) if row.state is State.WORKING else row.age()
            oldest[row.lane] = min(oldest.get(row.lane, age), age)
        return sorted((row for row in due if row.lane is None or oldest[row.lane] == row.age()), key=WorkRow.rank)

    def taken(self, row: WorkRow, parent: int) -> bool:
        """Whether a new part of the work ``parent`` must wait for its lane."""
        others = [one for one in self._lane(row) if one.row not in (row.row, parent)]
        return any(one.state is State.WORKING or one.age() < row.age() for one in others)

    def stuck(self) -> Iterator[WorkRow]:
        """What waits behind an older piece of its lane that waits for a person."""
        for row in self.work.values():
            if row.state is State.WAITING and any(
                one.state in (State.HELD, State.DOUBT) and one.age() < row.age() for one in self._lane(row)
            ):
                yield row

    def group(self, row: WorkRow) -> list[WorkRow]:
        """The members of a group that are not done with, in the order they came."""
        return [
            one
            for one in self.work.values()
            if one.phase is Phase.GROUPED
            and (one.queue, one.proof) == (row.queue, row.proof)
            and one.state not in FINAL
        ]

    def _lane(self, row: WorkRow) -> list[WorkRow]:
        if row.lane is None:
            return []
        return [one for one in self._open[row.queue].values() if one.lane == row.lane]

    def found(self, query: Query) -> Iterator[WorkRow]:
        """What a query asks for, newest first."""
        family = None if query.family is None else set(self._family(query.family))
        for row in reversed(self.work.values()):
            below = query.route is None or f"{row.queue}/".startswith(f"{query.route}/")
            right = query.queue in {None, row.queue} and query.message in {None, row.message}
            right = right and (query.below is None or row.row < query.below)
            right = right and (family is None or row.message in family)
            if below and right and row.state in (query.states or State) and row.message in self.messages:
                yield row

    def _family(self, id: str) -> Iterator[str]:
        """A message and everything made from it."""
        if id in self.messages:
            yield id
        for child in self._made_from[id]:
            yield from self._family(child)

    def tallies(self, id: str) -> list[Tally]:
        """Work of a message and of everything made from it, counted."""
        found: dict[tuple[State, bool], list[WorkRow]] = {}
        for row in (row for one in self._family(id) for row in self._of_message[one].values()):
            found.setdefault((row.state, "/" in row.queue), []).append(row)
        return [
            Tally(
                state=state,
                sends=sends,
                count=len(rows),
                accepted=min(row.at for row in rows),
                settled=max((row.settled for row in rows if row.settled is not None), default=None),
            )
            for (state, sends), rows in found.items()
        ]

    def of_message(self, id: str) -> list[WorkRow]:
        """All work of a message."""
        return list(self._of_message[id].values())

    def made_from(self, id: str) -> list[MessageRow]:
        """What was made from a message."""
        return [self.messages[child] for child in self._made_from[id] if child in self.messages]

    def forget(self, row: MessageRow) -> None:
        """Remove a message with its work and its keys, and count it."""
        message = row.message
        for work in self._of_message.pop(message.id, {}).values():
            del self.work[work.row]
            self.queues[work.queue].purged += 1
        for holders in self.keys.values():
            holders.pop(message.id, None)
        if message.parent is not None:
            self._made_from[message.parent].pop(message.id, None)
            if message.position > 0 and message.parent in self.messages:
                self.messages[message.parent].gone += 1
        del self.messages[message.id]

    def damage(self) -> Iterator[Damage]:
        """What should be impossible."""
        for work in self.work.values():
            if work.message not in self.messages:
                yield Damage(what="work without its message", message=f"row {work.row}")
        for id, row in self.messages.items():
            if row.message.parent is None and not any(one.row in self.work for one in self.of_message(id)):
                yield Damage(what="accepted, but in no queue", message=id)
            yield from self._parts_missing(id, row)

    def _parts_missing(self, id: str, row: MessageRow) -> Iterator[Damage]:
        parts = row.gone + sum(child.message.position > 0 for child in self.made_from(id))
        split_off = sum(work.progress for work in self.of_message(id))  # by every route that reads it
        for work in self.of_message(id):
            if work.state is State.DELIVERED and work.progress and split_off != parts:
                yield Damage(what="not as many parts recorded as were split off", message=id)

    def item(self, row: WorkRow) -> Item:
        """A piece of work as people look at it."""
        return Item(
            row=row.row,
            message=self.messages[row.message].message,
            queue=row.queue,
            state=row.state,
            attempts=row.attempts,
            crashes=row.crashes,
            due=row.due,
            accepted=row.at,
            settled=row.settled,
            code=row.code,
            reason=row.reason,
            phase=row.phase,
            progress=row.progress,
            receipt=row.receipt,
            lane=row.lane,
            priority=-row.priority,
        )
