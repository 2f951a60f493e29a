"""``choose``: content-based routing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from crossdock.route.bench import Bench
from crossdock.route.condition import Condition
from crossdock.route.model import Authorable
from crossdock.route.passage import Emit, Labelled, Passage, Run, Suspending, resume_steps, run_steps, slots_of
from crossdock.route.plan import Deliver
from crossdock.route.spec import Expression, Settings
from crossdock.route.steps.contract import Builder, StepKind

#: Conditions that hold for every document.
ALWAYS = frozenset({"`true`", "`1`", "'true'", "@ == @"})


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
    body: Branch | Otherwise = branch
    if branch.otherwise is not None:
        bench, body = bench.at("otherwise"), branch.otherwise
    return _Way(holds, builder.branch(bench.at("steps"), body.steps), builder.targets(bench.at("to"), body.to))


def _check_order(branches: Iterable[tuple[Bench, Branch]]) -> None:
    closed: str | None = None
    for at, branch in branches:
        if (branch.when is None) == (branch.otherwise is None) or (branch.otherwise and (branch.steps or branch.to)):
            at.report("R212", "a branch has either 'when' with steps and to, or 'otherwise'", hint=_SHAPE)
        elif closed is not None:
            at.report("R213", f"this branch is never reached: {closed}", hint="move it up, or remove it")
        if branch.otherwise is not None:
            closed = "it stands after 'otherwise'"
        elif branch.when is not None and branch.when.strip() in ALWAYS:
            closed = f"'{branch.when}' before it always holds"


_SHAPE = "- when: …, steps: […], to: […]  or  - otherwise: {steps: […], to: […]}"

STEP = StepKind(name="choose", config=Choose, compile=compile_choose, bare="branches")
