"""The sink: publishes with confirms. A parcel is delivered when the broker has said that it has it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from crossdock.amqp.address import Address
from crossdock.amqp.link import Link
from crossdock.amqp.message import Field, Outgoing, Properties
from crossdock.amqp.publisher import Outcome, Publisher, Settled
from crossdock.amqp.topology import Exchange, declare_exchange
from crossdock.connector import Done, Parcel, Surroundings
from crossdock.errors import CrossdockError, Doubt, Reject, Retry
from crossdock_connectors.amqp.options import SinkOptions

PATIENCE = 20.0  # seconds for the broker to confirm a batch
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
        return Outgoing(self._options.exchange, self._options.routing_key(parcel), parcel.payload, properties)

    def _publish(self, messages: Sequence[Outgoing]) -> Sequence[Done | CrossdockError]:
        try:
            publisher = self._opened()
            settled = publisher.publish(messages, PATIENCE)
        except Reject as error:  # AMQP cannot carry one of them, and nothing was sent: find out which
            one_by_one = ((message,) for message in messages)
            return [error] if len(messages) == 1 else [answer for one in one_by_one for answer in self._publish(one)]
        except CrossdockError as error:  # nothing was sent
            self._abandon()
            return [error] * len(messages)
        self._used = self._clock()
        if any(one.outcome in (Outcome.UNKNOWN, Outcome.UNSENT) for one in settled):
            self._abandon()
        return [self._answer(one) for one in settled]

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

    def _answer(self, settled: Settled) -> Done | CrossdockError:
        where = f"{self._options.exchange or '(default exchange)'}/{settled.message.key}"
        if settled.outcome is Outcome.CONFIRMED:
            return Done(f"{where} {settled.message.properties.message_id}")
        if settled.outcome is Outcome.UNKNOWN:
            return Doubt("K514", f"{where}: the connection was lost before the broker said whether it has the message")
        code, meaning, hint = _NOT_ARRIVED[settled.outcome]
        return Retry(code, f"{where}: {meaning}", hint=hint)
