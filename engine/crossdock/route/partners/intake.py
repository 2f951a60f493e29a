"""From a payload of EDI to its parts: the documents that go on, and after each interchange what answers it.

A part's position counts transactions and, behind each interchange, one for its answer, whether there is one or not: it
is the same when the payload is read again after a profile was added, and what was recorded is not recorded twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, cast

from crossdock import document_json
from crossdock.codecs.acknowledging import acknowledge
from crossdock.codecs.contract import Part
from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edi.judgement import DUPLICATE
from crossdock.errors import Finding, Hold, Reject, errors_in
from crossdock.message import Document, Message, Payload, read_all
from crossdock.partner.choosing import Partner, Roster
from crossdock.partner.choosing import Refusal as Refused
from crossdock.route.partners.facts import of_account
from crossdock.route.partners.runs import runs
from crossdock.route.partners.standards import EdiCodec, EdiStandard, tailored
from crossdock.route.partners.survey import Located, Survey, Surveyed, Tailored

#: Headers of a part: which interchange of which message it is of; that it is the answer; that it is one too many.
INTERCHANGE, ANSWER, BEYOND = "edi.interchange", "edi.answer", "edi.beyond"
#: Rules of findings: what was rejected with others, and what holds which interchange (by its number) of a payload.
RULE, HELD = "partners", "interchange "
#: From the first bytes of a payload to how likely it is of a standard.
Sniff: TypeAlias = Callable[[bytes], int]

HEAD = 4096  # bytes that tell one standard from the other


@dataclass(frozen=True, slots=True)
class Intake:
    """Reads what partners send. ``codecs`` are those of EDI as each partner has them, with what tells their payloads."""

    codecs: tuple[tuple[Sniff, Tailored], ...]
    roster: Roster

    def parts(self, message: Message, now: datetime, released: frozenset[str]) -> Iterator[Part | Finding]:
        """The parts of a payload. Raises ``Hold`` behind the last one for interchanges a person must look at first.

        Where some were held and are ``released``, only they are taken: the others have been.
        """
        if ANSWER in message.headers:
            yield _answer_again(message)
            return
        if INTERCHANGE in message.headers:
            survey = Survey(self._codecs(message.body), message.body, self.roster)
            yield next(one.item for one in survey.items() if isinstance(one.item, Part))
            return
        taking = _Taking(message, now, released)
        for run in runs(message.body):
            for item in taking.parts(Survey(self._codecs(run), run, self.roster)):
                yield run.part(item) if isinstance(item, Part) else run.placed(item)
        taking.hold()

    def _codecs(self, payload: Payload) -> Tailored:
        head = _head(payload)
        likely = max(self.codecs, key=lambda one: one[0](head), default=None)
        if likely is None or not likely[0](head):
            raise Reject(
                "P150", "the payload is no EDI: neither X12 nor EDIFACT", hint="see what it is: crossdock inspect"
            )
        return likely[1]


def _head(payload: Payload) -> bytes:
    head = b""
    for chunk in payload.chunks():
        head += chunk
        if len(head) >= HEAD:
            break
    return head[:HEAD]


def _answer_again(message: Message) -> Part:
    data = read_all(message.body)
    return Part(position=message.position, document=document_json.decode(data), raw=lambda: data)


class _Taking:
    """One payload on its way in, a survey after the other."""

    def __init__(self, message: Message, now: datetime, released: frozenset[str]) -> None:
        self._message = message
        self._now = now
        self._released = {rule for rule in released if rule.startswith(HELD)}
        self._position = 0
        self._before = 0  # interchanges of earlier surveys
        self._documents = 0  # of the interchange whose parts are being given
        self._held: list[Finding] = []

    def parts(self, survey: Survey) -> Iterator[Part | Finding]:
        """Parts and findings in order; the last document of an interchange is joined to its answer."""
        last: Part | None = None
        for item in self._items(survey):
            if isinstance(item, Finding):
                yield item
                continue
            if last is not None:
                last.joined = ANSWER in item.headers
                yield last
            last = item
        if last is not None:
            yield last
        self._note_held(survey)
        self._before += len(survey.interchanges)

    def _items(self, survey: Survey) -> Iterator[Part | Finding]:
        given = -1  # the interchange whose parts are being given
        for one in survey.items():
            for number in range(given, one.interchange):
                yield from self._answers(survey, number)
            given = max(given, one.interchange)
            if isinstance(one.item, Finding):
                yield one.item
                continue
            self._position += 1
            if one.interchange < 0:
                yield replace(one.item, position=self._position)
            elif self._taken(survey, one.interchange):
                yield self._part(survey, one, one.item)
        for number in range(given, len(survey.interchanges)):
            yield from self._answers(survey, number)

    def _taken(self, survey: Survey, number: int) -> bool:
        return self._wanted(number) and isinstance(survey.interchanges[number].owner, Partner)

    def _wanted(self, number: int) -> bool:
        return not self._released or self._rule(number) in self._released

    def _rule(self, number: int) -> str:
        """What holds the interchange."""
        return f"{HELD}{self._before + number + 1}"

    def _part(self, survey: Survey, one: Located, part: Part) -> Part:
        """The part as one of its interchange: nobody else has it."""
        surveyed = survey.interchanges[one.interchange]
        self._documents += one.counted
        headers = {**part.headers, INTERCHANGE: self._named(one.interchange)}
        most = cast("Partner", surveyed.owner).profile.limits.documents
        if most is not None and self._documents > most:
            headers[BEYOND] = str(most)
        part.position, part.headers = self._position, headers
        part.findings = _with_verdict(part.findings, surveyed, one.group)
        return part

    def _named(self, interchange: int) -> str:
        """The same for every part of one interchange, whenever it is read."""
        return f"{self._message.id}#{self._before + interchange + 1}"

    def _answers(self, survey: Survey, number: int) -> Iterator[Part]:
        """What answers an interchange all of whose parts were given; its place where nothing does."""
        self._documents = 0
        if number < 0:
            return
        self._position += 1
        if self._taken(survey, number):
            surveyed = survey.answerable(number)
            yield self._answer(surveyed, cast("Partner", surveyed.owner), self._named(number))

    def _answer(self, surveyed: Surveyed, owner: Partner, named: str) -> Part:
        made = acknowledge(surveyed.account, surveyed.terms, self._now)
        document: dict[str, Document] = {
            "partner": owner.name,
            "standard": surveyed.account.standard,
            "interchange": surveyed.account.control,
            "transactions": surveyed.account.transactions,
            "rejected": surveyed.account.transactions - _accepted(surveyed),
            "acknowledgements": made,
            "duplicate": _duplicate(surveyed, self._now),
            "env": surveyed.account.facts,
        }
        headers = {INTERCHANGE: named, ANSWER: surveyed.account.standard}
        encoded = document
        return Part(
            position=self._position,
            document=document,
            raw=lambda: document_json.encode(encoded),
            headers=headers,
        )

    def _note_held(self, survey: Survey) -> None:
        for number, one in enumerate(survey.interchanges):
            if isinstance(one.owner, Refused) and self._wanted(number):
                told = f"interchange {self._before + number + 1} ({one.account.control}): {one.owner.reason}"
                sender = of_account(one.account).sender.id or None
                why = Finding(
                    code=one.owner.code, message=told, hint=one.owner.hint, rule=self._rule(number), value=sender
                )
                self._held.append(why)

    def hold(self) -> None:
        """Behind the last part. Raises ``Hold`` where a person must look at some of it first."""
        if self._held:
            first = self._held[0]
            raise Hold(first.code, first.message, findings=self._held, hint=first.hint)


def _accepted(surveyed: Surveyed) -> int:
    return 0 if surveyed.judgement.refused else sum(group.accepted for group in surveyed.judgement.groups)


def _duplicate(surveyed: Surveyed, now: datetime) -> list[Document]:
    """What answers it if it turns out to have come before."""
    said = finding(DUPLICATE, control=surveyed.account.control)
    again = replace(surveyed.account, findings=[*surveyed.account.findings, said])
    return acknowledge(again, surveyed.terms, now)


def _with_verdict(findings: tuple[Finding, ...], surveyed: Surveyed, group: int) -> tuple[Finding, ...]:
    """A good document of a refused interchange or group is refused with it."""
    judgement = surveyed.judgement
    refused = judgement.refused or (group >= 0 and judgement.groups[group].refused)
    if not refused or errors_in(findings):
        return findings
    what = "interchange" if judgement.refused or surveyed.terms.refusal == "interchange" else "group"
    said = f"rejected with its {what}, in which something is wrong"
    return (*findings, Finding(code="P140", message=said, rule=RULE))


def codecs_of(standards: Iterable[EdiStandard], roster: Roster) -> tuple[tuple[Sniff, Tailored], ...]:
    """What tells a payload of each standard, and how it is read."""
    return tuple((standard.sniff, _tailored(standard, roster)) for standard in standards)


def _tailored(standard: EdiStandard, roster: Roster) -> Tailored:
    codecs: dict[str | None, EdiCodec] = {None: standard.reader({}, standard.sets)}
    for name, partner in roster.partners.items():
        own = tailored(standard, name, partner.profile)
        if own is not None:
            codecs[name] = own
    return codecs
