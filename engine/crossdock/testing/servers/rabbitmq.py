"""A private RabbitMQ: node name, cookie, home, data, port mapper (epmd) and ports of its own, all on loopback."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from crossdock.errors import Halt
from crossdock.testing.servers.server import LOOPBACK, Server, find, free_port, wait_until
from crossdock.testing.servers.tree import Guard

_USER = "crossdock"
_HANDSHAKES = 3  # of erl_call with the node, a second apart
#: Where packages keep the scripts themselves; what they put on the PATH insists on the user ``rabbitmq``.
_SCRIPTS = [Path("/usr/lib/rabbitmq/bin"), Path("/opt/homebrew/sbin"), Path("/usr/local/sbin")]
_HELLO = b"AMQP\x00\x00\x09\x01"  # protocol header, AMQP 0-9-1 section 4.2.2
_CONF = """\
listeners.tcp.1 = {loopback}:{port}
default_user = {user}
default_pass = {password}
loopback_users = none
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 16MB
raft.wal_max_size_bytes = 33554432
log.console = true
log.console.level = warning
log.file = false
"""


@dataclass(frozen=True, slots=True)
class RabbitAddress:
    """A RabbitMQ that runs: its ``url``, and ways to administer it."""

    url: str
    ctl: str
    environment: dict[str, str] = field(repr=False)

    def fresh(self) -> str:
        """The URL of a new, empty virtual host."""
        host = f"t{secrets.token_hex(6)}"
        user = f'<<"{_USER}">>'
        self.evaluate(
            f'rabbit_vhost:add(<<"{host}">>, {user}), '
            f'rabbit_auth_backend_internal:set_permissions({user}, <<"{host}">>, '
            f'<<".*">>, <<".*">>, <<".*">>, {user}).'
        )
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{quote(host, safe='')}"))

    def evaluate(self, expression: str) -> str:
        """Evaluate Erlang in the node, ended by a full stop; what it gave."""
        call = find("erl_call", _erlang(), "erlang-base")
        node = self.environment["RABBITMQ_NODENAME"]
        cookie = (Path(self.environment["HOME"]) / ".erlang.cookie").read_text()
        command = [call, "-sname", node, "-c", cookie, "-e"]
        told = _patiently([str(part) for part in command], self.environment, f"{expression}\n")
        if not told.startswith("{ok, ") or told.startswith("{ok, {error"):
            raise Halt("T102", f"RabbitMQ refused: {expression}", hint=told)
        return told.removeprefix("{ok, ").removesuffix("}")

    def control(self, *arguments: str) -> str:
        """Run ``rabbitmqctl``: any of its commands, about two seconds each."""
        return _told([self.ctl, *arguments], self.environment, "")


class RabbitMQ(Server):
    """A RabbitMQ of our own, without plugins. ``settings`` are lines of rabbitmq.conf."""

    name = "rabbitmq"

    def __init__(self, folder: Path | None = None, settings: str = "") -> None:
        self._binary = find_rabbitmq()
        super().__init__(folder)
        self.password = secrets.token_hex(12)
        self._settings = settings
        self._mapper_port, self._node_port = free_port(), free_port()
        self._mapper: tuple[subprocess.Popen[bytes], Guard] | None = None

    @property
    def url(self) -> str:
        """Of the default virtual host."""
        return f"amqp://{_USER}:{self.password}@{LOOPBACK}:{self.port}/%2F"

    @property
    def address(self) -> RabbitAddress:
        """What somebody else needs to use it."""
        ctl = find("rabbitmqctl", [self._binary.parent, *_SCRIPTS], "rabbitmq-server")
        return RabbitAddress(self.url, str(ctl), self._environment())

    def _make(self) -> None:
        cookie = self.folder / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)  # Erlang refuses one that others can read
        configuration = _CONF.format(loopback=LOOPBACK, port=self.port, user=_USER, password=self.password)
        (self.folder / "rabbitmq.conf").write_text(configuration + self._settings)
        (self.folder / "plugins").write_text("[].")
        (self.folder / "env.conf").touch()

    def _environment(self) -> dict[str, str]:
        here = str(self.folder)
        return {
            **super()._environment(),
            "RABBITMQ_NODENAME": f"crossdock-{self.port}@localhost",
            "RABBITMQ_CONF_ENV_FILE": f"{here}/env.conf",  # and not that of the machine
            "RABBITMQ_CONFIG_FILE": f"{here}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{here}/advanced.config",
            "RABBITMQ_MNESIA_BASE": f"{here}/mnesia",
            "RABBITMQ_LOG_BASE": f"{here}/log",
            "RABBITMQ_SCHEMA_DIR": f"{here}/schema",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{here}/generated",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{here}/plugins",
            "RABBITMQ_PID_FILE": f"{here}/pid",
            "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._node_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +sbt u",
            "RABBITMQ_ALLOW_INPUT": "1",  # the shell script becomes the server instead of watching it
            "RABBITMQ_SERVER_START_ARGS": "-noinput",
            "ERL_EPMD_PORT": str(self._mapper_port),
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_CRASH_DUMP_BYTES": "0",
            "NO_COLOR": "1",
        }

    def _command(self) -> list[str | Path]:
        return [self._binary]

    def _spawn(self) -> None:
        """The port mapper first: without one the node would start one, as a daemon that outlives us."""
        if self._mapper is None:
            epmd = find("epmd", _erlang(), "erlang-base")
            process = self._started([epmd])
            self._mapper = process, Guard(process.pid, None)
            wait_until(lambda: _listens(self._mapper_port), 10)
        super()._spawn()

    def close(self) -> None:
        """Stop for good, with the port mapper."""
        super().close()
        if self._mapper is not None:
            process, guard = self._mapper
            process.kill()
            process.wait()
            guard.dismiss()
            self._mapper = None

    def _ready(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=2) as connection:
                connection.sendall(_HELLO)
                return connection.recv(1) == b"\x01"  # a method frame: connection.start
        except OSError:
            return False


def find_rabbitmq() -> Path:
    """The script that starts RabbitMQ."""
    return find("rabbitmq-server", _SCRIPTS, "rabbitmq-server")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def _erlang() -> list[Path]:
    return [path for home in ("/usr/lib/erlang", "/usr/lib64/erlang") for path in Path(home).glob("**/bin")]


def _patiently(command: list[str], environment: dict[str, str], given: str) -> str:
    """``_told`` by erl_call, whose handshake with the node gives up after a moment: on a busy machine it is tried again."""
    for _ in range(_HANDSHAKES - 1):
        with suppress(Halt):
            return _told(command, environment, given)
        time.sleep(1.0)
    return _told(command, environment, given)


def _told(command: list[str], environment: dict[str, str], given: str) -> str:
    done = subprocess.run(
        command, env={**os.environ, **environment}, input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Halt("T102", f"{Path(command[0]).name} failed", hint=(done.stderr or done.stdout)[-1500:].strip())
    return done.stdout.strip()
