"""Making sure that nobody runs a project while its journal is put in place of another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from crossdock.errors import Halt
from crossdock.journal.registers import Registers
from crossdock.runtime.engine import Engine
from crossdock.runtime.hosts import hosts
from crossdock.runtime.lock import only_one


def refuse_others(engine: Engine, journal: Registers) -> None:
    """Raises ``Halt`` where a journal that a server keeps is in use; a file's lock has said so already."""
    if engine.journal_file() is None:
        _refuse_hosts(journal)


@contextmanager
def standstill(engine: Engine, journal: Registers) -> Iterator[None]:
    """Nobody runs the project with ``journal``, and nobody begins to where a file can be locked. Raises ``Halt``."""
    file = engine.journal_file()
    if file is None:
        _refuse_hosts(journal)
        yield
        return
    with only_one(file.with_name("run.lock")):
        yield


def refuse_older(engine: Engine) -> None:
    """Raises ``Halt`` for a journal that would be brought to a newer version by opening it."""
    with closing(engine.open_versions()) as versions:
        version, newest = versions.version(), len(versions.steps())
    if 0 < version < newest:
        hint = "crossdock migrate up, when it suits"
        raise Halt("E742", f"the journal has schema {version}, and this crossdock wants {newest}", hint=hint)


def _refuse_hosts(journal: Registers) -> None:
    known, now = hosts(journal)
    alive = sorted({host.machine for host in known if host.alive(now) and not host.leaving})
    if alive:
        hint = "stop it there; a machine that died is forgotten a little later"
        raise Halt("E723", f"this project is running already, on {', '.join(alive)}", hint=hint)
