"""Faults of RabbitMQ itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crossdock.testing.servers.rabbitmq import RabbitMQ
from crossdock.testing.torture.arena import Arena

_DELETE_ALL = 'length([rabbit_amqqueue:delete(Q, false, false, <<"torture">>) || Q <- rabbit_amqqueue:list()]).'
_CLOSE_ALL = 'length([rabbit_networking:close_connection(P, "torture") || P <- rabbit_networking:connections()]).'
_PASSWORD = 'rabbit_auth_backend_internal:change_password(<<"crossdock">>, <<"{word}">>, <<"torture">>).'
_WATERMARK = "vm_memory_monitor:set_vm_memory_high_watermark({limit})."


@dataclass(slots=True)
class RabbitFault:
    """Something happens to the broker."""

    name: str
    about: str
    hurt: Callable[[RabbitMQ], str]
    mend: Callable[[RabbitMQ], None]
    seconds: float = 3.0

    def missing(self, arena: Arena) -> str:
        """A RabbitMQ of our own."""
        return "" if arena.rabbitmq is not None else "the bus has no RabbitMQ of our own"

    def inject(self, arena: Arena) -> str:
        """Hurt it."""
        return self.hurt(arena.rabbitmq) if arena.rabbitmq is not None else ""

    def heal(self, arena: Arena) -> None:
        """Mend it."""
        if arena.rabbitmq is not None:
            self.mend(arena.rabbitmq)


def _killed(server: RabbitMQ) -> str:
    server.kill()
    return ""


def _frozen(server: RabbitMQ) -> str:
    server.freeze()
    return ""


def _nothing(server: RabbitMQ) -> None:
    """It has mended itself."""


def _deleted(server: RabbitMQ) -> str:
    return f"{server.address.evaluate(_DELETE_ALL)} queues"


def _closed(server: RabbitMQ) -> str:
    return f"{server.address.evaluate(_CLOSE_ALL)} connections"


def _alarmed(server: RabbitMQ) -> str:
    server.address.evaluate(_WATERMARK.format(limit="0.0001"))
    return "every publisher is blocked"


def _calmed(server: RabbitMQ) -> None:
    server.address.evaluate(_WATERMARK.format(limit="0.4"))


def _revoked(server: RabbitMQ) -> str:
    server.address.evaluate(_PASSWORD.format(word="revoked"))
    return f"{server.address.evaluate(_CLOSE_ALL)} connections"


def _granted(server: RabbitMQ) -> None:
    server.address.evaluate(_PASSWORD.format(word=server.password))


RABBITMQ = (
    RabbitFault(
        "rabbitmq-kill", "kill -9 of RabbitMQ; it is started again after a second", _killed, RabbitMQ.start, 1.0
    ),
    RabbitFault("rabbitmq-queues-deleted", "every queue is deleted while it runs", _deleted, _nothing, 0.0),
    RabbitFault("rabbitmq-connections-closed", "every connection is closed by the broker", _closed, _nothing, 0.0),
    RabbitFault("rabbitmq-alarm", "a memory alarm blocks every publisher", _alarmed, _calmed),
    RabbitFault("rabbitmq-frozen", "RabbitMQ does not answer for five seconds", _frozen, RabbitMQ.thaw, 5.0),
    RabbitFault("rabbitmq-credentials", "the password is revoked, and given back", _revoked, _granted),
)
