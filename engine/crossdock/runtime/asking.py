"""The work of a place that asks: put the question, keep the answer, run the rest of the route with it.

The same stepped machine as a delivery's, under the same breaker, pace and patience. What comes of the rest of the route
is committed with the work of the question itself, so between the answer and what follows from it nothing can get lost.

    reads                    ask ▸ go on ▸ commit                       a crash: asked again
    keyed, transactional     ask under the same key for ever ▸ go on ▸ commit
    opaque                   commit "sending" ▸ ask ▸ go on ▸ commit    found "sending" again: in doubt
      … and if the rest does not go through: commit "staged" with the answer, so that nobody is asked for it again
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar, cast

from crossdock.connector import Effect, Parcel, Sink
from crossdock.delivery.states import Event
from crossdock.document_json import decode, encode
from crossdock.errors import CrossdockError, Doubt, Finding, Hold, Reject, Retry, Severity
from crossdock.journal.contract import Fate, Outcome, Phase, Result, Work
from crossdock.message import Document, Inline
from crossdock.route.asking import Asking, Instead, Known, Waiting, waiting
from crossdock.route.plan import Once
from crossdock.runtime.actions import (
    Action,
    Advance,
    Answer,
    Blocking,
    Commit,
    Judge,
    Permit,
    Recall,
    Remember,
    Resume,
    SinkOutcome,
    Steps,
)
from crossdock.runtime.circuits import Verdict
from crossdock.runtime.delivery import Courier, failure_of
from crossdock.runtime.dispatch import TURN_RESERVED, TURN_UNKNOWN
from crossdock.runtime.fates import UNCLEAR_END, Halted, killer, unforeseen
from crossdock.runtime.lines import Answered

LOG = logging.getLogger("crossdock.asking")

CLAIM = 16  # questions one asker takes at a time; others of its place take the next ones
COMMIT_EVERY = 0.05  # seconds of answers in one transaction (architecture.md, the way a document goes)
LEFT_ALONE = "E805"
_BACK = Fate(event=Event.RETURN, spent=False)

R = TypeVar("R")
Part: TypeAlias = Generator[Action, Answer, R]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for one piece of work. ``key`` is that of the cache, where there is one."""

    waiting: Waiting
    parcel: Parcel
    key: str | None


@dataclass(frozen=True, slots=True)
class Had:
    """An answer, wherever it is from: ``told`` says so to people. ``odd`` is why it is not the system's own."""

    document: Document
    told: str
    odd: Finding | None = None


@dataclass(slots=True)
class _Gathered:
    """What is to be committed together, and answers that are to be kept durably."""

    begun: float
    results: list[Result] = field(default_factory=list)
    answers: dict[str, Document] = field(default_factory=dict)
    stop: Halted | None = None


