"""The engine, simulated: hosts with the real intake, worker and scheduler, around one journal and one bus.

What a process is made of is composed here as the composition root does it for real; what a supervisor does for its
processes (start them again, give back what they held) is done by moments of the heap.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from crossdock.delivery.states import Event
from crossdock.errors import Retry
from crossdock.journal.memory import MemoryJournal
from crossdock.message import root_id
from crossdock.runtime.announcements import Announcer
from crossdock.runtime.custody import Custody, Everything, Shares
from crossdock.runtime.delivery import Courier
from crossdock.runtime.dispatch import Dispatcher
from crossdock.runtime.fates import FateMaker
from crossdock.runtime.hosts import Host as Presented
from crossdock.runtime.intake import Intake
from crossdock.runtime.presence import Presence
from crossdock.runtime.pulse import Slot
from crossdock.runtime.roles import Role
from crossdock.runtime.scheduler import Scheduler
from crossdock.runtime.subscriptions import Subscriptions
from crossdock.runtime.watches import Watch
from crossdock.runtime.worker import Worker
from crossdock.testing.simulation.bus import Ear, Exchange
from crossdock.testing.simulation.calls import Calls
from crossdock.testing.simulation.journal import Clocks, Disk, Line
from crossdock.testing.simulation.plan import Plan
from crossdock.testing.simulation.process import Host, Process
from crossdock.testing.simulation.project import EFFECTS, project
from crossdock.testing.simulation.source import Place, PlaceSource
from crossdock.testing.simulation.systems import System, SystemSink
from crossdock.testing.simulation.world import World

P = ParamSpec("P")
R = TypeVar("R")

LEASE = 60.0  # seconds a worker holds what it claimed
CUSTODY = 15.0  # seconds a host holds a source
KEEP = 400 * 86400.0
LARGEST = 1_000_000
SLOWEST_RESTART = 2.0  # seconds until a process that died is there again
SEES_THE_DEAD = 0.5  # chance that a host that begins again knows that its former processes are gone
OVERSLEEP = 9.0  # seconds a scheduler may sleep too long
SPARE = 0.3  # chance that a worker believes that a colleague has time
LAG = 0.1  # seconds a request is under way, where nothing is slow


@dataclass(frozen=True)
class Defects:
    """What a test may put in the place of the real thing, to see whether the simulation notices."""

    journal: Callable[[Clocks], MemoryJournal] = MemoryJournal
    worker: type[Worker] = Worker
    intake: type[Intake] = Intake
    courier: type[Courier] = Courier
    disk: type[Disk] = Disk


class Here(Executor):
    """A pool without threads: what is submitted is done at once, by whoever submits it."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """See ``Executor``."""
        done: Future[R] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class Still(Slot):
    """The pulse of a process nobody watches. ``spare`` is chance."""

    def __init__(self, spare: Callable[[], bool]) -> None:
        super().__init__(memoryview(b""), 0, ())  # type: ignore[arg-type]  # nothing is ever written to it
        self._spare = spare

    def spare(self) -> bool:
        """See ``Slot``."""
        return self._spare()

    def _write(self, index: int, value: float) -> None:
        """Nobody reads it."""


@dataclass
class Cluster:
    """Everything of one run. ``lives`` counts how often each role began."""

    plan: Plan
    world: World
    defects: Defects = Defects()
    lives: dict[str, int] = field(default_factory=dict)
    running: dict[str, Process] = field(default_factory=dict)
    decided: list[tuple[int, Event]] = field(default_factory=list)

    def __post_init__(self) -> None:
        cuts = any(fault.kind == "power cut" for fault in self.plan.faults)
        self.disk = self.defects.disk(self.world, self.defects.journal, recorded=cuts)
        self.exchange = Exchange(self.world) if self.plan.distributed else None
        self.hosts = {name: Host(name) for name in self.plan.host_names()}
        self.systems = {name: System(self.world, name, effect) for name, effect in EFFECTS.items()}
        for system, number in self.plan.poison:
            self.systems[system].poison |= {number}
        given = {"orders": list(self.plan.orders), "events": list(self.plan.events)}
        self.places = {route: Place(self.world, route, files) for route, files in given.items()}
        self._routes = project().routes
        self._subscriptions = Subscriptions(self._routes.values())
        self._numbers = 0
        self._lived: list[Process] = []
        self._chance = self.world.chance("cluster")

    def start(self) -> None:
        """Every host begins."""
        for host in self.hosts.values():
            self.boot(host)

    def end(self) -> None:
        """The simulation is over."""
        for process in self._lived:
            process.unwind()

    # Hosts and processes

    def roles(self) -> list[str]:
        """What runs on a host."""
        return ["intake", "scheduler", *(f"worker-{number}" for number in range(self.plan.workers))]

    def boot(self, host: Host) -> None:
        """A host begins: what its processes held before is free, if it sees that they are gone; then they start."""
        host.up = True
        before = host.id
        host.generation += 1
        sees = not self.plan.distributed or self._chance.random() < SEES_THE_DEAD

        def begin(process: Process) -> None:
            line = Line(self.disk, process)
            try:
                line.start_queues()
                if sees:
                    line.give_back(owner=before, crashed=False)
            except Retry as error:
                process.tell(f"cannot give back: {error}")
            for role in self.roles():
                self._begin(host, role)

        self._live(host, "supervisor", begin, lambda process: None)

    def shut(self, host: Host, why: str) -> None:
        """A host is gone, with everything on it."""
        host.up = False
        for process in list(self.running.values()):
            if process.host is host:
                process.kill(why)

    def ask(self, decide: Callable[[Cluster, Process], None]) -> None:
        """Let a person decide something, at a desk whose line is always up."""
        self._live(Host("desk"), "person", lambda process: decide(self, process), lambda process: None)

    def _begin(self, host: Host, role: str) -> None:
        if not host.up or f"{host.name}/{role}" in self.running:
            return
        work = {"intake": self._intake, "scheduler": self._scheduler}.get(role, self._worker)
        generation = host.generation
        self._live(host, role, work, lambda process: self._ended(process, generation))

    def _live(
        self, host: Host, role: str, work: Callable[[Process], None], ended: Callable[[Process], None]
    ) -> Process:
        name = f"{host.name}/{role}"
        self.lives[name] = self.lives.get(name, 0) + 1
        process = Process(self.world, host, role, self.lives[name], ended)
        self.running[name] = process
        self._lived.append(process)
        process.start(work)
        return process

    def _ended(self, process: Process, generation: int) -> None:
        self.running.pop(f"{process.host.name}/{process.role}", None)
        if self.exchange is not None:
            self.exchange.listeners.pop(process.name, None)
        self.disk.watch(process.name, None)
        moment = self.world.now + self._chance.random() * SLOWEST_RESTART
        self.world.at(moment, lambda: self._restart(process, generation))

    def _restart(self, gone: Process, generation: int) -> None:
        """As the supervisor does: what a worker held is given back, and counted where it was to blame."""
        host = gone.host
        if not host.up or host.generation != generation:
            return

        def bury(process: Process) -> None:
            if gone.role.startswith("worker") and not gone.told_to_stop:
                try:
                    Line(self.disk, process).give_back(owner=gone.name, crashed=gone.to_blame)
                except Retry as error:
                    process.tell(f"cannot give back: {error}")
            if host.generation == generation:
                self._begin(host, gone.role)

        self._live(host, f"keeper of {gone.role}", bury, lambda process: None)

    # What processes are made of

    def _worker(self, process: Process) -> None:
        calls = Calls(process, self.lag)
        chance = self.world.chance(f"worker {process.name}#{process.life}")
        fates, announcer = FateMaker(chance.random), Announcer(self._subscriptions, self.new_id, self.world.wall_clock)
        dispatcher = Dispatcher(
            routes=self._routes,
            subscriptions=self._subscriptions,
            announcer=announcer,
            fates=fates,
            now=self.world.wall_clock,
            chunk_parts=2,
            monotonic=self.world.steady,
        )

        def courier(queue: str) -> Courier | None:
            name, _, slot = queue.partition("/")
            destination = self._routes[name].destination(slot)
            return self.defects.courier(
                route=self._routes[name],
                destination=destination,
                sink=SystemSink(self.systems[slot], calls.takes),
                effect=EFFECTS[slot],
                announcer=announcer,
                fates=fates,
                now=self.world.wall_clock,
                reach=calls.reach,
            )

        worker = self.defects.worker(
            owner=process.name,
            journal=Line(self.disk, process),
            bus=Ear(process, self.disk, self.exchange),
            dispatcher=dispatcher,
            courier=courier,
            slot=Still(lambda: chance.random() < SPARE),
            submit=calls.submit,
            lease=LEASE,
            monotonic=self.world.steady,
            sleep=process.sleep,
            random=chance.random,
        )
        worker.run(lambda: process.told_to_stop)

    def _intake(self, process: Process) -> None:
        chance = self.world.chance(f"intake {process.name}#{process.life}")
        line = Line(self.disk, process)
        routes = [route for route in self._routes.values() if route.source is not None]
        intake = self.defects.intake(
            watches=[Watch(route=one, open=self._opener(one.name, process), every=1.0) for one in routes],
            open_journal=lambda: Line(self.disk, process),
            bus=Ear(process, self.disk, self.exchange),
            new_id=self.new_id,
            keep=KEEP,
            largest=LARGEST,
            reach=process.point,
            slot=Still(lambda: False),
            custody=self._custody(line, process),
            now=self.world.wall_clock,
            monotonic=self.world.steady,
            sleep=lambda seconds: process.sleep(seconds + chance.random() * self._until_files()),
            executor=lambda workers: Here(),
        )
        intake.run(lambda: process.told_to_stop)

    def _opener(self, route: str, process: Process) -> Callable[[], PlaceSource]:
        return lambda: PlaceSource(self.places[route], process)

    def _custody(self, line: Line, process: Process) -> Custody:
        if not self.plan.distributed:
            return Everything()
        return Shares(host=process.host.id, routes=self.places, seconds=CUSTODY, journal=line, boot=self.world.steady)

    def _until_files(self) -> float:
        """How long an intake may oversleep: what it would do meanwhile, when no file is there, is nothing."""
        if any(place.waiting() for place in self.places.values()):
            return 1.0
        coming = [file.at for place in self.places.values() for file in place.files if file.at > self.world.now]
        if self.plan.distributed and coming:
            return CUSTODY / 2
        return min(coming, default=self.world.now + 60.0) - self.world.now + 1.0

    def _scheduler(self, process: Process) -> None:
        chance = self.world.chance(f"scheduler {process.name}#{process.life}")
        line = Line(self.disk, process)
        scheduler = Scheduler(
            journal=line,
            now=self.world.wall_clock,
            keep_messages=KEEP,
            slot=Still(lambda: False),
            presence=self._presence(line, process) if self.plan.distributed else None,
            monotonic=self.world.steady,
            sleep=lambda seconds: process.sleep(seconds + chance.random() * OVERSLEEP),
        )
        scheduler.run(lambda: process.told_to_stop)

    def _presence(self, line: Line, process: Process) -> Presence:
        host = Presented(
            id=process.host.id,
            machine=process.host.name,
            roles=tuple(sorted(Role)),
            workers=self.plan.workers,
            sources=tuple(sorted(self.places)),
            since=self.world.now,
        )
        return Presence(journal=line, host=host, boot=self.world.steady)

    def new_id(self) -> str:
        """An id for a message that arrives now."""
        self._numbers += 1
        return root_id(int(self.world.wall_clock() * 1000), self._numbers.to_bytes(10, "big"))

    def lag(self) -> float:
        """Seconds a request to a system is under way at most, as things are now."""
        return LAG + max(system.slowness for system in self.systems.values())
