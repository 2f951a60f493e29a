"""Runs the front: one loop, one thread that commits, one that watches; until it is told to stop.

The machinery is uvicorn's, with its own logging, signals and headers off: those are the engine's.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partialmethod
from pathlib import Path
from typing import cast

import uvloop
from uvicorn.config import Config
from uvicorn.server import Server

from crossdock.errors import Halt
from crossdock.front.app import Front
from crossdock.front.callers import Callers, KeyRing
from crossdock.front.commits import Commits, Ground
from crossdock.front.connection import Connection
from crossdock.front.issuers import Issuers
from crossdock.front.pages import Page
from crossdock.front.reception import House, Reception, Rendered, Served, Shut
from crossdock.front.tls import Tls, context
from crossdock.front.watching import Watching
from crossdock.journal.contract import Journal

TICK = 0.1  # seconds between looks whether to stop
KEEP_ALIVE = 30  # seconds a connection may be silent between requests
HANDSHAKE = 10.0  # seconds within which who connects has agreed on TLS; as long as headers may take
GRACE = 30  # seconds for requests under way when it stops …
LINGER = 2.0  # … and before that, for those that somebody is about to send who is connected already
MOST_CONNECTIONS = 4_096
BACKLOG = 2_048


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is served, and on what it stands. ``lay`` and ``open_journal`` are called in threads of their own."""

    served: Mapping[str, Served]
    pages: Mapping[str, Page]
    root: Path
    lay: Callable[[KeyRing], Ground]
    open_journal: Callable[[], Journal]
    shut: Callable[[str], Shut | None]
    new_id: Callable[[], str]
    rendered: Rendered
    tls: Tls | None = None


class _Impatient(uvloop.Loop):
    """A loop whose servers wait no minute for a TLS handshake, as asyncio's do: half of one costs a caller nothing."""

    create_server = partialmethod(uvloop.Loop.create_server, ssl_handshake_timeout=HANDSHAKE)  # type: ignore[assignment]  # the same, with a default


class _Quiet(Server):
    """Uvicorn's server without its signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's own business."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Who is connected already may be about to send, and a connection that is closed then is reset.

        So nobody is accepted any more, each answer is the last one of its connection, and what stays silent is closed
        after a while. A handshake under way is no connection yet.
        """
        for server in self.servers:
            server.close()
        for one in sockets or ():
            one.close()
        loop = asyncio.get_running_loop()
        end, shaking = loop.time() + LINGER, self.config.is_ssl
        await asyncio.sleep(TICK)  # who was just accepted is no connection yet either
        while (self.server_state.connections or shaking) and loop.time() < end:
            for connection in self.server_state.connections:
                cast(Connection, connection).part()
            await asyncio.sleep(TICK)
        await super().shutdown()


def serve(site: Site, listening: socket.socket, stopping: Callable[[], bool], alive: Callable[[], None]) -> None:
    """Serve on ``listening`` until ``stopping``; ``alive`` is called now and then. Raises ``Halt``."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if site.tls is None else _Impatient) as runner:
        runner.run(_serve(site, listening, stopping, alive))


async def _serve(site: Site, listening: socket.socket, stopping: Callable[[], bool], alive: Callable[[], None]) -> None:
    ring = KeyRing()
    loop = asyncio.get_running_loop()
    commits = Commits(lambda: site.lay(ring), loop)
    watching = Watching(site.open_journal, loop)
    house = House(
        commits=commits,
        watching=watching,
        callers=Callers(ring, Issuers(site.root)),
        shut=site.shut,
        new_id=site.new_id,
        rendered=site.rendered,
    )
    server = _Quiet(_config(Front(site.served, Reception(house), site.pages), site.tls))
    commits.start()
    watching.start()
    watch = asyncio.create_task(_watch(server, commits, stopping, alive))
    try:
        await commits.begun()  # callers wait in the socket's queue: only now it is known whose keys count
        await server.serve(sockets=[listening])
    finally:
        watch.cancel()
        await asyncio.to_thread(commits.stop)
        await asyncio.to_thread(watching.stop)
    if commits.failed is not None:
        raise Halt("W204", "requests cannot be kept any more", hint="the log says why") from commits.failed


async def _watch(server: Server, commits: Commits, stopping: Callable[[], bool], alive: Callable[[], None]) -> None:
    while not (stopping() or commits.failed is not None):
        alive()
        await asyncio.sleep(TICK)
    server.should_exit = True
    while True:
        alive()
        await asyncio.sleep(TICK)


def _config(app: Front, tls: Tls | None) -> Config:
    return Config(
        app,
        http=Connection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
        ssl_context_factory=None if tls is None else lambda config, make: context(tls),
    )
