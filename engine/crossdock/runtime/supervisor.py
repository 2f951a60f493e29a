"""The supervisor: forks intake, scheduler and workers, watches over them, and lets them go in order.

It holds no connection and no thread, so a fork is clean and a restart takes milliseconds. What it watches over are
generations: one at work, and those it took the place of, until they are gone. The next comes when somebody wants
everything loaded anew (``succession``), or when a file of the project has changed (``reloading``).
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from types import FrameType

from crossdock.errors import CrossdockError, Halt, Retry
from crossdock.front.tls import refuse_bad
from crossdock.journal.portable import PortableJournal, refuse_retired
from crossdock.route.addresses import host_and_port
from crossdock.route.settings import load_settings
from crossdock.runtime.absent import Absence, absence
from crossdock.runtime.deployed import deploy
from crossdock.runtime.engine import Engine
from crossdock.runtime.filesystems import refuse_network
from crossdock.runtime.generation import Generation
from crossdock.runtime.hosts import announce, bury, hosts, withdraw
from crossdock.runtime.listening import Listener, refuse_taken
from crossdock.runtime.lock import together
from crossdock.runtime.process import HEARD, STOP_SIGNALS
from crossdock.runtime.reloading import Reloading
from crossdock.runtime.roles import Role
from crossdock.runtime.succession import Predecessor, Trial, succeed
from crossdock.runtime.whereabouts import behind_links, refuse_other_journal

LOG = logging.getLogger("crossdock.supervisor")

TICK = 0.02
IDLE_EVERY = 0.1  # seconds between looks at what is left, where the run ends with the work …
IDLE_SHARE = 0.05  # … or longer: they take no more of the time than this
AWAY_PATIENCE = 60.0  # seconds such a run waits where all that is left is for destinations that are away
JOURNAL_PAUSE = 1.0  # seconds between tries to begin while the journal is away
LEGACY = 10.0  # seconds the next generation has to be at work, until the one before is told to go in any case


class Supervisor:
    """Runs a project in the roles, and with as many worker processes, as its engine says.

    With ``reloading`` it takes up what changes in the project's files.
    """

    def __init__(self, engine: Engine, reloading: Reloading | None = None) -> None:
        self._now = Generation(engine)
        self._reloading = reloading
        self._coming: Generation | None = None  # one that begins as soon as the journal answers
        self._listener = Listener.left()
        left = Predecessor.left()
        self._earlier: list[Generation | Predecessor] = [left] if left is not None else []
        self._stopping = False
        self._anew = False
        self._trial: Trial | None = None
        self._begun = self._tried = time.monotonic()
        self._asked = 0.0
        self._empty_since = 0.0
        self._patience = AWAY_PATIENCE
        self._alone_since = 0.0  # since when all that is left is for destinations that are away
        self._left: Mapping[str, int] = {}

    def run(
        self,
        *,
        until_idle: bool = False,
        patience: float = AWAY_PATIENCE,
        tell: Callable[[int], None] = lambda pending: None,
    ) -> Mapping[str, int]:
        """Run until told to stop (SIGTERM, SIGINT), or until nothing is waiting. Raises ``Halt``.

        With ``until_idle``, ``tell`` hears from time to time how much is left. Where that is only for destinations
        that are away, and stays so for ``patience`` seconds, the run ends, and gives how much is left in which queue.
        """
        self._patience = patience
        self._now.engine.refuse_bad_addresses()
        if not self._earlier:  # else it is the generation before that listens
            self._now.engine.refuse_taken_address()
        with self._lock(), self._signals():
            self._begin()
            if not self._stopping:
                self._start()
            while not self._stopping:
                self._now.tend()
                self._renew_generation()
                if until_idle and self._idle(tell):
                    break
                time.sleep(TICK)
            self._shut_down()
        return self._left

    def _lock(self) -> AbstractContextManager[None]:
        file = self._now.engine.journal_file()
        if file is not None:
            refuse_network(file)
        return together(file.with_name("run.lock")) if file is not None else nullcontext()

    def _begin(self) -> None:
        """Recover, as soon as the journal answers: a generation before this one goes on meanwhile."""
        reserve = self._now.engine.reserve()
        while not self._stopping:
            try:
                self._recover(self._now.engine)
                break
            except Retry as error:
                LOG.error("nothing is started while the journal is unavailable: %s", error)
                if reserve is None or not reserve.spend(error):
                    time.sleep(JOURNAL_PAUSE)

    def _start(self) -> None:
        """What is loaded now lives as long as its generation: no collection need look at it again, in any process."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._begun = time.monotonic()
        self._now.engine.listener = self._listener.at(self._now.engine.address())
        self._now.start()

    def _recover(self, engine: Engine) -> None:
        """Be there, and free what runs of this machine left behind that are gone."""
        with closing(engine.open_journal()) as journal:
            _start_queues(journal, engine)
            announce(journal, engine.host)
            self._refuse_retired(journal, engine)
            deploy(journal, engine)
            returned = bury(journal, engine.host)
            known, now = hosts(journal)
            if not any(host.alive(now) for host in known if host.id != engine.host.id):
                # Nobody else is there, so what has lapsed did so with its machine: no work is to blame.
                returned += journal.give_back(crashed=False)
        if returned:
            LOG.warning("%d pieces of work were left in hand by an earlier run and go on", returned)

    def _refuse_retired(self, journal: PortableJournal, engine: Engine) -> None:
        """After saying that we are here: whoever moves the journal first says so, and then looks who is here."""
        try:
            refuse_retired(journal)
        except Halt:
            announce(journal, engine.host, leaving=True)
            raise

    # Generations

    def _renew_generation(self) -> None:
        self._relieve()
        if self._coming is not None:
            self._come(self._coming)
        elif self._reloading is not None and self._trial is None:
            engine = self._reloading.look(self._now.engine)
            self._coming = Generation(engine) if engine is not None else None
        if self._coming is None:
            self._succeed()

    def _succeed(self) -> None:
        """Everything anew, this process included."""
        try:
            self._try_to_succeed()
        except OSError as error:
            LOG.error("no other Python can be started: what was loaded before goes on: %s", error)

    def _try_to_succeed(self) -> None:
        if self._anew and self._trial is None and not self._earlier:  # one at a time: none is forgotten
            self._anew, self._trial = False, Trial(self._now.engine.named)
        passed = self._trial.passed() if self._trial is not None else None
        if passed is not None:
            self._trial = None
        if passed and self._can_take_over():
            succeed(self._now.host, self._now.pids(), HEARD, self._listener.kept())
        elif passed is False:
            LOG.error("the project has mistakes now: what was loaded before goes on")

    def _can_take_over(self) -> bool:
        """Whether the project that is loaded next has the journal of the one at work, and can serve if that did."""
        try:
            root, serving = behind_links(self._now.engine.named), self._now.engine.address()
            settings = load_settings(root, os.environ)
            refuse_other_journal(self._now.engine, settings, root)
            if serving is not None:
                refuse_bad(root, settings.http)
                wanted = host_and_port(settings.http.listen)
                if wanted != serving:
                    refuse_taken(*wanted)
        except Halt as error:
            LOG.error("what was loaded before goes on: %s", error)
            return False
        return True

    def _come(self, coming: Generation) -> None:
        """Put it in the place of the one at work, once the journal answers; that one goes on until then."""
        if time.monotonic() < self._tried:
            return
        try:
            self._listener.at(coming.engine.address())
            self._recover(coming.engine)
        except (Retry, Halt) as error:
            LOG.error("what has changed cannot begin now, and is tried again: %s", error)
            self._tried = time.monotonic() + JOURNAL_PAUSE
            return
        self._coming = None
        self._earlier.append(self._now)
        self._now = coming
        self._start()

    def _relieve(self) -> None:
        """Once this generation is at work, those before it go."""
        if self._earlier and (self._now.at_work() or time.monotonic() - self._begun > LEGACY):
            for one in self._earlier:
                one.dismiss()
        gone = [one for one in self._earlier if one.gone()]
        for one in gone:
            self._withdraw(one.host)
            self._earlier.remove(one)
        if gone and not self._earlier:
            self._start_again()

    def _start_again(self) -> None:
        """What an earlier generation stopped while it went, for what it did not know, is no longer stopped."""
        try:
            with closing(self._now.engine.open_journal()) as journal:
                _start_queues(journal, self._now.engine)
        except CrossdockError as error:
            LOG.error("queues cannot be started again now; crossdock status shows which are stopped: %s", error)

    def _withdraw(self, host: str) -> None:
        """All of a host's processes are gone: what it held, if anything, is free, and it is there no more."""
        try:
            with closing(self._now.engine.open_journal()) as journal:
                withdraw(journal, host)
        except CrossdockError as error:
            LOG.error("that %s is gone cannot be told now: others notice later: %s", host, error)

    # The end

    def _idle(self, tell: Callable[[int], None]) -> bool:
        """Nothing waits, and every source was asked again after that and brought nothing.

        A run is idle when it is in its own roles: without workers it does not wait for work to be done, without
        sources it does not wait for what they bring.
        """
        now = time.monotonic()
        if now < self._asked or self._earlier:
            return False
        reading = self._now.intake()
        pending = self._pending() if Role.WORKER in self._now.engine.roles else 0
        self._asked = now + max(IDLE_EVERY, (time.monotonic() - now) / IDLE_SHARE)
        if pending is not None:
            tell(pending)
        if pending != 0 and not self._left:
            self._empty_since = 0.0
        elif not self._empty_since or (reading is not None and reading.brought >= self._empty_since):
            self._empty_since = now
        return self._empty_since > 0 and (reading is None or reading.quiet > self._empty_since)

    def _pending(self) -> int | None:
        try:
            with closing(self._now.engine.open_journal()) as journal:
                pending = journal.pending()
                self._despair(pending, absence(journal) if pending else Absence())
                return pending
        except Retry as error:  # its disk is full, so nobody knows; it recovers by itself
            LOG.error("journal unavailable: %s", error)
            self._left = {}
            return None

    def _despair(self, pending: int, absent: Absence) -> None:
        """Whether, and since when, all that is left is for destinations that are away. A person's are not waited for."""
        now = time.monotonic()
        if not pending or absent.total < pending:
            self._alone_since = 0.0
        elif not self._alone_since:
            self._alone_since = now
        over = self._alone_since > 0 and (absent.by_hand or now - self._alone_since >= self._patience)
        self._left = absent.waiting if over else {}

    def _shut_down(self) -> None:
        if self._reloading is not None:
            self._reloading.end()
        left = [*self._earlier, self._now]
        for one in left:
            one.stop()
        hosts_left = [one.host for one in left]
        while left:
            left = [one for one in left if not one.gone()]
            time.sleep(TICK / 4)
        for host in hosts_left:
            self._withdraw(host)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(number: int, frame: FrameType | None) -> None:
            self._stopping = True

        def anew(number: int, frame: FrameType | None) -> None:
            self._anew = True

        # A terminal that is closed says SIGHUP too, and means an end.
        at_terminal = sys.stdin is not None and sys.stdin.isatty()
        wanted = dict.fromkeys(STOP_SIGNALS, stop) | {signal.SIGHUP: stop if at_terminal else anew}
        before = {number: signal.signal(number, act) for number, act in wanted.items()}
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)  # blocked where an earlier generation became this one
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _start_queues(journal: PortableJournal, engine: Engine) -> None:
    """Every queue goes on but those of routes that are switched off. It is workers who stop them, so they start them."""
    if Role.WORKER in engine.roles:
        journal.start_queues()
        for queue in engine.disabled():
            journal.stop_queue(queue, "the route is switched off (enabled: false)")
