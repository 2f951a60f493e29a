"""One connection to a broker with its one channel. It belongs to one thread, which must look at it regularly.

Looking takes in whatever the broker sent, and keeps the heartbeats going. Nothing of py-amqp's calls is left without
a time-out. There is no repair: after any error the link is abandoned and another one opened.
"""

from __future__ import annotations

import math
import random
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from amqp.exceptions import AMQPError
from kombu.transport.pyamqp import Channel, Connection

from crossdock.amqp.address import Address, Tls
from crossdock.amqp.reading import HEARTBEAT, Counted, Frame, OnMethod, frame_handler
from crossdock.amqp.translation import translated
from crossdock.errors import Retry

TICKS = 4  # looks at the heartbeat's clock in one heartbeat: it is sent at half of its time
FRAMES = 2000  # taken in by one look at most, so that the looker gets its turn
TAKEN = (
    8 * 1024 * 1024
)  # bytes taken in by one look at most, or a little more: what is not read yet waits at the broker
GOODBYE = 2.0  # seconds to say goodbye to a broker that may be gone
_INSTANT = 0.1  # seconds
_SLICE = 256 * 1024  # bytes written at a time: each gets the whole time-out, so a slow network can carry large ones
_USER_TIMEOUT = 20_000  # ms until unacknowledged bytes end the connection; py-amqp's own 1 s fails on a short outage


class Link:
    """Opened when made; ``name`` is how the broker's own tools show it. Raises ``Retry`` or ``Halt``."""

    def __init__(self, address: Address, name: str) -> None:
        self.blocked = False
        self.midway = False  # a message has begun to come in, and is not complete
        self._taken = 0
        self._ticked, self._tick = 0.0, address.heartbeat / TICKS
        self._patience, self._deadline = address.io_timeout, math.inf
        self._connection = _opened(address, name, self._handler, self._set_blocked)
        self._sock: socket.socket = self._connection.transport.sock
        self._sock.settimeout(address.io_timeout)
        self._own, self._all = select.poll(), select.poll()  # unlike select(), fit for any number of open files
        for poll in (self._own, self._all):
            poll.register(self._sock, select.POLLIN)
        try:
            self.channel: Channel = self.another_channel()
        except BaseException:
            self.abandon()
            raise

    @property
    def frame_max(self) -> int:
        """The largest frame both sides agreed on, in bytes."""
        return int(self._connection.frame_max)

    @property
    def product(self) -> str:
        """What the broker calls itself."""
        return str(self._connection.server_properties.get("product", ""))

    @property
    def version(self) -> tuple[int, ...]:
        """The broker's version; empty where it does not say."""
        parts = str(self._connection.server_properties.get("version", "")).split("+")[0].split("-")[0].split(".")
        return tuple(int(part) for part in parts if part.isdigit())

    def another_channel(self) -> Channel:
        """A channel beside the first one. The broker works on each by itself: one that hangs holds up no other."""
        with self._in_time():
            channel: Channel = self._connection.channel()
            channel.auto_decode = False  # a body is bytes, whatever ``content_encoding`` says of it
            # py-amqp would open a channel that the broker closed again, and wait for the answer: for ever, while an
            # alarm keeps the broker from reading.
            channel._do_revive = partial(_stay_closed, channel)  # noqa: SLF001 - it has no setting for this
            return channel

    @contextmanager
    def asking(self) -> Iterator[Channel]:
        """Calls that wait for an answer: it comes in time, or ``Retry`` is raised."""
        with self._in_time():
            self._alive()
            yield self.channel

    def wake_on(self, descriptor: int) -> None:
        """Let a look end when ``descriptor`` becomes readable."""
        self._all.register(descriptor, select.POLLIN)

    def write(self, frames: bytes) -> None:
        """Write whole frames."""
        with translated():
            self._alive()
            for start in range(0, len(frames), _SLICE):
                self._connection.transport.write(frames[start : start + _SLICE])
            self._connection.bytes_sent += 1  # what py-amqp's heartbeat goes by

    def look(self, timeout: float) -> None:
        """Wait up to ``timeout`` seconds for the broker (or who may wake), take in what it sent, tick.

        Ends early where the heartbeat wants it.
        """
        with translated():
            if not self._unread():
                self._all.poll(min(self._tick, max(0.0, timeout)) * 1000)
            self._taken = 0
            for _ in range(FRAMES):
                if self._taken > TAKEN or not (self._unread() or self._own.poll(0)):
                    break
                self._alive()
                self._connection.blocking_read(None)
            self.tick()

    def tick(self) -> None:
        """Send a heartbeat if one is due; raise ``Retry`` if the broker's stay away."""
        now = time.monotonic()
        if now - self._ticked >= self._tick:
            self._ticked = now
            with translated():
                self._connection.heartbeat_tick(rate=2)

    def close(self) -> None:
        """Say goodbye, for a moment at most; whatever goes wrong with that, it is gone."""
        with suppress(AMQPError, OSError, ValueError):
            self._sock.settimeout(GOODBYE)
            self._connection.close()
        self.abandon()

    def abandon(self) -> None:
        """Throw the connection away without a word."""
        with suppress(AMQPError, OSError, ValueError):
            self._sock.settimeout(_INSTANT)  # TLS waits for an answer to its goodbye
        with suppress(AMQPError, OSError, ValueError):
            self._connection.collect()

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """A time-out of the socket is not enough: heartbeats arrive while an answer does not."""
        self._deadline = time.monotonic() + self._patience
        try:
            with translated():
                yield
        finally:
            self._deadline = math.inf

    def _handler(self, connection: Counted, callback: OnMethod) -> Callable[[Frame], bool]:
        on_frame = frame_handler(connection, callback)

        def on_frame_in_time(frame: Frame) -> bool:
            if time.monotonic() > self._deadline:
                raise TimeoutError(f"no answer in {self._patience:g} s")
            self._taken += len(frame[2])
            complete = on_frame(frame)
            if frame[0] != HEARTBEAT:
                self.midway = not complete
            return complete

        return on_frame_in_time

    def _alive(self) -> None:
        """py-amqp would quietly make a new connection of one that is gone, without any of our settings."""
        if not self._connection.connected:
            raise Retry("B121", "the connection to the broker is lost")

    def _unread(self) -> bool:
        """Whether TLS has decrypted more than was asked for: the socket itself then looks empty."""
        return isinstance(self._sock, ssl.SSLSocket) and self._sock.pending() > 0

    def _set_blocked(self, *, yes: bool) -> None:
        self.blocked = yes


