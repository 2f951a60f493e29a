"""A destination's work: rendering, sending in the protocol of its effect class, and what came of it.

The worker's one thread renders and commits; only the sink's own calls run elsewhere, because they may block. So a
delivery is a small machine that is stepped: it asks for a call to be made (``Blocking``) or for results to be
committed, and goes on with the answer.

    provable        stage ▸ commit "staged" with the proof ▸ finish ▸ commit
    keyed, transactional                        send under the same key for ever ▸ commit
      … of a batch: commit "grouped" with the key ▸ send ▸ commit; the same come together again, under that key
    opaque          commit "sending" ▸ send ▸ commit; found "sending" again: nobody knows, in doubt
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar, cast

from crossdock.connector import Done, Effect, Parcel, ProvableSink, Sink, Staged
from crossdock.delivery.breaker import Failure
from crossdock.delivery.rate import Pace
from crossdock.delivery.states import Event
from crossdock.document_json import decode
from crossdock.errors import CrossdockError, Doubt, Foreign, Retry, Untried
from crossdock.journal.contract import Fate, Outcome, Phase, Result, Work
from crossdock.message import KEY_NAMESPACE, Document, Inline, Message, Payload, delivery_key, read_all
from crossdock.route.compiled import CompiledRoute
from crossdock.route.destination import JSON, Destination
from crossdock.runtime.actions import (
    Action,
    Advance,
    Answer,
    Blocking,
    Commit,
    Judge,
    SinkOutcome,
    Steps,
)
from crossdock.runtime.announcements import ENCODED, REPORT, Announcer
from crossdock.runtime.circuits import Verdict
from crossdock.runtime.fates import UNCLEAR_END, FateMaker, Halted, killer, unforeseen
from crossdock.runtime.scopes import scope_of

LOG = logging.getLogger("crossdock.delivery")

DELIVERY_BATCH = 100  # parcels handed to a sink at once, where the destination does not say …
GROUP_BYTES = 8 * 1024 * 1024  # … and as long as they are not larger than this together
SLACK = 60.0  # seconds that a call may take beyond the time-outs of all its parcels
NOT_TRIED = Failure("", "")  # of a parcel behind one that failed: compared by identity only
DEFECT = "E504"  # of a connector: tells nothing about whether the destination is there

#: Not ``RETURN``, which leaves open whether it was sent.
_UNSENT = Fate(event=Event.RETRY, code="E508", reason="the lease of another one of its batch was lost", spent=False)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Load:
    """One parcel and the works it delivers: one, or in a batch many."""

    parcel: Parcel
    works: tuple[Work, ...]


@dataclass(frozen=True, slots=True)
class Courier:
    """Delivers the work of one destination."""

    route: CompiledRoute
    destination: Destination
    sink: Sink | ProvableSink
    effect: Effect
    announcer: Announcer
    fates: FateMaker
    now: Callable[[], float]
    reach: Callable[[str], None]

    @property
    def pace(self) -> Pace | None:
        """How fast parcels may go, over all workers and machines."""
        return Pace(self.destination.rate) if self.destination.rate else None

    @property
    def parcel(self) -> int:
        """How many works make one parcel."""
        return self.destination.batch.count if self.destination.batch is not None else 1

    @property
    def patience(self) -> float:
        """Seconds after which a call with one parcel counts as one that never returns."""
        return self.destination.timeout + SLACK

    @property
    def step(self) -> str:
        """Where in the route it happens, for people."""
        return "deliver"

    @property
    def may_do_without(self) -> bool:
        """Whether work can be done while the destination is left alone."""
        return False

    def room(self, backlog: Callable[[int], tuple[int, float]]) -> int:
        """How many works to claim now. A batch waits until it is full or its oldest has waited long enough."""
        batch = self.destination.batch
        if batch is None:
            return DELIVERY_BATCH
        count, waited = backlog(batch.count)
        return batch.count if count >= batch.count or waited >= batch.wait else 0

    def steps(self, works: Sequence[Work]) -> Steps:
        """Deliver claimed works. Raises ``Halted`` when the queue must stop."""
        fresh, staged, settled = self._sorted(works)
        if settled:
            yield Commit(settled)
        if staged:
            fresh += yield from self._finish(staged, again=True)
        for group in self._groups(fresh):
            loads, rejected = self._packed(group)
            if rejected:
                yield Commit(rejected)
            if loads:
                yield from self._protocol(loads)

    def _protocol(self, loads: Sequence[Load]) -> Steps:
        match self.effect:
            case Effect.PROVABLE:
                yield from self._provable(loads)
            case Effect.OPAQUE:
                yield from self._opaque(loads)
            case Effect.KEYED | Effect.TRANSACTIONAL:
                yield from self._grouped(loads)

    def close(self) -> None:
        """Release what the sink holds. The plug-in boundary: what it raises is told and changes nothing."""
        try:
            self.sink.close()
        except Exception:
            LOG.exception("connector %s failed at close", self.destination.connector)

    def _groups(self, works: Sequence[Work]) -> Iterator[Sequence[Work]]:
        """Works whose payloads are held in memory at the same time; a batch is one, however large."""
        if self.destination.batch is not None:
            apart = [work for work in works if self._may_have_left(work)]
            yield from ([work] for work in apart)
            together = [work for work in works if work not in apart]
            yield from (together,) if together else ()
            return
        group: list[Work] = []
        size = 0
        for work in works:
            if group and size + work.message.body.size > GROUP_BYTES:
                yield group
                group, size = [], 0
            group.append(work)
            size += work.message.body.size
        if group:
            yield group

    def _may_have_left(self, work: Work) -> bool:
        """Whether it may have been sent under its own key, before the destination took batches."""
        return self.effect in (Effect.KEYED, Effect.TRANSACTIONAL) and work.attempt > 1 and work.phase is None

    def _sorted(self, works: Sequence[Work]) -> tuple[list[Work], dict[str, tuple[Work, ...]], list[Result]]:
        """Works to begin with, works whose parcel is staged (by its proof), and works that end here."""
        fresh: list[Work] = []
        staged: dict[str, tuple[Work, ...]] = {}
        settled: list[Result] = []
        for work in works:
            fate = killer(work.crashes)
            if work.phase is Phase.SENDING and not self.destination.repeat_unclear:
                reason = "the worker died, or was cut off, while the effect was under way"
                settled.append(self._result(work, Fate(event=Event.LOSE_SIGHT, code=UNCLEAR_END, reason=reason)))
            elif fate:
                settled.append(self._result(work, fate))
            elif work.phase is Phase.STAGED and self.effect is not Effect.PROVABLE:
                settled.append(self._failed(work, _foreign(self.destination.connector), self.step))
            elif work.proof is not None and work.phase is not Phase.GROUPED and self.effect is Effect.PROVABLE:
                staged[work.proof] = (*staged.get(work.proof, ()), work)
            else:
                fresh.append(work)
        return fresh, staged, settled

    def _packed(self, works: Sequence[Work]) -> tuple[list[Load], list[Result]]:
        if works[0].phase is Phase.GROUPED:
            return self._packed_again(works)
        if self.destination.batch is None or not all(is_document(work.message) for work in works):
            return self._one_by_one(works)
        together = self._together(works)
        if together is not None:
            return [together], []
        loads, rejected = self._one_by_one(works)  # somebody in the batch cannot be rendered: find out who …
        together = self._together([load.works[0] for load in loads]) if rejected and loads else None
        return [together] if together is not None else loads, rejected  # … and the others go together, if they can

    def _packed_again(self, works: Sequence[Work]) -> tuple[list[Load], list[Result]]:
        """A group as it was sent before, or not at all: apart, they would be other effects than the one it had."""
        try:
            return [self._load(works)], []
        except CrossdockError as error:
            return [], [self._failed(work, error, "encode") for work in works]
        except Exception as error:  # the plug-in boundary, as below
            LOG.exception("batch %s for %s", works[0].proof, works[0].queue)
            return [], [self._failed(work, unforeseen(error), "encode") for work in works]

    def _together(self, works: Sequence[Work]) -> Load | None:
        try:
            return self._load(works)
        except Exception:  # noqa: BLE001 - each is asked again by itself, and what it says is told there
            return None

    def _one_by_one(self, works: Sequence[Work]) -> tuple[list[Load], list[Result]]:
        loads: list[Load] = []
        rejected: list[Result] = []
        for work in works:
            try:
                loads.append(self._load([work]))
            except CrossdockError as error:
                rejected.append(self._failed(work, error, "encode"))
            except Exception as error:  # the plug-in boundary: a mapping or codec with a defect
                LOG.exception("message %s for %s", work.message.id, work.queue)
                rejected.append(self._failed(work, unforeseen(error), "encode"))
        return loads, rejected

    def _load(self, works: Sequence[Work]) -> Load:
        """The works as one parcel. Documents are decoded and encoded one after the other, in flat memory."""
        first = works[0].message
        document: Document
        payload: Payload
        if not is_document(first):
            document, payload = None, first.body
        else:
            document = document_of(works[0])
            now = self.now()
            items = ((document_of(work), scope_of(work.message, now)) for work in works)
            payload = Inline(b"".join(self.route.render(self.destination.slot, items)))
        parcel = Parcel(
            key=self._key(works),
            message=first.id,
            payload=payload,
            document=document,
            content_type=self.destination.content_type if is_document(first) else first.content_type,
            headers=first.headers,
            attempt=works[0].attempt + (works[0].proof is not None and works[0].phase is None),  # 1 more: staged anew
            count=len(works),
            report=first.headers.get(REPORT),
            correlation=first.correlation,
            route=self.route.name,
            trace=first.trace,
        )
        return Load(parcel, tuple(works))

    def _key(self, works: Sequence[Work]) -> str:
        """The key of their effect: for ever the same. A batch has one of its own, which is recorded with its members."""
        if works[0].phase is Phase.GROUPED and works[0].proof is not None:
            return works[0].proof
        keys = [delivery_key(work.message.id, self.route.name, self.destination.slot) for work in works]
        return keys[0] if len(keys) == 1 else str(uuid.uuid5(KEY_NAMESPACE, "\0".join(keys)))

    def _provable(self, loads: Sequence[Load]) -> Steps:
        outcomes = _outcomes((yield self._call("stage", cast(ProvableSink, self.sink).stage, _parcels(loads), Staged)))
        pairs = list(zip(loads, outcomes, strict=True))
        yield from self._settling([(load.works, one) for load, one in pairs if not isinstance(one, Staged)])
        pending = yield from self._journalled([(load, one) for load, one in pairs if isinstance(one, Staged)])
        if pending:
            yield from self._finish(pending)

    def _journalled(
        self, staged: Sequence[tuple[Load, Staged]]
    ) -> Generator[Action, Answer, dict[str, tuple[Work, ...]]]:
        """Commit the proofs; what may be finished then, by proof: works whose lease was lost are left out."""
        pairs = [(work, one.proof) for load, one in staged for work in load.works]
        if not pairs:
            return {}
        held = _rows((yield Advance([work for work, _ in pairs], Phase.STAGED, [proof for _, proof in pairs])))
        pending: dict[str, tuple[Work, ...]] = {}
        for work, proof in pairs:
            if work.row in held:
                pending[proof] = (*pending.get(proof, ()), work)
        return pending

    def _finish(
        self, pending: Mapping[str, tuple[Work, ...]], *, again: bool = False
    ) -> Generator[Action, Answer, list[Work]]:
        """Finish what is staged, by proof. The works to be staged anew: with ``again``, those a person has released."""
        proofs = [Staged(proof) for proof in pending]
        outcomes = _outcomes((yield self._call("finish", cast(ProvableSink, self.sink).finish, proofs, Done)))
        pairs = list(zip(pending.values(), outcomes, strict=True))
        void = [work for works, one in pairs if again and _is_void(works, one) for work in works]
        yield from self._settling([(works, one) for works, one in pairs if not (again and _is_void(works, one))])
        return void

    def _opaque(self, loads: Sequence[Load]) -> Steps:
        yield from self._send((yield from self._recorded(loads, Phase.SENDING)))

    def _grouped(self, loads: Sequence[Load]) -> Steps:
        """Where the destination takes batches, one alone is a group as well: later it could come in another's company."""
        batched = self.destination.batch is not None
        new = [load for load in loads if batched and load.works[0].phase is not Phase.GROUPED]
        known = [load for load in loads if load not in new]
        recorded = (yield from self._recorded(new, Phase.GROUPED)) if new else []
        yield from self._send([*known, *recorded])

    def _recorded(self, loads: Sequence[Load], phase: Phase) -> Generator[Action, Answer, list[Load]]:
        """Commit that these are about to be sent; those that may be. A batch that lost a lease is put back unsent."""
        proofs = {
            work.row: load.parcel.key if phase is Phase.GROUPED else None for load in loads for work in load.works
        }
        works = [work for load in loads for work in load.works]
        held = _rows((yield Advance(works, phase, [proofs[work.row] for work in works])))
        whole = [load for load in loads if all(work.row in held for work in load.works)]
        torn = [work for load in loads if load not in whole for work in load.works if work.row in held]
        if torn:
            yield Commit([Result(work=work, outcome=Outcome(fate=_UNSENT)) for work in torn])
        return whole

    def _send(self, loads: Sequence[Load]) -> Steps:
        if not loads:
            return
        outcomes = _outcomes((yield self._call("send", cast(Sink, self.sink).send, _parcels(loads), Done)))
        yield from self._settling([(load.works, one) for load, one in zip(loads, outcomes, strict=True)])

    def _settling(self, pairs: Sequence[tuple[Sequence[Work], SinkOutcome]]) -> Steps:
        """Commit what came of each work. Only then stop the queue, if one of them said so: no effect is forgotten."""
        if not pairs:
            return
        failures = failures_of([outcome for _, outcome in pairs])
        verdict = cast(Verdict, (yield Judge([one for one in failures if one is not NOT_TRIED])))
        spendings = iter(verdict.spent)
        results: list[Result] = []
        stop: Halted | None = None
        for (works, outcome), failure in zip(pairs, failures, strict=True):
            spent = failure is not NOT_TRIED and next(spendings)
            for work in works:
                try:
                    results.append(self._settled(work, outcome, failure, verdict.pause, spent=spent))
                except Halted as halted:  # it was not sent, so an opaque effect is not under way any more
                    stop = halted
                    results.append(Result(work=work, outcome=Outcome(fate=replace(halted.fate, event=Event.RETRY))))
        yield Commit(results)
        if stop is not None:
            raise stop

    def _call(
        self,
        move: str,
        call: Callable[[Sequence[T]], Sequence[SinkOutcome]],
        what: Sequence[T],
        good: type[SinkOutcome],
    ) -> Blocking:
        patience = self.destination.timeout * len(what) + SLACK
        return Blocking(lambda: self._asked(move, call, what, good), patience)

    def _asked(
        self,
        move: str,
        call: Callable[[Sequence[T]], Sequence[SinkOutcome]],
        what: Sequence[T],
        good: type[SinkOutcome],
    ) -> Sequence[SinkOutcome]:
        """The plug-in boundary: whatever a sink raises becomes an outcome, unclear until proven otherwise."""
        self.reach(f"sink.before_{move}")
        try:
            outcomes = list(call(what))
            _check(outcomes, len(what), good)
        except CrossdockError as error:
            return [error] * len(what)
        except OSError as error:
            return [Doubt("E771", f"connector '{self.destination.connector}' was cut off: {error!r}")] * len(what)
        except Exception as error:
            name = self.destination.connector
            LOG.exception("connector %s failed at %s", name, move)
            return [Doubt("E504", f"connector '{name}' failed unexpectedly: {error!r}")] * len(what)
        self.reach(f"sink.after_{move}")
        return outcomes

    def _settled(
        self, work: Work, outcome: SinkOutcome, failure: Failure | None, pause: float, *, spent: bool
    ) -> Result:
        match outcome:
            case Done(receipt=receipt):
                return Result(work=work, outcome=Outcome(fate=Fate(event=Event.DELIVER, receipt=receipt or None)))
            case Staged():
                raise TypeError("a sink answered 'staged' where the effect had to be done")
            case Doubt() if self._is_lost(outcome):
                return self._failed(work, outcome, self.step)
            case error if failure is not None and (not spent or (failure.after is not None and work.attempt > 1)):
                return self._waits(work, error, pause)
            case error:
                return self._failed(work, error, self.step)

    def _waits(self, work: Work, error: CrossdockError, pause: float) -> Result:
        """It is not served while the destination is left alone, and spends nothing. Others get their turn first."""
        policy = self.destination.retry
        return self._result(work, self.fates.waiting(error, pause, policy, self.step))

    def _failed(self, work: Work, error: CrossdockError, step: str) -> Result:
        if self._is_lost(error):
            fate = Fate(event=Event.LOSE_SIGHT, code=error.code, reason=error.message, step=step)
            return self._result(work, fate)
        match error:
            case Doubt():
                error = Retry(error.code, error.message, hint=error.hint)
            case Retry(after=float() | int() as after) if after > self.destination.breaker.longest:
                error = Retry(error.code, error.message, after=self.destination.breaker.longest, hint=error.hint)
        return self._result(work, self.fates.of(error, work.attempt, self.destination.retry, step))

    def _is_lost(self, error: SinkOutcome) -> bool:
        """Whether nobody knows if the effect happened, and it must not be tried again."""
        return isinstance(error, Doubt) and self.effect is Effect.OPAQUE and not self.destination.repeat_unclear

    def _result(self, work: Work, fate: Fate) -> Result:
        also = self.announcer.of(self.route, work.queue, work.message, fate)
        return Result(work=work, outcome=Outcome(fate=fate, also=also))


