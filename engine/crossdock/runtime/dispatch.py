"""A route's work: the steps run, and what comes of them becomes results to be committed. No I/O of its own.

A message that a route does not split gives one result. A split one gives a stream of results, each with a bounded
number of children, so that a file of any length is worked on in flat memory; between two results the worker is free
to do something else, and after a crash the stream goes on behind the last committed part.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from crossdock.codecs.contract import Part
from crossdock.control import Numbering, Reference
from crossdock.delivery.disposition import MAX_CRASHES
from crossdock.delivery.states import Event
from crossdock.document_json import encode
from crossdock.errors import CrossdockError, Finding, Reject
from crossdock.journal.contract import Child, Fate, Outcome, Post, Result, Sent, Work
from crossdock.journal.ledger import Awaiting
from crossdock.message import Document, Inline, Message, Payload, child_id
from crossdock.partner.preflight.rule import Recall, nothing
from crossdock.route.asking import ASKING, Knows, Waiting, nothing_known
from crossdock.route.compiled import CompiledRoute
from crossdock.route.plan import Deliver, Once, Output, Pass, Plan, Publish, Skip, Stop, Throttle, Wait
from crossdock.runtime.acknowledged import Acknowledged, nobody
from crossdock.runtime.announcements import ENCODED, HOPS, Announcer
from crossdock.runtime.fates import FateMaker, killer, unforeseen
from crossdock.runtime.scopes import scope_of
from crossdock.runtime.subscriptions import Subscriptions

MAX_HOPS = 64  # a message that was published this often in one lineage is in a loop
TURN_RESERVED, TURN_UNKNOWN = "R601", "R602"  # why work was put back: its turn is its own, or it has to ask again
TURN_UNKNOWN_PAUSE = 1.0  # seconds, where the journal could not say whose turn it is
_TURN = "it waits for its turn"
_KEPT_FINDINGS = 100  # of a payload as a whole; a file with a warning on every line must not swell the journal

LOG = logging.getLogger("crossdock.dispatch")

_JSON = "application/json"
_NOTHING: Document = {}  # stands for "the message carries no document": compared by identity only


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Runs the steps of routes. ``now`` is the wall clock in Unix seconds."""

    routes: Mapping[str, CompiledRoute]
    subscriptions: Subscriptions
    announcer: Announcer
    fates: FateMaker
    now: Callable[[], float]
    chunk_parts: int = 100  # children per transaction at most …
    chunk_seconds: float = 0.05  # … or as many as this long brings (architecture.md, the way a document goes)
    monotonic: Callable[[], float] = time.monotonic
    turn: Callable[[Throttle], float | None] = lambda throttle: 0.0
    awaited: Callable[[Reference], Sequence[Awaiting]] = nobody
    recall: Callable[[Message], Recall] = lambda message: nothing
    knows: Knows = nothing_known

    def paced(self, turn: Callable[[Throttle], float | None]) -> Dispatcher:
        """The same, with turns from ``turn``: seconds until it comes, None where that cannot be known now."""
        return replace(self, turn=turn)

    def reading(self, awaited: Callable[[Reference], Sequence[Awaiting]]) -> Dispatcher:
        """The same, asking ``awaited`` what the acknowledgements mean that come in."""
        return replace(self, awaited=awaited)

    def recalling(self, recall: Callable[[Message], Recall]) -> Dispatcher:
        """The same, finding documents earlier than a message with ``recall``."""
        return replace(self, recall=recall)

    def knowing(self, knows: Knows) -> Dispatcher:
        """The same, using answers of other systems that ``knows`` remembers."""
        return replace(self, knows=knows)

    def resumed(self, route: CompiledRoute, slot: str, work: Work, waiting: Waiting, document: Document) -> Outcome:
        """What becomes of work that waited at ``slot``; ``document`` has its answer. Raises ``Halted``."""
        message, now = work.message, self._moment()
        scope = route.scope_waiting(message, waiting, now)
        try:
            plan: Plan = route.resume(slot, document, scope, waiting, self.recall(message), self.knows)
            if work.code != TURN_RESERVED:
                plan = self._in_turn(plan)
        except Exception as error:  # the plug-in boundary, as in ``_plan``
            LOG.exception("message %s in queue %s", message.id, work.queue)
            plan = Stop(error=unforeseen(error), step=slot)
        return self._outcome(route, message, _NOTHING, plan, work.attempt, work.queue)

    def results(self, work: Work) -> Iterator[Result]:
        """What is to be committed for ``work``, one transaction's worth at a time. Raises ``Halted``."""
        route = self.routes[work.queue]
        fate = killer(work.crashes)
        if route.splits and not _is_part(work.message, route) and (fate is None or work.crashes == MAX_CRASHES):
            yield from self._stream(route, work, fate)
        elif fate:
            yield Result(work=work, outcome=self._stopped(route, work.message, fate))
        else:
            yield Result(work=work, outcome=self._single(route, work))

    def broken(self, work: Work, error: Exception) -> Result:
        """What becomes of ``work`` when a codec failed in a way nobody foresaw."""
        route = self.routes[work.queue]
        fate = self.fates.of(unforeseen(error), work.attempt, route.retry)
        return Result(work=work, progress=work.progress, outcome=self._stopped(route, work.message, fate))

    def _single(self, route: CompiledRoute, work: Work) -> Outcome:
        message, noted = work.message, list[Finding]()
        carried: Document = _NOTHING
        try:
            part = self._whole(route, message, noted)
            if part.document is None or (message.content_type == _JSON and message.topic):
                carried = part.document
            plan: Plan = self._plan(route, message, part, work.released)
            if work.code != TURN_RESERVED:
                plan = self._in_turn(plan)
        except CrossdockError as error:
            plan = Stop(error=error, step="decode")
        return _with_findings(self._outcome(route, message, carried, plan, work.attempt), noted)

    def _whole(self, route: CompiledRoute, message: Message, noted: list[Finding]) -> Part:
        """The one part of a message that is not split, or that is one part of such a split already."""
        whole: Part | None = None
        for one in route.parts(message, self._moment()):
            if isinstance(one, Part):
                whole = one
            else:
                noted.append(one)
        if whole is None:
            raise Reject("E403", "the payload holds nothing")
        return whole

    def _plan(self, route: CompiledRoute, message: Message, part: Part, released: frozenset[str]) -> Pass | Skip | Stop:
        """What the route decides. The plug-in boundary: whatever a step raises stops this document and no other."""
        try:
            return route.decide(message, part, self._moment(), released, self.recall(message), self.knows)
        except Exception as error:
            LOG.exception("message %s in route %s", message.id, route.name)
            return Stop(error=unforeseen(error), step="steps")

    def _in_turn(self, plan: Plan, *, ordered: bool = False) -> Plan:
        """The plan, or to wait for the turn that the throttles of the route leave it.

        A part of a route that keeps an order asks when its lane is free, not while others of it still wait.
        """
        if not isinstance(plan, Pass) or not plan.throttles:
            return plan
        step = plan.throttles[-1].step
        delays = [None if ordered else self.turn(throttle) for throttle in plan.throttles]
        known = [delay for delay in delays if delay is not None]
        if len(known) < len(delays):
            return Wait(delay=0.0 if ordered else TURN_UNKNOWN_PAUSE, step=step, reserved=False, keys=plan.keys)
        delay = max(known)
        return Wait(delay=delay, step=step, reserved=True, keys=plan.keys) if delay > 0 else plan

    def _stream(self, route: CompiledRoute, work: Work, fatal: Fate | None) -> Iterator[Result]:
        chunk = _Chunk(self.chunk_parts, self.chunk_seconds, self.monotonic, careful=work.crashes > 0)
        noted: list[Finding] = []
        # Held as a whole and released, it is read again from its beginning: what came of it before is recorded once.
        begun = done = 0 if work.released else work.progress
        fate = Fate(event=Event.DELIVER)
        try:
            for one in route.parts(work.message, self._moment(), work.released):
                if isinstance(one, Finding):
                    noted.append(one)
                    continue
                if one.position <= begun:
                    continue
                chunk.add(self._child(route, work, one, fatal))
                fatal, done = None, one.position
                if chunk.full() and not one.joined:
                    yield Result(work=work, children=chunk.take(), progress=done)
        except CrossdockError as error:
            fate = self.fates.of(error, work.attempt, route.retry, "decode")
        outcome = _with_findings(self._stopped(route, work.message, fate), noted)
        yield Result(work=work, children=chunk.take(), progress=done, outcome=outcome)

    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self.now(), UTC)

    def _child(self, route: CompiledRoute, work: Work, part: Part, fatal: Fate | None) -> Child:
        parent = work.message
        headers = {**parent.headers, **part.headers} if part.headers else parent.headers
        shell = Message(  # spelt out here and below: on the hot path ``replace`` costs three times as much
            id=child_id(parent.id, route.name, part.position),
            parent=parent.id,
            correlation=parent.correlation,
            route=route.name,
            position=part.position,
            partner=parent.partner,
            content_type=parent.content_type,
            headers=headers,
            body=parent.body,
            trace=parent.trace,
        )
        if fatal:
            return Child(message=_raw(route, shell, part), outcome=self._stopped(route, shell, fatal))
        decided = self._plan(route, shell, part, work.released)
        plan, lane = self._in_turn(decided, ordered=route.ordered), self._lane(route, shell, part, decided)
        if not isinstance(plan, Stop | Wait):
            try:
                message, outcome = self._passed(route, shell, part, plan)
                raw = _raw(route, shell, part) if lane is not None else None
                return Child(message=message, outcome=outcome, lane=lane, priority=route.priority, raw=raw)
            except CrossdockError as error:
                plan = Stop(error=error, step="to", guards=plan.guards, keys=plan.keys)
        raw = _raw(route, shell, part)
        outcome = self._outcome(route, raw, _NOTHING, replace(plan, keys=plan.keys or part.keys), 1)
        return Child(message=raw, outcome=outcome, lane=lane, priority=route.priority)

    def _lane(self, route: CompiledRoute, shell: Message, part: Part, plan: Pass | Skip | Stop) -> str | None:
        """What a part keeps its sequence with in its own route: its document at the end says so, or as it came."""
        if not route.ordered or plan.lane is not None:
            return plan.lane
        try:
            return route.lane(part.document, route.scope(shell, part, self._moment()))
        except CrossdockError:  # it waits for nobody, and nobody for it: what it is ordered by is not known
            return None

    def _passed(self, route: CompiledRoute, shell: Message, part: Part, plan: Pass | Skip) -> tuple[Message, Outcome]:
        """A part that went through, kept as the document most destinations get. Raises as ``_spread`` does."""
        if part.document is None:  # nobody decoded it: it goes on as the bytes it is
            message = _raw(route, shell, part)
            return message, self._outcome(route, message, None, plan, 1)
        carried = _primary(plan, part)
        first = next((one for one in plan.outputs if one.payload is None and one.document is carried), None)
        message = Message(
            id=shell.id,
            parent=shell.parent,
            correlation=(first.correlation if first else None) or shell.correlation,
            route=shell.route,
            position=shell.position,
            topic=first.topic if isinstance(first, Publish) else None,
            partner=(first.partner if first else None) or shell.partner,
            content_type=_JSON,
            headers=first.headers if first and first.headers else shell.headers,
            body=Inline(encode(carried)),
            trace=shell.trace,
        )
        posts, also = self._spread(route, message, carried, plan.outputs)
        also += self._answered(route, message, plan)
        fate = self._fate(route, plan, 1)
        return message, _outcome(plan, fate, posts, also, self._instead(route, message, plan))

    def _outcome(
        self,
        route: CompiledRoute,
        message: Message,
        carried: Document,
        plan: Plan,
        attempt: int,
        queue: str | None = None,
    ) -> Outcome:
        instead: tuple[Sent, ...] = ()
        try:
            posts, also = self._spread(route, message, carried, plan.outputs)
            also += self._answered(route, message, plan)
            instead = self._instead(route, message, plan)
            fate = self._fate(route, plan, attempt)
        except CrossdockError as error:
            fate, posts, also = self.fates.of(error, attempt, route.retry, "to"), (), ()
        also += self.announcer.of(route, queue or route.name, message, fate)
        return _outcome(plan, fate, posts, also, instead)

    def _answered(self, route: CompiledRoute, message: Message, plan: Plan) -> tuple[Sent, ...]:
        """What has to be told of the acknowledgements a message brought."""
        if not isinstance(plan, Pass | Skip) or not plan.answers:
            return ()
        return Acknowledged(self.subscriptions, self.awaited, self.now).of(route, message, plan.answers)

    def _fate(self, route: CompiledRoute, plan: Plan, attempt: int) -> Fate:
        match plan:
            case Pass():
                return Fate(event=Event.DELIVER, findings=plan.findings)
            case Skip():
                return Fate(event=Event.SKIP, code="E303", reason=plan.reason)
            case Wait(delay=delay, step=step, reserved=reserved):
                code = TURN_RESERVED if reserved else TURN_UNKNOWN
                return Fate(event=Event.RETRY, delay=delay, code=code, reason=_TURN, step=step, spent=False)
            case Stop():
                return self.fates.of(plan.error, attempt, route.retry, plan.step)

    def _stopped(self, route: CompiledRoute, message: Message, fate: Fate) -> Outcome:
        return Outcome(fate=fate, also=self.announcer.of(route, route.name, message, fate))

    def _spread(
        self, route: CompiledRoute, message: Message, carried: Document, outputs: tuple[Output, ...]
    ) -> tuple[tuple[Post, ...], tuple[Sent, ...]]:
        """Where the message itself goes on, and the messages made for destinations that want another form."""
        posts: list[Post] = []
        also: dict[object, tuple[Message, Numbering | None, list[Post]]] = {}
        for output in outputs:
            if output.document is carried and _unchanged(message, output):
                posts += self._posts(route, message, output)
                continue
            key = _form(output)
            if key not in also:
                also[key] = (_made(route, message, output), _numbering(output), [])
            made, _, made_posts = also[key]
            made_posts += self._posts(route, made, output)
        return tuple(posts), tuple(
            Sent(message=made, posts=tuple(to), numbering=numbering) for made, numbering, to in also.values()
        )

    def _instead(self, route: CompiledRoute, message: Message, plan: Plan) -> tuple[Sent, ...]:
        """What leaves where a guard does not let it pass: messages of their own."""
        if not isinstance(plan, Pass):
            return ()
        told = self._told_of_held(route, message, plan)
        return (*self._spread(route, message, _NOTHING, plan.instead)[1], *told) if plan.instead else told

    def _told_of_held(self, route: CompiledRoute, message: Message, plan: Pass) -> tuple[Sent, ...]:
        """What tells that a guard holds it: where every guard would, for only then it is known beforehand."""
        held = [guard.held for guard in plan.guards if isinstance(guard, Once) and guard.held is not None]
        if not held or len(held) < len(plan.guards):
            return ()
        fate = Fate(event=Event.HOLD, code=held[0].code, reason=held[0].message, findings=tuple(held))
        return self.announcer.of(route, route.name, message, fate)

    def _posts(self, route: CompiledRoute, message: Message, output: Output) -> tuple[Post, ...]:
        if isinstance(output, Deliver):
            priority = route.destination(output.slot).priority
            return (Post(queue=f"{route.name}/{output.slot}", lane=output.lane, priority=priority),)
        if int(message.headers.get(HOPS, "0")) > MAX_HOPS:
            raise Reject("E401", f"published {MAX_HOPS} times in one lineage: routes publish to each other in a loop")
        return self.subscriptions.posts(output.topic, output.document, scope_of(message, self.now()))


