"""Sources that are watched, and whose turn it is.

There is a number of places for polls. A poll that has brought nothing for ``PATIENCE`` seconds counts as one that
hangs: it goes on in its thread and gives its place back, so however many hang, others find one. Those that failed or
hung the last time share half of the places, so a hundred partners behind one dead line hold nobody up for longer than
that. A source that fails is asked ever more rarely, at moments that are spread by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum, auto

from crossdock.connector import Source
from crossdock.route.compiled import CompiledRoute

PLACES = 64  # polls at the same time that do not hang …
SUSPECTS = 32  # … of them those of sources that failed or hung the last time
THREADS = 1024  # polls at the same time, hanging ones included: a waiting thread takes 22 KB (measured)
PATIENCE = 2.0  # seconds without anything new after which a poll counts as one that hangs …
SILENT = 60.0  # … and after which people hear of it
FAILED_PAUSE = 10.0  # seconds until a source that failed is asked again …
LONGEST_PAUSE = 120.0  # … twice as long each time, up to this
SPREAD = 0.25  # of a pause is left to chance


class Polled(Enum):
    """What a poll came to."""

    NOTHING = auto()  # nothing there, and nothing that a later poll may bring
    SOMETHING = auto()  # it brought something, or watches something that is not ready yet
    FAILED = auto()
    UNTAKEN = auto()  # the journal takes nothing now: the source is not to blame
    HALTED = auto()  # its configuration is wrong: it is not asked again


@dataclass(slots=True)
class Watch:
    """One source being watched: when it is due, and when its last poll began if that brought nothing (else 0).

    ``stirred`` is when the poll that is under way began, or last brought something; ``failures`` counts polls in a row
    that failed, ``why`` is what the last of them said. ``slow`` is a source whose last poll hung. ``closing`` is its
    source being let go of, for at least ``rest`` seconds.
    """

    route: CompiledRoute
    open: Callable[[], Source]
    every: float
    source: Source | None = None
    due: float = 0.0
    quiet: float = 0.0
    begun: float = 0.0
    stirred: float = 0.0
    poll: Future[Polled] | None = None
    failures: int = 0
    why: str = ""
    slow: bool = False
    closing: Future[None] | None = None
    rest: float = 0.0

    @property
    def suspect(self) -> bool:
        """Whether its next poll may hang."""
        return self.failures > 0 or self.slow

    def hangs(self, now: float, patience: float = PATIENCE) -> bool:
        """Whether its poll is under way and has brought nothing for so long."""
        return self.poll is not None and not self.poll.done() and now - self.stirred >= patience

    def pause(self, chance: float) -> float:
        """Seconds until it is asked again after it failed; ``chance`` is between 0 and 1."""
        longest = min(LONGEST_PAUSE, FAILED_PAUSE * 2.0 ** max(0, self.failures - 1))
        return longest * (1 - SPREAD * chance)


class Places:
    """What is free of them at one moment."""

    def __init__(self, watches: Iterable[Watch], now: float, patience: float = PATIENCE) -> None:
        polling = [watch for watch in watches if watch.poll is not None]
        held = [watch for watch in polling if not watch.hangs(now, patience)]
        self._threads = THREADS - len(polling)
        self._free = PLACES - len(held)
        self._suspects = SUSPECTS - sum(watch.suspect for watch in held)

    def take(self, watch: Watch) -> bool:
        """Whether it may be polled now; it has a place then."""
        if min(self._threads, self._free) <= 0 or (watch.suspect and self._suspects <= 0):
            return False
        self._threads -= 1
        self._free -= 1
        self._suspects -= watch.suspect
        return True
