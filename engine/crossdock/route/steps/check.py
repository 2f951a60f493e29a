"""``check``: business rules, each with a name, a severity and a text."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from crossdock.errors import Finding, Hold, Reject, Severity
from crossdock.route.bench import Bench
from crossdock.route.condition import Condition
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.spec import Expression, Settings
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.template import Template


class Outcome(enum.StrEnum):
    """What a broken rule means for the document."""

    HOLD = "hold"
    REJECT = "reject"
    WARN = "warn"


class Rule(Authorable):
    """One rule: ``that`` must hold. ``text`` tells a person what is wrong and may have ``{expressions}``."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
    that: Expression
    severity: Outcome = Outcome.HOLD
    text: str = ""


class Check(Authorable):
    """Judges a document by rules of the business. All are asked; the severest broken one decides.

    ``hold`` (if nothing is said) parks the document until a person releases it past these rules or rejects it;
    ``reject`` makes it a dead letter; ``warn`` lets it pass with a finding.

    ```yaml
    - check:
        - {name: has-lines, that: "length(lines) > `0`", severity: reject, text: "order {number} has no lines"}
        - {name: known-buyer, that: "buyer.id != '0'"}
    ```
    """

    rules: Annotated[list[Settings], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class _Compiled:
    name: str
    holds: Condition
    outcome: Outcome
    text: Template


def compile_check(config: Check, bench: Bench, builder: Builder) -> Run:
    """Ask every rule, then let the broken ones decide."""
    read = [(bench.at(i), bench.at(i).read(Rule, rule, "R202", owner="a rule")) for i, rule in enumerate(config.rules)]
    rules = tuple(_rule(at, rule) for at, rule in read if rule is not None)
    _refuse_twins(read)

    def run(passage: Passage) -> None:
        document, scope = passage.document, passage.scope
        broken = [rule for rule in rules if not rule.holds(document, scope)]
        if broken:
            _decide(passage, broken)

    return run


def _rule(bench: Bench, rule: Rule) -> _Compiled:
    text = bench.at("text").template(rule.text or f"rule '{rule.name}' is broken", fits=bool, what="a rule's text")
    return _Compiled(rule.name, bench.at("that").condition(rule.that), rule.severity, text)


def _refuse_twins(rules: Iterable[tuple[Bench, Rule | None]]) -> None:
    seen: set[str] = set()
    for at, rule in rules:
        if rule is not None and rule.name in seen:
            at.at("name").report("R219", f"two rules are named '{rule.name}'", value=rule.name)
        seen |= {rule.name} if rule is not None else set()


def _decide(passage: Passage, broken: list[_Compiled]) -> None:
    findings = tuple(_findings(passage, broken))
    outcomes = {rule.outcome for rule in broken}
    if Outcome.REJECT in outcomes:
        raise Reject.of(findings)
    if {rule.name for rule in broken if rule.outcome is Outcome.HOLD} - passage.released:
        raise Hold("R403", findings[0].message, findings=findings)
    passage.findings += findings


def _findings(passage: Passage, broken: list[_Compiled]) -> Iterator[Finding]:
    for rule in broken:
        released = rule.outcome is Outcome.WARN or (rule.outcome is Outcome.HOLD and rule.name in passage.released)
        severity = Severity.WARNING if released else Severity.ERROR
        text = rule.text(passage.document, passage.scope)
        yield Finding(code="R403", message=text, severity=severity, rule=rule.name)


STEP = StepKind(name="check", config=Check, compile=compile_check, bare="rules")