class _Chunk:
    """Children gathered for one transaction: one alone for a while after a crash, to find out which one it was."""

    def __init__(self, parts: int, seconds: float, monotonic: Callable[[], float], *, careful: bool) -> None:
        self._parts = parts
        self._seconds = seconds
        self._monotonic = monotonic
        self._alone = parts if careful else 0
        self._children: list[Child] = []
        self._begun = 0.0

    def add(self, child: Child) -> None:
        if not self._children:  # not before: the worker does other things between two chunks
            self._begun = self._monotonic()
        self._children.append(child)

    def full(self) -> bool:
        limit = 1 if self._alone else self._parts
        return len(self._children) >= limit or self._monotonic() - self._begun > self._seconds

    def take(self) -> tuple[Child, ...]:
        children, self._children = tuple(self._children), []
        self._alone = max(0, self._alone - 1)
        return children


def _primary(plan: Pass | Skip, part: Part) -> Document:
    """The document that stands for the part in the journal: what most destinations get."""
    return next((output.document for output in plan.outputs if output.payload is None), part.document)


def _raw(route: CompiledRoute, shell: Message, part: Part) -> Message:
    """The part as a payload of its own: what a person is shown, mends and sends again."""
    return replace(shell, content_type=route.part_type or shell.content_type, body=Inline(part.raw()))


