"""The sink: publishes with confirms. A parcel is delivered when the broker has said that it has it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from crossdock.amqp.address import Address
from crossdock.amqp.link import Link
from crossdock.amqp.message import Field, Outgoing, Properties
from crossdock.amqp.publisher import Outcome, Publisher, Settled
from crossdock.amqp.topology import Exchange, declare_exchange
from crossdock.connector import Done, Parcel, Surroundings
from crossdock.connector.untried import behind
from crossdock.errors import CrossdockError, Doubt, Reject, Retry, Untried
from crossdock_connectors.amqp.options import SinkOptions

PATIENCE = 20.0  # seconds for the broker to confirm anything at all of a batch
LARGE = (
    1_000_000  # bytes; larger ones go alone, as a broker that refuses one ends the channel and says no more of others
)
TOO_LARGE = "B132"  # the code of a message the broker does not take; published alone, it is that one
#: Seconds a connection may lie unused: nobody keeps heartbeats up meanwhile, and firewalls forget the silent.
LONGEST_REST = 30.0

#: What became of a message that was not confirmed: code and words. None of these says that it arrived.
_NOT_ARRIVED = {
    Outcome.RETURNED: ("K511", "no queue takes it", "bind a queue to the exchange for this routing key"),
    Outcome.NACKED: ("K512", "the broker refused it", "a queue may be full: look at its limits and alarms"),
    Outcome.UNSENT: ("K513", "the broker took no more before it could be sent", "an alarm may block publishers"),
}


class AmqpSink:
    """Publishes to one exchange. ``clock`` gives monotonic seconds."""

    def __init__(
        self, options: SinkOptions, surroundings: Surroundings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._options = options
        self._name = f"crossdock {surroundings.name}"
        self._now = surroundings.now
        # No heartbeats: this connection has no thread of its own that could keep them up between two calls.
        self._address = replace(Address.parse(options.url.get_secret_value(), surroundings.root), heartbeat=0)
        self._clock = clock
        self._publisher: Publisher | None = None
        self._used = 0.0

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """Publish all, and wait until each is confirmed, returned or refused."""
        prepared = [self._prepared(parcel) for parcel in parcels]
        good = [one for one in prepared if isinstance(one, Outgoing)]
        answers = iter(self._publish(good))
        return [next(answers) if isinstance(one, Outgoing) else one for one in prepared]

    def close(self) -> None:
        """Say goodbye."""
        if self._publisher is not None:
            self._publisher.link.close()
            self._publisher = None

    def _prepared(self, parcel: Parcel) -> Outgoing | CrossdockError:
        try:
            return self._message(parcel)
        except CrossdockError as error:
            return error

    def _message(self, parcel: Parcel) -> Outgoing:
        headers: dict[str, Field] = {"crossdock-message": parcel.message, "crossdock-route": parcel.route}
        if parcel.trace is not None:
            headers["traceparent"] = parcel.trace
        if parcel.count > 1:
            headers["crossdock-count"] = parcel.count
        expires = self._options.expires
        properties = Properties(
            content_type=parcel.content_type,
            headers=headers,
            priority=self._options.priority,
            correlation_id=parcel.correlation or None,
            expiration=None if expires is None else str(round(expires * 1000)),
            message_id=parcel.key,
            timestamp=int(self._now().timestamp()),
            type=self._options.message_type(parcel),
            app_id="crossdock",
        )
        return Outgoing(self._options.exchange, self._options.routing_key(parcel), parcel.data, properties)

    def _publish(self, messages: Sequence[Outgoing]) -> Sequence[Done | CrossdockError]:
        answers: list[Done | CrossdockError] = []
        for some in _together(messages):
            answers += self._publish_some(some)
            if self._publisher is None and not isinstance(answers[-1], Reject):
                break  # the broker is away: that is not found out once more for each
        rest = len(messages) - len(answers)
        last = answers[-1] if rest else None
        return [*answers, *(behind(last, rest) if isinstance(last, CrossdockError) else ())]

    def _publish_some(self, messages: Sequence[Outgoing]) -> Sequence[Done | CrossdockError]:
        try:
            publisher = self._opened()
            settled = publisher.publish(messages, PATIENCE)
        except Reject as error:  # AMQP cannot carry one of them, and nothing was sent: find out which
            return [error] if len(messages) == 1 else self._publish_one_by_one(messages)
        except CrossdockError as error:  # nothing was sent
            self._abandon()
            return [error, *behind(error, len(messages) - 1)]
        self._used = self._clock()
        if any(one.outcome in (Outcome.UNKNOWN, Outcome.UNSENT) for one in settled):
            self._abandon()
        failure = publisher.failure
        if failure is not None and failure.code == TOO_LARGE and len(messages) == 1:
            return [Reject("K515", f"{_where(settled[0])}: {failure.message}", hint=failure.hint)]
        return [self._answer(one, failure) for one in settled]

    def _publish_one_by_one(self, messages: Sequence[Outgoing]) -> Sequence[Done | CrossdockError]:
        return [answer for message in messages for answer in self._publish_some([message])]

    def _opened(self) -> Publisher:
        if self._publisher is not None and self._clock() - self._used > LONGEST_REST:
            self.close()
        if self._publisher is None:
            link = Link(self._address, self._name)
            try:
                if self._options.kind is not None:
                    declare_exchange(link, Exchange(self._options.exchange, self._options.kind))
                self._publisher = Publisher(link)
            except BaseException:
                link.abandon()
                raise
        return self._publisher

    def _abandon(self) -> None:
        if self._publisher is not None:
            self._publisher.link.abandon()
            self._publisher = None

    def _answer(self, settled: Settled, failure: CrossdockError | None = None) -> Done | CrossdockError:
        where = _where(settled)
        if settled.outcome is Outcome.CONFIRMED:
            return Done(f"{where} {settled.message.properties.message_id}")
        if settled.outcome is Outcome.UNKNOWN:
            why = f": {failure}" if failure else ""
            told = f"{where}: the connection was lost before the broker said whether it has the message{why}"
            return Doubt("K514", told, hint="look for its message_id there" if not self._options.repeatable else None)
        code, meaning, hint = _NOT_ARRIVED[settled.outcome]
        kind = Untried if settled.outcome is Outcome.UNSENT else Retry
        return kind(code, f"{where}: {meaning}", hint=hint)


def _where(settled: Settled) -> str:
    return f"{settled.message.exchange or '(default exchange)'}/{settled.message.key}"


def _together(messages: Sequence[Outgoing]) -> Iterator[list[Outgoing]]:
    """Messages in order, as they may be published at once: a large one alone."""
    some: list[Outgoing] = []
    for message in messages:
        if some and max(len(message.body), len(some[-1].body)) > LARGE:
            yield some
            some = []
        some.append(message)
    if some:
        yield some
