"""What waits, and why; what needs a person; who is there to do it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from crossdock.delivery.breaker import Circuit, Condition, read
from crossdock.delivery.states import State
from crossdock.errors import CrossdockError, Finding
from crossdock.journal.contract import Query
from crossdock.journal.portable import PortableJournal
from crossdock.journal.registers import Register
from crossdock.ops.doctor.examination import Patient, UnseenError, error, note, warning
from crossdock.runtime.acknowledged import moment
from crossdock.runtime.admission import Gate
from crossdock.runtime.engine import Engine
from crossdock.runtime.expected import standings, words
from crossdock.runtime.hosts import hosts
from crossdock.runtime.troubles import troubles

LATE = 300.0  # seconds after which due work should have been done
_REFUSALS = 100
_RECENT = 86400.0  # seconds
_NEEDED = ("intake", "scheduler", "worker")


def queues(patient: Patient) -> Iterator[Finding]:
    """Stopped queues, and destinations that are left alone."""
    journal = journal_of(patient)
    if journal is None:
        return
    with closing(journal):
        for queue, why in journal.stopped().items():
            yield error("H160", f"queue {queue} is stopped: {why}", "mend it and restart crossdock run", queue)
        texts, now = journal.registers(Register.CIRCUIT)
        counts = journal.counts() if texts else {}
        for queue, text in texts.items():
            yield from _circuit(queue, read(text), now, counts.get(queue, {}).get(State.WAITING, 0))


def _circuit(queue: str, circuit: Circuit, now: float, waiting: int) -> Iterator[Finding]:
    if circuit.condition is Condition.CLOSED:
        return
    since = f"for {now - circuit.since:.0f} s, {waiting} messages wait"
    if circuit.by_hand:
        text = f"a person has opened the breaker of {queue} ({since}): {circuit.why}"
        yield warning("H161", text, f"crossdock breaker close {queue}", queue)
        return
    text = f"{queue} has been left alone {since}: {circuit.code}: {circuit.why}"
    hint = "see that the destination answers; it is tried again by itself, and nothing is given up meanwhile"
    yield warning("H161", text, hint, queue)


def waiting(patient: Patient) -> Iterator[Finding]:
    """The oldest work that is due and not done, and why it is not."""
    journal = journal_of(patient)
    if journal is None:
        return
    with closing(journal):
        texts = journal.registers(Register.CIRCUIT)[0]
        left = {queue for queue, text in texts.items() if read(text).condition is not Condition.CLOSED}
        left.update(journal.stopped())
        for queue, states in journal.counts().items():
            count, seconds = journal.backlog(queue, 1) if states.get(State.WAITING) else (0, 0.0)
            if count and seconds > LATE and queue not in left:
                yield _late(journal, queue, states[State.WAITING], seconds)
        for queue, count in journal.stuck().items():
            text = f"{count} messages of {queue} wait behind one of their lane that is held or in doubt"
            yield warning("H163", text, "crossdock hold list; crossdock dead list", queue)


def _late(journal: PortableJournal, queue: str, count: int, seconds: float) -> Finding:
    item = next(iter(journal.items(Query(queue=queue, states=(State.WAITING,), limit=1))), None)
    why = f"; the newest says: {item.code}: {item.reason}" if item is not None and item.code else ""
    text = f"{count} messages wait in {queue}, the oldest is due since {seconds:.0f} s{why}"
    return warning("H162", text, "is crossdock run running, with workers enough? 'crossdock status --watch'", queue)


def parked(patient: Patient) -> Iterator[Finding]:
    """What waits for a person."""
    journal = journal_of(patient)
    if journal is None:
        return
    with closing(journal):
        counts = journal.counts()
    for state, code, command in (
        (State.DOUBT, "H164", "ask the destination; then crossdock dead list"),
        (State.DEAD, "H165", "crossdock dead list"),
        (State.HELD, "H166", "crossdock hold list"),
    ):
        found = {queue: states[state] for queue, states in counts.items() if states.get(state)}
        if found:
            worst = max(found, key=lambda queue: found[queue])
            text = f"{sum(found.values())} messages are {_words(state)}, most of them in {worst}"
            yield (note if state is State.HELD else warning)(code, text, command, worst)


def _words(state: State) -> str:
    return "in doubt" if state is State.DOUBT else str(state)


def sources(patient: Patient) -> Iterator[Finding]:
    """Sources that cannot be opened, that are not asked now, and arrivals that were refused lately."""
    engine = patient.loaded()
    for watch in engine.watches():
        try:
            watch.open().close()
        except CrossdockError as refused:
            text = f"the source of route {watch.route.name} cannot be opened: {refused.message}"
            yield error("H167", text, refused.hint, watch.route.file)
    engine.notebooks.close()
    journal = journal_of(patient)
    if journal is None:
        return
    with closing(journal):
        door = engine.door(journal)
        door.look()
        for route in engine.routes.values():
            admission = door.of(route.name)
            if admission.gate is not Gate.OPEN:
                text = f"the source of route {route.name} is {admission.gate}: {admission.reason}"
                yield warning("H168", text, "what it has stays there until there is room", route.file)
        yield from _troubled(journal)
        yield from _overdue(journal, engine)
        yield from _refused(journal, engine.clock.now())


def _troubled(journal: PortableJournal) -> Iterator[Finding]:
    for name, one in troubles(journal).items():
        text = f"the source of route {name} {one.what}, since {moment(one.since)}"
        yield warning("H179", text, "look whether the other side is there; it is asked again by itself", name)


def _overdue(journal: PortableJournal, engine: Engine) -> Iterator[Finding]:
    for standing in standings(engine.routes.values(), journal, engine.clock.now()):
        if standing.overdue:
            text = f"route {standing.route}: {words(standing)}"
            yield warning("H178", text, "ask whoever should have sent it", standing.route)


def _refused(journal: PortableJournal, now: float) -> Iterator[Finding]:
    lately = [one for one in journal.refusals(_REFUSALS) if now - one.at < _RECENT]
    if lately:
        last = lately[0]
        why = last.findings[0].get("message") if last.findings else ""
        text = f"{len(lately)} arrivals were refused in a day, the last one by route {last.route}: {why}"
        yield warning("H169", text, "they were not taken; look at what the source did with them", last.route)


def runs(patient: Patient) -> Iterator[Finding]:
    """Who is there, who should be and is not."""
    journal = journal_of(patient)
    if journal is None:
        return
    with closing(journal):
        known, now = hosts(journal)
    alive = [host for host in known if host.alive(now)]
    for host in known:
        if not host.alive(now):
            text = f"host {host.id} was last heard {now - host.beat:.0f} s ago"
            yield warning(
                "H170", text, "look whether it runs, and reaches the journal; its leases run out", host.machine
            )
    if not alive:
        yield warning("H171", "crossdock run is running nowhere", "crossdock run", None)
        return
    roles = {role for host in alive for role in host.roles}
    missing = [role for role in _NEEDED if role not in roles]
    if missing:
        yield error("H172", f"nobody runs as {', '.join(missing)}", f"crossdock run --role {missing[0]}")
    versions = sorted({host.version for host in alive})
    if len(versions) > 1:
        yield note("H173", f"several versions run together: {', '.join(versions)}", "bring all to the newest")


def journal_of(patient: Patient) -> PortableJournal | None:
    """The journal; None where there is none yet. Raises ``UnseenError`` where it cannot be opened: another check says why.

    And for one of an older version: opening it would change it, and shut out those who run with that.
    """
    engine = patient.loaded()
    file = engine.journal_file()
    if file is not None and not file.is_file():
        return None
    try:
        with closing(engine.open_versions()) as versions:
            if versions.version() < len(versions.steps()):
                raise UnseenError("the journal has an older schema")
        return engine.open_journal()
    except CrossdockError as refused:
        raise UnseenError("the journal cannot be opened") from refused
