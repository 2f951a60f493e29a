"""A route that numbers, awaits and answers: the worker carries it through, and topics tell what people must know."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tests.unit.runtime.conftest import Rig

from crossdock.control import AckState, Answer, Awaited, Numbering, Reference, Seen, Series, Weight
from crossdock.delivery.states import State
from crossdock.errors import Reject
from crossdock.journal.ledger import LedgerQuery
from crossdock.message import EMPTY, read_all
from crossdock.route.passage import Passage
from crossdock.runtime.acknowledged import Acknowledged, nobody
from crossdock.runtime.pulse import Pulse
from crossdock.runtime.scheduler import Scheduler
from crossdock.runtime.subscriptions import Subscriptions

SEND = "from: {topic: order.acknowledged}\nto:\n  - fake: {to: partner}\n"
RECEIVE = "from: {topic: t}\nto:\n  - fake: {to: erp}\n"
READERS = {
    "rejected": "from: {topic: ack.rejected}\nto:\n  - fake: {to: rejected}\n",
    "unmatched": "from: {topic: ack.unmatched}\nto:\n  - fake: {to: unmatched}\n",
    "overdue": "from: {topic: ack.overdue}\nto:\n  - fake: {to: overdue}\n",
}


def number(passage: Passage) -> None:
    """A step that writes the document under the next number, and expects to hear of it within a minute."""
    document = json.dumps(passage.document)

    def write(numbers: Sequence[int]) -> bytes:
        return f"{numbers[0]}:{document}".encode()

    def awaits(numbers: Sequence[int]) -> tuple[Awaited, ...]:
        (interchange,) = numbers
        return (
            Awaited(
                partner="acme", standard="X12", set_id="855", interchange=str(interchange), keys=("PO-1",), within=60.0
            ),
        )

    passage.numbering = Numbering(scopes=(Series(name="acme/x12/interchange"),), write=write, awaits=awaits)
    passage.payload, passage.content_type, passage.partner = b"", "application/edi-x12", "acme"


def answering(
    state: AckState | None, interchange: str = "1", weight: Weight = Weight.SYNTAX
) -> Callable[[Passage], None]:
    """A step that finds an acknowledgement in what came."""

    def answer(passage: Passage) -> None:
        reference = Reference(partner="acme", interchange=interchange)
        said = Answer(reference=reference, state=state, codes=("AK502 5",), detail="segment 3", weight=weight)
        passage.answers += (said,)
        passage.seen += (Seen(scope="acme/x12/in/interchange", number=9),)

    return answer


def begin(rig: Rig, routes: Mapping[str, str] = EMPTY, *, answer: Callable[[Passage], None] | None = None) -> None:
    """A worker over a route that numbers and one that answers."""
    loaded = rig.load(send=SEND, receive=RECEIVE, **routes)
    answer = answer or answering(AckState.ACCEPTED)
    for name, step in (("send", number), ("receive", answer)):
        route = loaded.routes[name]
        run = ("1 step", lambda passage, step=step: step(passage))
        loaded.routes[name] = replace(route, course=replace(route.course, steps=(run,)))  # type: ignore[index]  # a dict
    rig.project = loaded
    rig.start()


def schedule(rig: Rig) -> None:
    """One round of the scheduler."""
    left = iter([False, True])
    subscriptions = Subscriptions(rig.project.routes.values())
    acknowledged = Acknowledged(subscriptions, nobody, rig.clock.now)
    Scheduler(
        journal=rig.journal,
        now=rig.clock.now,
        keep_messages=1e9,
        slot=Pulse(1).slot(0),
        overdue=acknowledged.overdue,
        sleep=lambda seconds: None,
    ).run(lambda: next(left))


def told(rig: Rig, sink: str) -> list[dict[str, object]]:
    """The documents that a reader was sent."""
    return [json.loads(parcel.data) for parcel in rig.sink(sink).sent]


def test_what_a_step_numbers_leaves_under_consecutive_numbers(rig: Rig) -> None:
    begin(rig)
    for n in (1, 2, 3):
        rig.send("send", {"n": n})
    rig.work()
    assert rig.sink("partner").effects == ['1:{"n": 1}', '2:{"n": 2}', '3:{"n": 3}']
    assert rig.balanced()


def test_a_resend_is_the_same_bytes(rig: Rig) -> None:
    begin(rig)
    rig.send("send", {"n": 1})
    rig.worker.step()
    (item,) = rig.items("send/fake")
    before = read_all(item.message.body)
    rig.die()
    rig.work()
    assert [parcel.data for parcel in rig.sink("partner").sent] == [before]


def test_a_document_that_cannot_be_written_is_rejected_and_takes_no_number(rig: Rig) -> None:
    begin(rig)

    def bad(passage: Passage) -> None:
        def write(numbers: Sequence[int]) -> bytes:
            raise Reject("X199", "a value holds a delimiter")

        passage.numbering = Numbering(scopes=(Series(name="acme/x12/interchange"),), write=write)
        passage.payload = b""

    route = rig.project.routes["send"]
    rig.project.routes["send"] = replace(route, course=replace(route.course, steps=(("1 step", bad),)))  # type: ignore[index]  # a dict
    rig.start()
    id = rig.send("send", {"n": 1})
    rig.work()
    assert (rig.item(id, "send").state, rig.item(id, "send").code) == (State.DEAD, "X199")
    assert rig.journal.numbers() == []


def test_an_acknowledgement_changes_the_ledger_and_its_number_is_noted(rig: Rig) -> None:
    begin(rig)
    rig.send("send", {"n": 1})
    rig.work()
    rig.send("receive", {"ack": 1})
    rig.work()
    (row,) = rig.journal.ledger(LedgerQuery())
    assert (row.state, row.codes, row.keys) == (AckState.ACCEPTED, ("AK502 5",), ("PO-1",))
    assert [one.last for one in rig.journal.received()] == [9]


def test_a_refusal_is_told_with_what_was_refused(rig: Rig) -> None:
    begin(rig, READERS, answer=answering(AckState.REJECTED))
    rig.send("send", {"n": 1})
    rig.work()
    acknowledgement = rig.send("receive", {"ack": 1})
    rig.work()
    (document,) = told(rig, "rejected")
    (row,) = rig.journal.ledger(LedgerQuery())
    assert {name: document[name] for name in ("partner", "set", "interchange", "keys", "message", "state")} == {
        "partner": "acme",
        "set": "855",
        "interchange": "1",
        "keys": ["PO-1"],
        "message": row.message,
        "state": "rejected",
    }
    assert (document["codes"], document["acknowledgement"]) == (["AK502 5"], acknowledgement)
    assert told(rig, "unmatched") == []


def test_an_acceptance_is_told_to_nobody(rig: Rig) -> None:
    begin(rig, READERS)
    rig.send("send", {"n": 1})
    rig.work()
    rig.send("receive", {"ack": 1})
    rig.work()
    assert told(rig, "rejected") == told(rig, "unmatched") == []


def test_a_copy_that_was_refused_as_one_too_many_is_told_to_nobody(rig: Rig) -> None:
    replies = iter([answering(AckState.ACCEPTED), answering(AckState.REJECTED, weight=Weight.RECEIPT)])
    begin(rig, READERS, answer=lambda passage: next(replies)(passage))  # noqa: PLW0108 - a reply each time it is asked
    rig.send("send", {"n": 1})
    rig.work()
    for n in (1, 2):
        rig.send("receive", {"ack": n})
        rig.work()
    assert told(rig, "rejected") == told(rig, "unmatched") == []
    assert rig.journal.standings() == {"acme": {AckState.ACCEPTED: 1}}


def test_a_receipt_for_what_nobody_awaits_is_told_to_nobody(rig: Rig) -> None:
    begin(rig, READERS, answer=answering(None, interchange="4711"))
    rig.send("receive", {"ack": 1})
    rig.work()
    assert told(rig, "unmatched") == []


def test_an_answer_to_nothing_we_sent_is_told(rig: Rig) -> None:
    begin(rig, READERS, answer=answering(AckState.ACCEPTED, interchange="4711"))
    rig.send("receive", {"ack": 1})
    rig.work()
    (document,) = told(rig, "unmatched")
    assert (document["partner"], document["interchange"], document["state"]) == ("acme", "4711", "accepted")


def test_an_acknowledgement_that_does_not_come_is_told_once(rig: Rig) -> None:
    begin(rig, READERS)
    rig.send("send", {"n": 1})
    rig.work()
    schedule(rig)
    rig.clock.advance(60.0)
    for _ in range(2):
        schedule(rig)
        rig.work()
    (document,) = told(rig, "overdue")
    assert (document["partner"], document["set"], document["interchange"]) == ("acme", "855", "1")
    assert (document["keys"], document["sent"], document["due"]) == (
        ["PO-1"],
        "2026-01-01T12:00:00Z",
        "2026-01-01T12:01:00Z",
    )
    assert rig.balanced()


def test_where_nobody_reads_the_topic_only_the_ledger_tells(rig: Rig) -> None:
    begin(rig)
    rig.send("send", {"n": 1})
    rig.work()
    rig.clock.advance(60.0)
    schedule(rig)
    assert rig.journal.standings() == {"acme": {AckState.OVERDUE: 1}}
    assert rig.balanced()


def test_a_project_may_read_what_the_engine_tells_of_acknowledgements(rig: Rig) -> None:
    assert [str(finding) for finding in rig.load(**READERS).warnings] == []
