"""What is to happen in one run: the files that come, and the faults. A value, made from a seed or by hand."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from crossdock.testing.simulation.project import EFFECTS
from crossdock.testing.simulation.source import File

Kind: TypeAlias = Literal[
    "kill",  # a process, after ``amount`` more points
    "freeze",  # a process, after ``amount`` more points, for ``lasts``
    "restart",  # a host, gracefully
    "host down",  # every process of a host, for ``lasts``
    "power cut",  # everything, for ``lasts``; the journal loses up to ``amount`` unflushed calls
    "journal cut",  # the line of a host to the journal
    "bus cut",  # the line of a host to the bus
    "calls lost",  # of a host to the journal, ``amount`` of them
    "answers lost",  # of the journal to a host, ``amount`` of them
    "disk full",  # of the journal
    "hints lost",  # ``amount`` of them
    "hints doubled",
    "hints late",  # by up to ``amount`` seconds
    "queues deleted",
    "clock",  # the wall clock is set by ``amount`` seconds
    "mood",  # a system fails in every way, ``amount`` of the time
    "away",  # a system refuses everything
    "halt",  # a system knows us no more: a person must mend it
    "slow",  # a system takes up to ``amount`` seconds
    "hang",  # one call into a system never returns
    "place",  # a source fails, ``amount`` of the time
    "release",  # a person releases what is dead, in the middle of it all
]
SPANS = (
    0.4,
    2.0,
    10.0,
    40.0,
)  # seconds: within one of these a fault begins when a file comes, to have something to hit …
AHEAD = 0.3  # … and a little before, so that it is there when the file is taken
MANY = 3  # hosts: with so many, one worker each is enough
TWICE = 0.3  # chance that an order comes twice
DEADLY = 0.1  # chance of a document that is bad, or the death of who works on it
POISONED = 0.06  # chance that a document is one some system never takes
EVERYWHERE: tuple[Kind, ...] = (
    *("kill",) * 5,
    *("freeze",) * 3,
    *("mood",) * 4,
    *("calls lost",) * 2,
    *(
        "restart",
        "calls lost",
        "answers lost",
        "disk full",
        "clock",
        "away",
        "halt",
        "slow",
        "slow",
        "hang",
        "place",
        "release",
    ),
)
EMBEDDED: tuple[Kind, ...] = ("power cut", "power cut", "host down")
DISTRIBUTED: tuple[Kind, ...] = (
    *("journal cut",) * 3,
    *("host down",) * 2,
    *("answers lost", "bus cut", "hints lost", "hints doubled", "hints late", "queues deleted"),
)


Where: TypeAlias = Literal["process", "host", "system", "systems", "source", "everything"]
Lasts: TypeAlias = Literal["a moment", "short", "long", "away"]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """How chance makes a fault of one kind."""

    where: Where = "everything"
    lasts: Lasts = "a moment"
    amount: Callable[[random.Random], float] = lambda chance: 0.0


def _share(chance: random.Random) -> float:
    return round(chance.random(), 2)


def _long(chance: random.Random) -> float:
    return round(chance.choice((20, 60, 150)) * (0.3 + chance.random()), 1)


_LASTS: Mapping[Lasts, Callable[[random.Random], float]] = {
    "a moment": lambda chance: 0.0,
    "short": lambda chance: round(1 + chance.random() * 30, 1),
    "long": _long,
    "away": lambda chance: _long(chance) * chance.choice((1, 1, 10)),
}
_FAULTS: Mapping[Kind, _Drawn] = {
    "kill": _Drawn("process", amount=lambda chance: chance.randint(0, 40)),
    "freeze": _Drawn("process", "long", lambda chance: chance.randint(0, 25)),
    "restart": _Drawn("host"),
    "host down": _Drawn("host", "long"),
    "power cut": _Drawn(lasts="short", amount=lambda chance: chance.randint(0, 20)),
    "journal cut": _Drawn("host", "long"),
    "bus cut": _Drawn("host", "long"),
    "calls lost": _Drawn("host", "short", _share),
    "answers lost": _Drawn("host", "short", _share),
    "disk full": _Drawn(lasts="short"),
    "hints lost": _Drawn(lasts="long", amount=_share),
    "hints doubled": _Drawn(lasts="long", amount=_share),
    "hints late": _Drawn(lasts="long", amount=lambda chance: 60 * chance.random()),
    "queues deleted": _Drawn(),
    "clock": _Drawn(amount=lambda chance: chance.choice((3600.0, -3600.0, -1.5, 86400.0))),
    "mood": _Drawn("systems", "long", _share),
    "away": _Drawn("system", "away"),
    "halt": _Drawn("system", "short"),
    "slow": _Drawn("system", "long", lambda chance: round(100 * chance.random())),
    "hang": _Drawn("system"),
    "place": _Drawn("source", "short", _share),
    "release": _Drawn(),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong at a moment: what, where, for how long, how badly."""

    at: float
    kind: Kind
    target: str = ""
    lasts: float = 0.0
    amount: float = 0.0

    def __str__(self) -> str:
        where = f" of {self.target}" if self.target else ""
        details = [f"for {self.lasts:g} s"] * bool(self.lasts) + [f"({self.amount:g})"] * bool(self.amount)
        return " ".join([f"{self.at:8.2f} s  {self.kind}{where}", *details])


