"""What all parts of one reading share: the stream, the limits, how many parts there were, the account of each interchange."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.codecs.edi.findings import Kind, finding
from crossdock.codecs.edi.settings import EdiSettings
from crossdock.codecs.edi.stream import Stream
from crossdock.errors import Finding, Place

S = TypeVar("S", bound=EdiSettings)


@dataclass(slots=True)
class Progress(Generic[S]):
    """State of one reading."""

    stream: Stream
    settings: S
    keep: bool = True  # every account, not only the last
    position: int = 0
    accounts: list[InterchangeAccount] = field(default_factory=list)

    def begin(self, account: InterchangeAccount) -> None:
        """Another interchange."""
        if not self.keep:
            self.accounts.clear()
        self.accounts.append(account)

    def said(self, finding: Finding) -> Finding:
        """The finding as the settings weigh it."""
        return self.settings.weighed(finding)

    def next_position(self) -> int:
        """The number of the next part."""
        self.position += 1
        return self.position

    def lost(self, raw: bytes, start: int, kind: Kind, **facts: str | int) -> Part:
        """A part for bytes that belong to no transaction: in nobody's document, but not forgotten."""
        said = self.said(finding(kind, Place(byte=start), None, **facts))
        return Part(position=self.next_position(), document=None, raw=lambda: raw, findings=(said,))
