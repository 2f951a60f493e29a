"""Reads what stands between ISA and IEA: groups, transactions, TA1, and whatever should not be there."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import GroupAccount, InterchangeAccount, TransactionAccount
from crossdock.codecs.edi.entrance import PIECE
from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edi.numbers import Numbers
from crossdock.codecs.edi.progress import Progress
from crossdock.codecs.x12.envelope import NO_GROUP, Group, Interchange, at, surroundings
from crossdock.codecs.x12.envelope_rules import group_findings
from crossdock.codecs.x12.findings import GROUP_KINDS, INTERCHANGE_KINDS, SEGMENT_KINDS, TRANSACTION_KINDS
from crossdock.codecs.x12.framing import Framing
from crossdock.codecs.x12.settings import Settings
from crossdock.codecs.x12.structure import plain_segment
from crossdock.codecs.x12.transaction import Read, TransactionReader
from crossdock.errors import Finding, Place, errors_in
from crossdock.message import Document

Item = Part | Finding
MOST_KEPT = 20_000  # findings of one interchange that its account keeps; all of them are told as they come


class Contents:
    """One interchange (or a snippet of one)."""

    def __init__(self, progress: Progress[Settings], interchange: Interchange, account: InterchangeAccount) -> None:
        self._progress = progress
        self._stream = progress.stream
        self._interchange = interchange
        self._account = account
        self._framing = Framing(progress.stream, interchange.marks, progress.settings)
        self._groups = Numbers()
        self._oddities: set[str] = set()  # of lines, that were told
        self._kept = 0  # findings of the account
        self._strays: list[bytes] = []
        self._strays_at = 0
        self._tags: list[str] = []
        self._group = NO_GROUP
        self._group_account = GroupAccount()
        self._reader: TransactionReader | None = None
        self._transactions = Numbers()
        self._count = 0

    def items(self) -> Iterator[Item]:
        """Parts and findings up to and with IEA."""
        yield from self._read()
        self._account.closed = True

    def _read(self) -> Iterator[Item]:
        while True:
            if self._framing.transaction_next():
                yield from self._stray_part()
                yield from self._transaction()
                continue
            if self._framing.at_end() or self._framing.interchange_next():
                break
            start = self._stream.offset
            raw = self._framing.segment()
            elements = self._elements(raw)
            yield from self._odd_line(raw, start)
            yield from self._envelope(elements, raw, start)
            if elements[0] == "IEA":
                return
        yield from self._stray_part()
        yield from self._close_group(None, self._stream.offset)
        if self._interchange.elements:
            place = Place(byte=self._stream.offset)
            yield self._noted(finding(INTERCHANGE_KINDS["iea_absent"], place, isa=self._interchange.control))

    def _noted(self, said: Finding) -> Finding:
        """A finding about the interchange."""
        said = self._progress.said(said)
        if self._told():
            self._account.findings.append(said)
        return said

    def _of_group(self, said: Finding) -> Finding:
        """A finding about the group that is open."""
        said = self._progress.said(said)
        if self._told():
            self._group_account.findings.append(said)
        return said

    def _told(self) -> bool:
        """Whether the account keeps another finding: a file of nothing but faults must not fill the memory."""
        self._kept += 1
        return self._kept <= MOST_KEPT

    def _odd_line(self, raw: bytes, start: int) -> Iterator[Finding]:
        """Once each: line breaks inside a segment of the envelope, and empty segments."""
        inside = raw.rstrip(self._interchange.marks.terminator.encode("latin-1")).strip()
        breaks = self._interchange.marks.breaks.encode("ascii")
        kind = "blank" if not inside else "wrapped" if any(byte in inside for byte in breaks) else ""
        if kind and kind not in self._oddities:
            self._oddities.add(kind)
            yield self._noted(finding(SEGMENT_KINDS[kind], Place(byte=start)))

    def _elements(self, raw: bytes) -> list[str]:
        marks = self._interchange.marks
        text = raw.decode("latin-1").removesuffix(marks.terminator)
        for newline in marks.breaks:
            text = text.replace(newline, "")
        return text.strip(" \t" + marks.breaks).split(marks.element)

    def _envelope(self, elements: list[str], raw: bytes, start: int) -> Iterator[Item]:
        tag = elements[0]
        if tag in ("GS", "GE", "IEA", "TA1"):
            yield from self._stray_part()
        match tag:
            case "GS":
                yield from self._close_group(None, start)
                yield from self._open_group(elements, raw, start)
            case "GE":
                yield from self._close_group(elements, start)
            case "IEA":
                yield from self._close_group(None, start)
                yield from self._trailer(elements, start)
            case "TA1":
                yield self._acknowledgement(elements, raw)
            case "":
                return
            case _:
                yield from self._stray(tag, raw, start)

    def _open_group(self, elements: list[str], raw: bytes, start: int) -> Iterator[Finding]:
        newline = self._interchange.marks.newline.encode()
        if newline and self._stream.starts(newline):
            raw += self._stream.take(len(newline))
        self._begin(Group(tuple(elements), raw, start))
        if self._groups.again(self._group.control):
            said = finding(GROUP_KINDS["gs_twice"], Place(byte=start), gs=self._group.control)
            yield self._of_group(said)
        yield from map(self._of_group, group_findings(self._group, self._interchange.marks, start))

    def _begin(self, group: Group) -> None:
        self._group = group
        self._group_account = GroupAccount(group.elements, group.control)
        self._account.groups.append(self._group_account)
        around = surroundings(self._interchange, group, self._progress.settings.version)
        self._reader = TransactionReader(around, self._progress.settings)
        self._transactions = Numbers()
        self._count = 0

    def _close_group(self, trailer: list[str] | None, start: int) -> Iterator[Finding]:
        group, place = self._group, Place(byte=start)
        if not group.elements:
            if trailer is not None:
                yield self._noted(finding(GROUP_KINDS["ge_alone"], place))
        elif trailer is None:
            yield self._of_group(finding(GROUP_KINDS["ge_absent"], place, gs=group.control))
        else:
            yield from self._group_trailer(trailer, place)
        self._group, self._reader = NO_GROUP, None

    def _group_trailer(self, trailer: list[str], place: Place) -> Iterator[Finding]:
        announced, control = at(trailer, 1), at(trailer, 2)
        self._group_account.announced = announced
        if control != self._group.control:
            said = finding(GROUP_KINDS["gs_differs"], place, value=control, gs=self._group.control)
            yield self._of_group(said)
        if not _equals(announced, self._count):
            yield self._of_group(finding(GROUP_KINDS["ge_count"], place, value=announced, actual=self._count))

    def _trailer(self, elements: list[str], start: int) -> Iterator[Finding]:
        place = Place(byte=start)
        if not self._interchange.elements:
            yield self._noted(finding(INTERCHANGE_KINDS["iea_alone"], place))
            return
        if at(elements, 2) != self._interchange.control:
            kind = INTERCHANGE_KINDS["isa_differs"]
            yield self._noted(finding(kind, place, value=at(elements, 2), isa=self._interchange.control))
        groups = sum(bool(group.elements) for group in self._account.groups)
        if not _equals(at(elements, 1), groups):
            yield self._noted(finding(INTERCHANGE_KINDS["iea_count"], place, value=at(elements, 1), actual=groups))

    def _transaction(self) -> Iterator[Item]:
        offset = self._stream.offset
        framed = self._framing.transaction()
        reader = self._reader
        if reader is None:
            self._begin(NO_GROUP)
            if self._interchange.elements:
                yield self._of_group(finding(GROUP_KINDS["gs_absent"], Place(byte=offset)))
            reader = self._reader
            assert reader is not None  # noqa: S101 - made by the line before
        read = reader.read(framed, offset, self._progress.next_position())
        self._stream.pos += read.used
        self._count += 1
        part = read.part
        if self._transactions.again(read.control):
            place = Place(segment=1, byte=offset, element="ST02", pointer="/_ctl/st")
            said = finding(TRANSACTION_KINDS["st_twice"], place, st=read.control, gs=self._group.control)
            part.findings = (*part.findings, self._progress.said(said))
        if self._progress.keep:
            self._enroll(read)
        yield part

    def _enroll(self, read: Read) -> None:
        """Adds a transaction to the account; of very many faults only the first error of each is kept."""
        findings = read.part.findings
        self._kept += len(findings)
        if self._kept > MOST_KEPT:
            findings = tuple(errors_in(findings)[:1])
        account = TransactionAccount(read.part.headers["x12.set"], read.control, read.implementation, findings)
        self._group_account.transactions.append(account)

    def _acknowledgement(self, elements: list[str], raw: bytes) -> Part:
        """A TA1 travels outside any group: a part of its own."""
        around = surroundings(self._interchange, NO_GROUP, at(self._interchange.elements, 12))
        isa = self._interchange.control
        numbers: dict[str, Document] = {"isa": isa, "gs": "", "st": ""}
        document: dict[str, Document] = {
            "_std": "X12",
            "_ver": around.headers["x12.version"],
            "_set": "TA1",
            "_ctl": numbers,
        }
        document["_env"] = dict(around.facts)
        document["TA1"] = plain_segment(elements, self._interchange.marks)
        marks = self._interchange.marks
        closing = marks.element.join(("IEA", "0", isa)) + marks.end
        alone = self._interchange.raw + raw + marks.newline.encode() + closing.encode("latin-1")
        headers = {**around.headers, "x12.set": "TA1", "x12.st": ""}
        return Part(position=self._progress.next_position(), document=document, raw=lambda: alone, headers=headers)

    def _stray(self, tag: str, raw: bytes, start: int) -> Iterator[Part]:
        if not self._strays:
            self._strays_at = start
        self._strays.append(raw)
        self._tags.append(tag)
        if sum(map(len, self._strays[-1:])) > PIECE or len(self._strays) >= PIECE // 64:
            yield from self._stray_part()

    def _stray_part(self) -> Iterator[Part]:
        if self._strays:
            raw, tags = b"".join(self._strays), " ".join(dict.fromkeys(self._tags))
            self._strays, self._tags = [], []
            part = self._progress.lost(raw, self._strays_at, GROUP_KINDS["orphans"], tags=tags)
            self._account.findings.extend(part.findings)
            yield part


def _equals(text: str, number: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10 and int(text) == number  # noqa: PLR2004 - longer is wrong anyway
