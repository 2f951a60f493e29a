"""One file of a partner, examined: read by their rules, mapped, judged; what would answer it is made and not sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crossdock.acknowledgement import Terms
from crossdock.codecs.acknowledging import acknowledge
from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.errors import CrossdockError, Finding, Place, Reject, Severity, errors_in
from crossdock.mapping.scope import Scope
from crossdock.message import Document, Inline
from crossdock.ops.certification.mending import mend
from crossdock.ops.certification.report import ExaminedDocument, ExaminedFile, Told
from crossdock.ops.inspect import view
from crossdock.partner.choosing import Agreed, Facts, Partner, Roster
from crossdock.partner.status import LIVE_DATA, TEST_DATA, Status
from crossdock.route.partners.facts import ACKNOWLEDGEMENTS, ADVICES, facts_of
from crossdock.route.partners.handling import Handling
from crossdock.route.partners.known import Partners
from crossdock.route.partners.standards import (
    EdiCodec,
    EdiStandard,
    Wrapped,
    rules_of,
    tailored,
)
from crossdock.route.partners.terms import terms_of

LARGEST = 20 * 1000**2  # bytes of a file: samples are small, and a report is read by people
_VIEWS = 200  # findings of one transaction that are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Examiner:
    """Examines files of one partner as of ``now``."""

    partner: Partner
    partners: Partners
    standards: Mapping[str, EdiStandard]
    now: datetime

    @property
    def _roster(self) -> Roster:
        return self.partners.roster

    def examine(self, name: str, data: bytes) -> ExaminedFile:
        """What became of one file."""
        file = ExaminedFile(name=name, data=data)
        standard = max(self.standards.values(), key=lambda one: one.sniff(data[:4096]))
        if not standard.sniff(data[:4096]):
            self._tell(file, "P301", "the file is no EDI: neither X12 nor EDIFACT", hint="is it the right file?")
            return file
        if len(data) > LARGEST:
            self._tell(
                file, "P302", f"the file has {len(data)} bytes, a sample at most {LARGEST}", hint="send a few documents"
            )
            return file
        file.standard = standard.name
        self._read(file, standard)
        return file

    def _tell(
        self, file: ExaminedFile, code: str, message: str, hint: str | None = None, *, warn: bool = False
    ) -> None:
        severity = Severity.WARNING if warn else Severity.ERROR
        found = Finding(code=code, message=message, hint=hint, severity=severity)
        file.told.append(Told(found, mend=mend(found)))

    def _read(self, file: ExaminedFile, standard: EdiStandard) -> None:
        codec = tailored(standard, self.partner.name, self.partner.profile)
        codec = codec or standard.reader({}, standard.sets)
        reading = codec.judge(Inline(file.data))
        parts: list[tuple[int, Part]] = []
        try:
            for item in reading:
                if isinstance(item, Part):
                    parts.append((len(reading.accounts) - 1, item))
                else:
                    file.told.append(_told(file.data, item))
        except Reject as error:
            found = error.findings or (Finding(code=error.code, message=error.message, hint=error.hint),)
            file.told += [_told(file.data, one) for one in found]
        accounts = list(reading.accounts)
        for account in accounts:
            self._envelope(file, account)
        file.documents += [self._document(file, accounts, number, part) for number, part in parts]
        if not parts and not file.told:
            self._tell(file, "P303", "the file holds no transaction")
        for account in accounts:
            file.answers += self._answers(standard, account)

    def _envelope(self, file: ExaminedFile, account: InterchangeAccount) -> None:
        """Whether it is from whom it should be, to us, and marked as what it is."""
        facts = facts_of(account.standard, account.facts, account.control)
        known = {*file.told}
        for found in (*account.findings, *(one for group in account.groups for one in group.findings)):
            if not any(one.finding == found for one in known):
                file.told.append(_told(file.data, found))
        whose = self._roster.sender(facts)
        if whose is None or whose.name != self.partner.name:
            is_whose = f"which is {whose.name}" if whose else "which nobody has"
            ids = ", ".join(map(str, self.partner.profile.ids.addresses(account.standard))) or "none"
            message = f"interchange {account.control} is from {facts.sender}, {is_whose}; agreed is {ids}"
            self._tell(file, "P304", message, hint="send under the id that was agreed")
        ours = self._roster.ours(self.partner.profile, account.standard)
        if ours and not any(one.id == facts.receiver.id for one in ours):
            named = ", ".join(map(str, ours))
            message = f"interchange {account.control} is to {facts.receiver}, we go by {named}"
            self._tell(file, "P305", message, hint=f"address it to {ours[0]}")
        if facts.live and self.partner.profile.status is not Status.LIVE:
            message = f"interchange {account.control} is marked as live data"
            self._tell(file, "P306", message, hint=_mark(account.standard), warn=True)

    def _document(
        self, file: ExaminedFile, accounts: Sequence[InterchangeAccount], number: int, part: Part
    ) -> ExaminedDocument:
        root = part.document if isinstance(part.document, dict) else {}
        env = root.get("_env")
        numbers = root.get("_ctl")
        controls = numbers if isinstance(numbers, dict) else {}
        standard = str(root.get("_std", file.standard))
        known = accounts[number].facts if 0 <= number < len(accounts) else {}
        facts = facts_of(standard, env if isinstance(env, dict) else known, "")
        plain = ExaminedDocument(
            number=str(root.get("_set", "?")),
            version=str(root.get("_ver", "")),
            control=str(controls.get("st") or controls.get("unh") or part.position),
            standard=standard,
            keys=part.keys,
            decoded=part.document,
            told=tuple(_told(file.data, one, part) for one in part.findings[:_VIEWS]),
        )
        if errors_in(part.findings) or plain.number in ACKNOWLEDGEMENTS | ADVICES:
            return plain
        return self._judged(file, plain, part, facts)

    def _judged(self, file: ExaminedFile, plain: ExaminedDocument, part: Part, facts: Facts) -> ExaminedDocument:
        live = replace(facts, usage=LIVE_DATA)  # what the status allows is not asked: samples come before that
        agreed = self._roster.document(self.partner, live, plain.number, plain.version)
        if not isinstance(agreed, Agreed):
            found = Finding(code=agreed.code, message=agreed.reason)
            mended = "send what was agreed, or let us agree on it first"
            return replace(plain, told=(*plain.told, Told(found, mend=mended)))
        return _mapped(file.data, plain, part, self.partners.handling(agreed.receives), self._scope(part))

    def _scope(self, part: Part) -> Scope:
        return Scope(
            id="certification",
            route="certification",
            now=self.now,
            partner=self.partner.name,
            headers=part.headers,
            place=part.place,
        )

    def _answers(self, standard: EdiStandard, account: InterchangeAccount) -> Iterator[str]:
        """What would be sent back, as text."""
        terms: Terms = terms_of(self.partner.profile, account.standard)
        profile = self.partner.profile
        ours = self._roster.ours(profile, account.standard)
        theirs = profile.ids.addresses(account.standard)
        made = acknowledge(account, terms, self.now) if account.closed else []
        if not ours or not theirs:
            return
        usage = LIVE_DATA if profile.status is Status.LIVE else TEST_DATA
        rules = rules_of(standard, self.partner.name, profile)
        codec = standard.writer(profile, Wrapped(ours[0], theirs[0], usage, self.now), rules)
        for one in made:
            yield _written(codec, one)


def _written(codec: EdiCodec, made: Document) -> str:
    """An acknowledgement as it would be sent, with a number that is none of ours yet."""
    try:
        numbered = codec.numbered([made])
        data = numbered.write([1] * len(numbered.levels))
    except CrossdockError as error:
        return f"cannot be written: {error.message}"
    text = data.decode("utf-8", "replace")
    return "\n".join(line for line in text.replace("~", "~\n").replace("'", "'\n").splitlines() if line.strip())


def _mark(standard: str) -> str:
    return "mark tests with T in ISA15" if standard == "X12" else "mark tests with 1 in the test indicator of UNB"


def _mapped(data: bytes, plain: ExaminedDocument, part: Part, handling: Handling, scope: Scope) -> ExaminedDocument:
    """The document through mapping and contract."""
    document, shape = plain.decoded, ""
    findings: tuple[Finding, ...] = ()
    keys = plain.keys
    try:
        if handling.mapping is not None:
            document, shape = handling.mapping.apply(document, scope), handling.mapping.makes or ""
        if handling.contract is not None:
            shape = handling.contract.name
            keys = handling.contract.keys(document) or keys
            judged = handling.contract.judge(document)
            document, findings = judged.document, judged.findings
    except CrossdockError as error:
        findings = error.findings or (Finding(code=error.code, message=error.message, hint=error.hint),)
        told = tuple(_told(data, _traced(one, part), part) for one in findings[:_VIEWS])
        return replace(plain, told=(*plain.told, *told), keys=keys)
    told = tuple(_told(data, _traced(one, part), part) for one in findings[:_VIEWS])
    return replace(plain, told=(*plain.told, *told), keys=keys, document=document, shape=shape)


def _traced(finding: Finding, part: Part) -> Finding:
    """The finding at the place of their file where its value comes from, if that can be told for certain."""
    if finding.place.segment is not None or not finding.value:
        return finding
    found = list(_holding(part.document, finding.value))
    place = part.place(found[0]) if len(found) == 1 else None
    if place is None:
        return finding
    return replace(finding, place=replace(place, pointer=finding.place.pointer, element=found[0].rpartition("/")[2]))


def _holding(document: Document, value: str, pointer: str = "") -> Iterator[str]:
    if isinstance(document, dict):
        for key, one in document.items():
            if not key.startswith("_"):
                yield from _holding(one, value, f"{pointer}/{key}")
    elif isinstance(document, list):
        for index, one in enumerate(document):
            yield from _holding(one, value, f"{pointer}/{index}")
    elif isinstance(document, str) and document == value:
        yield pointer


def _told(data: bytes, finding: Finding, part: Part | None = None) -> Told:
    place: Place = finding.place
    line = data[: place.byte].count(b"\n") + 1 if place.byte is not None else None
    return Told(finding, line=line, view=_view(finding, part), mend=mend(finding))


def _view(finding: Finding, part: Part | None) -> str:
    """The segment with carets: the picture without what stands in the finding anyway."""
    if part is None or finding.place.segment is None:
        return ""
    shown = view(replace(part, findings=(finding,)))
    lines = shown.splitlines() if shown else []
    return "\n".join(line[4:] for line in lines[1:] if line.startswith("    "))
