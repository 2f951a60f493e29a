"""Waits for what becomes of messages, for callers that want to know at once: one thread that looks in the journal."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TypeAlias

from crossdock.errors import CrossdockError
from crossdock.front.standing import Told, standing_of
from crossdock.journal.contract import Journal

LOG = logging.getLogger("crossdock.front")

LOOK_EVERY = 0.02  # seconds between looks while somebody waits …
LOOK_SHARE = 0.1  # … or longer, for what takes long to look at
MOST_WAITING = 1_000  # callers

Enough: TypeAlias = Callable[[Told], bool]


@dataclass(slots=True)
class _Question:
    """``until`` is monotonic: then the answer is how it stands, enough or not. ``due`` is when to look again."""

    id: str
    enough: Enough
    until: float
    queue: str | None
    told: asyncio.Future[Told | None]
    due: float = 0.0


class Watching:
    """Answers questions about messages, each in its time. ``open_journal`` is called in its thread."""

    def __init__(self, open_journal: Callable[[], Journal], loop: asyncio.AbstractEventLoop) -> None:
        self._open_journal = open_journal
        self._loop = loop
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)
        self.waiting = 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Answer everybody with what is known now, and end."""
        self._questions.put(None)
        self._thread.join()

    async def told(
        self, id: str, enough: Enough = lambda told: True, within: float = 0.0, queue: str | None = None
    ) -> Told | None:
        """How a message stands once that is ``enough``, or ``within`` seconds have passed. None: there is none.

        ``queue``: what it has sent is told as well.
        """
        future: asyncio.Future[Told | None] = self._loop.create_future()
        self.waiting += 1
        try:
            self._questions.put(_Question(id, enough, time.monotonic() + within, queue, future))
            return await future
        finally:
            self.waiting -= 1

    def _run(self) -> None:
        with closing(self._open_journal()) as journal:
            open_ones: list[_Question] = []
            going = True
            while going:
                going = self._gather(open_ones)
                asked = open_ones[:]
                open_ones = [one for one in asked if not self._look(journal, one, final=not going)]

    def _gather(self, open_ones: list[_Question]) -> bool:
        """New questions; False at the end. Sleeps where there are none."""
        block, timeout = True, LOOK_EVERY if open_ones else None
        while True:
            try:
                question = self._questions.get(block, timeout)
            except queue.Empty:
                return True
            if question is None:
                return False
            open_ones.append(question)
            block, timeout = False, None

    def _look(self, journal: Journal, question: _Question, *, final: bool) -> bool:
        """Whether the question is answered."""
        if question.told.cancelled():
            return True
        begun = time.monotonic()
        if begun < min(question.due, question.until) and not final:
            return False
        try:
            told = standing_of(journal, question.id, question.queue)
        except CrossdockError as error:
            self._loop.call_soon_threadsafe(_fail, question, error)
            return True
        if told is None or final or time.monotonic() >= question.until or question.enough(told):
            self._loop.call_soon_threadsafe(_answer, question, told)
            return True
        now = time.monotonic()
        question.due = now + (now - begun) / LOOK_SHARE
        return False


def _answer(question: _Question, told: Told | None) -> None:
    if not question.told.done():
        question.told.set_result(told)


def _fail(question: _Question, error: CrossdockError) -> None:
    if not question.told.done():
        question.told.set_exception(error)
