"""One line to a system that is asked: a thread of its own does the asking, so that a question has a time limit.

A call that does not return cannot be ended from outside. When its time is over the line is left behind with its
thread, and the next question opens another. ``MOST`` of them at a time: more would mean that something never returns,
and then only the end of the process helps, as with every sink (``Courier.patience``).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from crossdock.connector import Call, Done, Parcel
from crossdock.errors import CrossdockError, Doubt
from crossdock.message import Document
from crossdock.route.asking import exact

LOG = logging.getLogger("crossdock.asking")

MOST = 4  # lines of one asker that were left behind and have not ended
LOOK_EVERY = 0.05  # seconds between looks whether one has


@dataclass(frozen=True, slots=True)
class Answered(Done):
    """The other side has answered. ``seconds`` is how long it took."""

    document: Document = None
    seconds: float = 0.0


class _Thread:
    """A thread with one opened connector: it asks what it is given, until it is given nothing."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._questions: SimpleQueue[tuple[Parcel, SimpleQueue[Document | CrossdockError | Exception]] | None] = (
            SimpleQueue()
        )
        # A daemon: nobody waits at the end of the process for a call that does not return.
        self._thread = threading.Thread(target=self._run, name="ask", daemon=True)
        self._thread.start()

    def ask(self, parcel: Parcel) -> SimpleQueue[Document | CrossdockError | Exception]:
        """Where the answer will be, or what was raised instead."""
        answers: SimpleQueue[Document | CrossdockError | Exception] = SimpleQueue()
        self._questions.put((parcel, answers))
        return answers

    def end(self) -> None:
        """No more questions: it closes the connector when it has answered."""
        self._questions.put(None)

    def ended(self) -> bool:
        """Whether it has."""
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (one := self._questions.get()) is not None:
            parcel, answers = one
            try:
                answers.put(self._call.ask(parcel))
            except Exception as error:  # noqa: BLE001 - the plug-in boundary: raised again where the answer is awaited
                answers.put(error)
        try:
            self._call.close()
        except Exception:
            LOG.exception("a connector that was asked failed at close")


class Line:
    """Asks as a ``Sink`` sends. ``connect`` opens the connector; a question may take ``seconds``."""

    def __init__(self, connect: Callable[[], Call], seconds: float) -> None:
        self._connect = connect
        self._seconds = seconds
        self._thread: _Thread | None = _Thread(connect())
        self._behind: list[_Thread] = []

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        """The answers, in order."""
        return [self._ask(parcel) for parcel in parcels]

    def close(self) -> None:
        """Nothing more is asked."""
        if self._thread is not None:
            self._thread.end()

    def _ask(self, parcel: Parcel) -> Done | CrossdockError:
        if self._thread is None:
            self._thread = _Thread(self._connect())
        begun = time.monotonic()
        answers = self._thread.ask(parcel)
        try:
            answer = answers.get(timeout=self._seconds)
        except Empty:
            return self._left()
        if isinstance(answer, CrossdockError):
            return answer
        if isinstance(answer, Exception):
            raise answer
        return Answered(document=exact(answer), seconds=time.monotonic() - begun)

    def _left(self) -> Doubt:
        """It takes too long: whoever wants to know what became of it asks again, on another line."""
        if self._thread is not None:
            self._thread.end()
            self._behind.append(self._thread)
            self._thread = None
        while len(self._still_behind()) >= MOST:
            time.sleep(LOOK_EVERY)
        return Doubt("E803", f"no answer within {self._seconds:g} s", hint="'timeout' of the step bounds it")

    def _still_behind(self) -> list[_Thread]:
        self._behind = [one for one in self._behind if not one.ended()]
        return self._behind