def _is_part(message: Message, route: CompiledRoute) -> bool:
    """Whether ``route`` itself split this message off: it comes again as one part and is not split again."""
    return message.route == route.name and message.position > 0 and message.topic is None


def _unchanged(message: Message, output: Output) -> bool:
    """Whether the message itself can go on as ``output``: nothing but its document, and nothing about it, matters."""
    return (
        output.payload is None
        and (output.headers is message.headers or output.headers == message.headers)
        and output.partner in (None, message.partner)
        and output.correlation in (None, message.correlation)
    )


def _form(output: Output) -> object:
    """Outputs of one form share one message: the same document under the same headers."""
    if output.payload is not None:
        return output.slot
    return id(output.document), id(output.headers), output.partner, output.correlation


def _made(route: CompiledRoute, message: Message, output: Output) -> Message:
    """A message for a destination whose content differs from what ``message`` carries."""
    hops = str(int(message.headers.get(HOPS, "0")) + 1)
    content_type, body = _content(message, output)
    leaves = isinstance(output, Deliver) and output.payload is not None and output.content_type != ASKING
    encoded = {ENCODED: content_type} if leaves else {}
    return replace(
        message,
        id=child_id(message.id, route.name, output.slot),
        parent=message.id,
        route=route.name,
        position=0,
        topic=output.topic if isinstance(output, Publish) else None,
        partner=output.partner or message.partner,
        correlation=output.correlation or message.correlation,
        content_type=content_type,
        headers={**message.headers, **output.headers, **encoded, HOPS: hops},
        body=body,
    )


