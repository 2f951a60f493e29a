"""``crossdock partner host-key``, and the question of ``partner add --sftp``: a key is shown, and a person confirms it."""

from __future__ import annotations

import click

from crossdock.cli.console import json_option, print_json
from crossdock.errors import ConfigError, Finding

_PORT = 22


@click.command("host-key")
@click.argument("server", metavar="HOST[:PORT]")
@json_option
def host_key(server: str, as_json: bool) -> None:
    """Show the host keys of an SFTP server, to be compared with what the partner told you by another way."""
    from crossdock.ops import host_keys

    host, port = address(server)
    keys = host_keys.shown(host, port)
    if as_json:
        print_json([{"kind": key.kind, "fingerprint": key.fingerprint, "host_key": key.line} for key in keys])
        return
    for key in keys:
        click.echo(f'{key.fingerprint}  {key.kind}\n  host_key: "{key.line}"')
    click.echo("Nothing of this is trusted yet: compare a fingerprint with the partner's, told by another way.")


def address(server: str) -> tuple[str, int]:
    """``sftp.acme.example:2222`` as host and port; ``[2001:db8::1]:22`` has an address of IPv6."""
    host, colon, port = server.rpartition(":")
    if not colon or server.endswith("]"):
        return server.strip("[]"), _PORT
    if not port.isdigit() or not host:
        raise click.UsageError(f"'{server}' is no HOST or HOST:PORT")
    return host.strip("[]"), int(port)


def sftp_channel(login: str, fingerprint: str | None) -> str:
    """The channel of a new partner by SFTP, ``user@host:port``, once its host key was confirmed. Raises ``ConfigError``."""
    from crossdock.ops import host_keys

    user, _, server = login.rpartition("@")
    if not user:
        raise click.UsageError("--sftp takes USER@HOST or USER@HOST:PORT")
    host, port = address(server)
    keys = host_keys.shown(host, port)
    for key in keys:
        if fingerprint is None:
            click.echo(f"{host} shows {key.fingerprint} ({key.kind})", err=True)
            confirmed = click.confirm("Is this what the partner told you, by another way?", err=True)
        else:
            confirmed = key.fingerprint == fingerprint.rstrip("=")
        if confirmed:
            at = f"host: {host}, " + (f"port: {port}, " if port != _PORT else "")
            return f'{{sftp: {{{at}user: {user}, key: "${{secret:{_secret(user)}}}", host_key: "{key.line}", in: /out, out: /in}}}}'
    told = ", ".join(f"{key.fingerprint} ({key.kind})" for key in keys) or "no key"
    hint = "ask the partner for the fingerprint; nothing was written"
    message = f"the host key of {host} was not confirmed: it shows {told}"
    raise ConfigError.of([Finding(code="P145", message=message, hint=hint)])


def _secret(user: str) -> str:
    return "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in user) + "_sftp_key"
