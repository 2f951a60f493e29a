"""What becomes of one document: the steps run, and a plan comes out. Nothing happens here; the worker acts on it.

Fail closed: an error in any step stops the document at that step. Nothing passes on carrying an error.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from crossdock.codecs.contract import Part
from crossdock.errors import CrossdockError, Reject, Severity
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.partner.preflight.rule import Recall, nothing
from crossdock.route.asking import Knows, Waiting, nothing_known
from crossdock.route.passage import Emit, Labelled, Lane, Passage, no_lane, resume_steps, run_steps
from crossdock.route.plan import Deliver, Output, Pass, Skip, Stop

NOBODY = "to: no destination's 'when' holds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The compiled middle of a route: its steps in order, then what leaves. ``opening`` names the step that read."""

    steps: tuple[Labelled, ...] = ()
    emits: tuple[Emit, ...] = ()
    lane: Lane = no_lane
    opening: str = "decode"

    def decide(
        self,
        part: Part,
        scope: Scope,
        content_type: str,
        released: frozenset[str],
        recall: Recall = nothing,
        knows: Knows = nothing_known,
    ) -> Pass | Skip | Stop:
        """The plan for one document; one that was not decoded goes on as it came. Never raises for its content."""
        passage = Passage(part.document, scope, self.lane, released, recall)
        passage.knows = knows
        plan = self._decided(passage, part, content_type)
        return plan if self.lane is no_lane else replace(plan, lane=_lane(passage))

    def resume(
        self,
        slot: str,
        document: Document,
        scope: Scope,
        waiting: Waiting,
        recall: Recall = nothing,
        knows: Knows = nothing_known,
    ) -> Pass | Skip | Stop:
        """The plan for a document that waited at ``slot`` and has its answer. Never raises for its content."""
        passage = Passage(document, scope, self.lane, waiting.released, recall)
        passage.knows = knows
        passage.pardoned = waiting.pardoned
        try:
            return self._ended(passage, resume_steps(self.steps, slot, passage))
        except CrossdockError as error:
            return _stop(passage, error, passage.step)

    def _decided(self, passage: Passage, part: Part, content_type: str) -> Pass | Skip | Stop:
        if part.document is None:
            passage.content_type, passage.raw = content_type, part.raw
        if part.findings:
            if any(finding.severity is Severity.ERROR for finding in part.findings):
                return _stop(passage, Reject.of(part.findings), self.opening)
            passage.findings = part.findings
        try:
            return self._ended(passage, run_steps(self.steps, passage))
        except CrossdockError as error:
            return _stop(passage, error, passage.step)

    def _ended(self, passage: Passage, reason: str | Deliver | None) -> Pass | Skip:
        if reason is None:
            passage.step = "to"
            return self._pass(passage)
        if isinstance(reason, Deliver):
            return _passing(passage, (reason,))
        return _skip(passage, f"{passage.step}: {reason}")

    def _pass(self, passage: Passage) -> Pass | Skip:
        outputs = passage.outputs
        for emit in self.emits:
            output = emit(passage)
            if output is not None:
                outputs += (output,)
        if not outputs:
            return _skip(passage, NOBODY)
        return _passing(passage, outputs)


def _passing(passage: Passage, outputs: tuple[Output, ...]) -> Pass:
    return Pass(
        outputs=passage.taps + outputs,
        guards=passage.guards,
        keys=passage.keys,
        findings=passage.findings,
        throttles=passage.throttles,
        answers=passage.answers,
        seen=passage.seen,
        instead=passage.instead,
    )


def _lane(passage: Passage) -> str | None:
    """The lane of the document as it is now. One that stopped half-way may not have what it is ordered by."""
    try:
        return passage.lane(passage.document, passage.scope)
    except CrossdockError:
        return None


def _skip(passage: Passage, reason: str) -> Skip:
    return Skip(
        reason=reason,
        outputs=passage.taps,
        guards=passage.guards,
        keys=passage.keys,
        answers=passage.answers,
        seen=passage.seen,
    )


def _stop(passage: Passage, error: CrossdockError, step: str) -> Stop:
    return Stop(error=error, step=step, outputs=passage.taps, guards=passage.guards, keys=passage.keys)
