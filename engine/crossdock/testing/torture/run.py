"""One run of torture: a calm run of the load, then the same load under faults, then the judge."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr

from crossdock.errors import Halt
from crossdock.journal.contract import Audit
from crossdock.route.project import Project
from crossdock.runtime.clock import SystemClock
from crossdock.runtime.engines import Engines
from crossdock.testing.servers.postgres import Postgres
from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.servers.rabbitmq import RabbitMQ
from crossdock.testing.servers.server import LOOPBACK, wait_until
from crossdock.testing.torture.arena import Arena, mount, unmount
from crossdock.testing.torture.clocked import VARIABLE, set_clock
from crossdock.testing.torture.faults import Fault, every_fault
from crossdock.testing.torture.host import Host
from crossdock.testing.torture.judge import Evidence, judge
from crossdock.testing.torture.ledger import Taker, effects
from crossdock.testing.torture.load import Drop, Dropper, left, make_load
from crossdock.testing.torture.report import Report, Span, describe_machine
from crossdock.testing.torture.stage import Stage, environment, make_stage
from crossdock.testing.torture.story import Story, read_story
from crossdock.testing.torture.terms import EngineKind, Terms
from crossdock.testing.torture.timeline import timeline

EMBEDDED = (".crossdock/journal.db", "embedded")
_CLOCKED = "crossdock.testing.torture.clocked"
_HOSTS = {EngineKind.EMBEDDED: 1, EngineKind.DISTRIBUTED: 2}
_PAUSE = (0.3, 1.0)  # seconds between a fault's end and the next
_START = 60.0  # seconds hosts may take to be at work
_CALM = 60.0  # seconds the calm run may take, and so many more for …
_SLOWEST = 50.0  # … each so many orders
_DISK = (128_000_000, 24_000)  # bytes of a disk for the journal, and for each order
_AGAIN = 3  # times that faults of a moment come in each round

Tell = Callable[[str], None]


@dataclass(slots=True)
class Course:
    """What the faults came to."""

    spans: list[Span] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    restarts: int = 0


def torture(terms: Terms, project: Path, scratch: Path, tell: Tell, mounts: str) -> Report:
    """Torture a copy of ``project`` in ``scratch``. ``mounts`` says why there may be no mounts, if so.

    Raises ``Halt`` where the project or this machine does not allow it.
    """
    load, calm = _rehearsed(terms, project, scratch / "quiet", tell, in_memory=not mounts)
    stage = make_stage(project, scratch / "tortured")
    with ExitStack() as stack:
        arena, urls = _arena(stack, stage, terms, load, mounts, tell)
        return _tortured(arena, urls, terms, load, calm, tell)


def _rehearsed(terms: Terms, project: Path, quiet: Path, tell: Tell, *, in_memory: bool) -> tuple[list[Drop], Story]:
    """The load, and what it becomes where nothing goes wrong. What nobody hurts needs no disk."""
    with ExitStack() as stack:
        mounted = in_memory and _disk(quiet, terms.orders)
        if mounted:
            stack.callback(_keep_disk, quiet)
        stage = make_stage(project, quiet / "calm")
        load = make_load(stage, terms.orders, terms.seed, pack=terms.pack)
        tell(f"calm run of {len(load)} files, {sum(drop.count for drop in load)} orders")
        calm = _calm(stage, load, terms)
        stack.pop_all()
        if mounted:
            unmount(quiet)  # nobody needs to look into it
        return load, calm


def _calm(stage: Stage, load: list[Drop], terms: Terms) -> Story:
    """What the load becomes where nothing goes wrong."""
    dropper = Dropper(load, _inboxes(stage), 0.0)
    dropper.run()
    dropper.finish()
    _drain(stage, EMBEDDED, terms)
    story, audit = _told(stage, EMBEDDED[0])
    if not audit.balanced:
        raise Halt("T113", "the audit of a run without any fault is not balanced", hint="run crossdock audit")
    return story


def _inboxes(stage: Stage) -> dict[str, Path]:
    return {entrance.route: entrance.inbox for entrance in stage.entrances}


def _drain(stage: Stage, urls: tuple[str, str], terms: Terms) -> None:
    """Run until nothing is waiting. Raises ``Halt`` T112 where that does not come."""
    host = Host("drain", stage.folder, stage.folder / "log.jsonl", environment(*urls), terms.workers)
    host.start("--until-idle")
    limit = _CALM + terms.orders / _SLOWEST
    try:
        code = host.wait(limit)
    except BaseException:  # a person interrupts: it has a session of its own and would go on
        host.kill()
        raise
    if code != 0:
        why = f"did not come to rest within {limit:.0f} s" if code is None else f"ended with exit code {code}"
        raise Halt("T112", f"the run {why}", hint=f"look into {stage.folder / 'log.jsonl'}")


def _told(stage: Stage, journal: str) -> tuple[Story, Audit]:
    """What the journal says, and its audit."""
    settings = Project(journal=SecretStr(journal))
    opened = Engines(stage.folder, settings, SystemClock(), lambda point: None).journal()
    with closing(opened):
        with opened.dump() as records:
            story = read_story(records)
        return story, opened.audit()


# --- the arena --------------------------------------------------------------------------------------------------------


def _arena(
    stack: ExitStack, stage: Stage, terms: Terms, load: list[Drop], mounts: str, tell: Tell
) -> tuple[Arena, tuple[str, str]]:
    """Everything that is needed, started; and the URLs that lead past the proxies."""
    partner = Taker(stage.sinks)
    partner.start()
    stack.callback(partner.close)
    chance = random.Random(terms.seed)  # noqa: S311 - the same faults each time
    arena = Arena(stage=stage, hosts=[], partner=partner, chance=chance, clock=stage.folder / "clock", mounts=mounts)
    urls = _servers(stack, arena, terms, tell) if terms.engine is EngineKind.DISTRIBUTED else EMBEDDED
    if terms.engine is EngineKind.EMBEDDED and not mounts:
        arena.disk = _disk(stage.journal, terms.orders)
    if arena.disk:
        stack.callback(_keep_disk, stage.journal)
    set_clock(arena.clock, 0.0)
    for number in range(_HOSTS[terms.engine]):
        seen = _through(stack, arena, urls)
        name = f"host-{number + 1}"
        around = {**environment(*seen), VARIABLE: str(arena.clock)}
        host = Host(name, stage.folder, stage.folder / f"{name}.jsonl", around, terms.workers, _CLOCKED)
        stack.callback(host.kill)
        arena.hosts.append(host)
    return arena, urls


def _servers(stack: ExitStack, arena: Arena, terms: Terms, tell: Tell) -> tuple[str, str]:
    if terms.journal:
        return terms.journal, terms.bus
    tell("starting a private PostgreSQL and a private RabbitMQ")
    arena.postgres = stack.enter_context(Postgres())
    arena.rabbitmq = stack.enter_context(RabbitMQ())
    return arena.postgres.url, arena.rabbitmq.url


def _disk(folder: Path, orders: int) -> bool:
    """A disk in memory for ``folder``; whether there is enough of that."""
    base, each = _DISK
    size = base + each * orders
    if size > _memory() / 4:
        return False
    folder.mkdir()
    mount("-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", folder)
    return True


def _keep_disk(folder: Path) -> None:
    """What is on a disk in memory, put onto the disk below it before it goes, for who wants to look into it."""
    copy = folder.with_name("kept")
    shutil.copytree(folder, copy)
    unmount(folder)
    folder.rmdir()
    copy.rename(folder)


def _memory() -> int:
    """Bytes that are available (Linux)."""
    text = Path("/proc/meminfo").read_text()
    return int(text.partition("MemAvailable:")[2].split()[0]) * 1024


def _through(stack: ExitStack, arena: Arena, urls: tuple[str, str]) -> tuple[str, str]:
    """The URLs as one host sees them: through proxies of its own, where there are servers."""
    if urls == EMBEDDED:
        return urls
    journal, bus = urls
    return _proxied(stack, journal, arena.journal_ways), _proxied(stack, bus, arena.bus_ways)


def _proxied(stack: ExitStack, url: str, ways: list[TcpProxy]) -> str:
    parts = urlsplit(url)
    default = 5432 if parts.scheme.startswith("postgres") else 5672
    proxy = stack.enter_context(TcpProxy(parts.port or default, parts.hostname or LOOPBACK))
    ways.append(proxy)
    user, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}{at}{LOOPBACK}:{proxy.port}"))


# --- the run ----------------------------------------------------------------------------------------------------------


def _tortured(arena: Arena, urls: tuple[str, str], terms: Terms, load: list[Drop], calm: Story, tell: Tell) -> Report:
    stage = arena.stage
    for host in arena.hosts:
        host.start()
    tell("starting")
    _await(arena)
    dropper = Dropper(load, _inboxes(stage), terms.seconds)
    begun = time.time()
    dropper.start()
    course = _inject_all(arena, terms, tell)
    dropper.finish()
    tell("all healed; finishing what is left")
    damage = [f"{host.name} did not stop when told to" for host in arena.hosts if host.stop() is None]
    damage += _finish(stage, urls, terms)
    seconds = time.time() - begun
    arena.partner.close()
    story, audit = _told(stage, urls[0])
    damage += [f"{one.what}: {one.message}" for one in audit.damage]
    seen = list(effects(stage.sinks))
    evidence = Evidence(
        dropped=dropper.dropped,
        left=left(stage),
        calm=calm,
        told=story,
        effects=seen,
        choosy=stage.choosy,
        damage=tuple(damage),
    )
    return Report(
        terms=terms,
        project=str(stage.folder),
        judgement=judge(evidence),
        spans=course.spans,
        missing=course.missing,
        seconds=seconds,
        dropped=sum(drop.count for drop in load),
        files=len(load),
        balanced=audit.balanced,
        timeline=timeline(begun, seconds, load, dropper.dropped, story, seen),
        machine=describe_machine(),
        restarts=course.restarts,
    )


def _await(arena: Arena) -> None:
    """Until every host has workers. Raises ``Halt`` T112 where that does not come."""
    if not wait_until(lambda: all("worker-0" in host.roles() for host in arena.hosts), _START):
        raise Halt("T112", "the run did not start", hint=f"look into {arena.hosts[0].log}")


def _finish(stage: Stage, urls: tuple[str, str], terms: Terms) -> list[str]:
    try:
        _drain(stage, urls, terms)
    except Halt as error:  # what is left over is judged as it is
        return [error.message]
    return []


def _inject_all(arena: Arena, terms: Terms, tell: Tell) -> Course:
    """Inject faults until the time is over: round after round, each in an order of chance."""
    course = Course()
    faults = _chosen(terms)
    course.missing = {name: why for name, fault in faults.items() if (why := fault.missing(arena))}
    able = [fault for name, fault in faults.items() if name not in course.missing]
    begun = time.monotonic()
    for fault in _order(able, arena.chance):
        _rest(arena.chance.uniform(*_PAUSE), begun + terms.seconds)
        if time.monotonic() - begun >= terms.seconds:
            break
        course.spans.append(_injected(fault, arena, begun, tell))
        course.restarts += _restarted(arena)
    reached = {span.fault for span in course.spans}
    course.missing |= {fault.name: "its turn did not come in time" for fault in able if fault.name not in reached}
    return course


def _chosen(terms: Terms) -> dict[str, Fault]:
    faults = every_fault()
    return {name: faults[name] for name in terms.faults or faults}


def _order(faults: list[Fault], chance: random.Random) -> Iterator[Fault]:
    """Each once, then for ever each in its turn, those of a moment more often."""
    each = list(faults)
    while each:
        chance.shuffle(each)
        yield from each
        each = [fault for fault in faults for _ in range(1 if fault.seconds else _AGAIN)]


def _rest(seconds: float, end: float) -> None:
    time.sleep(max(0.0, min(seconds, end - time.monotonic())))


def _injected(fault: Fault, arena: Arena, begun: float, tell: Tell) -> Span:
    start = time.monotonic() - begun
    try:
        detail = fault.inject(arena)
        tell(f"{start:6.1f} s  {fault.name}" + (f": {detail}" if detail else ""))
        time.sleep(fault.seconds)
    finally:
        fault.heal(arena)
    return Span(fault.name, detail, start, time.monotonic() - begun)


def _restarted(arena: Arena) -> int:
    """Start again what has ended by itself, as systemd would; how many."""
    ended = [host for host in arena.hosts if not host.running]
    for host in ended:
        host.start()
    return len(ended)


def remove(scratch: Path) -> None:
    """A scratch folder that nobody needs to look into."""
    shutil.rmtree(scratch, ignore_errors=True)