def _check(outcomes: Sequence[SinkOutcome], wanted: int, good: type[SinkOutcome]) -> None:
    """Raises ``TypeError`` where a sink does not keep its contract."""
    if len(outcomes) != wanted or not all(isinstance(one, (good, CrossdockError)) for one in outcomes):
        raise TypeError(f"{wanted} parcels were answered with {outcomes!r:.200}")


def failure_of(outcome: SinkOutcome) -> Failure | None:
    """What an outcome says about the destination: that it did not serve us, or None, that it answered."""
    match outcome:
        case Retry(only_this=False, after=after):
            return Failure(outcome.code, outcome.message, after)
        case Doubt() if outcome.code != DEFECT:
            return Failure(outcome.code, outcome.message)
        case _:
            return None


def failures_of(outcomes: Sequence[SinkOutcome]) -> list[Failure | None]:
    """What the outcomes of one call say about the destination, in order; ``NOT_TRIED`` ones say nothing.

    Somebody must have been: where nobody before it failed, one that says it was not tried counts like any other.
    """
    failures: list[Failure | None] = []
    for outcome in outcomes:
        is_behind = isinstance(outcome, Untried) and any(failures)
        failures.append(NOT_TRIED if is_behind else failure_of(outcome))
    return failures


def _is_void(works: Sequence[Work], outcome: SinkOutcome) -> bool:
    """Whether what was staged is good for nothing, and a person has said that it is to be delivered all the same.

    A release forgets the phase and keeps the proof. What the proof can still finish, or shows to be delivered, is
    not staged again.
    """
    is_useless = isinstance(outcome, Foreign) or (isinstance(outcome, Retry) and outcome.only_this)
    return is_useless and all(work.phase is None for work in works)


def _foreign(connector: str) -> Foreign:
    """What is told of work that a destination staged which stood here before."""
    told = f"it was staged as a file by the destination that stood here before, and '{connector}' cannot finish that"
    return Foreign("K310", told, hint="look there whether it arrived; released, it is sent to the destination of now")


def _parcels(loads: Sequence[Load]) -> list[Parcel]:
    return [load.parcel for load in loads]


def document_of(work: Work) -> Document:
    """The document a message carries. Raises ``Reject`` when it carries none."""
    return decode(read_all(work.message.body))


def is_document(message: Message) -> bool:
    """Whether the message carries a document to be rendered, and not bytes that leave as they are.

    What came from outside and nobody decoded is bytes, even where its sender called it JSON.
    """
    ours = message.parent is not None or message.topic is not None
    return ours and message.content_type == JSON and not {REPORT, ENCODED} & message.headers.keys()


def _outcomes(answer: Answer) -> Sequence[SinkOutcome]:
    return cast("Sequence[SinkOutcome]", answer)


def _rows(answer: Answer) -> set[int]:
    """The rows whose lease is still held."""
    return {work.row for work in cast("Sequence[Work | None]", answer) if work is not None}
