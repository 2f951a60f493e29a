"""``edi``: what partners send, whoever they are: the envelope names the partner, the agreement says the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias, cast

from crossdock.codecs.acknowledging import advise, statements_of
from crossdock.codecs.edi.refusal import Refused as RefusedDocument
from crossdock.control import Seen
from crossdock.errors import Finding, Hold, Reject
from crossdock.message import Document
from crossdock.partner.choosing import Agreed, Facts, Partner
from crossdock.partner.choosing import Refusal as Refused
from crossdock.partner.ids import EDIFACT, X12
from crossdock.partner.reconcile import answers_from
from crossdock.route.bench import Bench
from crossdock.route.model import Authorable
from crossdock.route.opening import OPENERS
from crossdock.route.partners.facts import ACKNOWLEDGEMENTS, ADVICES, facts_of
from crossdock.route.partners.intake import ANSWER, BEYOND, INTERCHANGE, Intake, codecs_of
from crossdock.route.partners.known import Partners
from crossdock.route.partners.standards import standards_of
from crossdock.route.passage import Passage, Run
from crossdock.route.plan import Once, Publish
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.topic import ACK_RECEIVED, ACKNOWLEDGEMENT

#: Where it is remembered which interchanges came.
SCOPE = "edi/interchange"
Tree: TypeAlias = "dict[str, Document]"
_NUMBER = 12  # characters an advice is called by: of the id of the message it is about


class Edi(Authorable):
    """Takes whatever partners send: finds whose it is by the envelope, and does what was agreed for each document.

    X12 and EDIFACT, any number of interchanges in a payload. Each document goes through the mapping and the contract
    of its agreement (``partners/*.yaml``) to the agreement's topic; acknowledgements of what we sent are taken for
    what they are; what answers an interchange goes to the topic ``edi.acknowledgement`` and from there to the
    partner. Interchanges of nobody we know, and tests among live data, are held. It stands alone: agreements say
    where documents go.

    ```yaml
    - edi: {}
    ```
    """


def compile_edi(config: Edi, bench: Bench, builder: Builder) -> Run | None:
    """Bind codecs and partners; ``partition`` does the reading."""
    flow = builder.flow
    if flow.decoded or flow.last not in (None, *OPENERS):
        bench.report("R205", "'edi' must be the first step, and there is one of it", key=True)
        return None
    partners = bench.materials.partners
    flow.decoded = flow.document = flow.split = True
    flow.alone = "edi"
    standards = standards_of(bench.materials.layouts).values()
    flow.reader = Intake(codecs_of(standards, partners.roster), partners.roster).parts
    for topic, place in partners.published.items():
        bench.notes.published.setdefault(topic, place)
    if any(one.profile.answered(standard) for one in partners.roster.partners.values() for standard in (X12, EDIFACT)):
        bench.notes.published.setdefault(ACKNOWLEDGEMENT, bench.place())
    bench.notes.files |= {f"partner {name}" for name in partners.roster.partners}
    bench.notes.files |= {name for name in bench.materials.texts if name.startswith("edi ")}
    return _Step(partners).run


@dataclass(frozen=True, slots=True)
class _Opened:
    """What holds for every document of one interchange. ``agreed`` has what was asked for, by set and version."""

    facts: Facts
    owner: Partner
    guards: tuple[Once, ...]
    agreed: dict[tuple[str, str], Agreed | Refused] = field(default_factory=dict)


#: Standard, envelope, control number, and which interchange of which message it is.
_Envelope: TypeAlias = "tuple[str, Tree, str, str | None]"


class _Step:
    """The step of one route."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners
        self._last: tuple[_Envelope, _Opened] | None = None  # documents of one interchange follow each other

    def run(self, passage: Passage) -> str | None:
        """One document of a partner, or the answer to an interchange."""
        if ANSWER in passage.headers:
            return self._answer(passage)
        root = passage.document if isinstance(passage.document, dict) else {}
        opened = self._opened(_envelope(root, passage))
        owner, number = opened.owner, str(root.get("_set", ""))
        self._refuse_beyond(passage, owner)
        passage.guards += opened.guards
        if number in ACKNOWLEDGEMENTS or number in ADVICES:
            self._note(passage, owner)
        agreed = self._agreed(opened, number, str(root.get("_ver", "")))
        if isinstance(agreed, Refused) and passage.answers:
            return f"{number} of {owner.name}: noted for what it answers"
        if isinstance(agreed, Refused):
            raise _held(agreed)
        try:
            self._partners.told(agreed.receives)()
            self._partners.handling(agreed.receives).run(passage, agreed, opened.facts)
        except Reject as error:
            passage.taps += tuple(_advice(passage, agreed, error))
            raise
        return None

    def _opened(self, envelope: _Envelope) -> _Opened:
        """Whose an interchange is. Raises ``Hold``."""
        if self._last is not None and self._last[0] == envelope:
            return self._last[1]
        standard, env, control, holder = envelope
        facts = facts_of(standard, env, control)
        owner = self._partners.roster.interchange(facts)
        if isinstance(owner, Refused):
            raise _held(owner)
        opened = _Opened(facts, owner, tuple(_guards(owner, facts, holder)))
        self._last = envelope, opened
        return opened

    def _agreed(self, opened: _Opened, number: str, version: str) -> Agreed | Refused:
        key = number, version
        if key not in opened.agreed:
            opened.agreed[key] = self._partners.roster.document(opened.owner, opened.facts, number, version)
        return opened.agreed[key]

    def _refuse_beyond(self, passage: Passage, owner: Partner) -> None:
        most = passage.headers.get(BEYOND)
        if most is None or "documents" in passage.released:
            return
        said = f"more than {most} documents in one interchange from {owner.name}"
        hint = f"release it, or raise 'limits: documents' in partners/{owner.name}.yaml"
        raise Hold("P137", said, findings=[Finding(code="P137", message=said, hint=hint, rule="documents")], hint=hint)

    def _note(self, passage: Passage, owner: Partner) -> None:
        """An acknowledgement changes how what we sent stands, and is told to whom it may concern."""
        statements = statements_of(passage.document)
        passage.answers += tuple(answers_from(statements, owner.name))
        passage.partner = owner.name
        passage.taps += (_received(passage, owner),) if statements else ()

    def _answer(self, passage: Passage) -> str | None:
        document = cast("Tree", passage.document)
        standard, control = str(document["standard"]), str(document["interchange"])
        opened = self._opened((standard, cast("Tree", document["env"]), control, passage.headers.get(INTERCHANGE)))
        owner, facts = opened.owner, opened.facts
        passage.guards += opened.guards
        passage.keys += (f"{facts.sender.id}/{facts.control}",)
        passage.partner = owner.name
        passage.seen += Seen.read(f"{owner.name}/{facts.standard.lower()}/in/interchange", facts.control)
        passage.outputs = tuple(_published(passage, owner, document["acknowledgements"]))
        passage.instead = tuple(_published(passage, owner, document["duplicate"]))
        return None if passage.outputs else f"no acknowledgement is agreed with {owner.name}"


def _published(passage: Passage, owner: Partner, made: Document) -> Iterator[Publish]:
    for number, one in enumerate(made if isinstance(made, list) else []):
        said = one if isinstance(one, dict) else {}
        headers = {"edi.set": str(said.get("_set", "")), "edi.standard": str(said.get("_std", ""))}
        yield Publish(
            slot=f"acknowledgement-{number + 1}",
            topic=ACKNOWLEDGEMENT,
            document=one,
            headers=MappingProxyType({**_without(passage.headers), **headers}),
            partner=owner.name,
        )


def _advice(passage: Passage, agreed: Agreed, error: Reject) -> Iterator[Publish]:
    """What tells the partner that a document was well-formed and could not be used, where that is agreed."""
    document = passage.document
    if agreed.receives.advise is None or not isinstance(document, dict):
        return
    number = passage.scope.id.replace("-", "")[-_NUMBER:]
    reference = next(iter(passage.keys), "")
    refused = RefusedDocument(document=document, findings=error.findings, number=number, reference=reference)
    made = advise(refused, passage.scope.now)
    if made is not None:
        yield from _published(passage, agreed.partner, [made])


def _received(passage: Passage, owner: Partner) -> Publish:
    return Publish(
        slot="received", topic=ACK_RECEIVED, document=passage.document, headers=passage.headers, partner=owner.name
    )


def _without(headers: object) -> dict[str, str]:
    return {name: text for name, text in cast("dict[str, str]", headers).items() if name != ANSWER}


def _envelope(root: Tree, passage: Passage) -> _Envelope:
    """Of a document."""
    env, numbers = root.get("_env"), root.get("_ctl")
    control = numbers.get("isa") or numbers.get("unb") or "" if isinstance(numbers, dict) else ""
    standard = str(root.get("_std", ""))
    return standard, env if isinstance(env, dict) else {}, str(control), passage.headers.get(INTERCHANGE)


def _guards(owner: Partner, facts: Facts, holder: str | None) -> Iterator[Once]:
    """An interchange that came before is not processed again."""
    within = owner.profile.duplicates
    if within and facts.control:
        key = "/".join((facts.standard, *map(str, (facts.sender, facts.receiver)), facts.control))
        yield Once(scope=SCOPE, key=key, within=within, holder=holder)


def _held(refused: Refused) -> Hold:
    said = Finding(code=refused.code, message=refused.reason, hint=refused.hint)
    return Hold(refused.code, refused.reason, findings=[said], hint=refused.hint)


STEP = StepKind(name="edi", config=Edi, compile=compile_edi)
