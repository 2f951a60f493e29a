"""What every journal that can be taken out whole must do, as tests: from any engine into any.

class TestFromMineToYours(PortingSuite):
@pytest.fixture
def ports(self) -> Ports:
clock = ManualClock()
return Ports(clock, MyJournal(clock), YourJournal(clock), again=...)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import pytest

from crossdock.control import Reference
from crossdock.delivery.states import Event, State
from crossdock.errors import Halt
from crossdock.journal.contract import Audit, Fate, Item, Journal, Outcome, Phase, Post, Query, Result, Work
from crossdock.journal.ledger import LedgerQuery
from crossdock.journal.portable import MessageRow, PortableJournal, Record, at_rest
from crossdock.message import Inline, Message, read_all
from crossdock.route.plan import Latest, Once
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.awaiting import numbered
from crossdock.testing.journal_suite.bench import OWNER, QUEUE, arrival, id_of
from crossdock.testing.journal_suite.populated import LARGE, populate


@dataclass(slots=True)
class Ports:
    """An empty journal to fill, another to move it to, and their clock; ``again`` opens the first once more."""

    clock: ManualClock
    source: PortableJournal
    target: PortableJournal
    again: Callable[[], Journal]

    def move(self) -> None:
        """Take everything from the one to the other."""
        with self.source.dump() as records:
            self.target.load(at_rest(records), replace=False)


class _Cut(Exception):
    """Reading stops here."""


class PortingSuite:
    """``Portable`` and ``at_rest``, over a journal with work in every state."""

    @pytest.fixture
    def full(self, ports: Ports) -> Iterator[Ports]:
        populate(ports.source, ports.clock)
        yield ports
        ports.source.close()
        ports.target.close()

    def test_everything_that_can_be_asked_has_the_same_answer(self, full: Ports) -> None:
        full.move()
        full.source.give_back(owner=OWNER, crashed=False)
        assert _story(full.target) == _story(full.source)

    def test_the_audit_balances_and_has_the_same_sums(self, full: Ports) -> None:
        full.move()
        full.source.give_back(owner=OWNER, crashed=False)
        before, after = full.source.audit(), full.target.audit()
        assert after.balanced, after
        assert _sums(after) == _sums(before)
        assert any(one.purged for one in after.sums)

    def test_payloads_arrive_byte_for_byte(self, full: Ports) -> None:
        full.move()
        found = full.target.message(id_of(42))
        assert found is not None
        assert read_all(found.body) == LARGE

    def test_what_was_in_hand_waits_and_nothing_is_leased(self, full: Ports) -> None:
        full.move()
        assert not list(full.target.items(Query(states=(State.WORKING,))))
        assert full.target.give_back(owner=OWNER, crashed=True) == 0

    def test_work_is_claimed_in_the_same_order(self, full: Ports) -> None:
        full.move()
        full.source.give_back(owner=OWNER, crashed=False)
        assert _claims(full.target) == _claims(full.source)

    def test_how_far_an_effect_had_come_is_known(self, full: Ports) -> None:
        full.move()
        (staged,) = full.target.claim(f"{QUEUE}/staged", owner=OWNER, limit=10, lease=60.0)
        (sending,) = full.target.claim(f"{QUEUE}/sending", owner=OWNER, limit=10, lease=60.0)
        assert (staged.phase, staged.proof) == (Phase.STAGED, "proof of the upload")
        assert sending.phase is Phase.SENDING

    def test_an_arrival_that_was_known_is_known(self, full: Ports) -> None:
        full.move()
        again = replace(arrival(99), identity="file 41")
        assert full.target.accept([again]) == [id_of(41)]

    def test_keys_of_once_and_latest_are_held_by_the_same_messages(self, full: Ports) -> None:
        full.move()
        once = Once(scope="once", key="PO-1", within=1e6)
        latest = Latest(scope="latest", key="PO-1", version="2")
        for number, guard in ((60, once), (61, latest)):
            full.target.accept([arrival(number, Post(queue="guarded"))])
            (work,) = full.target.claim("guarded", owner=OWNER, limit=10, lease=60.0)
            outcome = Outcome(fate=Fate(event=Event.DELIVER), guards=(guard,))
            full.target.commit([Result(work=work, outcome=outcome)])
            (item,) = full.target.items(Query(queue="guarded", message=work.message.id))
            assert item.state is State.SKIPPED

    def test_the_journal_goes_on_with_new_work(self, full: Ports) -> None:
        full.move()
        full.target.accept([arrival(70, Post(queue="fresh", lane="a")), arrival(71, Post(queue="fresh", lane="a"))])
        (work,) = full.target.claim("fresh", owner=OWNER, limit=10, lease=60.0)
        assert work.message.id == id_of(70)
        assert full.target.audit().balanced

    def test_control_numbers_go_on_behind_those_that_were_given(self, full: Ports) -> None:
        full.move()
        full.target.accept([arrival(75, Post(queue="numbered"))])
        (work,) = full.target.claim("numbered", owner=OWNER, limit=10, lease=60.0)
        sent = numbered(work.message)
        outcome = Outcome(fate=Fate(event=Event.DELIVER), also=(sent,))
        full.target.commit([Result(work=work, outcome=outcome)])
        found = full.target.message(sent.message.id)
        assert found is not None
        assert read_all(found.body) == b"3,3"
        assert [row.interchange for row in full.target.ledger(LedgerQuery(message=sent.message.id))] == ["3"]

    def test_what_connectors_noted_down_comes_along(self, full: Ports) -> None:
        noted = full.source.noted(QUEUE, limit=10)
        full.move()
        assert full.target.noted(QUEUE, limit=10) == noted
        assert full.target.notes(QUEUE, ["watermark"]) == {"watermark": "2026-11-20T06:00:00Z"}

    def test_a_journal_that_has_notes_only_is_not_empty(self, full: Ports) -> None:
        full.target.note("elsewhere", {"watermark": "1"})
        with pytest.raises(Halt, match="E751"):
            full.move()

    def test_a_journal_whose_numbers_were_set_is_not_empty(self, full: Ports) -> None:
        full.target.set_number("acme/x12/interchange", 7)
        with pytest.raises(Halt, match="E751"):
            full.move()

    def test_a_journal_that_is_not_empty_is_left_alone(self, full: Ports) -> None:
        full.target.accept([arrival(80)])
        with pytest.raises(Halt, match="E751"):
            full.move()
        assert [item.message.id for item in full.target.items(Query())] == [id_of(80)]

    def test_it_is_replaced_when_that_is_wanted(self, full: Ports) -> None:
        full.target.accept([arrival(80, body=LARGE[::-1])])
        full.target.claim(QUEUE, owner=OWNER, limit=1, lease=60.0)
        with full.source.dump() as records:
            full.target.load(at_rest(records), replace=True)
        assert full.target.message(id_of(80)) is None
        assert full.target.audit().balanced
        assert full.target.audit().accepted == full.source.audit().accepted

    def test_a_stream_that_breaks_off_leaves_everything_as_it_was(self, full: Ports) -> None:
        full.target.accept([arrival(80)])
        with full.source.dump() as records, pytest.raises(_Cut):
            full.target.load(_cut_off(at_rest(records)), replace=True)
        assert [item.message.id for item in full.target.items(Query())] == [id_of(80)]
        assert full.target.audit().balanced

    def test_records_that_contradict_each_other_are_refused(self, full: Ports) -> None:
        with full.source.dump() as records, pytest.raises(Halt, match="E758"):
            full.target.load(_twice(at_rest(records)), replace=False)
        assert not list(full.target.items(Query()))

    def test_what_happens_meanwhile_is_not_in_it(self, full: Ports) -> None:
        with full.source.dump() as records:
            begun = [next(records)]
            with closing(full.again()) as other:
                other.accept([arrival(90)])
            ids = [record.id for record in (*begun, *records) if isinstance(record, MessageRow)]
        assert id_of(42) in ids
        assert id_of(90) not in ids
        assert full.source.message(id_of(90)) is not None

    def test_it_comes_back_as_it_went(self, full: Ports) -> None:
        full.move()
        with full.target.dump() as records:
            there = list(records)
        with full.source.dump() as records:
            assert list(at_rest(records)) == there


def _cut_off(records: Iterator[Record]) -> Iterator[Record]:
    for record in records:
        yield record
        if isinstance(record, MessageRow) and record.id == id_of(42):
            raise _Cut


def _twice(records: Iterator[Record]) -> Iterator[Record]:
    for record in records:
        yield record
        if isinstance(record, MessageRow) and record.id == id_of(41):
            yield record


def _sums(audit: Audit) -> list[object]:
    return [audit.accepted, *audit.sums]


def _story(journal: Journal) -> dict[str, object]:
    items = list(journal.items(Query(limit=10_000)))
    return {
        "items": [_plain(item) for item in items],
        "attempts": [journal.attempts(item.row) for item in items],
        "children": [[_bytes(one) for one in journal.children(item.message.id, 100)] for item in items],
        "named": [[one.id for one in journal.named(key, 100)] for key in ("PO-1", "PO-20", id_of(1)[:8])],
        "backlogs": [journal.backlog(queue, 3)[0] for queue in journal.counts()],
        "ready": sorted(journal.ready()),
        "stopped": journal.stopped(),
        "counts": journal.counts(),
        "pending": journal.pending(),
        "refusals": journal.refusals(10),
        "ledger": journal.ledger(LedgerQuery()),
        "by key": [journal.awaited(Reference(partner="acme", key=f"PO-{number}")) for number in (50, 51, 52)],
        "standings": journal.standings(),
        "numbers": journal.numbers(),
        "received": journal.received(),
    }


def _plain(item: Item) -> object:
    return replace(item, message=_bytes(item.message))


def _bytes(message: Message) -> Message:
    """The message with its bytes in hand: where they are kept is each journal's own."""
    return replace(message, body=Inline(read_all(message.body)), headers=dict(message.headers))


def _claims(journal: Journal) -> dict[str, list[tuple[object, ...]]]:
    return {
        queue: [_claim(work) for work in journal.claim(queue, owner=OWNER, limit=100, lease=60.0)]
        for queue in sorted(journal.counts())
    }


def _claim(work: Work) -> tuple[object, ...]:
    return work.message.id, work.attempt, work.crashes, work.progress, work.phase, work.proof, work.released
