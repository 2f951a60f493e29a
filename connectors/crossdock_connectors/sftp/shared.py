"""The connections of this process, one set for each server and login, whichever routes use it."""

from __future__ import annotations

import threading
from weakref import WeakValueDictionary

from crossdock.connector.remote.sessions import Sessions
from crossdock_connectors.sftp.client import SftpFiles
from crossdock_connectors.sftp.options import Server
from crossdock_connectors.sftp.ssh import connect

#: By how the server is reached. A process talks to a server as one, however many routes it has: what a partner allows
#: is counted by them over all our routes. Nobody holds a set but the sources and sinks that use it.
_SESSIONS: WeakValueDictionary[str, Sessions] = WeakValueDictionary()
_TURN = threading.Lock()


def sessions_of(server: Server) -> Sessions:
    """The connections to a server."""
    reached = Server.model_construct(**{name: getattr(server, name) for name in Server.model_fields})
    with _TURN:
        found = _SESSIONS.get(key := _key(reached))
        if found is None:
            found = Sessions(
                lambda: SftpFiles(connect(reached), reached.stall), most=reached.sessions, rest=reached.rest
            )
            _SESSIONS[key] = found
        return found


def _key(server: Server) -> str:
    """What tells one way to a server from another; secrets by their hash within this process."""
    secrets = [(login.password, login.key, login.passphrase) for login in (*server.jump, server)]
    return f"{server!r} {hash(tuple(secrets))}"
