"""Reads what stands between ISA and IEA: groups, transactions, TA1, and whatever should not be there."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.findings import finding
from crossdock.codecs.edi.numbers import Numbers
from crossdock.codecs.x12.envelope import NO_GROUP, Group, Interchange, at, surroundings
from crossdock.codecs.x12.findings import GROUP_KINDS, INTERCHANGE_KINDS, TRANSACTION_KINDS
from crossdock.codecs.x12.framing import Framing
from crossdock.codecs.x12.progress import Account, Progress
from crossdock.codecs.x12.structure import plain_segment
from crossdock.codecs.x12.transaction import TransactionReader
from crossdock.errors import Finding, Place, errors_in
from crossdock.message import Document

Item = Part | Finding
PIECE = 1024 * 1024  # bytes that one part for stray segments may hold


class Contents:
    """One interchange (or a snippet of one)."""

    def __init__(self, progress: Progress, interchange: Interchange, account: Account) -> None:
        self._progress = progress
        self._stream = progress.stream
        self._interchange = interchange
        self._account = account
        self._framing = Framing(progress.stream, interchange.marks, progress.settings)
        self._groups = Numbers()
        self._strays: list[bytes] = []
        self._strays_at = 0
        self._tags: list[str] = []
        self._group = NO_GROUP
        self._reader: TransactionReader | None = None
        self._transactions = Numbers()
        self._count = 0

    def items(self) -> Iterator[Item]:
        """Parts and findings up to and with IEA."""
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
            yield from self._envelope(elements, raw, start)
            if elements[0] == "IEA":
                return
        yield from self._stray_part()
        yield from self._close_group(None, self._stream.offset)
        if self._interchange.elements:
            place = Place(byte=self._stream.offset)
            yield finding(INTERCHANGE_KINDS["iea_absent"], place, isa=self._interchange.control)

    def _elements(self, raw: bytes) -> list[str]:
        marks = self._interchange.marks
        text = raw.decode("latin-1").removesuffix(marks.terminator).replace("\r", "").replace("\n", "")
        return text.strip().split(marks.element)

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
        self._begin(Group(tuple(elements), raw))
        self._account.groups += 1
        if self._groups.again(self._group.control):
            yield finding(GROUP_KINDS["gs_twice"], Place(byte=start, segment=None), gs=self._group.control)

    def _begin(self, group: Group) -> None:
        self._group = group
        around = surroundings(self._interchange, group, self._progress.settings.version)
        self._reader = TransactionReader(around, self._progress.settings)
        self._transactions = Numbers()
        self._count = 0

    def _close_group(self, trailer: list[str] | None, start: int) -> Iterator[Finding]:
        group, place = self._group, Place(byte=start)
        if not group.elements:
            if trailer is not None:
                yield finding(GROUP_KINDS["ge_alone"], place)
        elif trailer is None:
            yield finding(GROUP_KINDS["ge_absent"], place, gs=group.control)
        else:
            if at(trailer, 2) != group.control:
                yield finding(GROUP_KINDS["gs_differs"], place, value=at(trailer, 2), gs=group.control)
            if not _equals(at(trailer, 1), self._count):
                yield finding(GROUP_KINDS["ge_count"], place, value=at(trailer, 1), actual=self._count)
        self._group, self._reader = NO_GROUP, None

    def _trailer(self, elements: list[str], start: int) -> Iterator[Finding]:
        place = Place(byte=start)
        if not self._interchange.elements:
            yield finding(INTERCHANGE_KINDS["iea_alone"], place)
            return
        if at(elements, 2) != self._interchange.control:
            kind = INTERCHANGE_KINDS["isa_differs"]
            yield finding(kind, place, value=at(elements, 2), isa=self._interchange.control)
        if not _equals(at(elements, 1), self._account.groups):
            yield finding(INTERCHANGE_KINDS["iea_count"], place, value=at(elements, 1), actual=self._account.groups)

    def _transaction(self) -> Iterator[Item]:
        offset = self._stream.offset
        data = self._framing.transaction()
        reader = self._reader
        if reader is None:
            if self._interchange.elements:
                yield finding(GROUP_KINDS["gs_absent"], Place(byte=offset))
            self._begin(NO_GROUP)
            reader = self._reader
            assert reader is not None  # noqa: S101 - made by the line before
        read = reader.read(data, offset, self._progress.next_position())
        self._stream.pos += read.used
        self._count += 1
        self._account.transactions += 1
        part = read.part
        if self._transactions.again(read.control):
            place = Place(segment=1, byte=offset, element="ST02", pointer="/_ctl/st")
            said = finding(TRANSACTION_KINDS["st_twice"], place, st=read.control, gs=self._group.control)
            part.findings = (*part.findings, said)
        if part.findings and errors_in(part.findings):
            self._account.rejected += 1
        yield part

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
            yield self._progress.lost(raw, self._strays_at, GROUP_KINDS["orphans"], tags=tags)


def _equals(text: str, number: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10 and int(text) == number  # noqa: PLR2004 - longer is wrong anyway
