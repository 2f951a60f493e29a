"""Reads a payload interchange by interchange: parts, and findings about what holds them.

A partner's file is judged, not crashed on: whatever the bytes, every transaction becomes a part, and what belongs
to none becomes a part without document, so that nothing is silently fewer. Only a payload that is no X12 at all,
or that breaks a limit, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossdock.codecs.edi.accounts import InterchangeAccount
from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edi.progress import Progress
from crossdock.codecs.edi.stream import Stream
from crossdock.codecs.x12.contents import Contents, Item
from crossdock.codecs.x12.entrance import entrance, snippet
from crossdock.codecs.x12.envelope import NO_GROUP, Interchange, facts_of
from crossdock.codecs.x12.envelope_rules import header_findings
from crossdock.codecs.x12.findings import INTERCHANGE_KINDS
from crossdock.codecs.x12.settings import DEFAULTS, Settings
from crossdock.errors import Finding, Place, Reject
from crossdock.message import Payload


class Reading:
    """One pass over a payload; ``accounts`` grows by one per interchange as the items are taken.

    Without ``keep`` only the last account stays: a payload of a million interchanges is read in flat memory too.
    """

    contents = Contents

    def __init__(self, payload: Payload, settings: Settings = DEFAULTS, *, keep: bool = True) -> None:
        self._stream = Stream(payload.chunks())
        self._progress = Progress(self._stream, settings, keep=keep)

    @property
    def accounts(self) -> Sequence[InterchangeAccount]:
        """What became of each interchange so far; the one being read is the last."""
        return self._progress.accounts

    def __iter__(self) -> Iterator[Item]:
        if not self._stream.need(1):
            raise Reject("X101", "the payload is empty")
        door = entrance(self._stream)
        if door.bom():
            yield self._progress.said(finding(INTERCHANGE_KINDS["bom"], Place(byte=0)))
        lone = snippet(self._stream)
        if lone is not None:
            yield from self._contents(lone, [finding(INTERCHANGE_KINDS["no_envelope"], Place(byte=lone.offset))])
        while True:
            for raw, start in door.passed_over():
                yield from self._passed_over(raw, start)
            header = door.header()
            if header is None:
                break
            yield from self._contents(header.interchange, list(header_findings(header)))
        if not self.accounts:
            raise Reject("X102", "the payload has no readable ISA segment: it is no X12 interchange")

    def _contents(self, interchange: Interchange, findings: list[Finding]) -> Iterator[Item]:
        account = InterchangeAccount("X12", interchange.control, interchange.elements, facts_of(interchange, NO_GROUP))
        account.findings.extend(map(self._progress.said, findings))
        self._progress.begin(account)
        yield from account.findings[:]
        yield from self.contents(self._progress, interchange, account).items()

    def _passed_over(self, raw: bytes, start: int) -> Iterator[Item]:
        if self.accounts:
            kind = INTERCHANGE_KINDS["isa_broken" if raw.startswith(b"ISA") else "garbage"]
            yield self._progress.lost(raw, start, kind, actual=len(raw))
        elif self._stream.left:
            said = finding(INTERCHANGE_KINDS["preamble"], Place(byte=start), actual=len(raw))
            yield self._progress.said(said)
