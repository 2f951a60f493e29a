"""A simulated process: it can die or freeze between any two things it does to the world outside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from crossdock.errors import CrossdockError
from crossdock.testing.simulation.world import Sleeper, World

CALL = 0.02  # seconds a call to journal or bus takes at most, where nothing is wrong


class Killed(BaseException):
    """SIGKILL, as the simulated code sees it: no ``except Exception`` of the engine catches it."""


class Poisoned(Killed):
    """The end of a process that reads a document no process survives."""


@dataclass
class Host:
    """A machine: whether its lines to journal and bus are up, and how often a call to the journal, or its answer, is lost."""

    name: str
    journal_cut: bool = False
    bus_cut: bool = False
    calls_lost: float = 0.0
    answers_lost: float = 0.0
    up: bool = True
    generation: int = 0

    @property
    def id(self) -> str:
        """Under which its processes hold leases: another with every start."""
        return f"{self.name}.{self.generation}"


@dataclass
class Process:
    """One life of one role on one host.

    ``fuse`` is how many points it still passes before it dies; ``freeze`` how many before it stands still, and for how
    many seconds then.
    """

    world: World
    host: Host
    role: str
    life: int
    ended: Callable[[Process], None]
    fuse: int | None = None
    freeze: tuple[int, float] | None = None
    frozen_until: float = 0.0
    dead: bool = False
    to_blame: bool = False
    told_to_stop: bool = False
    sleeper: Sleeper = field(init=False)

    def __post_init__(self) -> None:
        self.host_id = self.host.id
        self._chance = self.world.chance(f"{self.name}#{self.life}")

    @property
    def name(self) -> str:
        """Under which it holds leases."""
        return f"{self.host_id}/{self.role}"

    def start(self, work: Callable[[Process], None]) -> None:
        """Begin to live."""

        def live() -> None:
            try:
                work(self)
            except Poisoned:
                self.to_blame = True
                self.tell("dies of what it reads")
            except Killed:
                self.tell("is gone")
            except CrossdockError as error:
                self.to_blame = True
                self.tell(f"ends: {error}")
            self.dead = True
            self.ended(self)

        self.sleeper = Sleeper(live)
        self.world.tell(self.name, f"begins (life {self.life})")
        self.world.start(self.sleeper)

    def tell(self, what: str) -> None:
        """Into the log."""
        self.world.tell(self.name, what)

    # Ending

    def kill(self, why: str) -> None:
        """From outside, at whatever it waits for."""
        if not self.dead:
            self.tell(f"is killed {why}")
            self.dead = True
            self.world.wake(self.sleeper)

    def unwind(self) -> None:
        """At the end of the simulation: leave whatever it is in the middle of. A fiber left lying is never freed."""
        self.dead = True
        while not self.sleeper.fiber.ended:
            self.sleeper.fiber.go_on()

    def die(self, where: str) -> None:
        """From within: never returns."""
        self.tell(f"is killed at {where}")
        self.dead = True
        raise Killed

    # Points

    def point(self, name: str) -> None:
        """A moment at which it may die."""
        if self.dead:
            raise Killed
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                self.die(name)
        if self.freeze is not None:
            points, seconds = self.freeze
            self.freeze = (points - 1, seconds) if points else None
            if not points:
                self.tell(f"freezes at {name} for {seconds:g} s")
                self.frozen_until = self.world.now + seconds

    def takes(self, longest: float = CALL) -> None:
        """Something outside takes a while."""
        self.sleep(self._chance.random() * longest)

    def sleep(self, seconds: float) -> None:
        """Time passes for it; more of it when it is frozen meanwhile."""
        if self.dead:
            raise Killed
        self.world.sleep(self.sleeper, seconds)
        self.thaw()

    def wait(self) -> None:
        """Until somebody wakes it."""
        if self.dead:
            raise Killed
        self.world.wait(self.sleeper)
        self.thaw()

    def wake(self) -> None:
        """Something it waits for is there."""
        if not self.dead:
            self.world.wake(self.sleeper)

    def thaw(self) -> None:
        """Stand still for as long as it is frozen."""
        while self.frozen_until > self.world.now and not self.dead:
            self.world.sleep(self.sleeper, self.frozen_until - self.world.now)
        if self.dead:
            raise Killed
