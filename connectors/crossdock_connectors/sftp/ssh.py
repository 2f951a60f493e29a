"""Connecting: TCP or hosts on the way, the handshake, the pinned host key, the login, the channel of SFTP."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import paramiko

from crossdock.connector.remote.files import Lost
from crossdock.connector.remote.host_key import Pin, fingerprint, read_pin
from crossdock.errors import CrossdockError, Halt, Retry
from crossdock_connectors.sftp.algorithms import STRONG, Transport, choose, explained, offered
from crossdock_connectors.sftp.keys import private_key
from crossdock_connectors.sftp.options import Login, Server

WINDOW = 8 * 1024 * 1024  # bytes the server may send before we have read them
CHANNEL_PACKET = 65_536  # bytes of one packet it may send
_LOG_CHANNEL = "crossdock.connector.sftp.library"
logging.getLogger(_LOG_CHANNEL).setLevel(logging.CRITICAL)  # whatever it notices, we are told as an exception
_SUBSYSTEM_REFUSED = "this login may not use SFTP: ask the partner"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, and the transports it goes over, the nearest first; see ``client.Line``."""

    channel: paramiko.Channel
    transports: tuple[Transport, ...]

    def send(self, data: bytes, seconds: float) -> None:
        """See ``Line``."""
        self.channel.settimeout(seconds)
        try:
            self.channel.sendall(data)
        except TimeoutError as error:
            raise Lost(f"the server took nothing for {seconds:g} seconds") from error
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise Lost(self._why(error)) from error

    def receive(self, seconds: float) -> bytes:
        """See ``Line``."""
        self.channel.settimeout(seconds)
        try:
            data: bytes = self.channel.recv(WINDOW)
        except TimeoutError as error:
            raise Lost(f"the server was silent for {seconds:.0f} seconds") from error
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise Lost(self._why(error)) from error
        if not data:
            raise Lost(self._why(None))
        return data

    def is_alive(self) -> bool:
        """See ``Line``."""
        return not self.channel.closed and all(transport.is_active() for transport in self.transports)

    def close(self) -> None:
        """See ``Line``."""
        _close(self.transports)

    def _why(self, error: BaseException | None) -> str:
        cause = self.transports[-1].get_exception() or error
        return "the server ended the connection" if cause is None else str(cause) or type(cause).__name__


def connect(server: Server) -> Channel:
    """A channel that speaks SFTP. Raises ``Retry`` and ``Halt``."""
    transports: list[Transport] = []
    try:
        for login in (*server.jump, server):
            transports.append(_logged_in(login, server, transports))
        return Channel(_subsystem(transports[-1], server), tuple(transports))
    except BaseException:
        _close(tuple(transports))
        raise


def _close(transports: tuple[Transport, ...]) -> None:
    for transport in reversed(transports):
        transport.close()


def _logged_in(login: Login, server: Server, way: list[Transport]) -> Transport:
    pins = [read_pin(text) for text in login.host_key]
    transport = _shaken(login, server, way, pins)
    try:
        with _translated(login, "logging in"):
            transport.set_keepalive(int(server.keepalive))
            _authenticate(transport, login)
    except BaseException:
        transport.close()
        raise
    return transport


# The handshake


def _shaken(login: Login, server: Server, way: list[Transport], pins: list[Pin]) -> Transport:
    """A transport to whoever has a pinned key. With fingerprints alone, each kind of key the server has is looked at."""
    kinds = [pin.kind for pin in pins if pin.kind is not None]
    tries: list[list[str]] = [kinds] if len(kinds) == len(pins) else [[], *([one] for one in STRONG["keys"][1:5])]
    seen: list[str] = []
    for wanted in tries:
        transport = _transport(login, server, way)
        try:
            shown = _handshake(transport, login, server, wanted)
        except BaseException:
            transport.close()
            raise
        if shown in {pin.fingerprint for pin in pins}:
            return transport
        transport.close()
        if shown is None:
            continue
        seen.append(shown)
    raise _other_key(login, pins, seen)


def _transport(login: Login, server: Server, way: list[Transport]) -> Transport:
    with _translated(login, "connecting"):
        transport = Transport(_socket(login, server, way), default_window_size=WINDOW)
    transport.set_log_channel(_LOG_CHANNEL)
    transport.daemon = True
    transport.banner_timeout = transport.handshake_timeout = server.connect
    transport.auth_timeout = transport.channel_timeout = server.connect
    return transport


