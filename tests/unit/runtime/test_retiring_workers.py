"""A worker that retires finishes what it has begun, and begins nothing more."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.runtime.conftest import Rig

from crossdock.delivery.states import State

SPLIT = "from:\n  file: {path: in}\nsteps:\n  - decode: lines\n  - split: lines\nto:\n  - fake: {to: out}\n"


def never() -> bool:
    return False


def after(rounds: int) -> Callable[[], bool]:
    """What says no so many times."""
    left = iter(range(rounds))
    return lambda: next(left, None) is None


def test_a_file_in_hand_is_read_to_its_end_and_nothing_else_is_claimed(rig: Rig) -> None:
    rig.start(r=SPLIT)
    long = rig.send("r", b"\n".join(b'{"n":%d}' % n for n in range(450)))
    rig.worker.run(never, retiring=after(1))
    assert rig.item(long, "r").state is State.DELIVERED
    assert rig.journal.counts()["r/fake"][State.WAITING] == 450
    assert not rig.sink("out").effects


def test_one_that_has_nothing_in_hand_ends_at_once(rig: Rig) -> None:
    rig.start(r=SPLIT)
    waiting = rig.send("r", b'{"n":1}')
    rig.worker.run(never, retiring=lambda: True)
    assert rig.item(waiting, "r").state is State.WAITING


def test_told_to_stop_while_it_retires_it_gives_back_what_is_left(rig: Rig) -> None:
    rig.start(r=SPLIT)
    long = rig.send("r", b"\n".join(b'{"n":%d}' % n for n in range(450)))
    rig.worker.run(after(3), retiring=after(1))
    item = rig.item(long, "r")
    assert (item.state, item.crashes) == (State.WAITING, 0)
    assert 0 < item.progress < 450
    rig.start()
    rig.work(2000)
    assert len(rig.sink("out").effects) == len(set(rig.sink("out").effects)) == 450
