"""Where a broker is and how to talk to it: one URL, with the parameters of RabbitMQ's own URI specification.

    amqp://user:password@host:5672/vhost?heartbeat=30
    amqps://user@one,two:5671/shop?cacertfile=ca.pem&certfile=me.pem&keyfile=me.key&auth_mechanism=external

Several hosts are the nodes of one cluster, tried in turn. Source: *RabbitMQ URI Specification* and *URI Query
Parameters*, RabbitMQ documentation 4.1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from crossdock.errors import Halt

PORTS: Mapping[str, int] = {"amqp": 5672, "amqps": 5671}  # IANA
HEARTBEAT = 30  # seconds; py-amqp's own default is none at all
CONNECT_TIMEOUT = 10.0  # seconds for the socket, for the TLS handshake, and for each step of the login
IO_TIMEOUT = 20.0  # seconds for the broker to take what is written, or to answer

_HIGHEST_PORT = 65535
_ESCAPED = "in a user, a password or a virtual host write / as %2F, ? as %3F, @ as %40, : as %3A"
_TLS_PARAMETERS = ("cacertfile", "certfile", "keyfile", "verify", "server_name_indication")
_PARAMETERS = (*_TLS_PARAMETERS, "auth_mechanism", "heartbeat", "connection_timeout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """What a TLS connection is made and checked with. ``ca`` None: the authorities the machine trusts."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    verify: bool = True
    server_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A broker as a connection needs it. Times in seconds; ``external`` logs in with the client certificate."""

    hosts: tuple[tuple[str, int], ...]
    vhost: str = "/"
    user: str = "guest"
    password: str = field(default="guest", repr=False)
    external: bool = False
    tls: Tls | None = None
    heartbeat: int = HEARTBEAT
    connect_timeout: float = CONNECT_TIMEOUT
    io_timeout: float = IO_TIMEOUT

    def __str__(self) -> str:
        hosts = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in self.hosts)
        return f"{'amqps' if self.tls else 'amqp'}://{self.user}@{hosts}/{'' if self.vhost == '/' else self.vhost}"

    @classmethod
    def parse(cls, url: str, root: Path = Path()) -> Address:
        """The address a URL names; files in its parameters lie relative to ``root``.

        Raises ``Halt``, with nothing of the URL in it that may be a password.
        """
        scheme, separator, rest = url.partition("://")
        if not separator or scheme not in PORTS:
            raise Halt("B101", "the URL of a broker begins with amqp:// or amqps://")
        place, _, query = rest.partition("?")
        authority, _, vhost = place.partition("/")
        if "@" in vhost or "@" in query:  # the rest of a password, which would be shown as a host or a parameter
            raise Halt("B101", "the URL of the broker has an @ behind its host", hint=_ESCAPED)
        login, _, hosts = authority.rpartition("@")
        user, colon, password = login.partition(":")
        given = _Given(query, root)
        return cls(
            hosts=tuple(_host(one, PORTS[scheme]) for one in hosts.split(",")),
            vhost=unquote(vhost) or "/",
            user=unquote(user) or "guest",
            password=unquote(password) if colon or user else "guest",
            external=given.choice("auth_mechanism", ("plain", "external")) == "external",
            tls=given.tls(secured=scheme == "amqps"),
            heartbeat=int(given.number("heartbeat", HEARTBEAT, least=1, most=600)),
            connect_timeout=given.number("connection_timeout", CONNECT_TIMEOUT * 1000, least=100, most=120_000) / 1000,
        )


class _Given:
    """The parameters of a URL, each read as what it is. Raises ``Halt``."""

    def __init__(self, query: str, root: Path) -> None:
        self._values = dict(parse_qsl(query, keep_blank_values=True))
        self._root = root
        for name in self._values:
            if name not in _PARAMETERS:
                raise Halt(
                    "B102", f"the URL of the broker has an unknown parameter '{name}'", hint=_one_of(_PARAMETERS)
                )

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        """A number within bounds."""
        text = self._values.get(name, str(default))
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not least <= number <= most:
            raise Halt("B103", f"'{name}' in the URL of the broker is no number from {least:g} to {most:g}")
        return number

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of some words; the first is the default."""
        word = self._values.get(name, choices[0])
        if word not in choices:
            raise Halt("B103", f"'{name}' in the URL of the broker is '{word}'", hint=_one_of(choices))
        return word

    def tls(self, *, secured: bool) -> Tls | None:
        """What the TLS parameters come to. Without TLS a certificate protects nothing: saying so beats ignoring it."""
        if not secured:
            for name in _TLS_PARAMETERS:
                if name in self._values:
                    raise Halt("B103", f"'{name}' in the URL of the broker needs TLS", hint="amqps://")
            return None
        return Tls(
            ca=self._file("cacertfile"),
            certificate=self._file("certfile"),
            key=self._file("keyfile"),
            verify=self.choice("verify", ("verify_peer", "verify_none")) == "verify_peer",
            server_name=self._values.get("server_name_indication"),
        )

    def _file(self, name: str) -> Path | None:
        if name not in self._values:
            return None
        path = self._root / self._values[name]
        if not path.is_file():
            raise Halt("B104", f"'{name}' in the URL of the broker names no file: {self._values[name]}")
        return path


def _one_of(words: tuple[str, ...]) -> str:
    return f"one of: {', '.join(words)}"


def _host(text: str, default: int) -> tuple[str, int]:
    """``host``, ``host:port``, ``[::1]`` or ``[::1]:port``."""
    bracketed = text.startswith("[")
    host, _, rest = text[1:].partition("]") if bracketed else text.partition(":")
    port = rest.removeprefix(":") if bracketed else rest
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) <= _HIGHEST_PORT):
        raise Halt("B101", "the port in the URL of the broker is no number from 1 to 65535")
    return unquote(host) or "localhost", int(port or default)
