"""Where a server keeps the journal, it commits one part of a long file while the worker makes the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future

from tests.unit.runtime.conftest import Rig

from crossdock.errors import Retry
from crossdock.journal.contract import Result

SPLIT = "from:\n  file: {path: in}\nsteps:\n  - decode: lines\n  - split: lines\nto:\n  - topic: line.seen\n"
READ = "from: {topic: line.seen}\nto:\n  - fake: {to: out}\n"
PARTS = 350


class Answer(Future[list[bool]]):
    """Notes how many results the worker has made by the time it wants the answer."""

    def __init__(self, made: Callable[[], None]) -> None:
        super().__init__()
        self._made = made

    def result(self, timeout: float | None = None) -> list[bool]:
        self._made()
        return super().result(timeout)


class Server:
    """Commits on a connection of its own, and refuses as often as it is told."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.made_meanwhile: list[int] = []
        self.refusals = 0

    def ahead(self, results: Sequence[Result]) -> Future[list[bool]]:
        (stream,) = self.rig.worker._streams
        answer = Answer(lambda: self.made_meanwhile.append(len(stream.made)))
        if self.refusals:
            self.refusals -= 1
            answer.set_exception(Retry("E731", "the server is away"))
        else:
            answer.set_result(self.rig.journal.commit(results))
        return answer


def started(rig: Rig) -> Server:
    server = Server(rig)
    rig.start(ahead=server.ahead, split=SPLIT, read=READ)
    return server


def lines(count: int = PARTS) -> bytes:
    return b"\n".join(b'{"n":%d}' % number for number in range(count))


def test_every_part_is_committed_once_and_in_order(rig: Rig) -> None:
    server = started(rig)
    file = rig.send("split", lines())
    rig.work(200)
    assert rig.journal.counts()["split"] == {"delivered": PARTS + 1}
    assert [child.position for child in rig.journal.children(file, 1000)] == list(range(1, PARTS + 1))
    assert rig.journal.counts()["read/fake"] == {"delivered": PARTS}
    assert max(server.made_meanwhile) == 2
    assert rig.balanced()


def test_a_commit_that_failed_is_begun_again_before_the_next(rig: Rig) -> None:
    server = started(rig)
    server.refusals = 2
    rig.send("split", lines())
    for _ in range(200):
        rig.worker.step()
    assert rig.journal.counts()["split"] == {"delivered": PARTS + 1}
    assert rig.journal.counts()["read/fake"] == {"delivered": PARTS}
    assert rig.balanced()


def test_a_stream_whose_lease_was_lost_is_let_go(rig: Rig) -> None:
    started(rig)
    rig.send("split", lines())
    rig.worker.step()
    rig.worker.step()
    rig.journal.give_back(owner="here", crashed=False)
    for _ in range(2):
        rig.worker.step()
    rig.journal.give_back(owner="here", crashed=False)
    rig.start(owner="there/worker-0")
    rig.work(200)
    assert rig.journal.counts()["split"] == {"delivered": PARTS + 1}
    assert rig.journal.counts()["read/fake"] == {"delivered": PARTS}
    assert rig.balanced()


def test_a_suspect_goes_on_part_by_part(rig: Rig) -> None:
    server = started(rig)
    rig.send("split", lines(5))
    rig.worker.step()
    rig.journal.give_back(owner="here", crashed=True)
    rig.start(ahead=server.ahead)
    server.made_meanwhile.clear()
    rig.work(50)
    assert set(server.made_meanwhile) == {1}
    assert rig.journal.counts()["split"] == {"delivered": 6}
