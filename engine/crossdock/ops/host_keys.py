"""Which host keys an SSH server shows, for a person to compare: nothing is trusted here, and nobody logs in."""

from __future__ import annotations

import logging
import socket
from dataclasses import dataclass

import paramiko

from crossdock.connector.remote.host_key import fingerprint
from crossdock.errors import Retry

SECONDS = 10.0  # a connection may take
_LOG_CHANNEL = "crossdock.ops.host_keys"
_KINDS: dict[str, tuple[str, ...]] = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa": ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}


@dataclass(frozen=True, slots=True)
class HostKey:
    """A key the server shows: as it is pinned, and its fingerprint as people read it to each other."""

    kind: str
    line: str
    fingerprint: str


def shown(host: str, port: int) -> list[HostKey]:
    """The keys of a server, the best kind first. Raises ``Retry`` where there is no SSH server."""
    logging.getLogger(_LOG_CHANNEL).setLevel(logging.CRITICAL)
    return [key for kinds in _KINDS.values() if (key := _key(host, port, kinds)) is not None]


def _key(host: str, port: int, kinds: tuple[str, ...]) -> HostKey | None:
    """The server's key of one of these kinds; None where it has none."""
    try:
        connection = socket.create_connection((host, port), timeout=SECONDS)
    except OSError as error:
        raise Retry("K640", f"{host}:{port} cannot be reached: {error.strerror or error}") from None
    transport = paramiko.Transport(connection)
    transport.set_log_channel(_LOG_CHANNEL)
    transport.daemon = True
    transport.banner_timeout = transport.handshake_timeout = SECONDS
    try:
        transport.get_security_options().key_types = kinds
        transport.start_client(timeout=SECONDS)
        key = transport.get_remote_server_key()
    except paramiko.ssh_exception.IncompatiblePeer:
        return None
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise Retry("K641", f"{host}:{port} does not answer as an SSH server does: {error}") from None
    finally:
        transport.close()
    return HostKey(key.get_name(), f"{key.get_name()} {key.get_base64()}", fingerprint(key.asbytes()))
