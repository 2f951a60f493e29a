"""Reads what stands between UNB and UNZ: groups, messages, objects, and whatever should not be there."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.codecs.contract import Part
from crossdock.codecs.edi.accounts import GroupAccount, InterchangeAccount, TransactionAccount
from crossdock.codecs.edi.entrance import PIECE
from crossdock.codecs.edi.findings import Kind, finding
from crossdock.codecs.edi.numbers import Numbers
from crossdock.codecs.edi.progress import Progress
from crossdock.codecs.edifact.envelope import (
    NO_GROUP,
    Elements,
    Group,
    Interchange,
    Surroundings,
    at,
    elements_of,
    flat,
    surroundings,
)
from crossdock.codecs.edifact.findings import (
    ELEMENT_KINDS,
    GROUP_KINDS,
    INTERCHANGE_KINDS,
    MESSAGE_KINDS,
    SEGMENT_KINDS,
)
from crossdock.codecs.edifact.framing import Framing
from crossdock.codecs.edifact.message import MessageReader, equals
from crossdock.codecs.edifact.objects import ObjectReader
from crossdock.codecs.edifact.settings import Settings
from crossdock.codecs.edifact.text import ends_needlessly, splitter
from crossdock.errors import Finding, Place

Item = Part | Finding
_KINDS = {**INTERCHANGE_KINDS, **GROUP_KINDS, **SEGMENT_KINDS, "trailing": ELEMENT_KINDS["trailing"]}
SEGMENTS = PIECE // 64  # and how many of them


class Contents:
    """One interchange (or a snippet of one)."""

    def __init__(self, progress: Progress[Settings], interchange: Interchange, account: InterchangeAccount) -> None:
        self._progress = progress
        self._stream = progress.stream
        self._interchange = interchange
        self._account = account
        self._framing = Framing(progress.stream, interchange.marks, progress.settings)
        self._splitter = splitter(interchange.marks, interchange.charset(strict=False))
        self._groups = Numbers()
        self._strays: list[bytes] = []
        self._strays_at = self._strays_size = 0
        self._tags: list[str] = []
        self._group = NO_GROUP
        self._group_account = GroupAccount()
        self._outside = False  # messages were seen that stand in no group
        self._around: Surroundings | None = None
        self._reader: MessageReader | None = None
        self._references = Numbers()
        self._oddities: set[str] = set()  # that were told

    def items(self) -> Iterator[Item]:
        """Parts and findings up to and with UNZ."""
        yield from self._read()
        self._account.closed = True

    def _read(self) -> Iterator[Item]:
        while True:
            if self._framing.message_next():
                yield from self._stray_part()
                yield self._message()
                continue
            if self._framing.at_end() or self._framing.interchange_next():
                break
            if self._framing.object_next():
                yield from self._stray_part()
                yield self._object()
                continue
            start = self._stream.offset
            raw = self._framing.segment()
            elements, oddities = self._elements(raw)
            for oddity in oddities:
                yield self._noted(oddity, start, actual=1, first=at(elements, 0))
            yield from self._service(elements, raw, start)
            if at(elements, 0) == "UNZ":
                return
        yield from self._stray_part()
        yield from self._close_group(None, self._stream.offset)
        if self._interchange.elements:
            yield self._noted("unz_absent", self._stream.offset, unb=self._interchange.control)

    def _noted(self, kind: str, start: int, **facts: str | int) -> Finding:
        """A finding about the interchange."""
        said = self._progress.said(finding(_KINDS[kind], Place(byte=start), None, **facts))
        self._account.findings.append(said)
        return said

    def _of_group(self, kind: str, start: int, **facts: str | int) -> Finding:
        """A finding about the group that is open."""
        said = self._progress.said(finding(GROUP_KINDS[kind], Place(byte=start), None, **facts))
        self._group_account.findings.append(said)
        return said

    def _elements(self, raw: bytes) -> tuple[Elements, list[str]]:
        """(the elements of a segment, what is odd about how it was sent and not yet told)."""
        text = self._splitter.split(raw)
        segment = text.segments[0] if text.segments else ""
        odd = (*text.oddities, *(("trailing",) if ends_needlessly(segment) else ()))
        kinds = dict.fromkeys((*odd, "blank") if self._framing.blank else odd)
        fresh = [kind for kind in kinds if kind not in self._oddities]
        self._oddities.update(fresh)
        return elements_of(segment), fresh

    def _service(self, elements: Elements, raw: bytes, start: int) -> Iterator[Item]:
        tag = at(elements, 0)
        if tag in ("UNG", "UNE", "UNZ"):
            yield from self._stray_part()
        match tag:
            case "UNG":
                yield from self._close_group(None, start)
                yield from self._open_group(elements, raw, start)
            case "UNE":
                yield from self._close_group(elements, start)
            case "UNZ":
                yield from self._close_group(None, start)
                yield from self._trailer(elements, start)
            case "":
                return
            case _:
                yield from self._stray(tag, raw, start)

    def _open_group(self, elements: Elements, raw: bytes, start: int) -> Iterator[Finding]:
        mixed = self._outside
        raw += self._framing.take_newline(self._interchange.marks.newline)
        self._begin(Group(elements, raw))
        if self._groups.again(self._group.control):
            yield self._of_group("ung_twice", start, ung=self._group.control)
        if mixed:
            yield self._of_group("mixed", start)

    def _begin(self, group: Group) -> Surroundings:
        self._group = group
        self._group_account = GroupAccount(flat(group.elements), group.control)
        self._account.groups.append(self._group_account)
        self._outside = self._outside or not group.elements
        around = self._around = surroundings(self._interchange, group)
        self._reader = MessageReader(around, self._progress.settings)
        self._references = Numbers()
        return around

    def _close_group(self, trailer: Elements | None, start: int) -> Iterator[Finding]:
        group = self._group
        if not group.elements:
            if trailer is not None:
                yield self._noted("une_alone", start)
        elif trailer is None:
            yield self._of_group("une_absent", start, ung=group.control)
        else:
            yield from self._group_trailer(trailer, start)
        self._group, self._reader, self._around = NO_GROUP, None, None

    def _group_trailer(self, trailer: Elements, start: int) -> Iterator[Finding]:
        announced, control = at(trailer, 1), at(trailer, 2)
        self._group_account.announced = announced
        if control != self._group.control:
            yield self._of_group("ung_differs", start, value=control, ung=self._group.control)
        actual = len(self._group_account.transactions)
        if not equals(announced, actual):
            yield self._of_group("une_count", start, value=announced, actual=actual)

    def _trailer(self, elements: Elements, start: int) -> Iterator[Finding]:
        if not self._interchange.elements:
            yield self._noted("unz_alone", start)
            return
        control = self._interchange.control
        if at(elements, 2) != control:
            yield self._noted("unb_differs", start, value=at(elements, 2), unb=control)
        groups = sum(bool(group.elements) for group in self._account.groups)
        actual, what = (groups, "groups") if groups else (self._account.transactions, "messages")
        if not equals(at(elements, 1), actual):
            yield self._noted("unz_count", start, value=at(elements, 1), actual=actual, what=what)

    def _message(self) -> Part:
        offset = self._stream.offset
        data = self._framing.message()
        if self._reader is None:
            self._begin(NO_GROUP)
        reader = self._reader
        assert reader is not None  # noqa: S101 - made by the line before
        read = reader.read(data, offset, self._progress.next_position())
        self._stream.pos += read.used
        heading = read.heading
        self._entered(read.part, offset, heading.set, heading.control, heading.identifier)
        return read.part

    def _object(self) -> Part:
        offset = self._stream.offset
        around = self._around or self._begin(NO_GROUP)
        read = ObjectReader(around, self._framing).read(offset, self._progress.next_position())
        self._entered(read.part, offset, "UNO", read.control, "")
        return read.part

    def _entered(self, part: Part, offset: int, name: str, control: str, version: str) -> None:
        """Enters a message into the account, and judges its reference."""
        if self._references.again(control):
            place = Place(segment=1, byte=offset, element="UNH01", pointer="/_ctl/unh")
            said = self._progress.said(finding(MESSAGE_KINDS["unh_twice"], place, unh=control))
            part.findings = (*part.findings, said)
        self._group_account.transactions.append(TransactionAccount(name, control, version, part.findings))

    def _stray(self, tag: str, raw: bytes, start: int) -> Iterator[Part]:
        if not self._strays:
            self._strays_at = start
        self._strays.append(raw)
        self._strays_size += len(raw)
        self._tags.append(tag)
        if self._strays_size > PIECE or len(self._strays) >= SEGMENTS:
            yield from self._stray_part()

    def _stray_part(self) -> Iterator[Part]:
        if self._strays:
            raw, tags = b"".join(self._strays), " ".join(dict.fromkeys(self._tags))
            self._strays, self._strays_size, self._tags = [], 0, []
            kind: Kind = GROUP_KINDS["orphans"]
            part = self._progress.lost(raw, self._strays_at, kind, tags=tags)
            self._account.findings.extend(part.findings)
            yield part
