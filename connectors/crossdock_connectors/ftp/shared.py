"""The connections of this process, one set for each server and login, whichever routes use it."""

from __future__ import annotations

import threading
from pathlib import Path
from weakref import WeakValueDictionary

from crossdock.connector.remote.sessions import Sessions
from crossdock_connectors.ftp.connect import connect
from crossdock_connectors.ftp.options import Server

#: By how the server is reached: what a partner allows is counted by them over all our routes. Nobody holds a set but
#: the sources and sinks that use it.
_SESSIONS: WeakValueDictionary[str, Sessions] = WeakValueDictionary()
_TURN = threading.Lock()


def sessions_of(server: Server, root: Path) -> Sessions:
    """The connections to a server; files of TLS are from ``root``."""
    reached = Server.model_construct(**{name: getattr(server, name) for name in Server.model_fields})
    with _TURN:
        found = _SESSIONS.get(key := _key(reached, root))
        if found is None:
            found = Sessions(lambda: connect(reached, root), most=reached.sessions, rest=reached.rest)
            _SESSIONS[key] = found
        return found


def _key(server: Server, root: Path) -> str:
    """What tells one way to a server from another; secrets by their hash within this process."""
    return f"{server!r} {root} {hash((server.password, server.account, server.passphrase))}"