def _handshake(transport: Transport, login: Login, server: Server, kinds: list[str]) -> str | None:
    """The fingerprint of the key the server showed; None where it has none of these kinds, which were only a guess."""
    choose(transport, server.old, kinds)
    try:
        with _translated(login, "the handshake"):
            transport.start_client(timeout=server.connect)
            return fingerprint(transport.get_remote_server_key().asbytes())
    except Halt:
        if kinds and not any(read_pin(text).kind for text in login.host_key):
            return None
        hint = "allow one of these by name with 'old', if the partner cannot do better"
        known = ", ".join(login.host_key)[:120]
        told = explained(transport, server.old)
        if "nothing" in told and kinds:
            told = f"it has no host key of the pinned kind ({known}), but {', '.join(offered(transport, 'keys'))}"
            hint = "ask the partner whether the host key was changed; 'crossdock partner host-key' shows it"
        raise Halt("K643", f"{login.host} and we have no algorithms in common: {told}", hint=hint) from None


def _other_key(login: Login, pins: list[Pin], seen: list[str]) -> Halt:
    wanted = " or ".join(pin.fingerprint for pin in pins)
    shown = " and ".join(dict.fromkeys(seen)) or "no key of such a kind"
    told = f"{login.host} shows another host key: {shown}, where {wanted} is pinned"
    hint = "nothing was sent. Ask the partner, by another way, whether the key was changed; if so, pin the new one"
    return Halt("K642", told, hint=hint)


def _socket(login: Login, server: Server, way: list[Transport]) -> socket.socket | paramiko.Channel:
    if way:
        return way[-1].open_channel("direct-tcpip", (login.host, login.port), ("127.0.0.1", 0), timeout=server.connect)
    made = socket.create_connection((login.host, login.port), timeout=server.connect)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # What is sent and not taken in time ends the connection: paramiko itself would wait for ever (RFC 5482).
    made.setsockopt(socket.IPPROTO_TCP, getattr(socket, "TCP_USER_TIMEOUT", 18), int(server.stall * 1000))
    return made


# The login


def _authenticate(transport: Transport, login: Login) -> None:
    """By key, by password, or by both where the server wants both."""
    wanted: list[str] = []
    if login.key is not None:
        wanted = _by_key(transport, login, private_key(login, login.key))
    if not transport.is_authenticated() and login.password is not None:
        wanted = transport.auth_password(login.user, login.password.get_secret_value())
    if not transport.is_authenticated():
        raise paramiko.BadAuthenticationType("it wants more", wanted)


def _by_key(transport: Transport, login: Login, key: paramiko.PKey) -> list[str]:
    try:
        wanted: list[str] = transport.auth_publickey(login.user, key)
    except paramiko.BadAuthenticationType as error:
        if login.password is None or not transport.is_active():
            raise
        return list(error.allowed_types)
    return wanted


def _subsystem(transport: Transport, server: Server) -> paramiko.Channel:
    with _translated(server, "opening the SFTP channel"):
        channel = transport.open_session(window_size=WINDOW, max_packet_size=CHANNEL_PACKET, timeout=server.connect)
        channel.settimeout(server.connect)
        try:
            channel.invoke_subsystem("sftp")
        except paramiko.SSHException as error:
            if not transport.is_active():
                raise
            hint = "ask the partner whether this login may use SFTP"
            raise Halt("K646", f"{server.host} gives no SFTP to {server.user}", hint=hint) from error
    return channel


# What paramiko raises, in the engine's words


@contextmanager
def _translated(login: Login, doing: str) -> Iterator[None]:
    try:
        yield
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise _meaning(error, login, f"{login.host}:{login.port}", doing) from None


def _meaning(error: Exception, login: Login, where: str, doing: str) -> CrossdockError:
    match error:
        case paramiko.BadAuthenticationType():
            offers = ", ".join(str(one) for one in error.allowed_types) or "nothing else"
            hint = "give what it asks for: 'password', or another 'key'"
            return Halt("K644", f"{where} does not let {login.user} in like this; it asks for {offers}", hint=hint)
        case paramiko.AuthenticationException() if "timeout" not in str(error).lower():
            hint = "check user and key or password with the partner; it is not tried again, so that nothing is locked"
            return Halt("K644", f"{where} refuses user, key or password of {login.user}", hint=hint)
        case paramiko.ssh_exception.IncompatiblePeer():
            return Halt("K643", f"{where}: {error}")
        case OSError():
            why = (
                "does not answer"
                if isinstance(error, TimeoutError)
                else f"cannot be reached: {error.strerror or error}"
            )
            return Retry("K640", f"{where} {why}")
    if isinstance(error, paramiko.ChannelException):
        return Retry("K647", f"{where}: {doing}: {error.text}")
    return Retry("K641", f"{where}: {doing}: {str(error) or 'the server ended the connection'}")
