"""The codec's options as users write them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from crossdock.codecs.edi.settings import SEGMENT_LIMIT
from crossdock.codecs.edifact.settings import MESSAGE_LIMIT, Address, Settings
from crossdock.errors import Severity

Digits8 = Annotated[str, Field(pattern=r"^\d{8}$")]


class Party(BaseModel):
    """Who sends or receives: id and qualifier in UNB, the internal ids there, and those in UNG where it has others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field("", max_length=35)
    qualifier: str = Field("", max_length=4)
    internal: str = Field("", max_length=35)
    internal_sub: str = Field("", max_length=35)
    group: str = Field("", max_length=35)
    group_qualifier: str = Field("", max_length=4)


class EdifactOptions(BaseModel):
    """Options of the ``edifact`` codec.

    Reading needs none. Writing needs sender, receiver and date, unless the document brings them (``_env``, as every
    document that was read does).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str = Field("", max_length=8, description="release (D96A) for documents without _ver, and UNH without one")
    set: str = Field("", max_length=6, description="message (ORDERS) for documents without _set")
    totals: Literal["warning", "error", "off"] = Field("warning", description="CNT and sums that do not add up")
    repertoire: bool = Field(default=True, description="look for characters outside the set that UNB names")
    unknown_message: Literal["note", "error"] = Field("note", description="a message or release not in the dictionary")
    severities: dict[str, Literal["error", "warning", "note"]] = Field(
        default_factory=dict, description="how bad a finding is, by its code: {X213: note}"
    )
    sender: Party = Party()
    receiver: Party = Party()
    charset: str = Field("UNOC", pattern=r"^[A-Z]{4}$", description="syntax identifier, which names the character set")
    syntax: Literal["1", "2", "3", "4"] = "3"
    separators: str = Field(
        "",
        pattern=r"^(.{6})?$",
        description="those of UNA: component, element, decimal, release, repetition, terminator",
    )
    una: Literal["always", "never", "needed"] = "always"
    newline: Literal["", "\n", "\r\n"] = ""
    usage: Literal["P", "T"] = "P"
    acknowledge: bool = Field(default=False, description="ask for a CONTRL (0031)")
    application: str = Field("", max_length=14)
    agreement: str = Field("", max_length=35)
    association: str = Field("", max_length=6, description="association code in UNH, such as EAN008")
    group: bool = Field(default=False, description="put messages in a functional group (UNG)")
    date: Digits8 | None = Field(None, description="date of the envelope, CCYYMMDD")
    time: str = Field("0000", pattern=r"^([01]\d|2[0-3])[0-5]\d$")
    interchange_number: str = Field("1", pattern=r"^[A-Za-z0-9]{1,14}$")
    group_number: str = Field("1", pattern=r"^[A-Za-z0-9]{1,14}$")
    restart_transactions: bool = Field(
        default=False, description="where numbers are given late: UNH01 begins at 1 in each interchange"
    )
    replace_characters: str | None = Field(
        None, max_length=1, description="what a character outside the set becomes; refused without it"
    )
    segment_limit: int = Field(SEGMENT_LIMIT, ge=1024)
    message_limit: int = Field(MESSAGE_LIMIT, ge=1024)

    def settings(self) -> Settings:
        """What reader and writer work with."""
        return Settings(
            version=self.version,
            set=self.set,
            totals=None if self.totals == "off" else Severity(self.totals),
            repertoire=self.repertoire,
            unknown_message=Severity(self.unknown_message),
            severities={code: Severity(severity) for code, severity in self.severities.items()},
            sender=Address(**self.sender.model_dump()),
            receiver=Address(**self.receiver.model_dump()),
            charset=self.charset,
            syntax=self.syntax,
            separators=self.separators,
            una=self.una,
            newline=self.newline,
            usage=self.usage,
            acknowledge=self.acknowledge,
            application=self.application,
            agreement=self.agreement,
            association=self.association,
            group=self.group,
            date=self.date or "",
            time=self.time,
            interchange_number=self.interchange_number,
            group_number=self.group_number,
            restart_transactions=self.restart_transactions,
            replace_characters=self.replace_characters,
            segment_limit=self.segment_limit,
            message_limit=self.message_limit,
        )
