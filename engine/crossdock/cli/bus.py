"""``crossdock bus``: look at the broker, prepare it, empty it."""

from __future__ import annotations

from pathlib import Path

import click

from crossdock.amqp.address import Address
from crossdock.cli.console import engine, json_option, print_json, project_option
from crossdock.runtime.engine import Engine

_EMBEDDED = "the bus is embedded: the journal's own rows, nothing to show, declare or empty"


@click.group(short_help="Look at the bus; declare what it needs, empty it.")
def bus() -> None:
    """RabbitMQ, where the setting `bus` is an amqp:// URL.

    Nothing on a bus is ever needed: hints only save workers from looking into the journal.
    """


@bus.command()
@project_option
@json_option
def show(root: Path, as_json: bool) -> None:
    """Show the broker and every queue: messages, consumers, what is missing."""
    opened = engine(root)
    address = _address(opened)
    if address is None:
        _told({"bus": "embedded"}, _EMBEDDED, as_json)
        return
    from crossdock.bus.rabbitmq.standing import standing
    from crossdock.cli.standing import as_dict, show_standing

    found = standing(address, opened.project.settings.name, opened.queues())
    print_json(as_dict(found)) if as_json else show_standing(found)


@bus.command()
@project_option
@json_option
def declare(root: Path, as_json: bool) -> None:
    """Make the exchange and queues that are missing, as `crossdock run` does by itself."""
    opened = engine(root)
    address = _address(opened)
    if address is None:
        _told({"bus": "embedded"}, _EMBEDDED, as_json)
        return
    from crossdock.bus.rabbitmq.standing import declare as declare_all

    queues = opened.queues()
    as_is = declare_all(address, opened.project.settings.name, queues)
    told = "".join(f"\n{what} is there with other properties and was left as it is" for what in as_is)
    _told({"declared": queues, "left_as_it_is": as_is}, f"{len(queues)} queues declared{told}", as_json)


@bus.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@project_option
@json_option
def purge(yes: bool, root: Path, as_json: bool) -> None:
    """Throw away every hint on the broker. No work is lost: it is in the journal. Dead letters stay."""
    opened = engine(root)
    address = _address(opened)
    if address is None:
        _told({"bus": "embedded"}, _EMBEDDED, as_json)
        return
    if not yes:
        click.confirm(f"throw away all hints of {opened.project.settings.name} on {address}?", abort=True, err=True)
    from crossdock.bus.rabbitmq.standing import purge_all

    count = purge_all(address, opened.project.settings.name, opened.queues())
    _told({"purged": count}, f"{count} messages purged", as_json)


@bus.command()
@click.option("--user", default="crossdock", show_default=True, help="The broker's user that crossdock logs in as.")
@click.option("--vhost", default=None, help="The virtual host; that of the setting `bus`, or `/`, where left out.")
@project_option
def policy(user: str, vhost: str | None, root: Path) -> None:
    """Print definitions for an administrator: the least permissions, a policy with limits, all queues.

    For `rabbitmqctl import_definitions FILE`. Make the user first: `rabbitmqctl add_user NAME`.
    """
    opened = engine(root)
    address = _address(opened)
    from crossdock.bus.rabbitmq.policy import definitions

    where = vhost or (address.vhost if address else "/")
    print_json(definitions(opened.project.settings.name, opened.queues(), where, user))


def _address(opened: Engine) -> Address | None:
    """Where the broker is; None for the embedded bus."""
    url = opened.project.settings.bus.get_secret_value()
    return None if url == "embedded" else Address.parse(url, opened.project.root)


def _told(data: object, text: str, as_json: bool) -> None:
    print_json(data) if as_json else click.echo(text)
