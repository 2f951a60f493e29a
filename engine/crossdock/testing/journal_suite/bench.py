"""What the tests of the suite work with: a journal, its clock, and short ways to say what happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crossdock.delivery.states import Event, State
from crossdock.journal.contract import Child, Entry, Fate, Item, Journal, Outcome, Post, Query, Result, Sent, Work
from crossdock.message import Inline, Message, child_id, root_id
from crossdock.testing.clock import ManualClock

QUEUE = "orders"
OWNER = "host/1"
LEASE = 60.0


@dataclass(slots=True)
class Bench:
    """``again`` opens the same journal once more; the ``lose_`` functions damage it behind its back."""

    clock: ManualClock
    journal: Journal
    again: Callable[[], Journal]
    lose_work: Callable[[int], None]
    lose_message: Callable[[str], None]
    damaged: bool = False

    def arrive(self, *numbers: int, lane: str | None = None, priority: int = 0, queue: str = QUEUE) -> None:
        """Accept messages with these numbers, each as an arrival of its own."""
        post = Post(queue=queue, lane=lane, priority=priority)
        for number in numbers:
            assert self.journal.accept([arrival(number, post)]) == [id_of(number)]

    def take(self, queue: str = QUEUE, *, owner: str = OWNER, limit: int = 100, lease: float = LEASE) -> list[Work]:
        """Claim."""
        return self.journal.claim(queue, owner=owner, limit=limit, lease=lease)

    def take_one(self, queue: str = QUEUE, *, owner: str = OWNER, lease: float = LEASE) -> Work:
        """Claim exactly one piece."""
        (work,) = self.take(queue, owner=owner, limit=1, lease=lease)
        return work

    def settle(self, work: Work, fate: Fate | Event, *, delay: float = 0.0) -> bool:
        """Commit what became of a piece of work, and nothing else."""
        if isinstance(fate, Event):
            fate = Fate(
                event=fate, delay=delay, code="E000", reason="as the test wants it", spent=fate is not Event.RETURN
            )
        return self.commit(work, Outcome(fate=fate))

    def commit(self, work: Work, outcome: Outcome | None, *children: Child, progress: int = 0) -> bool:
        """Commit one result."""
        (done,) = self.journal.commit([Result(work=work, outcome=outcome, children=children, progress=progress)])
        return done

    def bring(self, state: State, number: int = 1, *, lane: str | None = None) -> int:
        """A piece of work in ``state``; its row. Nothing else may be due in the queue before it."""
        self.arrive(number, lane=lane)
        if state is State.WAITING:
            return self.item(number).row
        work = self.take_one()
        if state is not State.WORKING:
            self.settle(work, _EVENTS[state])
        if state is State.DISCARDED:
            self.journal.decide(work.row, Event.DISCARD, "not wanted")
        return work.row

    def item(self, message: int | str, queue: str = QUEUE) -> Item:
        """The work of one message in a queue."""
        id = id_of(message) if isinstance(message, int) else message
        (item,) = self.journal.items(Query(message=id, queue=queue))
        return item

    def state(self, message: int | str, queue: str = QUEUE) -> State:
        """Where the work of a message stands."""
        return self.item(message, queue).state


_EVENTS = {
    State.DELIVERED: Event.DELIVER,
    State.SKIPPED: Event.SKIP,
    State.HELD: Event.HOLD,
    State.DEAD: Event.REJECT,
    State.DOUBT: Event.LOSE_SIGHT,
    State.DISCARDED: Event.HOLD,
}


def id_of(number: int) -> str:
    """The id of message ``number``."""
    return root_id(1_767_268_800_000, number.to_bytes(10, "big"))


def message(number: int, body: bytes = b"payload") -> Message:
    """Message ``number``."""
    id = id_of(number)
    return Message(id=id, correlation=id, route=QUEUE, headers={"file.name": f"{number}.edi"}, body=Inline(body))


def arrival(number: int, *posts: Post, identity: str | None = None, body: bytes = b"payload") -> Entry:
    """Message ``number`` at the door."""
    where = posts or (Post(queue=QUEUE),)
    return Entry(message=message(number, body), scope="door", identity=identity or f"file {number}", posts=where)


def part(parent: Message, position: int, *, route: str = QUEUE) -> Message:
    """What ``route`` makes of a message at ``position``."""
    id = child_id(parent.id, route, position)
    return Message(
        id=id,
        parent=parent.id,
        correlation=parent.correlation,
        route=route,
        position=position,
        content_type="application/json",
        body=Inline(b"{}"),
    )


def delivered(*posts: Post, keys: Iterable[str] = (), also: Iterable[Sent] = ()) -> Outcome:
    """Done, and sent on."""
    return Outcome(fate=Fate(event=Event.DELIVER), posts=posts, keys=tuple(keys), also=tuple(also))


def numbers(works: Iterable[Work]) -> list[int]:
    """Which messages these are."""
    return [int(work.message.id[-12:], 16) for work in works]
