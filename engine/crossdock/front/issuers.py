"""Public keys of token issuers: from a file of the project, or over https, kept for a while."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from crossdock.front.problem import Problem
from crossdock.front.tokens import VerificationKey, key_set

LOG = logging.getLogger("crossdock.front")

LASTS = 600.0  # seconds until keys are fetched anew
SOON = 5.0  # seconds after a failure in which nobody asks again, where there are no keys at all
AGAIN = 30.0  # seconds between looks for a key that is not there, or after a failure
STALEST = 3600.0  # seconds that keys count which cannot be fetched anew: one that was withdrawn must not count for ever
_TIMEOUT = 5.0
_LARGEST = 1_000_000  # bytes of a key set


@dataclass(slots=True)
class _Known:
    keys: tuple[VerificationKey, ...]
    at: float
    tried: float

    def misses(self, id: str | None) -> bool:
        """Whether no key has the id."""
        return id is not None and all(one.id != id for one in self.keys)


class Issuers:
    """Key sets by where they are. A set that cannot be fetched again is used on as it was, for ``STALEST``."""

    def __init__(self, root: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._root = root
        self._monotonic = monotonic
        self._known: dict[str, _Known] = {}
        self._failed: dict[str, float] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def keys(self, where: str, id: str | None) -> tuple[VerificationKey, ...]:
        """See ``callers.KeySource``."""
        self._refuse_failed(where)
        lock = self._locks[where]
        if self._is_due(where, id) and not (lock.locked() and self._serves(where, id)):
            async with lock:
                self._refuse_failed(where)
                if self._is_due(where, id):
                    await self._renew(where)
        if self._is_stale(self._known[where]):
            raise _unchecked()
        return self._known[where].keys

    def _refuse_failed(self, where: str) -> None:
        """Who comes while nothing can be had does not wait for it, nor behind others that do."""
        failed = self._failed.get(where)
        if where not in self._known and failed is not None and self._monotonic() - failed < SOON:
            raise _unchecked()

    def _is_due(self, where: str, id: str | None) -> bool:
        known, now = self._known.get(where), self._monotonic()
        if known is None:
            return True
        return now - known.tried >= AGAIN and (known.misses(id) or now - known.at >= LASTS)

    def _is_stale(self, known: _Known) -> bool:
        return self._monotonic() - known.at >= STALEST

    def _serves(self, where: str, id: str | None) -> bool:
        """Whether what is known is good enough, while another request asks anew."""
        known = self._known.get(where)
        return known is not None and not known.misses(id) and not self._is_stale(known)

    async def _renew(self, where: str) -> None:
        now, known = self._monotonic(), self._known.get(where)
        try:
            keys = key_set(await asyncio.to_thread(self._read, where))
        except (OSError, ValueError) as error:
            LOG.error("W140: the public keys of %s cannot be read: %s", where, error)
            if known is None:
                self._failed[where] = self._monotonic()
                raise _unchecked() from error
            known.tried = now
        else:
            self._known[where] = _Known(keys, now, now)

    def _read(self, where: str) -> bytes:
        if "://" not in where:
            return (self._root / where).read_bytes()
        from httpx2 import Client, HTTPError  # noqa: PLC0415 - only a project with tokens needs a client

        try:
            with (
                Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False) as client,
                client.stream("GET", where) as answer,
            ):
                answer.raise_for_status()
                return _bounded(answer.iter_bytes(), self._monotonic() + 2 * _TIMEOUT, self._monotonic)
        except HTTPError as error:
            raise OSError(str(error)) from error


def _bounded(pieces: Iterable[bytes], until: float, monotonic: Callable[[], float]) -> bytes:
    """All of it, unless it is too much or takes too long, a byte at a time."""
    data = b""
    for piece in pieces:
        data += piece
        if len(data) > _LARGEST:
            raise ValueError(f"more than {_LARGEST} bytes")
        if monotonic() > until:
            raise OSError("it did not come in time")
    return data


def _unchecked() -> Problem:
    return Problem("W140", "the public keys of their issuer cannot be had", headers={"Retry-After": "5"})
