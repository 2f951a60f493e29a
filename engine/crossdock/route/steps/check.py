"""``check``: business rules, each with a name, a severity and a text; preflight rules among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Protocol

from pydantic import Field

from crossdock.canonical.contract import Contract
from crossdock.errors import Finding, Hold, Reject, Severity
from crossdock.partner.preflight.library import shape_of
from crossdock.partner.preflight.rule import Outcome
from crossdock.route.bench import Bench
from crossdock.route.condition import Condition
from crossdock.route.judged import judge
from crossdock.route.model import Authorable
from crossdock.route.passage import Passage, Run
from crossdock.route.preflight import PREFLIGHT, Preflight, compile_preflight
from crossdock.route.spec import Expression, Settings
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.template import Template


class Rule(Authorable):
    """One rule: ``that`` must hold. ``text`` tells a person what is wrong and may have ``{expressions}``."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
    that: Expression
    severity: Outcome = Outcome.HOLD
    text: str = ""


class Check(Authorable):
    """Judges a document by rules of the business. All are asked; the severest broken one decides.

    ``hold`` (if nothing is said) parks the document until a person releases it past these rules or rejects it;
    ``reject`` makes it a dead letter; ``warn`` lets it pass with a finding. ``preflight`` names a rule of the library
    (`crossdock partner rules` lists them), such as one that compares a shipment with its order.

    ```yaml
    - check:
        - {name: has-lines, that: "length(lines) > `0`", severity: reject, text: "order {number} has no lines"}
        - {name: known-buyer, that: "buyer.id != '0'"}
        - {preflight: gln, severity: warn}
    ```
    """

    rules: Annotated[list[Settings], Field(min_length=1)]


class Asked(Protocol):
    """A rule of either kind, compiled."""

    @property
    def name(self) -> str:
        """What a person releases a document past."""
        ...

    @property
    def outcome(self) -> Outcome:
        """What it means where it is broken."""
        ...

    def findings(self, passage: Passage) -> Iterable[Finding]:
        """What is wrong, each finding with the rule's name; nothing where it holds."""
        ...


@dataclass(frozen=True, slots=True)
class _Compiled:
    name: str
    holds: Condition
    outcome: Outcome
    text: Template

    def findings(self, passage: Passage) -> Iterator[Finding]:
        if not self.holds(passage.document, passage.scope):
            text = self.text(passage.document, passage.scope)
            yield Finding(code="R403", message=text, rule=self.name)


def compile_check(config: Check, bench: Bench, builder: Builder) -> Run:
    """Ask every rule, then let the broken ones decide."""
    rules: list[Asked] = []
    seen: set[str] = set()
    contracts = bench.materials.contracts
    for index, written in enumerate(config.rules):
        at = bench.at(index)
        rule = compile_preflight(at, written, builder.flow) if PREFLIGHT in written else _rule(at, written)
        if rule is not None:
            _refuse_twin(at, rule.name, seen)
            rules.append(rule)
    return _asking(tuple(rules), contracts)


def _asking(rules: tuple[Asked, ...], contracts: Mapping[str, Contract]) -> Callable[[Passage], None]:
    preflight = any(isinstance(rule, Preflight) for rule in rules)

    def run(passage: Passage) -> None:
        shape = shape_of(passage.document) if preflight and not passage.keys else ""
        if shape in contracts:  # not validated yet: what is held here is looked for by its number all the same
            passage.keys += contracts[shape].keys(passage.document)
        broken = [(rule, found) for rule in rules if (found := tuple(rule.findings(passage)))]
        if broken:
            _decide(passage, broken)

    return run


def _rule(bench: Bench, written: Settings) -> _Compiled | None:
    rule = bench.read(Rule, written, "R202", owner="a rule")
    if rule is None:
        return None
    text = bench.at("text").template(rule.text or f"rule '{rule.name}' is broken", fits=bool, what="a rule's text")
    judge(bench.at("that"), rule.that)
    return _Compiled(rule.name, bench.at("that").condition(rule.that), rule.severity, text)


def _refuse_twin(at: Bench, name: str, seen: set[str]) -> None:
    if name in seen:
        at.at("name").report("R219", f"two rules are named '{name}'", value=name)
    seen.add(name)


def _decide(passage: Passage, broken: list[tuple[Asked, tuple[Finding, ...]]]) -> None:
    findings = tuple(_told(passage, broken))
    outcomes = {rule.outcome for rule, _ in broken}
    if Outcome.REJECT in outcomes:
        raise Reject.of(findings)
    holding = [found for rule, found in broken if rule.outcome is Outcome.HOLD and rule.name not in passage.released]
    if holding:
        first = holding[0][0]
        raise Hold(first.code, first.message, findings=findings, hint=first.hint)
    passage.findings += findings
    passage.pardoned |= {one.place.pointer for one in findings if one.code in _KEYS and one.place.pointer}


#: Findings about GS1 keys: what is let pass here, a contract lets pass too.
_KEYS = frozenset({"P210", "P211", "P212"})


def _told(passage: Passage, broken: list[tuple[Asked, tuple[Finding, ...]]]) -> Iterator[Finding]:
    for rule, found in broken:
        released = rule.outcome is Outcome.WARN or (rule.outcome is Outcome.HOLD and rule.name in passage.released)
        severity = Severity.WARNING if released else Severity.ERROR
        yield from (_as(one, severity) for one in found)


def _as(one: Finding, severity: Severity) -> Finding:
    return one if one.severity is severity else replace(one, severity=severity)


STEP = StepKind(name="check", config=Check, compile=compile_check, bare="rules")
