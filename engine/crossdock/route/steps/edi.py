"""``edi``: what partners send, whoever they are: the envelope names the partner, the agreement says the rest."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import cast

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
from crossdock.route.partners.facts import facts_of
from crossdock.route.partners.intake import ANSWER, BEYOND, INTERCHANGE, Intake, codecs_of
from crossdock.route.partners.known import Partners
from crossdock.route.partners.standards import ACKNOWLEDGEMENTS, ADVICES, standards_of
from crossdock.route.passage import Passage, Run
from crossdock.route.plan import Once, Publish
from crossdock.route.steps.contract import Builder, StepKind
from crossdock.route.topic import ACK_RECEIVED

#: Where acknowledgements go on their way to the partner.
ACKNOWLEDGEMENT = "edi.acknowledgement"
#: Where it is remembered which interchanges came.
SCOPE = "edi/interchange"
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
    if flow.decoded or flow.last is not None:
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


class _Step:
    """The step of one route."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners

    def run(self, passage: Passage) -> str | None:
        """One document of a partner, or the answer to an interchange."""
        if ANSWER in passage.headers:
            return self._answer(passage)
        facts, number, version = _described(passage.document)
        owner = self._partners.roster.interchange(facts)
        if isinstance(owner, Refused):
            raise _held(owner)
        self._refuse_beyond(passage, owner)
        _guard(passage, owner, facts)
        if number in ACKNOWLEDGEMENTS or number in ADVICES:
            self._note(passage, owner)
        agreed = self._partners.roster.document(owner, facts, number, version)
        if isinstance(agreed, Refused) and passage.answers:
            return f"{number} of {owner.name}: noted for what it answers"
        if isinstance(agreed, Refused):
            raise _held(agreed)
        try:
            self._partners.handling(agreed.receives).run(passage, agreed, facts)
        except Reject as error:
            passage.taps += tuple(_advice(passage, agreed, error))
            raise
        return None

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
        document = cast("dict[str, Document]", passage.document)
        facts = facts_of(
            str(document["standard"]), cast("dict[str, Document]", document["env"]), str(document["interchange"])
        )
        owner = self._partners.roster.interchange(facts)
        if isinstance(owner, Refused):
            raise _held(owner)
        _guard(passage, owner, facts)
        passage.keys += (f"{facts.sender.id}/{facts.control}",)
        passage.partner = owner.name
        if facts.control.isascii() and facts.control.isdigit():
            scope = f"{owner.name}/{facts.standard.lower()}/in/interchange"
            passage.seen += (Seen(scope=scope, number=int(facts.control)),)
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


def _described(document: Document) -> tuple[Facts, str, str]:
    """The envelope of a document, its set and its version."""
    root = document if isinstance(document, dict) else {}
    env, numbers = root.get("_env"), root.get("_ctl")
    standard = str(root.get("_std", ""))
    control = numbers.get("isa") or numbers.get("unb") or "" if isinstance(numbers, dict) else ""
    facts = facts_of(standard, env if isinstance(env, dict) else {}, str(control))
    return facts, str(root.get("_set", "")), str(root.get("_ver", ""))


def _guard(passage: Passage, owner: Partner, facts: Facts) -> None:
    """An interchange that came before is not processed again."""
    within = owner.profile.duplicates
    if not within or not facts.control:
        return
    key = "/".join((facts.standard, *map(str, (facts.sender, facts.receiver)), facts.control))
    passage.guards += (Once(scope=SCOPE, key=key, within=within, holder=passage.headers.get(INTERCHANGE)),)


def _held(refused: Refused) -> Hold:
    said = Finding(code=refused.code, message=refused.reason, hint=refused.hint)
    return Hold(refused.code, refused.reason, findings=[said], hint=refused.hint)


STEP = StepKind(name="edi", config=Edi, compile=compile_edi)