@dataclass(frozen=True, slots=True)
class Plan:
    """A run. ``poison`` are (system, number): what a system never takes. One host is the embedded engine."""

    seed: int
    hosts: int
    workers: int
    orders: tuple[File, ...]
    events: tuple[File, ...]
    faults: tuple[Fault, ...]
    poison: frozenset[tuple[str, str]] = frozenset()

    @property
    def distributed(self) -> bool:
        """Whether there are several machines, with lines and a bus between them."""
        return self.hosts > 1

    def host_names(self) -> list[str]:
        """The machines."""
        return [f"host{number}" for number in range(1, self.hosts + 1)]

    def end(self) -> float:
        """When the last file has come and the last fault has passed, in seconds."""
        files = [file.at for file in (*self.orders, *self.events)]
        return max([*files, *(fault.at + fault.lasts for fault in self.faults)], default=0.0)

    def documents(self) -> int:
        """How many there are."""
        return sum(len(file.lines) for file in (*self.orders, *self.events))

    def __str__(self) -> str:
        files = [f"{file.at:8.2f} s  {file.name}: {b' '.join(file.lines).decode()}" for file in self._files()]
        faults = [str(fault) for fault in sorted(self.faults, key=lambda fault: fault.at)]
        poison = [f"            {system} never takes {number}" for system, number in sorted(self.poison)]
        return "\n".join([f"{self.hosts} hosts with {self.workers} workers", *files, *poison, *faults])

    def _files(self) -> list[File]:
        return sorted((*self.orders, *self.events), key=lambda file: file.at)


def plan_of(seed: int) -> Plan:
    """The plan of a seed."""
    chance = random.Random(f"{seed}/plan")  # noqa: S311 - chance that can be repeated
    hosts = chance.choice((1, 1, 2, 2, 3))
    workers = chance.choice((1, 2, 2)) if hosts < MANY else 1
    orders, events = _orders(chance), _events(chance)
    poison = frozenset(
        (chance.choice(sorted(EFFECTS)), number) for number in ("A1", "A2", "e1") if chance.random() < POISONED
    )
    places = _places([f"host{number}" for number in range(1, hosts + 1)], workers)
    kinds = EVERYWHERE + (DISTRIBUTED if hosts > 1 else EMBEDDED)
    moments = [file.at for file in (*orders, *events)]
    faults = tuple(_fault(chance, chance.choice(kinds), places, moments) for _ in range(chance.randint(1, 6)))
    return Plan(seed, hosts, workers, orders, events, faults, poison)


def _places(hosts: list[str], workers: int) -> Mapping[Where, Sequence[str]]:
    """What faults may hit. Workers more often than the others: they have most to lose."""
    roles = ["intake", "scheduler", *[f"worker-{number}" for number in range(workers)] * 4]
    systems = sorted(EFFECTS)
    return {
        "process": [f"{host}/{role}" for host in hosts for role in roles],
        "host": hosts,
        "system": systems,
        "systems": [*systems, "all"],
        "source": ("orders", "events"),
        "everything": ("",),
    }


def _orders(chance: random.Random) -> tuple[File, ...]:
    numbers = [f"A{number}" for number in range(1, chance.randint(1, 4) + 1)]
    lines: list[dict[str, object]] = [{"number": number, "customer": "x"} for number in numbers]
    if chance.random() < TWICE:
        lines.append(dict(chance.choice(lines)))  # the same order again: once
    if chance.random() < DEADLY:
        lines.insert(chance.randrange(len(lines)), {"number": "K", chance.choice(("kills", "bad")): True})
    return _files(chance, "orders", lines, most=3)


def _events(chance: random.Random) -> tuple[File, ...]:
    numbers = [f"e{number}" for number in range(1, chance.randint(0, 5) + 1)]
    lines: list[dict[str, object]] = [{"number": number, "customer": chance.choice("CCCD")} for number in numbers]
    return _files(chance, "events", lines, most=1)


def _files(chance: random.Random, name: str, lines: list[dict[str, object]], most: int) -> tuple[File, ...]:
    files: list[File] = []
    at = 0.0
    left = [json.dumps(line).encode() for line in lines]
    while left:
        size = chance.randint(1, most)
        at += chance.choice((0.0, 0.0, chance.random() * 20))
        files.append(File(f"{name}-{len(files) + 1}", round(at, 2), tuple(left[:size])))
        del left[:size]
    return tuple(files)


def _fault(chance: random.Random, kind: Kind, places: Mapping[Where, Sequence[str]], moments: Sequence[float]) -> Fault:
    drawn = _FAULTS[kind]
    at = max(0.0, round(chance.choice(moments) - AHEAD + chance.choice(SPANS) * chance.random(), 2))
    target = chance.choice(places[drawn.where])
    return Fault(at, kind, target, lasts=_LASTS[drawn.lasts](chance), amount=drawn.amount(chance))
