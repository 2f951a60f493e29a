"""kill -9, for real: at every fail point once, and at random under load. Nothing lost, no effect twice."""

from __future__ import annotations

import os
import random
import time

import pytest

from crossdock.runtime.failpoints import POINTS

#: How hard CI hits; ``CROSSDOCK_KILLS=300 CROSSDOCK_ORDERS=30000`` is the whole measure.
KILLS = int(os.environ.get("CROSSDOCK_KILLS", "40"))
ORDERS = int(os.environ.get("CROSSDOCK_ORDERS", "4000"))

#: Passed by a destination that is neither keyed nor opaque, or only after a crash or a long wait.
_ELSEWHERE = {"sink.before_send", "sink.after_send", "renew.before_commit", "give_back.before_commit"}


@pytest.mark.parametrize("point", [point for point in POINTS if point not in _ELSEWHERE])
def test_a_process_that_dies_at_a_fail_point_costs_nothing(rig, point, tmp_path):
    once = tmp_path / "fired"
    rig.drop(files=3, orders=40)

    rig.start("--until-idle", CROSSDOCK_FAIL=point, CROSSDOCK_FAIL_ONCE=str(once)).wait(timeout=60)

    assert once.exists(), f"nothing passed {point}\n{rig.log()}"
    rig.finish()
    rig.judge()


def test_the_whole_group_killed_at_random_moments_loses_and_doubles_nothing(rig):
    chance = random.Random(4711)
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
