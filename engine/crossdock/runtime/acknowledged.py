"""What is told of acknowledgements: refusals, answers to nothing we sent, and those that do not come.

``ack.rejected`` and ``ack.unmatched`` are made with the message that brings the answer, ``ack.overdue`` by the
scheduler; each in the transaction that changes the ledger, and only where a route reads the topic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crossdock.control import REFUSED, AckState, Answer, Reference
from crossdock.document_json import encode
from crossdock.journal.contract import Sent
from crossdock.journal.ledger import Awaiting
from crossdock.message import Document, Inline, Message, child_id
from crossdock.route.compiled import CompiledRoute
from crossdock.route.topic import ACK_OVERDUE, ACK_REJECTED, ACK_UNMATCHED
from crossdock.runtime.scopes import scope_of
from crossdock.runtime.subscriptions import Subscriptions


def nobody(reference: Reference) -> tuple[Awaiting, ...]:
    """Where there is no ledger nothing is awaited."""
    return ()


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Makes the messages that tell of acknowledgements. ``awaited`` asks the ledger, ``now`` is the wall clock."""

    subscriptions: Subscriptions
    awaited: Callable[[Reference], Sequence[Awaiting]]
    now: Callable[[], float]

    def of(self, route: CompiledRoute, message: Message, answers: Sequence[Answer]) -> tuple[Sent, ...]:
        """What ``answers``, which a message brought, give reason to tell. Raises ``Retry`` where the ledger is away.

        That an interchange has come decides nothing and is told to nobody, whosever it was: partners who send a TA1
        for every interchange send one for each of our acknowledgements, and those nobody awaits.
        """
        told: list[Sent] = []
        standing: dict[int, tuple[Awaiting, Answer]] = {}  # what counts of the group's and the transaction's word
        for answer in answers:
            if answer.state is None:
                continue
            rows = self.awaited(answer.reference)
            if not rows:
                told += self._told(ACK_UNMATCHED, message, route.name, len(told), _unmatched(message, answer))
            for row in rows:
                weight = standing[row.row][1].weight if row.row in standing else row.weight
                if answer.changes(row.state, weight):
                    standing[row.row] = row, answer
        for row, answer in standing.values():
            if answer.state in REFUSED:
                document = _rejected(row, answer, message)
                told += self._told(ACK_REJECTED, message, route.name, len(told), document)
        return tuple(told)

    def overdue(self, row: Awaiting) -> Sent | None:
        """The message that tells of one that was not answered in time."""
        parent = Message(
            id=row.message, correlation=row.correlation, route=row.route, partner=row.partner, body=Inline(b"")
        )
        document: dict[str, Document] = {**about(row), "state": str(AckState.OVERDUE)}
        sent = self._told(ACK_OVERDUE, parent, row.route, row.row, document)
        return sent[0] if sent else None

    def _told(self, topic: str, parent: Message, route: str, number: int, document: Document) -> tuple[Sent, ...]:
        told = Message(
            id=child_id(parent.id, route, f"{topic} {number}"),
            parent=parent.id,
            correlation=parent.correlation,
            route=route,
            topic=topic,
            partner=parent.partner,
            content_type="application/json",
            body=Inline(encode(document)),
            trace=parent.trace,
        )
        posts = self.subscriptions.posts(topic, document, scope_of(told, self.now()))
        return (Sent(message=told, posts=posts),) if posts else ()


def about(row: Awaiting) -> dict[str, Document]:
    """A row of the ledger as a document: what was sent to whom, under which numbers, and how it stands."""
    return {
        "partner": row.partner,
        "standard": row.standard,
        "set": row.set_id,
        "interchange": row.interchange,
        "group": row.group,
        "transaction": row.transaction,
        "keys": list(row.keys),
        "message": row.message,
        "route": row.route,
        "state": str(row.state),
        "codes": list(row.codes),
        "detail": row.detail,
        "sent": moment(row.sent),
        "due": moment(row.due),
        "answered": moment(row.answered),
    }


def _rejected(row: Awaiting, answer: Answer, message: Message) -> dict[str, Document]:
    """The row as it stands with this answer, which is committed together with it."""
    said: dict[str, Document] = {"state": str(answer.state), "codes": list(answer.codes), "detail": answer.detail}
    return {**about(row), **said, "answered": None, "acknowledgement": message.id}


def _unmatched(message: Message, answer: Answer) -> dict[str, Document]:
    reference = answer.reference
    return {
        "partner": reference.partner,
        "standard": reference.standard,
        "set": reference.set_id,
        "interchange": reference.interchange,
        "group": reference.group,
        "transaction": reference.transaction,
        "keys": [] if reference.key is None else [reference.key],
        "state": None if answer.state is None else str(answer.state),
        "codes": list(answer.codes),
        "detail": answer.detail,
        "acknowledgement": message.id,
    }


def moment(at: float | None) -> str | None:
    """A time as documents carry it: RFC 3339, UTC, to the second."""
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
