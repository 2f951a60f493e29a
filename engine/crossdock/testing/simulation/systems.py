"""The other side: systems that take deliveries, each keeping the promise of its effect class, and fail in every way.

They outlive every crash of ours, and their books (``Ledger``) are what the judge believes: which document took effect
where, how often, and in which order.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from crossdock.connector import Done, Effect, Parcel, Staged
from crossdock.errors import CrossdockError, Doubt, Halt, Reject, Retry
from crossdock.testing.simulation.world import Violation, World

#: What a system does with a parcel. ``lost``: it took effect, and the answer was lost; ``unsent``: the request was.
Answer: TypeAlias = Literal["done", "refused", "later", "lost", "unsent", "halt", "broken"]
FAILURES: tuple[Answer, ...] = ("refused", "later", "lost", "unsent", "broken")


@dataclass
class Ledger:
    """Every effect of one system: the number of the document, in the order they came."""

    world: World
    name: str
    effects: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def effect(self, parcel: Parcel) -> None:
        """A parcel took effect. Raises ``Violation`` when one of its documents had done so before."""
        for number in numbers_of(parcel.data):
            self.effects.append(number)
            self.counts[number] += 1
            self.world.tell(self.name, f"effect of {number}")
            if self.counts[number] > 1:
                raise Violation("twice", f"{number} took effect twice at {self.name}")


def numbers_of(payload: bytes) -> list[str]:
    """The documents in a payload, by number."""
    return [str(json.loads(line)["number"]) for line in payload.splitlines()]


@dataclass
class System:
    """One system. ``mood`` are the failures it is up to now, ``share`` the part of parcels they come to."""

    world: World
    name: str
    effect: Effect
    mood: tuple[Answer, ...] = ()
    share: float = 0.0
    slowness: float = 0.0
    hangs: int = 0
    poison: frozenset[str] = frozenset()
    known: dict[str, str] = field(default_factory=dict)
    staged: dict[str, Parcel] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.world, self.name)
        self._chance: random.Random = self.world.chance(f"system {self.name}")

    def answer(self) -> Answer:
        """What comes of the next parcel, by chance."""
        if self.mood and self._chance.random() < self.share:
            return self._chance.choice(self.mood)
        return "done"

    def again(self) -> float:
        """Seconds after which it wants to be asked again."""
        return round(self._chance.random() * 90, 3)

    def seconds(self) -> float:
        """How long a call takes now; infinity for one that never returns."""
        if self.hangs:
            self.hangs -= 1
            return float("inf")
        return self._chance.random() * (0.2 + self.slowness)

    def take(self, parcel: Parcel) -> None:
        """The effect, as its class does it."""
        if self.effect in (Effect.KEYED, Effect.TRANSACTIONAL):
            if parcel.key in self.known:
                return
            self.known[parcel.key] = parcel.message
        self.ledger.effect(parcel)


class SystemSink:
    """The connector to a system: ``Sink`` and ``ProvableSink``."""

    def __init__(self, system: System, takes: Callable[[float], None]) -> None:
        self._system = system
        self._takes = takes

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """See ``Sink``."""
        self._takes(self._system.seconds())
        return [self._sent(parcel) for parcel in parcels]

    def stage(self, parcels: Sequence[Parcel]) -> Sequence[Staged | CrossdockError]:
        """See ``ProvableSink``."""
        self._takes(self._system.seconds())
        return [self._staged(parcel) for parcel in parcels]

    def finish(self, staged: Sequence[Staged]) -> Sequence[Done | CrossdockError]:
        """See ``ProvableSink``: what is not under its temporary name any more was delivered, and taken."""
        self._takes(self._system.seconds())
        return [self._finished(one.proof) for one in staged]

    def close(self) -> None:
        """Nothing is held."""

    def _sent(self, parcel: Parcel) -> Done | CrossdockError:
        if self._system.poison.intersection(numbers_of(parcel.data)):
            return Reject("T211", "the other side does not take this document")
        answer = self._system.answer()
        if answer in ("done", "lost"):
            self._system.take(parcel)
        return self._told(answer, "there")

    def _staged(self, parcel: Parcel) -> Staged | CrossdockError:
        if self._system.poison.intersection(numbers_of(parcel.data)):
            return Reject("T211", "the other side does not take this document")
        answer = self._system.answer()
        if answer in ("done", "lost"):
            self._system.staged[parcel.key] = parcel
        told = self._told(answer, parcel.key)
        return Staged(parcel.key) if isinstance(told, Done) else told

    def _finished(self, proof: str) -> Done | CrossdockError:
        answer = self._system.answer()
        if answer in ("done", "lost"):
            parcel = self._system.staged.pop(proof, None)
            if parcel is not None:
                self._system.ledger.effect(parcel)
        return self._told(answer, proof)

    def _told(self, answer: Answer, receipt: str) -> Done | CrossdockError:
        system = self._system
        if answer != "done":
            system.world.tell(system.name, answer)
        match answer:
            case "done":
                return Done(receipt)
            case "refused":
                return Retry("T212", "the other side is away")
            case "later":
                return Retry("T212", "the other side is busy", after=system.again())
            case "lost" | "unsent":
                return Doubt("T213", "the connection broke before the other side answered")
            case "halt":
                return Halt("T214", "the other side does not know us any more")
            case "broken":
                raise ConnectionResetError("a connector that did not foresee this")
