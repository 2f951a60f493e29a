"""How a bus on a broker is shown."""

from __future__ import annotations

import click

from crossdock.bus.rabbitmq.standing import Stand, Standing
from crossdock.cli.console import table


def show_standing(found: Standing) -> None:
    """A table of queues on stdout."""
    click.echo(f"{found.product} {found.version} at {found.url}, exchange {found.exchange}")
    table(
        ("queue", "on the broker", "messages", "consumers"),
        [_row(one) for one in found.queues],
        right=frozenset({2, 3}),
    )


def _row(stand: Stand) -> tuple[str, str, str, str]:
    queue = stand.queue or click.style("dead letters", fg="red")
    if stand.depth is None:
        return queue, stand.name, click.style("missing", fg="red"), ""
    return queue, stand.name, str(stand.depth.messages), str(stand.depth.consumers)


def as_dict(found: Standing) -> dict[str, object]:
    """Everything, as plain JSON data."""
    return {
        "bus": found.url,
        "product": found.product,
        "version": found.version,
        "exchange": found.exchange,
        "queues": [
            {
                "queue": one.queue,
                "name": one.name,
                "exists": one.depth is not None,
                "messages": one.depth.messages if one.depth else None,
                "consumers": one.depth.consumers if one.depth else None,
            }
            for one in found.queues
        ],
    }
