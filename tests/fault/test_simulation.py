"""Two thousand seeded schedules of crashes, freezes, cuts, lost answers and failing systems, in simulated time."""

from __future__ import annotations

import pytest

from crossdock.testing.simulation import simulate_seeds

SEEDS = 2000
CHUNK = 125  # seeds of one test, so that several processes share the work


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_no_schedule_breaks_a_promise(first: int) -> None:
    broken = [verdict for verdict in simulate_seeds(range(first, first + CHUNK)) if not verdict.ok]
    assert not broken, "\n".join(str(verdict) for verdict in broken)
