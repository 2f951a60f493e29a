"""The checklist: what a partner should have shown before going live, each as conditions over a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from crossdock.errors import ConfigError, CrossdockError, Finding, Place
from crossdock.mapping.expression import compile_expression
from crossdock.mapping.lookup import Tables
from crossdock.mapping.scope import Scope
from crossdock.message import Document
from crossdock.ops.certification.report import ExaminedDocument, ExaminedFile, ScenarioResult, Verdict
from crossdock.route.condition import Value
from crossdock.yaml_source import Authored, findings_of, load
from crossdock.yaml_source.authorable import Authorable


def _several(written: object) -> object:
    return [str(one) for one in written] if isinstance(written, list) else [str(written)]


def _by_shape(written: object) -> object:
    return {"decoded": written} if isinstance(written, str) else written


class Scenario(Authorable):
    """One entry. ``that`` is asked of each document of these sets: as it was read, or as a contract has it.

    A text is about the document as it was read (``decoded``); with several shapes (``decoded``, ``x12/850``,
    ``order/v1``) it is enough that one of them holds.
    """

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
    about: str = ""
    set: Annotated[list[str], BeforeValidator(_several), Field(min_length=1)]
    that: Annotated[dict[str, str], BeforeValidator(_by_shape), Field(min_length=1)]


class Checklist(Authorable):
    """A file of scenarios. With ``only``, the built-in ones are left out."""

    scenarios: tuple[Scenario, ...] = ()
    only: bool = False


_SHORT_X12 = "HL[?SN1.SN102 && SN1.SN105 && dec(SN1.SN102) < dec(SN1.SN105)]"
_SHORT_EDIFACT = "CPS[].LIN[?QVR][]"


def _one(name: str, about: str, sets: str, **that: str) -> Scenario:
    """A built-in scenario; ``x12_850`` stands for ``x12/850``, ``order_v1`` for ``order/v1``."""
    conditions = {key.replace("__", "/"): condition for key, condition in that.items()}
    return Scenario(name=name, about=about, set=sets.split(), that=conditions)


BUILT_IN: tuple[Scenario, ...] = (
    _one(
        "order-new",
        "A new order.",
        "850 ORDERS",
        x12__850="BEG.BEG01 == '00'",
        edifact__ORDERS="BGM.BGM03 == '9'",
    ),
    _one(
        "order-cancel",
        "An order that cancels one before.",
        "850 860 ORDERS ORDCHG",
        x12__850="BEG.BEG01 == '01'",
        x12__860="BCH.BCH01 == '01'",
        edifact__ORDERS="BGM.BGM03 == '1'",
        edifact__ORDCHG="BGM.BGM03 == '1'",
    ),
    _one(
        "order-change",
        "A change of an order.",
        "860 ORDCHG",
        x12__860="BCH.BCH01 == '04' || BCH.BCH01 == '05'",
        edifact__ORDCHG="BGM.BGM03 == '4' || BGM.BGM03 == '5'",
    ),
    _one(
        "acknowledgement-accepts",
        "An order accepted as it is.",
        "855 ORDRSP",
        x12__855="contains(['AD', 'AK', 'AT'], BAK.BAK02)",
        edifact__ORDRSP="BGM.BGM03 == '29'",
    ),
    _one(
        "acknowledgement-changes",
        "An order accepted with changes.",
        "855 865 ORDRSP",
        x12__855="BAK.BAK02 == 'AC'",
        x12__865="BCA.BCA02 == 'AC'",
        edifact__ORDRSP="BGM.BGM03 == '4'",
    ),
    _one(
        "asn-complete",
        "A ship notice for all that was ordered.",
        "856 DESADV",
        x12__856=f"BSN && !({_SHORT_X12})",
        edifact__DESADV=f"BGM && !({_SHORT_EDIFACT})",
    ),
    _one(
        "asn-partial",
        "A ship notice for a part of an order; the rest follows.",
        "856 DESADV",
        x12__856="HL[?SN1.SN108 == 'BP' || SN1.SN108 == 'IB']",
        edifact__DESADV="CPS[].LIN[?QVR][]",
        shipment__v1="lines[?backordered_quantity > `0`]",
    ),
    _one(
        "asn-short",
        "A ship notice with less than was ordered.",
        "856 DESADV",
        x12__856=_SHORT_X12,
        edifact__DESADV=_SHORT_EDIFACT,
        shipment__v1="lines[?ordered_quantity > quantity]",
    ),
    _one(
        "asn-sscc",
        "A ship notice with an SSCC on every pack.",
        "856 DESADV",
        x12__856="HL[?HL03 == 'P' || HL03 == 'T'] && !(HL[?(HL03 == 'P') && !(MAN[?MAN01 == 'GM'])])",
        edifact__DESADV="CPS[].PAC[].PCI[].GIN[?GIN01 == 'BJ'][]",
        shipment__v1="packs && !(packs[?!sscc])",
    ),
    _one(
        "invoice",
        "An invoice.",
        "810 INVOIC",
        x12__810="BIG && !(BIG.BIG07 == 'CR' || BIG.BIG07 == 'CN')",
        edifact__INVOIC="BGM.BGM0101 == '380'",
    ),
    _one(
        "invoice-credit",
        "A credit note.",
        "810 INVOIC",
        x12__810="BIG.BIG07 == 'CR' || BIG.BIG07 == 'CN'",
        edifact__INVOIC="BGM.BGM0101 == '381'",
        invoice__v1="type == 'credit_note'",
    ),
    _one(
        "invoice-charges",
        "An invoice with an allowance or a charge.",
        "810 INVOIC",
        x12__810="SAC || IT1[?SAC]",
        edifact__INVOIC="ALC || LIN[?ALC]",
        invoice__v1="allowances_charges || lines[?allowances_charges]",
    ),
)


def checklist(path: Path | None, sets: Iterable[str]) -> tuple[Scenario, ...]:
    """The scenarios about these sets: the built-in ones and those of a file. Raises ``ConfigError``."""
    own = _read(path) if path is not None else Checklist()
    wanted = set(sets)
    found = [*(() if own.only else BUILT_IN), *own.scenarios]
    named = {one.name: one for one in found}
    about = ((one, [number for number in one.set if number in wanted]) for one in named.values())
    return tuple(one.model_copy(update={"set": left}) for one, left in about if left)


def _read(path: Path) -> Checklist:
    source = load(path.read_bytes(), path.name)
    try:
        return Checklist.model_validate({} if source.value is None else source.value)
    except ValidationError as error:
        raise ConfigError.of(_findings(error, source)) from error


def _findings(error: ValidationError, source: Authored) -> list[Finding]:
    return findings_of(error, source, (), Checklist, "P310", noun="key", owner="the checklist")


@dataclass(frozen=True, slots=True)
class Compiled:
    """A scenario with its conditions compiled."""

    scenario: Scenario
    conditions: Mapping[str, Value]

    def shown_by(self, one: ExaminedDocument, scope: Scope) -> bool:
        """Whether a document shows it."""
        forms: dict[str, Document] = {"decoded": one.decoded, f"{one.standard.lower()}/{one.number}": one.decoded}
        if one.shape:
            forms[one.shape] = one.document
        return any(
            _true(self.conditions[shape], form, scope) for shape, form in forms.items() if shape in self.conditions
        )


def _true(condition: Value, document: Document, scope: Scope) -> bool:
    """As JMESPath takes it: nothing, false and what is empty do not hold; nor does what cannot be asked."""
    try:
        value = condition(document, scope)
    except CrossdockError:
        return False
    return value is True or (value is not None and value is not False and value not in ("", [], {}))


def compiled(scenarios: Sequence[Scenario], tables: Tables, file: str) -> tuple[Compiled, ...]:
    """The scenarios, ready to be asked. Raises ``ConfigError`` for an expression that is none."""
    return tuple(
        Compiled(
            one,
            {
                shape: compile_expression(text, place=Place(file=file), tables=tables)
                for shape, text in one.that.items()
            },
        )
        for one in scenarios
    )


def results(scenarios: Sequence[Compiled], files: Sequence[ExaminedFile], now: datetime) -> Iterator[ScenarioResult]:
    """How each scenario fared: shown by something that is accepted, only by something that is not, or by nothing."""
    scope = Scope(id="certification", route="certification", now=now)
    for each in scenarios:
        one = each.scenario
        shown = [
            (file, document)
            for file in files
            for document in file.documents
            if document.number in one.set and each.shown_by(document, scope)
        ]
        good = next(((file, document) for file, document in shown if document.accepted), None)
        best = good or (shown[0] if shown else None)
        verdict = Verdict.PASSED if good else Verdict.FAILED if shown else Verdict.OPEN
        named = f"{best[0].name}: {best[1].name}" if best else ""
        yield ScenarioResult(one.name, one.about, tuple(one.set), verdict, named)
