"""One run from its plan to its verdict."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crossdock.testing.simulation.cluster import Cluster, Defects
from crossdock.testing.simulation.faults import arm
from crossdock.testing.simulation.judge import finished, judge, unfinished
from crossdock.testing.simulation.people import mend_everything
from crossdock.testing.simulation.plan import Plan, plan_of
from crossdock.testing.simulation.world import Violation, World

CHECK_EVERY = 30.0  # seconds
CHECKS = 480  # four hours: every retry, every lease and every restart has had its turn many times
SETTLED = 70.0  # seconds: a lease has run out by then

SOUND = Defects()


@dataclass(frozen=True)
class Verdict:
    """What a run came to. ``rule`` and ``what`` name the promise that was broken; None: it held."""

    plan: Plan
    fingerprint: str
    entries: tuple[tuple[float, str, str], ...]
    rule: str | None = None
    what: str = ""

    @property
    def ok(self) -> bool:
        """Whether every promise held."""
        return self.rule is None

    def __str__(self) -> str:
        if self.ok:
            return f"seed {self.plan.seed}: every promise held ({self.fingerprint})"
        again = f"python -m crossdock.testing.simulation --seed {self.plan.seed} --shrink"
        return f"seed {self.plan.seed}: {self.rule}: {self.what} ({self.fingerprint})\n  again: {again}"

    def log(self) -> str:
        """What happened, for people."""
        return "\n".join(f"{at:10.3f}  {who:<26}  {what}" for at, who, what in self.entries)


def simulate(plan: Plan, defects: Defects = SOUND) -> Verdict:
    """Run a plan. With ``defects`` in the place of parts of the engine, to see that they are noticed."""
    world = World(plan.seed)
    cluster = Cluster(plan, world, defects)
    rule, what = None, ""
    with _silence():
        try:
            _run(cluster)
        except Violation as violation:
            rule, what = violation.rule, violation.what
        except Exception as error:  # noqa: BLE001 - a finding of its own: it would end a process that nothing mends
            rule, what = f"unexpected {type(error).__name__}", "".join(traceback.format_exception(error))
        fingerprint, entries = world.fingerprint(), tuple(world.entries)
        cluster.end()
    return Verdict(plan, fingerprint, entries, rule, what)


def simulate_seeds(seeds: Iterable[int], defects: Defects = SOUND) -> Iterator[Verdict]:
    """Run the plan of each seed."""
    return (simulate(plan_of(seed), defects) for seed in seeds)


def _run(cluster: Cluster) -> None:
    world, end = cluster.world, cluster.plan.end()
    arm(cluster)
    cluster.start()
    for check in range(CHECKS):
        world.run(end + (check + 1) * CHECK_EVERY)
        if finished(cluster):
            judge(cluster)
            return
        if world.now > end + _slowest(cluster.plan):
            cluster.ask(mend_everything)
    raise Violation("liveness", unfinished(cluster))


def _slowest(plan: Plan) -> float:
    """Seconds after which no request can be under way any more: before that nobody can know what became of it."""
    return SETTLED + 2 * max((fault.amount for fault in plan.faults if fault.kind == "slow"), default=0.0)


@contextmanager
def _silence() -> Iterator[None]:
    """The engine logs every failure; here they are the point, and the log of the simulation has them."""
    logger = logging.getLogger("crossdock")
    before = logger.disabled, logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before[1])