def _stay_closed(channel: Channel) -> None:
    """A link is never repaired."""
    channel.is_open = False


def _opened(
    address: Address, name: str, handler: Callable[..., Callable[[Frame], bool]], blocked: Callable[..., None]
) -> Connection:
    """A connection to the first host that answers, beginning with any: nodes of a cluster are equal."""
    *others, last = random.sample(address.hosts, len(address.hosts))
    for host in others:
        with suppress(Retry):
            return _connected(address, host, name, handler, blocked)
    return _connected(address, last, name, handler, blocked)


def _connected(
    address: Address,
    node: tuple[str, int],
    name: str,
    handler: Callable[..., Callable[[Frame], bool]],
    blocked: Callable[..., None],
) -> Connection:
    host, port = node
    at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    connection = Connection(
        host=at,
        userid=address.user,
        password=address.password,
        login_method="EXTERNAL" if address.external else "PLAIN",
        virtual_host=address.vhost,
        ssl=_tls_options(address.tls, host) if address.tls else False,
        connect_timeout=address.connect_timeout,
        heartbeat=address.heartbeat,
        client_properties={"connection_name": name, "product": "crossdock"},
        on_blocked=lambda reason: blocked(yes=True),
        on_unblocked=lambda: blocked(yes=False),
        socket_settings={socket.TCP_USER_TIMEOUT: _USER_TIMEOUT},
        frame_handler=handler,
    )
    try:
        with translated(at):
            connection.connect()
    except BaseException:
        with suppress(AMQPError, OSError, ValueError):
            connection.collect()
        raise
    return connection


def _tls_options(tls: Tls, host: str) -> dict[str, object]:
    given = {"ca_certs": tls.ca, "certfile": tls.certificate, "keyfile": tls.key}
    options: dict[str, object] = {key: str(value) for key, value in given.items() if value}
    options["tls_minimum_version"] = ssl.TLSVersion.TLSv1_2
    if not tls.verify:
        return {**options, "cert_reqs": ssl.CERT_NONE}
    return {**options, "cert_reqs": ssl.CERT_REQUIRED, "server_hostname": tls.server_name or host}
