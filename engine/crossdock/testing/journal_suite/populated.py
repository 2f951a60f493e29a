"""A journal with work in every state there is, and every other kind of row: what has to survive a move."""

from __future__ import annotations

from dataclasses import replace

from crossdock.control import AckState, Answer, Reference, Seen
from crossdock.delivery.states import Event, State
from crossdock.errors import Finding
from crossdock.journal.contract import Child, Fate, Journal, Outcome, Phase, Post, Query, Result, Work
from crossdock.route.plan import Latest, Once
from crossdock.testing.clock import ManualClock
from crossdock.testing.journal_suite.awaiting import numbered
from crossdock.testing.journal_suite.bench import OWNER, QUEUE, arrival, part

DELIVERY = f"{QUEUE}/file"
LARGE = bytes(range(256)) * 1024  # 256 KiB: kept outside of its row
_SAID = Finding(code="R403", message="order 5 has many pieces", rule="check pieces")


def populate(journal: Journal, clock: ManualClock) -> None:
    """Fill an empty journal. Some of the work stays in hand."""
    _old_exchange(journal, clock)
    _decided(journal)
    _split(journal)
    _deliveries(journal)
    _partners(journal)
    journal.accept([arrival(41, Post(queue=QUEUE, lane="acme", priority=3)), arrival(42, body=LARGE)])
    journal.refuse(QUEUE, "big.edi", [Finding(code="E401", message="too large")])
    journal.stop_queue("orders/erp", "the configuration is wrong")
    journal.note(QUEUE, {"watermark": "2026-11-20T06:00:00Z", "seen out/ORD 4711 ü.edi": ""})


def _old_exchange(journal: Journal, clock: ManualClock) -> None:
    """Something that retention has removed, and its key with it."""
    journal.accept([replace(arrival(1), keep=1.0)])
    _settle(journal, QUEUE, Fate(event=Event.DELIVER))
    clock.advance(100.0)
    journal.purge(messages_before=clock.now(), limit=10)


def _decided(journal: Journal) -> None:
    """One of each that needs no destination; what is to come is tried once."""
    fates = (
        Fate(event=Event.HOLD, code="R403", reason="many pieces", step="2 check", findings=(_SAID,)),
        Fate(event=Event.REJECT, code="X156", reason="not a number"),
        Fate(event=Event.RETRY, code="E704", reason="the table is away", delay=3600.0),
        Fate(event=Event.HOLD, code="R403", reason="many pieces", findings=(_SAID,)),
        Fate(event=Event.DELIVER, receipt="out/9.json"),
        Fate(event=Event.HOLD, code="R403", reason="many pieces", findings=(_SAID,)),
    )
    for number, fate in enumerate(fates, start=5):
        journal.accept([arrival(number)])
        _settle(journal, QUEUE, fate)
    _decide(journal, 8, Event.DISCARD)
    _decide(journal, 10, Event.RELEASE)
    guarded = (Once(scope="once", key="PO-1", within=1e6), Latest(scope="latest", key="PO-1", version="2"))
    for number in (11, 12):
        journal.accept([arrival(number)])
        outcome = Outcome(fate=Fate(event=Event.DELIVER), guards=guarded, keys=("PO-1", f"PO-{number}"))
        journal.commit([Result(work=_taken(journal, QUEUE, number), outcome=outcome)])


def _split(journal: Journal) -> None:
    """A file of which two parts are recorded, in hand still."""
    journal.accept([arrival(20)])
    work = _taken(journal, QUEUE, 20)
    outcome = Outcome(fate=Fate(event=Event.DELIVER), keys=("PO-20",), posts=(Post(queue=DELIVERY, lane="acme"),))
    held = Outcome(fate=Fate(event=Event.HOLD, code="R403", reason="many pieces"))
    children = (
        Child(message=part(work.message, 1), outcome=outcome),
        Child(message=part(work.message, 2), outcome=held),
    )
    journal.commit([Result(work=work, children=children, progress=2)])


def _deliveries(journal: Journal) -> None:
    """Deliveries at every point of every protocol, in a queue of their own each."""
    for number, queue in enumerate(("staged", "sending", "doubt", "returned", "working", "waiting"), start=30):
        journal.accept([arrival(number, Post(queue=f"{QUEUE}/{queue}"))])
        if queue == "waiting":
            continue
        work = _taken(journal, f"{QUEUE}/{queue}", number)
        if queue == "staged":
            journal.advance([work], Phase.STAGED, ["proof of the upload"])
        elif queue != "working":
            journal.advance([work], Phase.SENDING, [None])
        if queue in ("doubt", "returned"):
            event = Event.LOSE_SIGHT if queue == "doubt" else Event.RETURN
            fate = Fate(event=event, code="E505", reason="cut off", spent=queue == "doubt")
            journal.commit([Result(work=work, outcome=Outcome(fate=fate))])


def _partners(journal: Journal) -> None:
    """Numbered documents that are awaited, one of them answered, and a number of the partner's that came in."""
    journal.set_number("globex/x12/interchange", 4711)
    for number in (50, 51):
        journal.accept([arrival(number)])
        work = _taken(journal, QUEUE, number)
        sent = numbered(work.message, transactions=2, keys=(f"PO-{number}",), within=60.0)
        journal.commit([Result(work=work, outcome=Outcome(fate=Fate(event=Event.DELIVER), also=(sent,)))])
    journal.accept([arrival(52)])
    second = Reference(partner="acme", group="2", transaction="1")
    answer = Answer(reference=second, state=AckState.REJECTED, codes=("AK502 5",), detail="segment 3")
    outcome = Outcome(fate=Fate(event=Event.DELIVER), answers=(answer,), seen=(Seen(scope="acme/x12/in", number=9),))
    journal.commit([Result(work=_taken(journal, QUEUE, 52), outcome=outcome)])


def _taken(journal: Journal, queue: str, number: int) -> Work:
    """The work of one message, claimed; what else came along is put back."""
    works = journal.claim(queue, owner=OWNER, limit=100, lease=60.0)
    (wanted,) = [work for work in works if work.message.id == arrival(number).message.id]
    back = Outcome(fate=Fate(event=Event.RETURN, spent=False))
    journal.commit([Result(work=work, outcome=back) for work in works if work is not wanted])
    return wanted


def _settle(journal: Journal, queue: str, fate: Fate) -> None:
    (work,) = journal.claim(queue, owner=OWNER, limit=100, lease=60.0)
    journal.commit([Result(work=work, outcome=Outcome(fate=fate))])


def _decide(journal: Journal, number: int, event: Event) -> None:
    (item,) = journal.items(Query(message=arrival(number).message.id, states=(State.HELD,)))
    journal.decide(item.row, event, "as the test wants it")