@dataclass(frozen=True, slots=True)
class Asker(Courier):
    """Asks for the work of one place. ``asking`` is that of its destination."""

    asking: Asking
    monotonic: Callable[[], float] = time.monotonic

    @property
    def step(self) -> str:
        """See ``Courier``."""
        return self.asking.label

    @property
    def may_do_without(self) -> bool:
        """See ``Courier``."""
        return self.asking.instead in (Instead.VALUE, Instead.CACHED)

    def room(self, backlog: Callable[[int], tuple[int, float]]) -> int:
        """How many works to claim now: a fair share, so that all askers of the place have something to do."""
        most = self.destination.concurrency * CLAIM
        count, _ = backlog(most)
        return min(CLAIM, math.ceil(count / self.destination.concurrency))

    def steps(self, works: Sequence[Work]) -> Steps:
        """Ask for claimed works, one after the other. Raises ``Halted`` when the queue must stop."""
        gathered = _Gathered(self.monotonic())
        for work in works:
            result = yield from self._done(work, gathered)
            if result is not None:
                gathered.results.append(result)
            # An opaque effect is recorded at once: what is not, is in doubt when we die.
            late = self.monotonic() - gathered.begun >= COMMIT_EVERY
            if late or gathered.stop is not None or self.asking.effect is Effect.OPAQUE:
                yield from self._committed(gathered)
        yield from self._committed(gathered)

    def _committed(self, gathered: _Gathered) -> Steps:
        if gathered.answers:
            yield Remember(dict(gathered.answers), durable=True)
            gathered.answers.clear()
        if gathered.results:
            yield Commit(tuple(gathered.results))
            gathered.results.clear()
        gathered.begun = self.monotonic()
        if gathered.stop is not None:
            raise gathered.stop

    def _done(self, work: Work, gathered: _Gathered) -> Part[Result | None]:
        """What became of one piece of work; None where its lease was lost."""
        fate = self._ended(work)
        if fate is not None:
            return self._result(work, fate)
        try:
            question = self._question(work)
        except CrossdockError as error:
            return self._failed(work, error, self.step)
        except Exception as error:  # the plug-in boundary: a mapping or codec with a defect
            LOG.exception("message %s for %s", work.message.id, work.queue)
            return self._failed(work, unforeseen(error), self.step)
        try:
            return (yield from self._answered(work, question, gathered))
        except Halted as halted:  # nothing is under way any more; the others of this claim are committed first
            gathered.stop = halted
            return Result(work=work, outcome=Outcome(fate=replace(halted.fate, event=Event.RETRY)))

    def _answered(self, work: Work, question: Question, gathered: _Gathered) -> Part[Result | None]:
        had = self._recorded_before(work)
        recorded = had is not None
        if had is None:
            had = yield from self._remembered(question)
        if had is None:
            answer = yield from self._asked_for(work, question, gathered)
            if not isinstance(answer, Had):
                return answer
            had = answer
        return (yield from self._gone_on(work, question, had, recorded=recorded))

    def _ended(self, work: Work) -> Fate | None:
        if work.phase is Phase.SENDING and not self.destination.repeat_unclear:
            reason = "the worker died, or was cut off, while it was asking"
            return Fate(event=Event.LOSE_SIGHT, code=UNCLEAR_END, reason=reason, step=self.step)
        return killer(work.crashes)

    def _question(self, work: Work) -> Question:
        """Raises ``Reject``."""
        message, held = work.message, waiting(work.message)
        document = held.document
        scope = self.route.scope_waiting(message, held, self._moment())
        self.asking.check(document)
        parcel = Parcel(
            key=self._key([work]),
            message=message.id,
            payload=Inline(b"".join(self.destination.render(((document, scope),)))),
            document=document,
            content_type=self.destination.content_type,
            headers=message.headers,
            attempt=work.attempt,
            correlation=message.correlation,
            route=self.route.name,
            trace=message.trace,
        )
        cache = self.asking.cache
        return Question(held, parcel, cache.key(document, scope) if cache is not None else None)

    def _recorded_before(self, work: Work) -> Had | None:
        """The answer a crash or a failure of a later step left. What only reads is asked again, but for a turn."""
        if work.proof is None:
            return None
        if self.asking.effect is None and work.code not in (TURN_RESERVED, TURN_UNKNOWN):
            return None
        return Had(decode(work.proof.encode()), "answered before")

    def _remembered(self, question: Question) -> Part[Had | None]:
        """The answer somebody else has had meanwhile."""
        cache = self.asking.cache
        if cache is None or question.key is None:
            return None
        found = cast("Known | None", (yield Recall(question.key, cache.fresh, durable=False)))
        return None if found is None else Had(found.document, f"from the cache, {found.age:.0f} s old")

    def _asked_for(self, work: Work, question: Question, gathered: _Gathered) -> Part[Had | Result | None]:
        pause = cast("float | None", (yield Permit()))
        if pause is None:
            return Result(work=work, outcome=Outcome(fate=_BACK))
        if pause > 0:
            reason = f"{self.destination.slot} is left alone for {pause:.0f} s more"
            error = Retry(LEFT_ALONE, reason)
            return (yield from self._stand_in(work, question, error, at_once=True)) or self._waits(work, error, pause)
        if self.asking.effect is Effect.OPAQUE:
            held = cast("Sequence[Work | None]", (yield Advance([work], Phase.SENDING, [None])))
            if held[0] is None:
                return None
        outcome = cast("Sequence[SinkOutcome]", (yield self._asking_call(question)))[0]
        return (yield from self._judged(work, question, outcome, gathered))

    def _plain(self, outcome: SinkOutcome) -> SinkOutcome:
        """To read twice harms nobody: there is no doubt about it."""
        if isinstance(outcome, Doubt) and self.asking.effect is None:
            return Retry(outcome.code, outcome.message, hint=outcome.hint)
        return outcome

    def _judged(
        self, work: Work, question: Question, outcome: SinkOutcome, gathered: _Gathered
    ) -> Part[Had | Result | None]:
        failure = failure_of(outcome)
        verdict = cast(Verdict, (yield Judge([failure])))
        outcome = self._plain(outcome)
        if isinstance(outcome, Answered):
            if question.key is not None:
                yield Remember({question.key: outcome.document}, durable=False)  # at once: others wait with this key
            if question.key is not None and self.asking.instead is Instead.CACHED:
                gathered.answers[question.key] = outcome.document
            return Had(outcome.document, f"answered in {outcome.seconds * 1000:.0f} ms{self._where(question)}")
        if isinstance(outcome, CrossdockError):
            stand_in = yield from self._stand_in(work, question, outcome, at_once=verdict.pause > 0)
            if stand_in is not None:
                return stand_in
        return self._settled(work, self._final(work, outcome), failure, verdict.pause, spent=verdict.spent[0])

    def _asking_call(self, question: Question) -> Blocking:
        return self._call("send", cast(Sink, self.sink).send, [question.parcel], Answered)

    def _where(self, question: Question) -> str:
        """Where it was asked, for people. The plug-in boundary: the answer is there, whatever comes of naming it."""
        try:
            target = self.destination.kind.target(self.destination.options, question.parcel)
        except Exception:
            LOG.exception("connector %s cannot say where it asks", self.destination.connector)
            return ""
        return f": {target[:200]}" if target else ""

    def _stand_in(self, work: Work, question: Question, error: CrossdockError, *, at_once: bool) -> Part[Had | None]:
        """What the route says instead of an answer that is not to be had; None where it says nothing.

        Not for a refusal, which is an answer; nor where something may have been done.
        """
        asking = self.asking
        if not isinstance(error, Retry) or (error.only_this and asking.effect is not None):
            return None
        if asking.patient and not at_once and not self.destination.retry.exhausted(work.attempt):
            return None
        if asking.instead is Instead.VALUE:
            return self._odd(asking.value, "the fallback", error)
        if asking.instead is Instead.CACHED and asking.cache is not None and question.key is not None:
            found = cast("Known | None", (yield Recall(question.key, asking.cache.stale, durable=True)))
            if found is not None:
                return self._odd(found.document, f"the answer of {found.age:.0f} s ago", error)
        return None

    def _odd(self, document: Document, what: str, error: CrossdockError) -> Had:
        message = f"{self.destination.slot}: {what} was used: {error.code}: {error.message}"
        return Had(
            document, f"{what}, for want of an answer", Finding(code="E809", message=message, severity=Severity.WARNING)
        )

    def _final(self, work: Work, outcome: SinkOutcome) -> SinkOutcome:
        """A person is asked where the route says so, instead of giving up."""
        if self.asking.instead is not Instead.HOLD or not isinstance(outcome, Retry | Doubt) or self._is_lost(outcome):
            return outcome
        if not self.destination.retry.exhausted(work.attempt):
            return outcome
        return Hold("E806", f"{self.destination.slot} does not answer: {outcome.code}: {outcome.message}")

    def _gone_on(self, work: Work, question: Question, had: Had, *, recorded: bool) -> Part[Result | None]:
        """Merge the answer and run the rest of the route."""
        held = replace(question.waiting, released=question.waiting.released | work.released)
        try:
            merged = self.asking.merged(held.document, had.document)
        except Reject as error:
            return self._failed(work, error, self.step)
        outcome = cast("Outcome | Halted", (yield Resume(work, held, merged)))
        if not _is_over(outcome) and not recorded and self._is_to_be_kept(outcome):
            text = encode(had.document).decode()
            kept = cast("Sequence[Work | None]", (yield Advance([work], Phase.STAGED, [text])))
            if kept[0] is None:
                return None
        if isinstance(outcome, Halted):
            raise outcome
        findings = (had.odd, *outcome.fate.findings) if had.odd is not None else outcome.fate.findings
        return Result(
            work=work, outcome=replace(outcome, fate=replace(outcome.fate, receipt=had.told, findings=findings))
        )

    def _is_to_be_kept(self, outcome: Outcome | Halted) -> bool:
        turn = isinstance(outcome, Outcome) and outcome.fate.code in (TURN_RESERVED, TURN_UNKNOWN)
        return self.asking.effect is not None or turn

    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self.now(), UTC)


def _is_over(outcome: Outcome | Halted) -> bool:
    """Whether nobody will want the answer again: not where a guard may still hold what has passed."""
    if not isinstance(outcome, Outcome) or outcome.fate.event not in (Event.DELIVER, Event.SKIP):
        return False
    return not any(isinstance(guard, Once) and guard.held is not None for guard in outcome.guards)
