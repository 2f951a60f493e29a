"""``choose``: content-based routing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from crossdock.mapping.jmespath.claims import Claim, always, covered, implies
from crossdock.route.bench import Bench
from crossdock.route.condition import Condition
from crossdock.route.judged import judge, read_claim
from crossdock.route.model import Authorable
from crossdock.route.passage import Emit, Labelled, Passage, Run, Suspending, resume_steps, run_steps, slots_of
from crossdock.route.plan import Deliver
from crossdock.route.spec import Expression, Settings
from crossdock.route.steps.contract import Builder, StepKind


class Otherwise(Authorable):
    """What happens to documents that no ``when`` holds for."""

    steps: list[Settings] = []
    to: list[Settings] = []


class Branch(Authorable):
    """One way: ``when`` with its ``steps`` and ``to``, or, last of all, ``otherwise``."""

    when: Expression | None = None
    otherwise: Otherwise | None = None
    steps: list[Settings] = []
    to: list[Settings] = []


class Choose(Authorable):
    """Sends a document through the first branch whose ``when`` holds, else through ``otherwise``.

    A branch may have ``steps``, ``to``, or both. Its ``to`` sends the document as the branch leaves it, in addition to
    the route's own ``to``, once the whole route has passed. Where nothing holds and there is no ``otherwise``, the
    document goes on unchanged.

    ```yaml
    - choose:
        - when: "priority == 'rush'"
          to: [{topic: order.rush}]
        - otherwise:
            steps: [{set: {fields: {priority: "'normal'"}}}]
    ```
    """

    branches: Annotated[list[Settings], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class _Way:
    holds: Condition | None
    steps: tuple[Labelled, ...]
    emits: tuple[Emit, ...]


def compile_choose(config: Choose, bench: Bench, builder: Builder) -> Run:
    """Ask each condition in order, and go the first way that is open."""
    read = [
        (bench.at(i), bench.at(i).read(Branch, each, "R202", owner="a branch"))
        for i, each in enumerate(config.branches)
    ]
    branches = [(at, branch) for at, branch in read if branch is not None]
    _check_order(branches)
    ways = tuple(_way(branch, at, builder) for at, branch in branches)
    builder.flow.shape = builder.flow.shape if not any(way.steps for way in ways) else None

    builder.flow.sends = builder.flow.sends or any(way.emits for way in ways)

    def run(passage: Passage) -> str | Deliver | None:
        for way in ways:
            if way.holds is None or way.holds(passage.document, passage.scope):
                return _gone(way, passage, run_steps(way.steps, passage))
        return None

    return _Asking(run, ways) if any(slots_of(way.steps) for way in ways) else run


class _Asking(Suspending):
    """A choice with a branch that asks another system."""

    def __init__(self, run: Run, ways: tuple[_Way, ...]) -> None:
        self._run = run
        self._ways = {slot: way for way in ways for slot in slots_of(way.steps)}

    @property
    def slots(self) -> frozenset[str]:
        """Those of all its branches."""
        return frozenset(self._ways)

    def __call__(self, passage: Passage) -> str | Deliver | None:
        """Choose."""
        return self._run(passage)

    def resume(self, slot: str, passage: Passage) -> str | Deliver | None:
        """The rest of the branch the document went; nothing is chosen anew."""
        way = self._ways[slot]
        return _gone(way, passage, resume_steps(way.steps, slot, passage))


def _gone(way: _Way, passage: Passage, reason: str | Deliver | None) -> str | Deliver | None:
    if reason is None:
        outputs = [emit(passage) for emit in way.emits]
        passage.outputs += tuple(output for output in outputs if output is not None)
    return reason


def _way(branch: Branch, bench: Bench, builder: Builder) -> _Way:
    holds = bench.at("when").condition(branch.when) if branch.when else None
    if branch.when:
        judge(bench.at("when"), branch.when, constants=False)
    body: Branch | Otherwise = branch
    if branch.otherwise is not None:
        bench, body = bench.at("otherwise"), branch.otherwise
        watch = bench.materials.watch
        holds = None if watch is None else watch.otherwise(bench.place(key=True))
    return _Way(holds, builder.branch(bench.at("steps"), body.steps), builder.targets(bench.at("to"), body.to))


def _check_order(branches: Iterable[tuple[Bench, Branch]]) -> None:
    before = _Before()
    for at, branch in branches:
        if _misread(at, branch):
            continue
        if (branch.when is None) == (branch.otherwise is None) or (branch.otherwise and (branch.steps or branch.to)):
            at.report("R212", "a branch has either 'when' with steps and to, or 'otherwise'", hint=_SHAPE)
            continue
        claim = read_claim(branch.when) if branch.when is not None else None
        why = before.takes(claim)
        if why is not None:
            at.report("R213", f"this branch is never reached: {why}", hint="move it up, or remove it")
        before.add(at, branch, claim)


def _misread(at: Bench, branch: Branch) -> bool:
    """Whether the branch has a key that none has, or an 'otherwise' that cannot be read: told already."""
    written = at.source.at(at.path) if at.source.depth(at.path) == len(at.path) else {}
    if not isinstance(written, dict):
        return False
    unread = branch.otherwise is None and written.get("otherwise") is not None
    return unread or not written.keys() <= Branch.model_fields.keys()


@dataclass(slots=True)
class _Before:
    """The branches before one, and what they leave to it."""

    claims: list[tuple[Claim, str]] = field(default_factory=list)
    closed: str | None = None

    def takes(self, claim: Claim | None) -> str | None:
        """Why nothing is left to a branch that claims this, if that is so."""
        if self.closed is not None or claim is None:
            return self.closed
        if always(claim) is False:
            return "its condition never holds"
        return next((f"{told} takes all of it" for other, told in self.claims if implies(claim, other)), None)

    def add(self, at: Bench, branch: Branch, claim: Claim | None) -> None:
        """One more that comes before the rest."""
        if branch.otherwise is not None:
            self.closed = self.closed or "it stands after 'otherwise'"
        elif claim is not None and always(claim):
            self.closed = self.closed or f"'{branch.when}' before it always holds"
        elif claim is not None:
            self.claims.append((claim, f"'{branch.when}' (line {at.place().line})"))
            if covered(tuple(one for one, _ in self.claims)):
                self.closed = self.closed or "of the conditions before it one always holds"


_SHAPE = "- when: …, steps: […], to: […]  or  - otherwise: {steps: […], to: […]}"

STEP = StepKind(name="choose", config=Choose, compile=compile_choose, bare="branches")
