"""``interchange``: a document in an envelope for one partner, with the next control numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

from crossdock.codecs.edi.grammar import Sets
from crossdock.codecs.edi.numbered import Sent
from crossdock.connector.amounts import Seconds
from crossdock.control import Awaited, Numbering, Series
from crossdock.errors import Finding, Hold, Reject
from crossdock.message import Document
from crossdock.partner.agreement import Sends
from crossdock.partner.choosing import Partner, sending_usage
from crossdock.partner.ids import X12, Address, standard_of
from crossdock.partner.status import ALLOWS, TEST_DATA
from crossdock.route.bench import Bench
from crossdock.route.materials import UNSOUND
from crossdock.route.model import Authorable
from crossdock.route.partners.facts import ACKNOWLEDGEMENTS
from crossdock.route.partners.known import Partners
from crossdock.route.partners.standards import EdiStandard, Wrapped, rules_of, standards_of
from crossdock.route.passage import Passage, Run
from crossdock.route.steps.contract import Builder, StepKind

Tree: TypeAlias = "dict[str, Document]"


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Word = Annotated[str, BeforeValidator(_text, json_schema_input_type=str | int)]


class Interchange(Authorable):
    """Writes the document for a partner: the envelope of the profile, and control numbers without a gap.

    What is sent is awaited: an acknowledgement that does not come ``within`` the time is told on ``ack.overdue``. A
    partner in testing is sent tests only, one who is onboarding or retired nothing: the document is held. Every entry
    of a partner's ``sends`` makes a route that ends with this step; a route of your own may do the same.

    ```yaml
    - interchange: {partner: acme, set: "855", version: "005010", within: 4h}
    ```
    """

    partner: str
    set: Annotated[Word, Field(min_length=1)] | None = None
    version: Annotated[Word, Field(min_length=1)] | None = None
    within: Seconds | None = None


def compile_interchange(config: Interchange, bench: Bench, builder: Builder) -> Run | None:
    """Bind partner and codec; the journal gives the numbers."""
    builder.flow.encoded = True
    partners = bench.materials.partners
    partner = partners.roster.partners.get(config.partner)
    if partner is None:
        if config.partner not in partners.broken:
            bench.at("partner").unknown("P144", "partner", config.partner, partners.roster.partners)
        return None
    bench.notes.files.add(f"partner {config.partner}")
    standards = standards_of(bench.materials.layouts)
    wanted = [standards[standard_of(config.set)]] if config.set else list(standards.values())
    writers = {one.name: writer for one in wanted if (writer := _writer(one, partner, partners)) is not None}
    if config.set and not writers:
        if UNSOUND in bench.materials.broken and partner.profile.ids.addresses(wanted[0].name):
            return None  # they may say who we are
        message = f"{wanted[0].name} needs an id of ours and one of {config.partner}"
        bench.report("P123", message, hint="'ids' in crossdock.yaml, and 'ids' in the profile")
        return None
    return _Step(config, partner, writers, partners.told(_agreement(config, partner))).run


def _agreement(config: Interchange, partner: Partner) -> Sends | None:
    """What the partner is sent so; None where that is not agreed, or is an answer to what they sent."""
    sent = (one for number, one, _ in partner.profile.sent() if number == config.set and one.enabled)
    return next((one for one in sent if one.version == config.version), None)


def _writer(standard: EdiStandard, partner: Partner, partners: Partners) -> _Writer | None:
    ours = partners.roster.ours(partner.profile, standard.name)
    theirs = partner.profile.ids.addresses(standard.name)
    if not ours or not theirs:
        return None
    return _Writer(standard, partner, ours[0], theirs[0], rules_of(standard, partner.name, partner.profile))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes interchanges of one standard for one partner."""

    standard: EdiStandard
    partner: Partner
    ours: Address
    theirs: Address
    rules: Sets | None

    def numbering(self, passage: Passage, root: Tree, usage: str, within: float | None) -> tuple[Numbering, str]:
        """How it gets its numbers, and the media type of what is written. Raises ``Reject``."""
        wrapped = Wrapped(self.ours, self.theirs, usage, passage.scope.now)
        codec = self.standard.writer(self.partner.profile, wrapped, self.rules)
        numbered = codec.numbered([root])
        prefix = f"{self.partner.name}/{self.standard.name.lower()}"
        series = tuple(Series(name=f"{prefix}/{level}", last=self.standard.last) for level in numbered.levels)
        if str(root["_set"]) in ACKNOWLEDGEMENTS:
            return Numbering(scopes=series, write=numbered.write), codec.content_type
        keys = passage.keys

        def awaits(numbers: Sequence[int]) -> tuple[Awaited, ...]:
            return tuple(self._awaited(sent, keys, within) for sent in numbered.sent(numbers))

        return Numbering(scopes=series, write=numbered.write, awaits=awaits), codec.content_type

    def _awaited(self, sent: Sent, keys: tuple[str, ...], within: float | None) -> Awaited:
        return Awaited(
            partner=self.partner.name,
            standard=self.standard.name,
            set_id=sent.set,
            interchange=sent.interchange,
            group=sent.group or None,
            transaction=sent.transaction or None,
            keys=keys,
            within=within,
        )


