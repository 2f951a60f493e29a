"""One document on its way through the steps of a route: the only thing that changes while a route decides.

It lives for one call of ``decide`` and is never shared, so a step may set its fields; documents themselves are
never changed, only replaced.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TypeAlias

from crossdock.control import Answer, Numbering, Seen
from crossdock.errors import Finding, Halt
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.partner.preflight.rule import Recall, nothing
from crossdock.route.asking import Knows, nothing_known
from crossdock.route.plan import Deliver, Guard, Output, Publish, Throttle

#: What a document must keep its sequence with, by ``order: {by}``; None where the route has none.
Lane: TypeAlias = Callable[[Document, Scope], "str | None"]


def no_lane(document: Document, scope: Scope) -> None:
    """The lane of a route that keeps no order."""


class Passage:
    """``taps`` leave whatever happens later; ``outputs`` (of ``choose`` branches) only if the route passes.

    ``released`` names the check rules a person has already let this message through. A step that sets ``numbering``
    sets ``payload`` too, to any bytes: what leaves are those written when the numbers are known.
    """

    __slots__ = (
        "answers",
        "content_type",
        "correlation",
        "document",
        "findings",
        "guards",
        "headers",
        "instead",
        "keys",
        "knows",
        "lane",
        "numbering",
        "outputs",
        "pardoned",
        "partner",
        "payload",
        "raw",
        "recall",
        "released",
        "scope",
        "seen",
        "step",
        "taps",
        "throttles",
    )

    def __init__(
        self, document: Document, scope: Scope, lane: Lane, released: frozenset[str], recall: Recall = nothing
    ) -> None:
        self.document = document
        self.scope = scope
        self.lane = lane
        self.headers: Mapping[str, str] = scope.headers
        self.partner: str | None = None  # None: as the message's own
        self.correlation: str | None = None
        self.payload: bytes | None = None
        self.raw: Callable[[], bytes] = bytes  # what came, for steps that work on bytes nobody decoded
        self.content_type = "application/json"
        self.step = ""
        self.released = released
        self.recall = recall  # earlier documents, for rules that compare with them
        self.knows: Knows = nothing_known  # answers that were had before
        self.pardoned: frozenset[str] = frozenset()  # pointers of GS1 keys that are wrong and may go on
        self.taps: tuple[Publish, ...] = ()
        self.outputs: tuple[Output, ...] = ()
        self.instead: tuple[Output, ...] = ()  # what leaves where a guard does not let it pass
        self.guards: tuple[Guard, ...] = ()
        self.keys: tuple[str, ...] = ()
        self.findings: tuple[Finding, ...] = ()
        self.throttles: tuple[Throttle, ...] = ()
        self.numbering: Numbering | None = None
        self.answers: tuple[Answer, ...] = ()
        self.seen: tuple[Seen, ...] = ()


#: One compiled step. Gives None to go on, the reason to skip the document, or where it waits for an answer.
#: Raises ``CrossdockError``.
Run: TypeAlias = Callable[[Passage], "str | Deliver | None"]

#: What a compiled destination makes of a passage: an output, or None where its ``when`` does not hold.
Emit: TypeAlias = Callable[[Passage], Output | None]

#: A compiled step with its label for people: ``3 map``.
Labelled: TypeAlias = "tuple[str, Run]"


class Suspending(ABC):
    """A compiled step in which a document may wait for an answer: it goes on from there when that has come."""

    @property
    @abstractmethod
    def slots(self) -> frozenset[str]:
        """The places it may wait at."""

    @abstractmethod
    def __call__(self, passage: Passage) -> str | Deliver | None:
        """As every step."""

    @abstractmethod
    def resume(self, slot: str, passage: Passage) -> str | Deliver | None:
        """The rest of the step, for a document that has its answer from ``slot``."""


def run_steps(steps: tuple[Labelled, ...], passage: Passage) -> str | Deliver | None:
    """Run the steps in order until one gives a reason to skip, or to wait."""
    for label, run in steps:
        passage.step = label
        reason = run(passage)
        if reason is not None:
            return reason
    return None


def resume_steps(steps: tuple[Labelled, ...], slot: str, passage: Passage) -> str | Deliver | None:
    """Go on behind the place ``slot``, for which the document has its answer. Raises ``Halt`` where there is none."""
    for index, (label, run) in enumerate(steps):
        if isinstance(run, Suspending) and slot in run.slots:
            passage.step = label
            reason = run.resume(slot, passage)
            return run_steps(steps[index + 1 :], passage) if reason is None else reason
    raise Halt("E813", f"the route does not ask at '{slot}' any more")


def slots_of(steps: tuple[Labelled, ...]) -> frozenset[str]:
    """The places of these steps at which a document may wait for an answer."""
    return frozenset(slot for _, run in steps if isinstance(run, Suspending) for slot in run.slots)
