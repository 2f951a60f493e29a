"""How a run went, second by second."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from pathlib import PurePath

from crossdock.testing.torture.ledger import Effect
from crossdock.testing.torture.load import Drop
from crossdock.testing.torture.report import Second
from crossdock.testing.torture.story import Story


def timeline(
    begun: float,
    seconds: float,
    load: Iterable[Drop],
    dropped: Mapping[str, float],
    told: Story,
    effects: Iterable[Effect],
) -> list[Second]:
    """What was dropped, what took effect, and how long that took, in each second from ``begun`` (Unix seconds)."""
    length = int(seconds) + 1
    orders = [0] * length
    for drop in load:
        if drop.name in dropped:
            orders[_slot(dropped[drop.name] - begun, length)] += drop.count
    origins = {PurePath(deed.receipt).name: deed.path.partition(" > ")[0] for deed in told.deeds if deed.receipt}
    counts: list[int] = [0] * length
    waits: list[list[float]] = [[] for _ in range(length)]
    for effect in effects:
        slot = _slot(effect.at - begun, length)
        counts[slot] += 1
        at = dropped.get(origins.get(effect.name, ""))
        if at is not None:
            waits[slot].append(max(0.0, effect.at - at))
    return [Second(second, orders[second], counts[second], *(_summary(waits[second]))) for second in range(length)]


def _slot(offset: float, length: int) -> int:
    return min(max(int(offset), 0), length - 1)


def _summary(waits: list[float]) -> tuple[float | None, float | None]:
    """Median and longest, to the millisecond."""
    return (round(statistics.median(waits), 3), round(max(waits), 3)) if waits else (None, None)