@dataclass(frozen=True, slots=True)
class _Step:
    config: Interchange
    partner: Partner
    writers: Mapping[str, _Writer]
    reached: Callable[[], None]

    def run(self, passage: Passage) -> None:
        """Leave the writing to the moment the numbers are known."""
        root = self._root(passage.document)
        writer = self.writers.get(str(root["_std"]))
        if writer is None:
            raise Reject.of([_no_writer(str(root["_std"]), self.partner.name)])
        usage = self._usage(str(root["_std"]))
        if str(root["_set"]) in ACKNOWLEDGEMENTS:
            root = _guarded(root, usage)
        else:
            root.pop("_env", None)
        numbering, content_type = writer.numbering(passage, root, usage, self.config.within)
        passage.numbering, passage.payload, passage.content_type = numbering, b"", content_type
        passage.partner = self.partner.name
        self.reached()
        told = {"edi.set": str(root["_set"]), "edi.standard": str(root["_std"]), "edi.usage": usage}
        passage.headers = MappingProxyType({**passage.headers, **told})

    def _root(self, document: Document) -> Tree:
        if not isinstance(document, dict):
            message = "an interchange needs an object with the segments of its set"
            raise Reject.of([Finding(code="P151", message=message, hint="put 'map' before 'interchange'")])
        number = str(self.config.set or document.get("_set") or "")
        root: Tree = {**document, "_set": number, "_std": document.get("_std") or standard_of(number)}
        if self.config.version is not None:
            root["_ver"] = self.config.version
        return root

    def _usage(self, standard: str) -> str:
        profile = self.partner.profile
        usage = sending_usage(profile, profile.x12.usage if standard == X12 else profile.edifact.usage)
        if usage is None:
            said = f"{self.partner.name} is {profile.status}: {ALLOWS[profile.status].about}"
            raise Hold("P138", said, hint=f"crossdock partner set-status {self.partner.name} testing, then release it")
        return usage


def _guarded(root: Tree, usage: str) -> Tree:
    """An answer has the usage of what it answers; whoever is in testing gets tests only, whatever they sent."""
    env = root.get("_env")
    if usage == TEST_DATA and isinstance(env, dict):
        test: Tree = {"usage": TEST_DATA} if root["_std"] == X12 else {"test": "1"}
        return {**root, "_env": {**env, **test}}
    return root


def _no_writer(standard: str, partner: str) -> Finding:
    hint = "'ids' in crossdock.yaml, and 'ids' in the profile"
    message = f"nothing of {standard} can be written for {partner}: an id of ours or of theirs is missing"
    return Finding(code="P123", message=message, hint=hint)


STEP = StepKind(name="interchange", config=Interchange, compile=compile_interchange, needs_document=True, reshapes=True)
