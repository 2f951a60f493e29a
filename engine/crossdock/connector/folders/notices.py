"""What a source passes over is counted, and told once: a folder that is read every second must not fill the log."""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict

from crossdock.connector.folders.names import visible
from crossdock.errors import Finding, Place, Severity

LOG = logging.getLogger("crossdock.connector.folders")

REMEMBERED = 10_000  # things told; the oldest is forgotten and may be told again


class Notices:
    """``source`` is whose they are, for the log. ``findings`` are the latest things told, ``counts`` how often each code came up."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._told: OrderedDict[tuple[str, str], Finding] = OrderedDict()
        self.counts: Counter[str] = Counter()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is being passed over, each thing once."""
        return tuple(self._told.values())

    def tell(self, code: str, path: str, why: str, hint: str | None = None) -> None:
        """Note something about a path; said aloud the first time."""
        self.counts[code] += 1
        if (code, path) in self._told:
            self._told.move_to_end((code, path))
            return
        place = Place(file=visible(path))
        finding = Finding(code=code, message=why, severity=Severity.WARNING, place=place, hint=hint)
        self._told[code, path] = finding
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        LOG.warning("source %s: %s", self._source, finding)

    def settled(self, code: str, path: str) -> None:
        """It is no longer so: the next time is news again."""
        self._told.pop((code, path), None)
