"""Preflight rules as a ``check`` step asks them: chosen, with their circumstances, and what they find."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from crossdock.codecs.x12.hierarchy import with_flat_hierarchy
from crossdock.errors import Finding
from crossdock.partner.choosing import Partner, sending_usage
from crossdock.partner.ids import X12, standard_of
from crossdock.partner.preflight import numbers
from crossdock.partner.preflight.choice import ALL, Chosen, Wish, chosen, foreign, wish_for
from crossdock.partner.preflight.library import RULES, about, shape_of
from crossdock.partner.preflight.reading import fields
from crossdock.partner.preflight.rule import Around, Outcome
from crossdock.partner.profile import Profile
from crossdock.route.bench import Bench
from crossdock.route.passage import Passage
from crossdock.route.plan import Once
from crossdock.route.steps.contract import Flow

#: The key that tells a preflight rule from one with a condition of its own.
PREFLIGHT = "preflight"
#: Where it is remembered which numbers were sent to whom.
SCOPE = "preflight/number"
MOST = 50  # findings of one rule about one document: enough to act on, and a journal is not swollen
_OWN = ("preflight", "partner", "set", "shape")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """One rule of the library, bound. ``shape`` is what the document is, empty where nobody knows before it comes."""

    chosen: Chosen
    shape: str
    partner: Partner | None = None
    set: str = ""

    @property
    def name(self) -> str:
        """The rule's name."""
        return self.chosen.rule.name

    @property
    def outcome(self) -> Outcome:
        """What it means where it is broken."""
        return self.chosen.outcome

    def findings(self, passage: Passage) -> Iterator[Finding]:
        """What is wrong. A document of another kind is told about: a rule that was not asked is no rule that held."""
        shape = self.shape or shape_of(passage.document)
        if shape not in self.chosen.rule.reads:
            reads = " or ".join(self.chosen.rule.reads)
            message = f"'{self.name}' judges {reads}, and this is {shape or 'something else'}"
            yield Finding(code="P293", message=message, rule=self.name)
            return
        if self.name == numbers.NAME:
            yield from self._guarded(passage, shape)
            return
        asked = self.chosen.rule.ask(with_flat_hierarchy(dict(fields(passage.document))), self._around(passage))
        yield from limited(replace(one, rule=self.name) for one in asked)

    def _around(self, passage: Passage) -> Around:
        return around(passage, self.chosen, self.partner, self.set)

    def _guarded(self, passage: Passage, shape: str) -> Iterator[Finding]:
        """The journal knows which numbers were used, so it decides."""
        whose = self._around(passage).partner
        key = numbers.key_of(fields(passage.document), shape)
        if key is None or self.name in passage.released:
            return
        if self.outcome is Outcome.HOLD:
            said = numbers.repeated(shape, key, whose)
            scope = f"{SCOPE}/{whose or ''}/{shape}"
            passage.guards += (Once(scope=scope, key=key, within=self.chosen.within, held=said),)
            return
        known = self._around(passage).recalled(shape, key)
        if any(fields(one.document).get("number") == key for one in known):
            yield numbers.repeated(shape, key, whose)


def limited(found: Iterator[Finding]) -> Iterator[Finding]:
    """At most so many findings, the last of them saying how many more there were."""
    for count, one in enumerate(found):
        if count < MOST:
            yield one
        else:
            more = sum(1 for _ in found) + 1
            yield replace(one, message=f"and {more} more like this")
            return


def around(passage: Passage, asked: Chosen, partner: Partner | None, number: str) -> Around:
    """The circumstances of a document on its way."""
    return Around(
        today=f"{passage.scope.now:%Y-%m-%d}",
        partner=partner.name if partner else passage.partner or passage.scope.partner,
        usage=_usage(partner.profile, number) if partner else "",
        own_usage=passage.headers.get("edi.usage", ""),
        recall=passage.recall,
        tolerance=asked.tolerance,
    )


def _usage(profile: Profile, number: str) -> str:
    envelope = profile.x12.usage if standard_of(number) == X12 else profile.edifact.usage
    return sending_usage(profile, envelope) or ""


def compile_preflight(bench: Bench, written: Mapping[str, object], flow: Flow) -> Preflight | None:
    """The rule that an entry of ``check`` names. ``bench`` stands at the entry."""
    name = written[PREFLIGHT]
    rule = RULES.get(name) if isinstance(name, str) else None
    if rule is None:
        bench.at(PREFLIGHT).unknown("P290", "preflight rule", str(name), RULES)
        return None
    options = {key: value for key, value in written.items() if key not in _OWN}
    wish = bench.read(Wish, options, "P291", noun="option", owner=f"rule '{name}'")
    asked = chosen(rule, wish) if wish is not None else None
    if wish is None or asked is None:
        return None
    for option in foreign(rule, wish):
        bench.at(option).report("P291", f"rule '{name}' has no '{option}'", hint=_options(rule.takes), key=True)
    shape = flow.shape or str(written.get("shape", ""))
    if shape and shape not in rule.reads and (shape in bench.materials.contracts or "/" in shape):
        fitting = ", ".join(one.name for one in about(shape)) or "none"
        message = f"'{name}' judges {' or '.join(rule.reads)}, but the document here is {shape}"
        bench.at(PREFLIGHT).report("P292", message, hint=f"rules about {shape}: {fitting}", value=str(name))
    if rule.name == numbers.NAME and flow.split:
        message = f"'{name}' cannot stand in a route that splits what it reads"
        bench.at(PREFLIGHT).report("P294", message, hint="let another route read the topic and check there")
    whose = written.get("partner")
    partner = bench.materials.partners.roster.partners.get(str(whose)) if whose is not None else None
    if whose is not None and partner is None and str(whose) not in bench.materials.partners.broken:
        bench.at("partner").unknown("P144", "partner", str(whose), bench.materials.partners.roster.partners)
    return Preflight(chosen=asked, shape=shape, partner=partner, set=str(written.get("set", "")))


def _options(takes: frozenset[str]) -> str:
    return f"it has: {', '.join(['severity', *sorted(takes)])}"


# What a profile makes of it


def preflight_rules(partner: Partner, number: str, shape: str) -> list[dict[str, object]]:
    """The rules that a document of ``shape`` is asked before it is sent to a partner, as a ``check`` step has them."""
    wished = partner.profile.preflight
    found = (chosen(rule, wish_for(wished, rule.name)) for rule in about(shape))
    return [{**_written(one, partner.name, number), "shape": shape} for one in found if one is not None]


def _written(one: Chosen, partner: str, number: str) -> dict[str, object]:
    options: dict[str, object] = {
        PREFLIGHT: one.rule.name,
        "severity": str(one.outcome),
        "partner": partner,
        "set": number,
    }
    if one.tolerance is not None:
        options["tolerance"] = str(one.tolerance)
    if "within" in one.rule.takes:
        options["within"] = f"{one.within:.3f}s"
    return options


def check_wishes(bench: Bench, wished: Mapping[str, Wish]) -> None:
    """Findings about rules that do not exist, and options they do not have. ``bench`` stands at ``preflight``."""
    for name, wish in wished.items():
        rule = RULES.get(name)
        if rule is None and name != ALL:
            bench.at(name).unknown("P290", "preflight rule", name, [*RULES, ALL], key=True)
        for option in foreign(rule, wish) if rule is not None else sorted(wish.model_fields_set - {"severity"}):
            hint = _options(rule.takes if rule is not None else frozenset())
            bench.at(name, option).report("P291", f"'{name}' has no '{option}'", hint=hint, key=True)
