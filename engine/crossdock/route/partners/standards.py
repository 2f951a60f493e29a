"""The standards of EDI as partners need them: read by a profile, written by a profile, the numbers that can be given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from crossdock.codecs.contract import Codec, Resources
from crossdock.codecs.edi.accounts import JudgedReading
from crossdock.codecs.edi.dictionary import Dictionary
from crossdock.codecs.edi.grammar import Sets
from crossdock.codecs.edi.numbered import Numbered
from crossdock.codecs.edifact import codec as edifact_codec
from crossdock.codecs.edifact.settings import Address as EdifactAddress
from crossdock.codecs.edifact.settings import Settings as EdifactSettings
from crossdock.codecs.edifact.sniffing import sniff as sniff_edifact
from crossdock.codecs.edifact.standard import EDIFACT as EDIFACT_STANDARD
from crossdock.codecs.x12 import codec as x12_codec
from crossdock.codecs.x12.settings import Address as X12Address
from crossdock.codecs.x12.settings import Settings as X12Settings
from crossdock.codecs.x12.standard import X12 as X12_STANDARD
from crossdock.errors import Severity
from crossdock.message import Document, Payload
from crossdock.partner.envelope import Counting
from crossdock.partner.ids import EDIFACT, X12, Address
from crossdock.partner.profile import Profile


class EdiCodec(Codec, Protocol):
    """A codec of a standard that has envelopes."""

    def judge(self, payload: Payload) -> JudgedReading:
        """The parts as ``read`` gives them, and an account of each interchange."""
        ...

    def outline(self, payload: Payload) -> JudgedReading:
        """A pass over envelopes only: the accounts say nothing of transactions."""
        ...

    def numbered(self, documents: Iterable[Document]) -> Numbered:
        """The documents as interchanges that wait for their control numbers."""
        ...


@dataclass(frozen=True, slots=True)
class Wrapped:
    """From whom to whom a document goes, as a test or not, and when."""

    ours: Address
    theirs: Address
    usage: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EdiStandard:
    """One standard. ``last`` has the highest number of each level."""

    name: str
    sniff: Callable[[bytes], int]
    dictionary: Dictionary
    reader: Callable[[Mapping[str, Severity], Sets | None], EdiCodec]
    writer: Callable[[Profile, Wrapped, Sets | None], EdiCodec]
    last: int

    @property
    def sets(self) -> Sets | None:
        """The sets where no partner's rules narrow them; None for those of the standard alone."""
        return self.dictionary.grammar if self.dictionary.local else None


def tailored(standard: EdiStandard, owner: str, profile: Profile) -> EdiCodec | None:
    """The reader a profile asks for; None where the usual one will do."""
    severities = {code: Severity(said) for code, said in profile.findings.items()}
    if not severities and not profile.rules:
        return None
    return standard.reader(severities, rules_of(standard, owner, profile))


def rules_of(standard: EdiStandard, owner: str, profile: Profile) -> Sets | None:
    """The sets as a partner's rules leave them; None for those of the standard alone."""
    return standard.dictionary.sets(profile.rules, f"partner {owner}") if profile.rules else standard.sets


def _x12_reader(severities: Mapping[str, Severity], sets: Sets | None) -> EdiCodec:
    return x12_codec.X12Codec(X12Settings(severities=severities, sets=sets))


def _x12_writer(profile: Profile, wrapped: Wrapped, sets: Sets | None) -> EdiCodec:
    envelope = profile.x12
    return x12_codec.X12Codec(
        X12Settings(
            sender=X12Address(**wrapped.ours._asdict()),
            receiver=X12Address(**wrapped.theirs._asdict()),
            usage=wrapped.usage,
            separators=envelope.separators,
            newline=envelope.newline,
            acknowledge=envelope.acknowledge,
            replace_delimiters=envelope.replace_delimiters,
            charset=envelope.charset,
            transliterate=envelope.transliterate,
            restart_transactions=envelope.transactions is Counting.GROUP,
            date=f"{wrapped.now:%Y%m%d}",
            time=f"{wrapped.now:%H%M}",
            sets=sets,
        )
    )


def _edifact_reader(severities: Mapping[str, Severity], sets: Sets | None) -> EdiCodec:
    return edifact_codec.EdifactCodec(EdifactSettings(severities=severities, sets=sets))


def _edifact_writer(profile: Profile, wrapped: Wrapped, sets: Sets | None) -> EdiCodec:
    envelope = profile.edifact
    ours, theirs = wrapped.ours, wrapped.theirs
    return edifact_codec.EdifactCodec(
        EdifactSettings(
            sender=EdifactAddress(id=ours.id, qualifier=ours.qualifier, internal=ours.group),
            receiver=EdifactAddress(id=theirs.id, qualifier=theirs.qualifier, internal=theirs.group),
            usage=wrapped.usage,
            charset=envelope.charset,
            syntax=envelope.syntax,
            separators=envelope.separators,
            una=envelope.una,
            newline=envelope.newline,
            acknowledge=envelope.acknowledge,
            application=envelope.application,
            agreement=envelope.agreement,
            association=envelope.association,
            group=envelope.group,
            replace_characters=envelope.replace_characters,
            restart_transactions=envelope.messages is Counting.GROUP,
            date=f"{wrapped.now:%Y%m%d}",
            time=f"{wrapped.now:%H%M}",
            sets=sets,
        )
    )


STANDARDS: Mapping[str, EdiStandard] = {
    X12: EdiStandard(
        name=X12,
        sniff=x12_codec.sniff,
        dictionary=Dictionary(X12_STANDARD),
        reader=_x12_reader,
        writer=_x12_writer,
        last=999_999_999,  # I12 and 28 of X12 have nine digits
    ),
    EDIFACT: EdiStandard(
        name=EDIFACT,
        sniff=sniff_edifact,
        dictionary=Dictionary(EDIFACT_STANDARD),
        reader=_edifact_reader,
        writer=_edifact_writer,
        last=99_999_999_999_999,  # 0020, 0048 and 0062 have fourteen characters
    ),
}


def standards_of(resources: Resources) -> Mapping[str, EdiStandard]:
    """The standards, with the versions that the project describes."""

    def own(standard: EdiStandard) -> EdiStandard:
        local = resources.local_versions(standard.name)
        return replace(standard, dictionary=Dictionary(standard.dictionary.standard, local)) if local else standard

    return {name: own(standard) for name, standard in STANDARDS.items()}
