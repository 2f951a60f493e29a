"""Servers that a person gives to torture: whether they will do is found out before anything runs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from pydantic import SecretStr

from crossdock.errors import Halt
from crossdock.route.project import Project
from crossdock.runtime.clock import SystemClock
from crossdock.runtime.engines import Engines


def refuse_unfit(journal: str, bus: str) -> None:
    """Raises ``Halt``: T110 for one without the other, T115 for a database that has work in it already."""
    if bool(journal) != bool(bus):
        raise Halt("T110", "--journal and --bus go together", hint="give both, or neither for private servers")
    if not journal:
        return
    if "://" not in journal or "://" not in bus:
        raise Halt("T110", "--journal and --bus are URLs of servers", hint="postgresql://… and amqp://…")
    opened = Engines(Path(), Project(journal=SecretStr(journal)), SystemClock(), lambda point: None)
    with closing(opened.versions()) as versions:
        if versions.version():
            hint = "make an empty database for it, or give the URL an unused ?schema=…"
            raise Halt("T115", "the database has a journal already, which torture would mix its own with", hint=hint)
