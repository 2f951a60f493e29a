"""Whatever is done to them, the journals in SQLite, in PostgreSQL and in memory tell one story, and all balance."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, TypeAlias

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from crossdock.control import AckState, Answer, Awaited, Numbering, Reference, Seen, Series, Weight
from crossdock.delivery.states import LIFE, Event, State
from crossdock.errors import Finding
from crossdock.journal.contract import (
    Child,
    Entry,
    Fate,
    Item,
    Journal,
    Outcome,
    Phase,
    Post,
    Query,
    Result,
    Sent,
    Work,
)
from crossdock.journal.ledger import Awaiting, LedgerQuery
from crossdock.journal.memory import MemoryJournal
from crossdock.journal.registers import Register
from crossdock.journal.sqlite.journal import SqliteJournal
from crossdock.message import Inline, Message, child_id
from crossdock.route.plan import Guard, Latest, Once
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.bench import QUEUE, arrival, id_of, part
from crossdock.testing.postgres_ground import PostgresGround
from crossdock.testing.server_clock import ServerClock
from crossdock.testing.servers.postgres import PostgresAddress

Pair: TypeAlias = tuple[Work, Work]  # the same work, as the two journals gave it out

DOORS = ("in/a", "in/b")  # queues that arrivals go to
FURTHER = ("out/a", "out/b")  # queues that outcomes post to
OWNERS = ("host", "host/1", "host/2", "other/1")

lanes = st.sampled_from([None, None, "x", "y"])
posts = st.lists(st.builds(Post, queue=st.sampled_from(DOORS), lane=lanes, priority=st.integers(-1, 1)), min_size=1)
further = st.lists(st.builds(Post, queue=st.sampled_from(FURTHER), lane=lanes), max_size=2).map(tuple)
noted = st.dictionaries(st.sampled_from("kl"), st.sampled_from(["x", "y"]), max_size=1)
guards: st.SearchStrategy[Guard] = st.one_of(
    st.builds(Once, scope=st.just("once"), key=st.sampled_from("pq"), within=st.sampled_from([20.0, 500.0])),
    st.builds(Latest, scope=st.just("latest"), key=st.sampled_from("pq"), version=st.sampled_from(["1", "2", "10"])),
)
findings = st.lists(st.sampled_from([Finding(code="R1", message="look", rule=rule) for rule in "AB"]), max_size=2)
moments = st.sampled_from([0.0, 10.0, 90.0])
settling = st.sampled_from(sorted(LIFE[State.WORKING]))
owners = st.sampled_from([None, *OWNERS])

partners = st.sampled_from(["acme", "globex"])
few = st.sampled_from([None, "1", "002", "3"])
by_number = st.builds(Reference, partner=partners, interchange=few, group=few, transaction=few)
keys_of_documents = st.sampled_from(["PO-1", "PO-2", "S-1"])
sets = st.sampled_from([None, "855"])
by_key = st.builds(Reference, partner=partners, set_id=sets, key=keys_of_documents)
references = st.one_of(by_number, by_key)
answers = st.builds(
    Answer,
    reference=references,
    state=st.sampled_from([None, AckState.ACCEPTED, AckState.REJECTED]),
    codes=st.sampled_from([(), ("AK502 5",)]),
    weight=st.sampled_from(Weight),
)
seen = st.builds(Seen, scope=st.sampled_from("ab"), number=st.sampled_from([1, 2, 3, 5, 2000]))


@st.composite
def numberings(draw: st.DrawFn) -> Numbering:
    partner, many, within = draw(partners), draw(st.integers(1, 2)), draw(st.sampled_from([None, 5.0, 60.0]))
    set_id, keys = (
        draw(st.sampled_from(["855", "856"])),
        tuple(draw(st.lists(keys_of_documents, max_size=2, unique=True))),
    )

    def awaits(numbers: Sequence[int]) -> list[Awaited]:
        return [
            Awaited(
                partner=partner,
                standard="x12",
                set_id=set_id,
                interchange=f"{numbers[0]:03}",
                group=str(numbers[1]),
                transaction=str(position),
                keys=keys,
                within=within,
            )
            for position in range(1, many + 1)
        ]

    scopes = Series(name=f"{partner}/interchange", last=3), Series(name="group")
    return Numbering(scopes=scopes, write=lambda numbers: repr(tuple(numbers)).encode(), awaits=awaits)


@st.composite
def fates(draw: st.DrawFn) -> Fate:
    event = draw(settling)
    delay = draw(moments) if event is Event.RETRY else 0.0
    found = tuple(draw(findings))
    receipt = draw(st.sampled_from([None, "r"]))
    return Fate(event=event, delay=delay, code="E1", reason="so", step="1 map", findings=found, receipt=receipt)


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    keys = tuple(draw(st.lists(st.sampled_from(["PO-1", "PO-2"]), max_size=2)))
    some = tuple(draw(st.lists(guards, max_size=2)))
    answered = tuple(draw(st.lists(answers, max_size=2)))
    came = tuple(draw(st.lists(seen, max_size=2)))
    return Outcome(fate=draw(fates()), guards=some, keys=keys, posts=draw(further), answers=answered, seen=came)


class TwoJournals(RuleBasedStateMachine):
    """Every rule does the same to both and compares what they answer."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = self._started()
        self.disk = self._opened()
        self.memory = MemoryJournal(self.clock)
        self.numbers = iter(range(1, 100_000))
        self.taken: list[Pair] = []  # what was ever claimed last, lost leases too

    def teardown(self) -> None:
        self.disk.close()
        shutil.rmtree(self.folder)

    def _started(self) -> ManualClock:
        return ManualClock()

    def _opened(self) -> Journal:
        return SqliteJournal(self.folder / "journal.db", self.clock, synchronous="OFF")

    def _entry(self, identity: str, to: Sequence[Post], keep: float) -> Entry:
        return replace(arrival(next(self.numbers), *to), identity=identity, keep=keep)

    def _items(self) -> list[Item]:
        return sorted(self.disk.items(Query(limit=10_000)), key=lambda item: (item.queue, item.message.id))

    def _same_row(self, item: Item) -> int:
        (found,) = self.memory.items(Query(message=item.message.id, queue=item.queue))
        return found.row

    # What intake and workers do

    @rule(identities=st.lists(st.sampled_from("stuvw"), min_size=1, max_size=3), to=posts, keep=moments, notes=noted)
    def accept(self, identities: list[str], to: list[Post], keep: float, notes: dict[str, str]) -> None:
        entries = [replace(self._entry(identity, to, keep), notes=notes) for identity in identities]
        assert self.disk.accept(entries) == self.memory.accept(entries)

    @rule(queue=st.sampled_from([*DOORS, *FURTHER]), owner=st.sampled_from(OWNERS), limit=st.integers(1, 4))
    def claim(self, queue: str, owner: str, limit: int) -> None:
        ours = self.disk.claim(queue, owner=owner, limit=limit, lease=60.0)
        theirs = self.memory.claim(queue, owner=owner, limit=limit, lease=60.0)
        assert [_without_names(work) for work in ours] == [_without_names(work) for work in theirs]
        self.taken = [*self.taken, *zip(ours, theirs, strict=True)][-8:]

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        count = min(3, len(self.taken))
        chosen = data.draw(st.lists(st.sampled_from(self.taken), min_size=1, max_size=count, unique_by=_place))
        results = [self._result(data, pair) for pair in chosen]
        ours = self.disk.commit([one for one, _ in results])
        assert ours == self.memory.commit([two for _, two in results])

    def _result(self, data: st.DataObject, pair: Pair) -> tuple[Result, Result]:
        ours, theirs = pair
        done = sum(item.progress for item in self.disk.items(Query(message=ours.message.id, queue=ours.queue)))
        again = data.draw(st.integers(0, done), label="parts that are said again")
        more = data.draw(st.integers(0, 2), label="new parts") if ours.queue in DOORS else 0
        children = tuple(
            Child(
                message=(one := part(ours.message, number, route=ours.queue)),
                outcome=data.draw(outcomes()),
                lane=data.draw(lanes),
                priority=number % 2,
                raw=data.draw(st.sampled_from([None, replace(one, content_type="application/raw")])),
            )
            for number in range(done - again + 1, done + more + 1)
        )
        outcome = data.draw(st.none() | outcomes())
        if outcome and data.draw(st.booleans(), label="makes a message"):
            message, numbering = part(ours.message, 0, route=ours.queue), data.draw(st.none() | numberings())
            made = Sent(message=message, posts=data.draw(further), numbering=numbering)
            outcome = replace(outcome, also=(made,))
        result = Result(work=ours, outcome=outcome, children=children, progress=done + more)
        return result, replace(result, work=theirs)

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), phase=st.sampled_from(Phase), proof=st.sampled_from([None, "proof"]))
    def advance(self, data: st.DataObject, phase: Phase, proof: str | None) -> None:
        ours, theirs = data.draw(st.sampled_from(self.taken))
        held = self.disk.advance([ours], phase, [proof]) == [ours]
        assert held == (self.memory.advance([theirs], phase, [proof]) == [theirs])

    @precondition(lambda self: self.taken)
    @rule(data=st.data(), lease=st.sampled_from([5.0, 120.0]))
    def renew(self, data: st.DataObject, lease: float) -> None:
        ours, theirs = data.draw(st.sampled_from(self.taken))
        self.disk.renew([ours], lease)
        self.memory.renew([theirs], lease)

    @rule(owner=owners, crashed=st.booleans())
    def give_back(self, owner: str | None, *, crashed: bool) -> None:
        ours = self.disk.give_back(owner=owner, crashed=crashed)
        assert ours == self.memory.give_back(owner=owner, crashed=crashed)

    @rule(queue=st.sampled_from([*DOORS, "empty"]))
    def stop(self, queue: str) -> None:
        for journal in self._both():
            journal.stop_queue(queue, "because")

    @rule()
    def start(self) -> None:
        for journal in self._both():
            journal.start_queues()

    # What time and people do

    @rule(seconds=st.sampled_from([0.5, 11.0, 61.0, 600.0]))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(seconds=st.sampled_from([-3600.0, 3600.0]))
    def set_the_wall_clock(self, seconds: float) -> None:
        self.clock.set_wall(seconds)

    @rule()
    def reboot(self) -> None:
        self.disk.close()
        self.clock.reboot()
        self.disk = self._opened()

    @rule(data=st.data(), event=st.sampled_from(Event), reason=st.sampled_from([None, "decided"]))
    def decide(self, data: st.DataObject, event: Event, reason: str | None) -> None:
        item = self._some_item(data)
        if item:
            ours = self.disk.decide(item.row, event, reason)
            assert ours == self.memory.decide(self._same_row(item), event, reason)

    @rule(data=st.data(), to=posts)
    def replace_by_an_edited_one(self, data: st.DataObject, to: list[Post]) -> None:
        item = self._some_item(data)
        if item:
            entry = self._entry(f"edit {next(self.numbers)}", to, 1000.0)
            theirs = self.memory.replace(self._same_row(item), entry, "edited")
            assert self.disk.replace(item.row, entry, "edited") == theirs

    def _some_item(self, data: st.DataObject) -> Item | None:
        items = self._items()
        return data.draw(st.sampled_from(items)) if items else None

    @rule(seconds=st.sampled_from([-1.0, 30.0, 300.0]), limit=st.integers(1, 5))
    def purge(self, seconds: float, limit: int) -> None:
        before = self.clock.now() - seconds
        ours = self.disk.purge(messages_before=before, limit=limit, keys_before=before - 30.0)
        assert ours == self.memory.purge(messages_before=before, limit=limit, keys_before=before - 30.0)

    @rule(identity=st.sampled_from("st"))
    def refuse(self, identity: str) -> None:
        for journal in self._both():
            journal.refuse("in/a", identity, [Finding(code="R1", message="no")])

    @rule(kind=st.sampled_from(Register), key=st.sampled_from("pq"), text=st.sampled_from([None, "x", "y"]))
    def register(self, kind: Register, key: str, text: str | None) -> None:
        def change(before: str | None, clock: float) -> str | None:
            return text and f"{text}{before}{clock}"[:40]

        assert self.disk.update(kind, key, change) == self.memory.update(kind, key, change)

    @rule(
        place=st.sampled_from([QUEUE, "out"]),
        notes=st.dictionaries(st.sampled_from("kl"), st.sampled_from([None, "n"])),
    )
    def note(self, place: str, notes: dict[str, str | None]) -> None:
        for journal in self._both():
            journal.note(place, notes)

    @rule(place=st.sampled_from([QUEUE, "out"]))
    def read_notes(self, place: str) -> None:
        assert self.disk.notes(place, ["k", "l", "m"]) == self.memory.notes(place, ["k", "l", "m"])

    @rule(limit=st.integers(1, 3), lane=lanes)
    def raise_overdue(self, limit: int, lane: str | None) -> None:
        ours, theirs = (journal.overdue(lambda row: _told(row, lane), limit) for journal in self._both())
        assert ours == theirs

    @rule(scope=st.sampled_from(["acme/interchange", "group", "new"]), number=st.integers(0, 5))
    def set_number(self, scope: str, number: int) -> None:
        for journal in self._both():
            journal.set_number(scope, number)

    @rule(reference=references)
    def ask_what_is_awaited(self, reference: Reference) -> None:
        ours, theirs = ([replace(row, row=0) for row in journal.awaited(reference)] for journal in self._both())
        assert ours == theirs

    # What must always hold

    def _both(self) -> tuple[Journal, Journal]:
        return self.disk, self.memory

    @invariant()
    def both_balance(self) -> None:
        ours, theirs = self.disk.audit(), self.memory.audit()
        assert ours == theirs
        assert ours.balanced

    @invariant()
    def both_tell_the_same(self) -> None:
        ours, theirs = (_story(journal) for journal in self._both())
        assert ours == theirs


