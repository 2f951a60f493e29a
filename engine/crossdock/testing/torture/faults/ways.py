"""Faults of the network between the hosts and their servers, by TCP proxies: in the engine's way, not in the server's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crossdock.testing.servers.proxy import TcpProxy
from crossdock.testing.torture.arena import Arena


@dataclass(slots=True)
class WayFault:
    """Something happens to ways to the journal (``of="journal"``), to the bus, or to both of one host."""

    name: str
    about: str
    of: str
    hurt: Callable[[TcpProxy], None]
    seconds: float = 3.0

    def missing(self, arena: Arena) -> str:
        """A server behind a proxy."""
        return (
            "" if self._ways(arena) else f"the {self.of if self.of != 'host' else 'engine'} has no server to be cut off"
        )

    def inject(self, arena: Arena) -> str:
        """Hurt them."""
        index = arena.chance.randrange(len(arena.hosts))
        ways = _of_host(arena, index) if self.of == "host" else self._ways(arena)
        for way in ways:
            self.hurt(way)
        return arena.hosts[index].name if self.of == "host" else f"{len(ways)} hosts"

    def heal(self, arena: Arena) -> None:
        """Mend all."""
        for way in self._ways(arena):
            way.heal()

    def _ways(self, arena: Arena) -> list[TcpProxy]:
        ways = {"journal": arena.journal_ways, "bus": arena.bus_ways}
        return ways.get(self.of, [*arena.journal_ways, *arena.bus_ways])


def _of_host(arena: Arena, index: int) -> list[TcpProxy]:
    return [ways[index] for ways in (arena.journal_ways, arena.bus_ways) if ways]
