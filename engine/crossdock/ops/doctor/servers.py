"""The servers of the distributed engine: PostgreSQL and RabbitMQ."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace

from crossdock.amqp.address import Address
from crossdock.amqp.frames import publish
from crossdock.amqp.link import Link
from crossdock.amqp.message import Outgoing
from crossdock.amqp.topology import Queue, declare_queue
from crossdock.bus.rabbitmq.topology import Names
from crossdock.errors import CrossdockError, Finding, Halt
from crossdock.ops.doctor.examination import Patient, UnseenError, error, note, warning

SKEW = 1.0  # seconds two clocks may differ
OLDEST_BROKER = (3, 10)
CALLED = "crossdock doctor"  # as the broker's own tools show it
_NOBODY = "crossdock.doctor"  # a queue that is not there
_TOLD_WITHIN = 0.5  # seconds
PATIENCE = 3.0  # seconds for each answer: the doctor has eight in all
_CONNECTIONS = 3  # of a worker, an intake, a scheduler: one each, and some for commands
_FACTS = (
    "SELECT current_setting('fsync'), current_setting('synchronous_commit'), current_setting('full_page_writes'),"
    " current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,"
    " (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),"
    " extract(epoch FROM clock_timestamp())::float8"
)


def postgresql(patient: Patient) -> Iterator[Finding]:
    """Whether the server is there, keeps what it acknowledges, has connections left and the right time."""
    engine = patient.loaded()
    if engine.journal_file() is not None:
        raise UnseenError("not used here")
    from crossdock.postgres.address import address_of  # noqa: PLC0415 - the driver is an extra
    from crossdock.postgres.connection import connect  # noqa: PLC0415 - the driver is an extra

    address = address_of(engine.project.settings.journal.get_secret_value())
    try:
        connection = connect(address)
    except CrossdockError as refused:
        hint = refused.hint or "is it running, and is the URL right? 'journal:' in crossdock.yaml or CROSSDOCK_JOURNAL"
        yield error("H140", f"PostgreSQL cannot be used: {refused.message}", hint)
        return
    with closing(connection):
        before = time.time()
        row = connection.execute(_FACTS).fetchone()
        now = (before + time.time()) / 2
    if row is not None:
        fsync, commit, pages, room, used, clock = row
        yield from _settings(str(fsync), str(commit), str(pages))
        yield from _left(patient, int(room) - int(used))
        yield from _skew(float(clock) - now)


def _settings(fsync: str, commit: str, pages: str) -> Iterator[Finding]:
    for name, value in (("fsync", fsync), ("full_page_writes", pages)):
        if value == "off":
            yield error("H141", f"PostgreSQL runs with {name}=off: it loses what it acknowledged", f"{name} = on")
    if commit == "off":
        text = "PostgreSQL runs with synchronous_commit=off: a crash loses the last moments that were acknowledged"
        yield error("H142", text, "synchronous_commit = on, at least for the user of crossdock")


def _left(patient: Patient, left: int) -> Iterator[Finding]:
    wanted = (patient.engine.workers if patient.engine is not None else 1) + _CONNECTIONS
    if left < wanted:
        text = f"PostgreSQL has {max(left, 0)} connections left; a run of this project takes {wanted}"
        yield warning("H143", text, "raise max_connections, or run fewer workers")


def _skew(seconds: float) -> Iterator[Finding]:
    if abs(seconds) > SKEW:
        text = f"the clock of PostgreSQL is {abs(seconds):.1f} s {'ahead of' if seconds > 0 else 'behind'} ours"
        yield warning("H144", text, "let NTP keep both; leases are safe, times in reports are not")


def rabbitmq(patient: Patient) -> Iterator[Finding]:
    """Whether the broker is there, takes messages, is new enough and has the queues of the project."""
    engine = patient.loaded()
    url = engine.project.settings.bus.get_secret_value()
    if not url.startswith("amqp"):
        raise UnseenError("not used here")
    names = Names(engine.project.settings.name)
    address = replace(Address.parse(url, engine.project.root), connect_timeout=PATIENCE, io_timeout=PATIENCE)
    try:
        link = Link(address, CALLED)
    except CrossdockError as refused:
        hint = refused.hint or "is it running, and is the URL right? Until it is back, work is only found more slowly"
        yield (error if isinstance(refused, Halt) else warning)("H150", f"RabbitMQ: {refused.message}", hint)
        return
    try:
        if link.version and link.version < OLDEST_BROKER:
            shown = ".".join(map(str, link.version))
            yield warning("H151", f"RabbitMQ {shown} is older than any this was tried with", "3.10 or newer")
        if _is_blocked(link):
            yield error("H152", "RabbitMQ takes no messages: it is short of memory or disk", "rabbitmqctl status")
            return
    finally:
        link.abandon()
    missing = _missing(address, {queue: names.queue(queue) for queue in engine.queues()})
    if missing:
        text = f"RabbitMQ does not have {len(missing)} queues of the project, such as {missing[0]}"
        yield note("H153", text, "the next run declares them, if its user may: crossdock bus declare")


def _is_blocked(link: Link) -> bool:
    """Whether the broker is under an alarm. It says so only to who publishes: here, something that reaches nobody."""
    with suppress(CrossdockError):  # it is sent back, or refused
        link.write(publish(Outgoing("", _NOBODY, b""), link.channel.channel_id, link.frame_max))
        link.look(_TOLD_WITHIN)
    return link.blocked


def _missing(address: Address, queues: Mapping[str, str]) -> list[str]:
    """Those of ``queues`` (ours, with the broker's names) that the broker does not have."""
    missing: list[str] = []
    link = Link(address, CALLED)
    try:
        for queue, name in queues.items():
            try:
                declare_queue(link, Queue(name), passive=True)
            except CrossdockError:  # a refusal costs the connection
                missing.append(queue)
                link.abandon()
                link = Link(address, CALLED)
    finally:
        link.abandon()
    return missing