def _story(journal: Journal) -> dict[str, object]:
    """Everything a journal can be asked."""
    items = [item for queue in (*DOORS, *FURTHER) for item in journal.items(Query(queue=queue, limit=10_000))]
    return {
        "items": [replace(item, row=0) for item in items],
        "attempts": [journal.attempts(item.row) for item in items],
        "children": [journal.children(item.message.id, 100) for item in items],
        "named": [journal.named(key, 100) for key in ("PO-1", "PO-2", id_of(1)[:8])],
        "ready": sorted(journal.ready()),
        "backlogs": [journal.backlog(queue, 3)[0] for queue in (*DOORS, *FURTHER)],
        "stopped": journal.stopped(),
        "notes": [(note.key, note.text) for place in journal.places() for note in journal.noted(place.name, limit=9)],
        "counts": journal.counts(),
        "pending": journal.pending(),
        "stuck": dict(journal.stuck()),
        "refusals": journal.refusals(100),
        "ledger": [replace(row, row=0) for row in journal.ledger(LedgerQuery(limit=10_000))],
        "standings": journal.standings(),
        "numbers": journal.numbers(),
        "received": journal.received(),
        "registers": [journal.registers(kind) for kind in Register],
    }


def _told(row: Awaiting, lane: str | None) -> Sent:
    told = Message(
        id=child_id(row.message, row.route, f"ack.overdue {row.transaction}"),
        parent=row.message,
        correlation=row.correlation,
        route=row.route,
        topic="ack.overdue",
        body=Inline(row.interchange.encode()),
    )
    return Sent(message=told, posts=(Post(queue=FURTHER[0], lane=lane),))


