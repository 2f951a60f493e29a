"""Uploads as the engine makes them: again, as long as a failure may pass, and each part with a sink of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.unit.remote.folder import Remote

from crossdock.connector import Done, Parcel, Staged
from crossdock.errors import CrossdockError, Retry


def persistently(
    call: Callable[[], Sequence[Staged | Done | CrossdockError]], tries: int = 5
) -> Sequence[Staged | Done | CrossdockError]:
    """As the engine does: again, as long as it may pass."""
    outcome = call()
    while tries and any(isinstance(one, Retry) for one in outcome):
        outcome, tries = call(), tries - 1
    return outcome


def deliver(remote: Remote, parcel: Parcel) -> Done | CrossdockError:
    """Stage and finish as the engine does, each with a sink of its own: as after a crash."""
    sink = remote.sink()
    (staged,) = persistently(lambda: sink.stage([parcel]))
    assert isinstance(staged, Staged), staged
    (done,) = persistently(lambda: remote.sink().finish([staged]))
    assert not isinstance(done, Staged)
    return done
