"""The faults of a plan, done to a cluster: one function each, and how each is healed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from crossdock.testing.simulation.cluster import Cluster
from crossdock.testing.simulation.people import release_the_dead
from crossdock.testing.simulation.plan import Fault, Kind
from crossdock.testing.simulation.systems import FAILURES, System

Deed: TypeAlias = Callable[[Cluster, Fault], None]


def arm(cluster: Cluster) -> None:
    """Put every fault of the plan, and its end, in its place in time."""
    world = cluster.world
    for fault in cluster.plan.faults:

        def begin(fault: Fault = fault) -> None:
            world.tell("fault", f"{fault.kind} {fault.target}".rstrip())
            DEEDS[fault.kind](cluster, fault)

        def end(fault: Fault = fault) -> None:
            world.tell("fault", f"end of {fault.kind} {fault.target}".rstrip())
            MENDED[fault.kind](cluster, fault)

        world.at(fault.at, begin)
        if fault.kind in MENDED:
            world.at(fault.at + fault.lasts, end)


def _kill(cluster: Cluster, fault: Fault) -> None:
    process = cluster.running.get(fault.target)
    if process is not None and fault.amount:
        process.fuse = int(fault.amount)
    elif process is not None:
        process.kill("from outside")


def _freeze(cluster: Cluster, fault: Fault) -> None:
    process = cluster.running.get(fault.target)
    if process is not None:
        process.freeze = (int(fault.amount), fault.lasts)


def _restart(cluster: Cluster, fault: Fault) -> None:
    for process in list(cluster.running.values()):
        if process.host.name == fault.target:
            process.told_to_stop = True
            process.wake()


def _host_down(cluster: Cluster, fault: Fault) -> None:
    cluster.shut(cluster.hosts[fault.target], "with its host")


def _host_up(cluster: Cluster, fault: Fault) -> None:
    host = cluster.hosts[fault.target]
    if not host.up:
        cluster.boot(host)


def _power_cut(cluster: Cluster, fault: Fault) -> None:
    for host in cluster.hosts.values():
        cluster.shut(host, "by the power cut")
    lost = cluster.disk.cut_power(int(fault.amount))
    cluster.world.tell("fault", f"the journal lost {lost} unflushed calls")
    cluster.world.boots += 1


def _power_back(cluster: Cluster, fault: Fault) -> None:
    for host in cluster.hosts.values():
        if not host.up:
            cluster.boot(host)


def _journal_cut(cluster: Cluster, fault: Fault) -> None:
    cluster.hosts[fault.target].journal_cut = True


def _journal_mended(cluster: Cluster, fault: Fault) -> None:
    cluster.hosts[fault.target].journal_cut = False


def _bus_cut(cluster: Cluster, fault: Fault) -> None:
    host = cluster.hosts[fault.target]
    host.bus_cut = True
    if cluster.exchange is not None:
        for name in [one for one in cluster.exchange.listeners if one.startswith(f"{host.name}.")]:
            del cluster.exchange.listeners[name]


def _bus_mended(cluster: Cluster, fault: Fault) -> None:
    cluster.hosts[fault.target].bus_cut = False


def _calls_lost(cluster: Cluster, fault: Fault) -> None:
    cluster.hosts[fault.target].calls_lost = fault.amount


def _calls_heard(cluster: Cluster, fault: Fault) -> None:
    cluster.hosts[fault.target].calls_lost = 0.0


def _answers_lost(cluster: Cluster, fault: Fault) -> None:
    cluster.hosts[fault.target].answers_lost = fault.amount


def _answers_heard(cluster: Cluster, fault: Fault) -> None:
    cluster.hosts[fault.target].answers_lost = 0.0


def _disk_full(cluster: Cluster, fault: Fault) -> None:
    cluster.disk.full = True


def _disk_free(cluster: Cluster, fault: Fault) -> None:
    cluster.disk.full = False


def _hints(cluster: Cluster, fault: Fault) -> None:
    if cluster.exchange is not None:
        cluster.exchange.loses = fault.amount * (fault.kind == "hints lost")
        cluster.exchange.doubles = fault.amount * (fault.kind == "hints doubled")
        cluster.exchange.delay = max(cluster.exchange.delay, fault.amount * (fault.kind == "hints late"))


def _hints_mended(cluster: Cluster, fault: Fault) -> None:
    if cluster.exchange is not None:
        cluster.exchange.mend()


def _queues_deleted(cluster: Cluster, fault: Fault) -> None:
    if cluster.exchange is not None:
        cluster.exchange.delete_queues()


def _clock(cluster: Cluster, fault: Fault) -> None:
    cluster.world.wall += fault.amount


def _systems(cluster: Cluster, fault: Fault) -> list[System]:
    return list(cluster.systems.values()) if fault.target == "all" else [cluster.systems[fault.target]]


def _mood(cluster: Cluster, fault: Fault) -> None:
    for system in _systems(cluster, fault):
        system.mood, system.share = FAILURES, fault.amount


def _away(cluster: Cluster, fault: Fault) -> None:
    for system in _systems(cluster, fault):
        system.mood, system.share = ("refused",), 1.0


def _halt(cluster: Cluster, fault: Fault) -> None:
    for system in _systems(cluster, fault):
        system.mood, system.share = ("halt",), 0.5


def _well(cluster: Cluster, fault: Fault) -> None:
    for system in _systems(cluster, fault):
        system.mood, system.share, system.slowness = (), 0.0, 0.0


def _slow(cluster: Cluster, fault: Fault) -> None:
    for system in _systems(cluster, fault):
        system.slowness = fault.amount


def _hang(cluster: Cluster, fault: Fault) -> None:
    for system in _systems(cluster, fault):
        system.hangs += 1


def _place(cluster: Cluster, fault: Fault) -> None:
    cluster.places[fault.target].failing = fault.amount


def _place_mended(cluster: Cluster, fault: Fault) -> None:
    cluster.places[fault.target].failing = 0.0


def _release(cluster: Cluster, fault: Fault) -> None:
    cluster.ask(release_the_dead)


DEEDS: Mapping[Kind, Deed] = {
    "kill": _kill,
    "freeze": _freeze,
    "restart": _restart,
    "host down": _host_down,
    "power cut": _power_cut,
    "journal cut": _journal_cut,
    "bus cut": _bus_cut,
    "calls lost": _calls_lost,
    "answers lost": _answers_lost,
    "disk full": _disk_full,
    "hints lost": _hints,
    "hints doubled": _hints,
    "hints late": _hints,
    "queues deleted": _queues_deleted,
    "clock": _clock,
    "mood": _mood,
    "away": _away,
    "halt": _halt,
    "slow": _slow,
    "hang": _hang,
    "place": _place,
    "release": _release,
}
#: What ends after a while.
MENDED: Mapping[Kind, Deed] = {
    "host down": _host_up,
    "power cut": _power_back,
    "journal cut": _journal_mended,
    "bus cut": _bus_mended,
    "calls lost": _calls_heard,
    "answers lost": _answers_heard,
    "disk full": _disk_free,
    "hints lost": _hints_mended,
    "hints doubled": _hints_mended,
    "hints late": _hints_mended,
    "mood": _well,
    "away": _well,
    "halt": _well,
    "slow": _well,
    "place": _place_mended,
}
