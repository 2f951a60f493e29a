"""Publishing with confirms, many messages under way at once, each one's outcome known by its delivery tag.

kombu's confirmed publish waits for *any* acknowledgement after each message and never compares tags: slow, and after
one time-out the next publish can be told "ok" for a message that was refused (measured). Here the channel numbers
messages as the broker does, and every ack, nack and return is matched to the message it is about.

Always mandatory: a message no queue takes comes back. A return names no tag, but comes before the acknowledgement of
its message, in the order of publishing; of two identical messages it does not matter which one it was.
Source: *Consumer Acknowledgements and Publisher Confirms*, RabbitMQ documentation 4.1.
"""

from __future__ import annotations

import enum
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from amqp.exceptions import AMQPError

from crossdock.amqp import frames
from crossdock.amqp.link import Link
from crossdock.amqp.message import Outgoing
from crossdock.amqp.reading import Content, properties
from crossdock.errors import Halt, Retry

WINDOW = 1000  # messages under way; more gains nothing (measured), and is what a lost connection leaves unknown
WRITE = 256 * 1024  # bytes in one write
_SLICE = 0.1  # seconds of waiting at a time


class Outcome(enum.StrEnum):
    """What became of one message."""

    CONFIRMED = "confirmed"  # the broker has it, on disk where the queue is durable
    RETURNED = "returned"  # no queue takes it: it is gone
    NACKED = "nacked"  # the broker refused it: a full queue, or trouble of its own
    UNKNOWN = "unknown"  # it may or may not have arrived: the connection was lost, or patience ran out
    UNSENT = "unsent"  # it never left


@dataclass(frozen=True, slots=True)
class Settled:
    """A message and its outcome; ``reason`` is the broker's word for a return."""

    tag: int
    message: Outgoing
    outcome: Outcome
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Confirm:
    tag: int
    multiple: bool
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Return:
    exchange: str
    key: str
    id: str | None
    reason: str


class Publisher:
    """Publishes over ``link``, which is its own from then on. Any error it raises means: abandon the link."""

    def __init__(self, link: Link, window: int = WINDOW) -> None:
        self.link = link
        self._window = window
        self._next = 1
        self._under_way: dict[int, Outgoing] = {}  # by tag, in order
        self._sent_at: dict[int, float] = {}
        self._returned: dict[int, str] = {}
        self._events: deque[_Confirm | _Return] = deque()
        self.failure: Retry | Halt | None = None  # what ended the last ``publish`` early
        with link.asking() as channel:
            channel.confirm_select()
        link.channel.events["basic_ack"].add(self._on_ack)
        link.channel.events["basic_nack"].add(self._on_nack)
        link.channel.events["basic_return"].add(self._on_return)

    @property
    def room(self) -> int:
        """How many messages may be sent now."""
        return 0 if self.link.blocked else self._window - len(self._under_way)

    @property
    def under_way(self) -> Sequence[Outgoing]:
        """What was sent and has no outcome yet, oldest first."""
        return tuple(self._under_way.values())

    def send(self, messages: Iterable[Outgoing]) -> range:
        """Send messages without waiting; their tags. Raises ``Retry`` when the connection is lost.

        Raises ``Reject`` for a message AMQP cannot carry; none of ``messages`` is sent then.
        """
        encoded = self.encode(messages)
        first, buffer, now = self._next, bytearray(), time.monotonic()
        for message, data in encoded:
            self._under_way[self._next], self._sent_at[self._next] = message, now
            self._next += 1
            buffer += data
            if len(buffer) >= WRITE:
                self._write(buffer)
        self._write(buffer)
        return range(first, self._next)

    def encode(self, messages: Iterable[Outgoing]) -> list[tuple[Outgoing, bytes]]:
        """Each message with its frames. Raises ``Reject``."""
        channel, most = self.link.channel.channel_id, self.link.frame_max
        return [(message, frames.publish(message, channel, most)) for message in messages]

    def settled(self) -> list[Settled]:
        """Outcomes that have arrived since the last call. Looking (``link.look``) is what lets them arrive."""
        found: list[Settled] = []
        while self._events:
            event = self._events.popleft()
            if isinstance(event, _Return):
                self._mark(event)
            else:
                found += [self._settle(tag, event.outcome) for tag in self._tags(event)]
        return found

    def overdue(self, patience: float) -> list[Outgoing]:
        """What has been under way for longer than ``patience`` seconds."""
        before = time.monotonic() - patience
        return [message for tag, message in self._under_way.items() if self._sent_at[tag] < before]

    def lost(self) -> list[Settled]:
        """Give up on everything under way: its outcome is unknown."""
        return [*self.settled(), *(self._settle(tag, Outcome.UNKNOWN) for tag in tuple(self._under_way))]

    def publish(self, messages: Sequence[Outgoing], patience: float) -> list[Settled]:
        """Send all and wait for them, up to ``patience`` seconds without any news: one outcome for each, in order.

        Where any is ``UNKNOWN`` or ``UNSENT`` the link must be abandoned, and ``failure`` says why, if it was lost.
        Raises ``Reject``, before anything is sent.
        """
        self.encode(messages)
        end = time.monotonic() + patience
        first, outcomes, self.failure = self._next, dict[int, Settled](), None
        try:
            while len(outcomes) < len(messages) and time.monotonic() < end:
                sent = self._next - first
                news = bool(self.send(messages[sent : sent + max(0, self.room)]))
                self.link.look(_SLICE)
                settled = self.settled()
                outcomes.update((one.tag, one) for one in settled)
                end = time.monotonic() + patience if news or settled else end
        except (Retry, Halt) as error:  # what was lost is told by the outcomes
            self.failure = error
        outcomes.update((one.tag, one) for one in self.lost())
        unsent = (Settled(0, message, Outcome.UNSENT) for message in messages[self._next - first :])
        return [*(outcomes[tag] for tag in range(first, self._next)), *unsent]

    def _write(self, buffer: bytearray) -> None:
        if buffer:
            self.link.write(bytes(buffer))
            buffer.clear()

    def _tags(self, confirm: _Confirm) -> list[int]:
        if not confirm.multiple:
            return [confirm.tag] if confirm.tag in self._under_way else []
        tags = []
        for tag in self._under_way:
            if tag > confirm.tag:
                break
            tags.append(tag)
        return tags

    def _settle(self, tag: int, outcome: Outcome) -> Settled:
        message, reason = self._under_way.pop(tag), self._returned.pop(tag, None)
        del self._sent_at[tag]
        return Settled(tag, message, outcome if reason is None else Outcome.RETURNED, reason)

    def _mark(self, event: _Return) -> None:
        for tag, message in self._under_way.items():
            same = (message.exchange, message.key, message.properties.message_id) == (
                event.exchange,
                event.key,
                event.id,
            )
            if same and tag not in self._returned:
                self._returned[tag] = event.reason
                return

    # py-amqp calls these in the middle of reading: they only append

    def _on_ack(self, tag: int, multiple: int) -> None:
        self._events.append(_Confirm(tag, bool(multiple), Outcome.CONFIRMED))

    def _on_nack(self, tag: int, multiple: int) -> None:
        self._events.append(_Confirm(tag, bool(multiple), Outcome.NACKED))

    def _on_return(self, error: AMQPError, exchange: str, key: str, content: Content) -> None:
        id = properties(content).message_id
        self._events.append(_Return(exchange, key, id, str(error.reply_text or "unroutable")))
