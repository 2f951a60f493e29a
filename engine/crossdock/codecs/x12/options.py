"""The codec's options as users write them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from crossdock.codecs.edi.settings import SEGMENT_LIMIT
from crossdock.codecs.x12.settings import TRANSACTION_LIMIT, Address, Settings
from crossdock.errors import Severity

Digits8 = Annotated[str, Field(pattern=r"^\d{8}$")]
Code = Annotated[str, Field(pattern=r"^X1\d\d$")]


class Party(BaseModel):
    """Who sends or receives: ISA id and qualifier, and the code in GS where it is another one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field("", max_length=15)
    qualifier: str = Field("ZZ", min_length=2, max_length=2)
    group: str = Field("", max_length=15)


class X12Options(BaseModel):
    """Options of the ``x12`` codec.

    Reading needs none. Writing needs sender, receiver and date, unless the document brings them (``_env``, as every
    document that was read does).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str = Field("", max_length=12, description="GS08 for documents without _ver, and for snippets without GS")
    set: str = Field("", max_length=3, description="set for documents without _set")
    totals: Literal["warning", "error", "off"] = Field("warning", description="CTT01 and CTT02 that do not add up")
    unknown_set: Literal["note", "error"] = Field("note", description="a set or release the dictionary does not have")
    sender: Party = Party()
    receiver: Party = Party()
    charset: Literal["any", "basic", "extended", "utf-8"] = Field(
        "any", description="characters that may be sent; any: all, with a remark about those outside ASCII"
    )
    severities: dict[Code, Literal["error", "warning", "note"]] = Field(
        default_factory=dict, description="severity of findings that this partner's oddities have, by code"
    )
    usage: Literal["P", "T", "I"] = "P"
    separators: str = Field("*:~", min_length=3, max_length=4, description="element, component, terminator, repetition")
    newline: Literal["", "\n", "\r\n"] = ""
    acknowledge: bool = Field(default=False, description="ask for a TA1 (ISA14)")
    date: Digits8 | None = Field(None, description="date of the envelope, CCYYMMDD")
    time: str = Field("0000", pattern=r"^([01]\d|2[0-3])[0-5]\d$")
    interchange_number: int = Field(1, ge=0, le=999_999_999)
    group_number: int = Field(1, ge=0, le=999_999_999)
    replace_delimiters: str | None = Field(None, max_length=1, description="what a delimiter inside a value becomes")
    transliterate: bool = Field(
        default=False, description="write the nearest character of the charset for one outside it"
    )
    restart_transactions: bool = Field(default=False, description="ST02 begins at 0001 in each group")
    segment_limit: int = Field(SEGMENT_LIMIT, ge=1024)
    transaction_limit: int = Field(TRANSACTION_LIMIT, ge=1024)

    def settings(self) -> Settings:
        """What reader and writer work with."""
        return Settings(
            version=self.version,
            set=self.set,
            totals=None if self.totals == "off" else Severity(self.totals),
            unknown_set=Severity(self.unknown_set),
            charset=self.charset,
            severities={code: Severity(severity) for code, severity in self.severities.items()},
            transliterate=self.transliterate,
            restart_transactions=self.restart_transactions,
            segment_limit=self.segment_limit,
            transaction_limit=self.transaction_limit,
            sender=Address(**self.sender.model_dump()),
            receiver=Address(**self.receiver.model_dump()),
            usage=self.usage,
            separators=self.separators,
            newline=self.newline,
            acknowledge=self.acknowledge,
            date=self.date or "",
            time=self.time,
            interchange_number=self.interchange_number,
            group_number=self.group_number,
            replace_delimiters=self.replace_delimiters,
        )
