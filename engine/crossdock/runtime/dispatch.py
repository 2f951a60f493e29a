"""A route's work: the steps run, and what comes of them becomes results to be committed. No I/O of its own.

A message that a route does not split gives one result. A split one gives a stream of results, each with a bounded
number of children, so that a file of any length is worked on in flat memory; between two results the worker is free
to do something else, and after a crash the stream goes on behind the last committed part.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from crossdock.codecs.contract import Part
from crossdock.delivery.disposition import MAX_CRASHES
from crossdock.delivery.states import Event
from crossdock.document_json import encode
from crossdock.errors import CrossdockError, Finding, Reject, Retry
from crossdock.journal.contract import Child, Fate, Outcome, Post, Result, Sent, Work
from crossdock.message import Document, Inline, Message, child_id
from crossdock.route.compiled import CompiledRoute
from crossdock.route.plan import Deliver, Output, Pass, Plan, Publish, Skip, Stop
from crossdock.runtime.announcements import Announcer
from crossdock.runtime.fates import FateMaker, killer
from crossdock.runtime.scopes import scope_of
from crossdock.runtime.subscriptions import Subscriptions

CHUNK_PARTS = 200  # children per transaction at most …
CHUNK_SECONDS = 0.1  # … or as many as this long brings: one flush then costs a small part of the work
MAX_HOPS = 64  # a message that was published this often in one lineage is in a loop
HOPS = "crossdock.hops"
_KEPT_FINDINGS = 100  # of a payload as a whole; a file with a warning on every line must not swell the journal

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

    def results(self, work: Work) -> Iterator[Result]:
        """What is to be committed for ``work``, one transaction's worth at a time. Raises ``Halted``."""
        route = self.routes[work.queue]
        fate = killer(work.crashes)
        if route.splits and (fate is None or work.crashes == MAX_CRASHES):
            yield from self._stream(route, work, fate)
        elif fate:
            yield Result(work=work, outcome=self._stopped(route, work.message, fate))
        else:
            yield Result(work=work, outcome=self._single(route, work))

    def broken(self, work: Work, error: Exception) -> Result:
        """What becomes of ``work`` when a step or codec failed in a way nobody foresaw."""
        route = self.routes[work.queue]
        unforeseen = Retry("E505", f"unexpected {type(error).__name__}: {error}", hint="see the log for the traceback")
        fate = self.fates.of(unforeseen, work.attempt, route.retry)
        return Result(work=work, progress=work.progress, outcome=self._stopped(route, work.message, fate))

    def _single(self, route: CompiledRoute, work: Work) -> Outcome:
        message, noted = work.message, []
        part = Part(position=1, document=None, raw=bytes)
        try:
            for one in route.parts(message, self._moment()):
                if isinstance(one, Part):
                    part = one
                else:
                    noted.append(one)
            plan = route.decide(message, part, self._moment(), work.released)
        except CrossdockError as error:
            plan = Stop(error=error, step="decode")
        carried = part.document if message.content_type == _JSON and message.topic else _NOTHING
        outcome = self._outcome(route, message, carried, plan, work.attempt)
        return _with_findings(outcome, noted)

    def _stream(self, route: CompiledRoute, work: Work, fatal: Fate | None) -> Iterator[Result]:
        chunk = _Chunk(careful=work.crashes > 0)
        noted: list[Finding] = []
        done = work.progress
        fate = Fate(event=Event.DELIVER)
        try:
            for one in route.parts(work.message, self._moment()):
                if isinstance(one, Finding):
                    noted.append(one)
                    continue
                if one.position <= work.progress:
                    continue
                chunk.add(self._child(route, work, one, fatal))
                fatal, done = None, one.position
                if chunk.full():
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
        shell = replace(
            parent,
            id=child_id(parent.id, route.name, part.position),
            parent=parent.id,
            route=route.name,
            position=part.position,
            topic=None,
            headers=headers,
        )
        if fatal:
            return Child(message=_raw(route, shell, part), outcome=self._stopped(route, shell, fatal))
        plan = route.decide(shell, part, self._moment(), work.released)
        if isinstance(plan, Stop):
            raw = _raw(route, shell, part)
            return Child(message=raw, outcome=self._outcome(route, raw, _NOTHING, plan, 1))
        carried = _primary(plan, part)
        first = next((one for one in plan.outputs if one.document is carried), None)
        message = replace(
            shell,
            topic=first.topic if isinstance(first, Publish) else None,
            partner=(first.partner if first else None) or shell.partner,
            correlation=(first.correlation if first else None) or shell.correlation,
            headers={**shell.headers, **first.headers} if first and first.headers else shell.headers,
            content_type=_JSON,
            body=Inline(encode(carried)),
        )
        return Child(message=message, outcome=self._outcome(route, message, carried, plan, 1))

    def _outcome(self, route: CompiledRoute, message: Message, carried: Document, plan: Plan, attempt: int) -> Outcome:
        fate = self._fate(route, plan, attempt)
        try:
            posts, also = self._spread(route, message, carried, plan.outputs)
        except CrossdockError as error:
            fate, posts, also = self.fates.of(error, attempt, route.retry, "to"), (), ()
        also += self.announcer.of(route, route.name, message, fate)
        return Outcome(fate=fate, guards=plan.guards, keys=plan.keys, posts=posts, also=also)

    def _fate(self, route: CompiledRoute, plan: Plan, attempt: int) -> Fate:
        match plan:
            case Pass():
                return Fate(event=Event.DELIVER, findings=plan.findings)
            case Skip():
                return Fate(event=Event.SKIP, code="E303", reason=plan.reason)
            case Stop():
                return self.fates.of(plan.error, attempt, route.retry, plan.step)

    def _stopped(self, route: CompiledRoute, message: Message, fate: Fate) -> Outcome:
        return Outcome(fate=fate, also=self.announcer.of(route, route.name, message, fate))

    def _spread(
        self, route: CompiledRoute, message: Message, carried: Document, outputs: tuple[Output, ...]
    ) -> tuple[tuple[Post, ...], tuple[Sent, ...]]:
        """Where the message itself goes on, and the messages made for destinations that want another form."""
        posts: list[Post] = []
        also: dict[object, tuple[Message, list[Post]]] = {}
        for output in outputs:
            if output.payload is None and output.document is carried:
                posts += self._posts(route, message, output)
                continue
            key = id(output.document) if output.payload is None else output.slot
            if key not in also:
                also[key] = (_made(route, message, output), [])
            made, made_posts = also[key]
            made_posts += self._posts(route, made, output)
        return tuple(posts), tuple(Sent(message=made, posts=tuple(to)) for made, to in also.values())

    def _posts(self, route: CompiledRoute, message: Message, output: Output) -> tuple[Post, ...]:
        if isinstance(output, Deliver):
            return (Post(queue=f"{route.name}/{output.slot}", lane=output.lane, priority=route.priority),)
        if int(message.headers.get(HOPS, "0")) > MAX_HOPS:
            raise Reject("E401", f"published {MAX_HOPS} times in one lineage: routes publish to each other in a loop")
        return self.subscriptions.posts(output.topic, output.document, scope_of(message, self.now()))


