"""``throttle`` and ``rate``: a pace that all workers keep together, without spending attempts or blocking anybody."""

from __future__ import annotations

from tests.unit.runtime.conftest import Rig

from crossdock.delivery.states import State
from crossdock.errors import Retry
from crossdock.journal.contract import Query
from crossdock.journal.registers import Register
from crossdock.message import read_all
from crossdock.runtime.paces import forget_over

SPLIT = "from:\n  file: {path: in}\nsteps:\n  - decode: lines\n  - split: lines\n  - throttle: %s\nto:\n  - fake: {to: out}\n"
PLAIN = "from: {topic: t}\nsteps:\n  - throttle: %s\nto:\n  - fake: {to: out}\n"


def delivered(rig: Rig) -> int:
    return len(rig.sink("out").effects)


def lines(count: int) -> bytes:
    return b"\n".join(b'{"n":%d}' % n for n in range(count))


def paced(rig: Rig, seconds: int) -> list[int]:
    """How many were delivered by the end of each second."""
    counts = []
    for _ in range(seconds):
        for _ in range(8):
            rig.clock.advance(0.125)
            rig.work(500)
        counts.append(delivered(rig))
    return counts


def test_a_split_file_goes_on_at_the_pace_and_spends_no_attempts(rig: Rig) -> None:
    rig.start(r=SPLIT % "4/s")
    rig.send("r", lines(32))
    rig.work(500)
    assert delivered(rig) == 4
    assert all(item.attempts == 0 for item in rig.items("r", State.WAITING))
    assert paced(rig, 7) == [8, 12, 16, 20, 24, 28, 32]
    assert rig.states("r") == {"delivered": 33}
    assert rig.balanced()


def test_messages_from_a_topic_wait_for_their_turn_and_others_do_not_overtake_them(rig: Rig) -> None:
    rig.start(r=PLAIN % "{rate: 1/s}")
    for n in range(5):
        rig.send("r", {"n": n})
    rig.work()
    rig.send("r", {"n": 99})
    paced(rig, 6)
    assert rig.sink("out").effects == [f'{{"n":{n}}}' for n in (0, 1, 2, 3, 4, 99)]


def test_each_key_has_a_pace_of_its_own(rig: Rig) -> None:
    rig.start(r=PLAIN % "{rate: 1/s, by: to}")
    for n in range(6):
        rig.send("r", {"n": n, "to": "ab"[n % 2]})
    rig.work()
    assert delivered(rig) == 2
    assert paced(rig, 2) == [4, 6]


def test_two_workers_share_one_pace(rig: Rig) -> None:
    rig.start(r=PLAIN % "10/s")
    first = rig.worker
    second = rig.start("here/worker-1")
    for n in range(100):
        rig.send("r", {"n": n})
    for _ in range(50):
        rig.clock.advance(0.1)
        for worker in (first, second):
            worker.step()
            worker.step()
    assert 50 <= delivered(rig) <= 62


def test_a_document_that_is_dropped_takes_no_turn(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nsteps:\n  - throttle: 1/s\n  - filter: even\nto:\n  - fake: {to: out}\n")
    for n in range(10):
        rig.send("r", {"n": n, "even": n == 9})
    rig.work()
    assert rig.states("r") == {"skipped": 9, "delivered": 1}


def test_what_waits_says_why_and_nothing_else_waits_for_it(rig: Rig) -> None:
    rig.start(r=PLAIN % "1/h", other="from: {topic: t}\nto:\n  - fake: {to: other}\n")
    for n in range(3):
        rig.send("r", {"n": n})
    rig.send("other", {"n": 1})
    rig.work()
    waiting = rig.items("r", State.WAITING)
    assert [(item.code, item.attempts) for item in waiting] == [("R601", 0), ("R601", 0)]
    assert rig.states("other/fake") == {"delivered": 1}


def test_in_a_route_that_keeps_an_order_it_is_kept(rig: Rig) -> None:
    rig.start(r=(SPLIT % "2/s").replace("to:\n", "order: {by: key}\nto:\n"))
    rig.send("r", b"\n".join(b'{"key":"k","n":%d}' % n for n in range(8)))
    paced(rig, 8)
    assert rig.sink("out").effects == [f'{{"key":"k","n":{n}}}' for n in range(8)]


def test_what_waits_for_its_turn_survives_the_death_of_its_worker(rig: Rig) -> None:
    rig.start(r=SPLIT % "5/s")
    rig.send("r", lines(20))
    rig.work(500)
    rig.die()
    paced(rig, 4)
    assert delivered(rig) == 20


def test_a_journal_that_cannot_say_whose_turn_it_is_costs_a_moment_and_no_attempt(rig: Rig) -> None:
    rig.start(r=PLAIN % "100/s")
    real = rig.journal.update

    def refuse(*given: object) -> None:
        raise Retry("E714", "the disk of the journal is full")

    rig.journal.update = refuse
    id = rig.send("r", {"n": 1})
    rig.work()
    assert (rig.item(id, "r").state, rig.item(id, "r").code, rig.item(id, "r").attempts) == (State.WAITING, "R602", 0)
    rig.journal.update = real
    paced(rig, 2)
    assert rig.item(id, "r").state is State.DELIVERED


def test_a_fast_pace_does_not_cost_a_transaction_for_every_message(rig: Rig) -> None:
    rig.start(r=SPLIT % "10000/s")
    written: list[object] = []
    real = rig.journal.update

    def noted(*given: object) -> object:
        written.append(given)
        return real(*given)

    rig.journal.update = noted
    rig.send("r", lines(2000))
    rig.work(2000)
    assert delivered(rig) == 2000
    assert len(written) <= 4


def test_paces_nobody_uses_any_more_are_forgotten(rig: Rig) -> None:
    rig.start(r=PLAIN % "{rate: 1/s, by: n}")
    for n in range(5):
        rig.send("r", {"n": n})
    rig.work()
    assert len(rig.journal.registers(Register.PACE)[0]) == 5
    assert forget_over(rig.journal) == 0
    rig.clock.advance(10)
    assert forget_over(rig.journal) == 5
    assert rig.journal.registers(Register.PACE)[0] == {}


def test_a_destination_keeps_its_rate_whoever_delivers(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out}\n    rate: 10/s\n")
    workers = [rig.worker, rig.start("here/worker-1"), rig.start("here/worker-2")]
    for n in range(100):
        rig.send("r", {"n": n})
    for worker in workers * 3:
        worker.step()
    assert delivered(rig) == 10
    for _ in range(30):
        rig.clock.advance(0.1)
        for worker in workers:
            worker.step()
            worker.step()
    assert 35 <= delivered(rig) <= 41


def test_a_turn_that_was_not_used_is_not_lost(rig: Rig) -> None:
    rig.start(r="from: {topic: t}\nto:\n  - fake: {to: out}\n    rate: 2/h\n")
    rig.send("r", {"n": 1})
    claim = rig.journal.claim
    rig.journal.claim = lambda queue, **given: [] if queue == "r/fake" else claim(queue, **given)
    for _ in range(3):
        rig.worker.step()
        rig.clock.advance(1.0)
    rig.journal.claim = claim
    rig.work()
    assert delivered(rig) == 1


def test_a_part_that_waits_is_kept_as_it_came(rig: Rig) -> None:
    rig.start(r=SPLIT % "1/h")
    rig.send("r", lines(2))
    rig.work(500)
    (waiting,) = rig.journal.items(Query(queue="r", states=(State.WAITING,)))
    assert read_all(waiting.message.body) == b'{"n":1}'
