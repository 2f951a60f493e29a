"""Trying a server without side effects: is it there, does it let us in, and is the folder one."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector.folders.names import visible
from crossdock.connector.remote.files import Kind, Lost, RemoteFault, Unsupported, translated
from crossdock.connector.remote.sessions import Sessions
from crossdock.errors import Finding, Severity


def probe(sessions: Sessions, folder: str, endpoint: str, *, may_be_missing: bool) -> Iterator[Finding]:
    """What is wrong with a folder of a server. Raises ``CrossdockError`` where nobody gets in."""
    sessions.join()
    try:
        with sessions.session() as files:
            try:
                found = files.look(folder)
            except Unsupported:
                return
    except (RemoteFault, Lost) as error:
        raise translated(error, f"looking at '{visible(folder)}' of {endpoint}") from error
    finally:
        sessions.leave()
    if found is None:
        severity = Severity.NOTE if may_be_missing else Severity.ERROR
        hint = "it is made with the first file" if may_be_missing else "create it on the server, or correct 'path'"
        yield Finding(
            code="K610", message=f"there is no folder '{visible(folder)}' on {endpoint}", severity=severity, hint=hint
        )
    elif found.kind is Kind.FILE:
        yield Finding(code="K608", message=f"'{visible(folder)}' on {endpoint} is no folder", hint="correct 'path'")
