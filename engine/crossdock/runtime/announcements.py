"""What happens to messages is itself a message: dead letters, holds and doubts are told on topics.

``crossdock.dead.<route>``, ``crossdock.held.<route>`` and ``crossdock.doubt.<route>`` carry a document that names the
message, the queue, the reason and every finding. They are made in the transaction that changes the state, and only
where a route reads them. The fate of such a message, and of all that is made of it, is not announced again: an alarm
that fails cannot alarm itself, nor by way of the topics it publishes to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from crossdock.delivery.states import Event
from crossdock.document_json import encode
from crossdock.errors import Finding
from crossdock.journal.contract import Fate, Post, Sent
from crossdock.message import Document, Inline, Message
from crossdock.route.compiled import CompiledRoute
from crossdock.runtime.scopes import scope_of
from crossdock.runtime.subscriptions import Subscriptions

PREFIX = "crossdock."
_TOPICS = {Event.REJECT: "dead", Event.HOLD: "held", Event.LOSE_SIGHT: "doubt"}
ALARM = "crossdock.alarm"  # a header, inherited by everything that is made of an announcement
ENCODED = "crossdock.encoded"  # a header: the body is what leaves, whatever its content type says
HOPS = "crossdock.hops"  # a header: how often the lineage was published
REPORT = "crossdock.report"  # a header: the text that lies beside a rejected payload
_LONGEST_REPORT = 32 * 1024  # characters; a header, not a log


class Announcer:
    """Makes the messages that tell of a fate."""

    def __init__(self, subscriptions: Subscriptions, new_id: Callable[[], str], now: Callable[[], float]) -> None:
        self._subscriptions = subscriptions
        self._new_id = new_id
        self._now = now

    def of(self, route: CompiledRoute, queue: str, message: Message, fate: Fate) -> tuple[Sent, ...]:
        """The messages that tell of ``fate``: one for the topic's readers, one for the source's folder of rejects."""
        if fate.event not in _TOPICS or ALARM in message.headers:
            return ()
        sent = (self._told(route, queue, message, fate), self._rejected(route, queue, message, fate))
        return tuple(one for one in sent if one is not None)

    def _told(self, route: CompiledRoute, queue: str, message: Message, fate: Fate) -> Sent | None:
        topic = f"{PREFIX}{_TOPICS[fate.event]}.{route.name.replace('/', '.')}"
        if not self._subscriptions.of(topic):
            return None
        document: Document = {
            "message": message.id,
            "correlation": message.correlation,
            "route": route.name,
            "queue": queue,
            "state": _TOPICS[fate.event],
            "code": fate.code,
            "reason": fate.reason,
            "step": fate.step,
            "findings": cast("list[Document]", [finding.as_dict() for finding in fate.findings]),
            "headers": dict(message.headers),
        }
        told = replace(
            message,
            id=self._new_id(),
            parent=message.id,
            position=0,
            topic=topic,
            content_type="application/json",
            headers={ALARM: topic},
            body=Inline(encode(document)),
        )
        return Sent(message=told, posts=self._subscriptions.posts(topic, document, scope_of(told, self._now())))

    def _rejected(self, route: CompiledRoute, queue: str, message: Message, fate: Fate) -> Sent | None:
        if fate.event is not Event.REJECT or route.rejects is None or queue != route.name:
            return None
        headers = {**message.headers, REPORT: report(message, fate)}
        copy = replace(message, id=self._new_id(), parent=message.id, position=0, headers=headers)
        return Sent(message=copy, posts=(Post(queue=f"{route.name}/{route.rejects.slot}"),))


def report(message: Message, fate: Fate) -> str:
    """The text that lies beside a rejected file: what is wrong, where, and how to find the message again."""
    findings: tuple[Finding, ...] = fate.findings
    lines = [f"{fate.code}: {fate.reason}", *(f"  {finding}" for finding in findings if str(finding) != fate.reason)]
    lines += ["", f"message {message.id}", f"crossdock dead show {message.id}", ""]
    return "\n".join(lines)[:_LONGEST_REPORT]
