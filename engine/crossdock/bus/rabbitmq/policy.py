"""What an administrator imports: the least a user needs, limits as a policy, and everything declared beforehand.

For ``rabbitmqctl import_definitions`` or the management plug-in. Source: *Schema Definition Export and Import*, *Access
Control*, *Parameters and Policies*, RabbitMQ documentation 4.1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from crossdock.bus.rabbitmq.topology import DEAD_DELIVERY_LIMIT, DELIVERY_LIMIT, LONGEST, Names


def definitions(project: str, queues: Sequence[str], vhost: str, user: str) -> dict[str, list[dict[str, object]]]:
    """Definitions for one project. The user itself is not made: its password is nobody's business here."""
    names = Names(project)
    mine = f"^{re.escape(names.exchange)}(\\..*)?$"
    return {
        "permissions": [{"user": user, "vhost": vhost, "configure": mine, "write": mine, "read": mine}],
        "policies": [
            _policy(
                names.exchange, vhost, f"^{re.escape(names.queue(''))}", _HINTS | {"dead-letter-exchange": names.dead}
            ),
            _policy(names.dead, vhost, f"^{re.escape(names.dead)}$", _DEAD),
        ],
        "exchanges": [
            _durable(names.exchange, vhost) | {"type": "topic", "internal": False},
            _durable(names.dead, vhost) | {"type": "fanout", "internal": False},
        ],
        "queues": [
            *(
                _queue(names.queue(queue), vhost, _HINT_ARGUMENTS | {"x-dead-letter-exchange": names.dead})
                for queue in queues
            ),
            _queue(names.dead, vhost, _DEAD_ARGUMENTS),
        ],
        "bindings": [
            *(_binding(names.exchange, names.queue(queue), queue, vhost) for queue in queues),
            _binding(names.dead, names.dead, "", vhost),
        ],
    }


_HINTS: dict[str, object] = {
    "max-length": LONGEST,
    "overflow": "reject-publish",
    "delivery-limit": DELIVERY_LIMIT,
}
_DEAD: dict[str, object] = {"max-length": LONGEST, "overflow": "drop-head", "delivery-limit": DEAD_DELIVERY_LIMIT}
_HINT_ARGUMENTS = {f"x-{key}": value for key, value in _HINTS.items()} | {"x-queue-type": "quorum"}
_DEAD_ARGUMENTS = {f"x-{key}": value for key, value in _DEAD.items()} | {"x-queue-type": "quorum"}


def _policy(name: str, vhost: str, pattern: str, definition: dict[str, object]) -> dict[str, object]:
    kind = {"apply-to": "queues", "priority": 0}
    return {"name": name, "vhost": vhost, "pattern": pattern, "definition": definition, **kind}


def _durable(name: str, vhost: str) -> dict[str, object]:
    return {"name": name, "vhost": vhost, "durable": True, "auto_delete": False, "arguments": {}}


def _queue(name: str, vhost: str, arguments: dict[str, object]) -> dict[str, object]:
    return _durable(name, vhost) | {"arguments": arguments}


def _binding(exchange: str, queue: str, key: str, vhost: str) -> dict[str, object]:
    return {
        "source": exchange,
        "vhost": vhost,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }
