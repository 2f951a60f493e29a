"""Before keys were looked up for the first time, nobody is told that a key is wrong: only to come again."""

from __future__ import annotations

import pytest

from crossdock.front.callers import KeyRing
from crossdock.front.problem import Problem
from crossdock.journal.memory import MemoryJournal
from crossdock.testing.clock import ManualClock


def test_a_key_is_not_wrong_before_keys_are_known() -> None:
    ring = KeyRing()
    with pytest.raises(Problem) as early:
        ring.caller("cdk_a_b", "orders", 0.0)
    assert (early.value.status, early.value.headers["Retry-After"]) == (503, "2")
    ring.refresh(MemoryJournal(ManualClock()), 10.0)
    with pytest.raises(Problem) as known:
        ring.caller("cdk_a_b", "orders", 0.0)
    assert known.value.status == 401