def _numbering(output: Output) -> Numbering | None:
    """How it gets its control numbers, if it does. What cannot be written is found here, not in the journal's commit."""
    if output.numbering is not None:
        output.numbering.rehearse()
    return output.numbering


def _content(message: Message, output: Output) -> tuple[str, Payload]:
    if output.payload is not None:
        return output.content_type, Inline(output.payload)
    if output.document is None:  # nobody decoded it: the message's own bytes, by reference
        return message.content_type, message.body
    return output.content_type, Inline(encode(output.document))


def _outcome(
    plan: Plan, fate: Fate, posts: tuple[Post, ...], also: tuple[Sent, ...], instead: tuple[Sent, ...] = ()
) -> Outcome:
    answers, seen = (plan.answers, plan.seen) if isinstance(plan, Pass | Skip) else ((), ())
    return Outcome(
        fate=fate,
        guards=plan.guards,
        keys=plan.keys,
        posts=posts,
        also=also,
        instead=instead,
        answers=answers,
        seen=seen,
    )


def _with_findings(outcome: Outcome, noted: list[Finding]) -> Outcome:
    """The outcome with what the codec noted about the payload as a whole."""
    if not noted:
        return outcome
    findings = (*outcome.fate.findings, *noted[:_KEPT_FINDINGS])
    return replace(outcome, fate=replace(outcome.fate, findings=findings))
