"""Reads a payload interchange by interchange: parts, and findings about what holds them.

A partner's file is judged, not crashed on: whatever the bytes, every message becomes a part, and what belongs to
none becomes a part without document, so that nothing is silently fewer. Only a payload that is no EDIFACT at all,
or that breaks a limit, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edi.progress import Progress
from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.edifact.contents import Contents, Item
from crossdock.codecs.edifact.entrance import entrance
from crossdock.codecs.edifact.envelope import NO_GROUP, Interchange, facts_of, flat
from crossdock.codecs.edifact.envelope_rules import header_findings
from crossdock.codecs.edifact.findings import INTERCHANGE_KINDS
from crossdock.codecs.edifact.settings import DEFAULTS, Settings
from crossdock.codecs.edifact.transcoding import opened
from crossdock.errors import Finding, Place, Reject
from crossdock.message import Payload


class Reading:
    """One pass over a payload; ``accounts`` grows by one per interchange as the items are taken.

    Without ``keep`` only the last account stays: a payload of a million interchanges is read in flat memory too.
    """

    contents = Contents

    def __init__(self, payload: Payload, settings: Settings = DEFAULTS, *, keep: bool = True) -> None:
        chunks, self._encoding = opened(payload)
        self._stream = Stream(chunks)
        self._progress = Progress(self._stream, settings, keep=keep)

    @property
    def accounts(self) -> Sequence[InterchangeAccount]:
        """What became of each interchange so far; the one being read is the last."""
        return self._progress.accounts

    def __iter__(self) -> Iterator[Item]:
        if not self._stream.need(1):
            raise Reject("X201", "the payload is empty")
        if self._encoding:
            yield self._said("transcoded", 0, value=self._encoding)
        door = entrance(self._stream)
        if door.bom():
            yield self._said("bom", 0)
        while True:
            for raw, start in door.passed_over():
                yield from self._passed_over(raw, start)
            header = door.header()
            if header is None:
                break
            yield from self._contents(header.interchange, list(header_findings(header)))
        if not self.accounts:
            raise Reject("X202", "the payload has no readable UNB segment: it is no EDIFACT interchange")

    def _said(self, kind: str, byte: int, **facts: str | int) -> Finding:
        return self._progress.said(finding(INTERCHANGE_KINDS[kind], Place(byte=byte), None, **facts))

    def _contents(self, interchange: Interchange, findings: list[Finding]) -> Iterator[Item]:
        facts = facts_of(interchange, NO_GROUP)
        account = InterchangeAccount("EDIFACT", interchange.control, flat(interchange.elements), facts)
        account.findings.extend(map(self._progress.said, findings))
        self._progress.begin(account)
        yield from account.findings[:]
        yield from self.contents(self._progress, interchange, account).items()

    def _passed_over(self, raw: bytes, start: int) -> Iterator[Item]:
        if self.accounts:
            kind = INTERCHANGE_KINDS["unb_broken" if raw.startswith((b"UNA", b"UNB")) else "garbage"]
            yield self._progress.lost(raw, start, kind, actual=len(raw))
        elif self._stream.left:
            yield self._said("preamble", start, actual=len(raw))