class _Chunk:
    """Children gathered for one transaction: one alone for a while after a crash, to find out which one it was."""

    def __init__(self, careful: bool) -> None:
        self._alone = CHUNK_PARTS if careful else 0
        self._children: list[Child] = []
        self._begun = time.monotonic()

    def add(self, child: Child) -> None:
        self._children.append(child)

    def full(self) -> bool:
        limit = 1 if self._alone else CHUNK_PARTS
        return len(self._children) >= limit or time.monotonic() - self._begun > CHUNK_SECONDS

    def take(self) -> tuple[Child, ...]:
        children, self._children, self._begun = tuple(self._children), [], time.monotonic()
        self._alone = max(0, self._alone - 1)
        return children


def _primary(plan: Pass | Skip, part: Part) -> Document:
    """The document that stands for the part in the journal: what most destinations get."""
    return next((output.document for output in plan.outputs if output.payload is None), part.document)


def _raw(route: CompiledRoute, shell: Message, part: Part) -> Message:
    """The part as a payload of its own: what a person is shown, mends and sends again."""
    return replace(shell, content_type=route.part_type or shell.content_type, body=Inline(part.raw()))


def _made(route: CompiledRoute, message: Message, output: Output) -> Message:
    """A message for a destination whose content differs from what ``message`` carries."""
    body = encode(output.document) if output.payload is None else output.payload
    hops = str(int(message.headers.get(HOPS, "0")) + 1)
    return replace(
        message,
        id=child_id(message.id, route.name, output.slot),
        parent=message.id,
        route=route.name,
        position=0,
        topic=output.topic if isinstance(output, Publish) else None,
        partner=output.partner or message.partner,
        correlation=output.correlation or message.correlation,
        content_type=output.content_type,
        headers={**message.headers, **output.headers, HOPS: hops},
        body=Inline(body),
    )


def _with_findings(outcome: Outcome, noted: list[Finding]) -> Outcome:
    """The outcome with what the codec noted about the payload as a whole."""
    if not noted:
        return outcome
    findings = (*outcome.fate.findings, *noted[:_KEPT_FINDINGS])
    return replace(outcome, fate=replace(outcome.fate, findings=findings))