def _without_names(work: Work) -> Work:
    """Rows and tokens are each journal's own."""
    return replace(work, row=0, token=0)


def _place(pair: Pair) -> tuple[str, str]:
    return pair[0].message.id, pair[0].queue


class _OnlyClock(ServerClock):
    """The server's, which nothing that befalls a client can change."""

    def boot(self) -> float:
        return self.now()

    def set_wall(self, seconds: float) -> None:
        """Only clients have a wall clock that somebody sets."""

    def reboot(self) -> None:
        """Only clients do."""


class PostgresAndMemory(TwoJournals):
    """The same with a server in the place of the file."""

    ground: ClassVar[PostgresGround]

    def _started(self) -> ManualClock:
        self.ground.wipe()
        return self.ground.clock

    def _opened(self) -> Journal:
        return self.ground.journal()


@pytest.fixture(autouse=True, scope="module")
def _server(postgres: PostgresAddress) -> Iterator[None]:
    PostgresAndMemory.ground = PostgresGround(postgres.fresh(), _OnlyClock())
    yield
    PostgresAndMemory.ground.close()


TestTwoJournals = TwoJournals.TestCase
TestTwoJournals.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)

TestPostgresAndMemory = PostgresAndMemory.TestCase
TestPostgresAndMemory.settings = settings(max_examples=8, stateful_step_count=40, deadline=None)
