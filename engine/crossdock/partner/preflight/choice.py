"""Which rules are asked, and how grave they are: as a step or a partner's profile says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

from crossdock.connector.amounts import Seconds, lasting
from crossdock.partner.preflight.numbers import WINDOW
from crossdock.partner.preflight.rule import Outcome, PreflightRule, Tolerance
from crossdock.yaml_source.authorable import Authorable

OFF = "off"
_TOLERANCE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?(%?)", re.ASCII)


def _tolerance(written: object) -> object:
    found = _TOLERANCE.fullmatch(str(written)) if isinstance(written, str | int | float) else None
    if found is None or isinstance(written, bool):
        raise ValueError("expected an amount or a share, such as 0.01 or 2%")
    return Tolerance(Decimal(found[1]), share=bool(found[2]))


def _severity(written: object) -> object:
    return OFF if written is False else written  # YAML 1.1 reads an unquoted off as false


Bearable: TypeAlias = Annotated[Tolerance, BeforeValidator(_tolerance, json_schema_input_type=str | int | float)]
Grave: TypeAlias = Annotated[Outcome | None, BeforeValidator(lambda said: None if _severity(said) == OFF else said)]


class Wish(Authorable):
    """How one rule is asked.

    ``severity`` is hold, reject, warn or off. ``tolerance`` is an amount or a share (``0.01``, ``2%``) for rules that
    compare sums and quantities; ``within`` is for how long the rule against duplicates looks back.
    """

    severity: Grave = Field(default_factory=lambda: None)
    tolerance: Bearable | None = None
    within: Annotated[Seconds, lasting("1m", "4000d")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A rule that is asked. ``within`` is for the rule that looks back in time."""

    rule: PreflightRule
    outcome: Outcome
    tolerance: Tolerance | None = None
    within: float = WINDOW


def chosen(rule: PreflightRule, wish: Wish) -> Chosen | None:
    """The rule as it is wished; None where it is off."""
    said = wish.severity if "severity" in wish.model_fields_set else rule.severity
    if said is None:
        return None
    within = WINDOW if wish.within is None else wish.within
    return Chosen(rule=rule, outcome=said, tolerance=wish.tolerance, within=within)


def foreign(rule: PreflightRule, wish: Wish) -> list[str]:
    """Options that are given, and that the rule does not have."""
    return sorted(wish.model_fields_set - {"severity"} - rule.takes)


def _wishes(written: object) -> object:
    """Words for rules are their severities; ``off`` for all of it switches all of it off."""
    if written is False or written == OFF:
        return {ALL: {"severity": OFF}}
    if not isinstance(written, dict):
        return written
    return {name: one if isinstance(one, dict) else {"severity": one} for name, one in written.items()}


#: How a partner has each rule, by its name, or by ``all``.
Wished: TypeAlias = Annotated[dict[str, Wish], BeforeValidator(_wishes)]
ALL = "all"


def wish_for(wished: Mapping[str, Wish], name: str) -> Wish:
    """What is wished of one rule: its own wish, with the severity of all where it has none."""
    own, every = wished.get(name, Wish()), wished.get(ALL)
    if every is None or "severity" in own.model_fields_set:
        return own
    return own.model_copy(update={"severity": every.severity})
