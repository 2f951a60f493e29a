"""kill -9, for real: at every fail point once, and at random under load. Nothing lost, no effect twice."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from tests.fault.conftest import Rig

from crossdock.runtime.failpoints import POINTS

#: How hard CI hits; ``CROSSDOCK_KILLS=300 CROSSDOCK_ORDERS=30000`` is the whole measure.
KILLS = int(os.environ.get("CROSSDOCK_KILLS", "40"))
ORDERS = int(os.environ.get("CROSSDOCK_ORDERS", "4000"))

#: Passed by a destination that is neither keyed nor opaque, or only after a crash or a long wait, or by no run.
_ELSEWHERE = {
    "sink.before_send",
    "sink.after_send",
    "renew.before_commit",
    "give_back.before_commit",
    "overdue.before_commit",
    "overdue.after_commit",
    "backup.before_rename",
    "load.before_commit",
    "load.after_commit",
}


@pytest.mark.parametrize("point", [point for point in POINTS if point not in _ELSEWHERE])
def test_a_process_that_dies_at_a_fail_point_costs_nothing(rig: Rig, point: str, tmp_path: Path) -> None:
    once = tmp_path / "fired"
    rig.drop(files=2, orders=800 if point.startswith("payload") else 50)  # only large payloads go to the store

    rig.start("--until-idle", CROSSDOCK_FAIL=point, CROSSDOCK_FAIL_ONCE=str(once)).wait(timeout=180)

    assert once.exists(), f"nothing passed {point}\n{rig.log()}"
    rig.finish()
    rig.judge()


def test_the_whole_group_killed_at_random_moments_loses_and_doubles_nothing(rig: Rig) -> None:
    chance = random.Random(4711)  # noqa: S311 - the same kills each time
    rig.drop(files=20, orders=ORDERS // 20)
    rig.start()
    while rig.kills < KILLS:
        time.sleep(chance.uniform(0.02, 0.25))
        if chance.random() < 0.25:
            rig.kill_group()
            rig.start()
        else:
            rig.kill_one(chance)
    rig.kill_group()
    rig.finish(seconds=600)
    rig.judge()
