"""Flat files to IDocs, one after the other as they stream.

A line that begins with EDI_DC40 begins an IDoc; every other line is one of its segments. Columns count characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from crossdock.codecs.contract import Part
from crossdock.codecs.idoc.model import Dictionary, Segment
from crossdock.codecs.idoc.options import IdocOptions
from crossdock.codecs.idoc.parts import holder_of, part_of
from crossdock.codecs.idoc.records import CONTROL, CONTROL_FIELDS, CONTROL_WIDTH, DATA_START, RECORD_WIDTH, REST
from crossdock.codecs.idoc.tree import Tree
from crossdock.codecs.pointer import steps_of
from crossdock.codecs.text_lines import LineCodes, lines_of
from crossdock.errors import Finding, Place, Reject
from crossdock.message import Document, Payload

CODES = LineCodes(undecodable="C405", nul="C406", too_long="C407")
_BOM = "\ufeff".encode()


@dataclass(frozen=True, slots=True)
class Record:
    """One line without its end: its number in the file, and the byte it starts at."""

    text: str
    number: int
    byte: int

    def place(self, element: str, column: int = 0, segment: int | None = None, *, width: int | None = None) -> Place:
        """Line, column and byte of something in it, so many columns wide (all that is behind, if not said)."""
        before, inside = self.text[:column], self.text[column : None if width is None else column + width]
        byte, length = self.byte + _size(before), _size(inside)
        return Place(line=self.number, column=column + 1, byte=byte, segment=segment, element=element, length=length)


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


@dataclass(slots=True)
class _Open:
    """The IDoc that is being read."""

    control: Record
    tree: Tree
    docnum: str
    records: list[Record] = field(default_factory=list)
    last: int = 0


class FlatReader:
    """One pass over one payload."""

    def __init__(self, payload: Payload, dictionary: Dictionary, options: IdocOptions) -> None:
        self._payload = payload
        self._dictionary = dictionary
        self._options = options
        self._open: _Open | None = None
        self._parts = 0

    def parts(self) -> Iterator[Part]:
        """The IDocs. Raises ``Reject`` at the first line that is none of theirs."""
        for record in self._records():
            if record.text.startswith(CONTROL):
                yield from self._close()
                self._open = self._begin(record)
            elif self._open is None:
                raise _no_idoc(record)
            else:
                self._segment(self._open, record)
        yield from self._close()
        if not self._parts:
            raise Reject.of([Finding(code="C402", message="the payload has no IDoc", place=Place(line=1))])

    def _records(self) -> Iterator[Record]:
        encoding, byte, before = self._options.encoding, self._start(), 0
        for number, line in enumerate(lines_of(self._payload, encoding, CODES), start=1):
            whole = line.removesuffix("\n").removesuffix("\r")
            text = whole.rstrip(" \x1a")
            if text:
                if before == RECORD_WIDTH > len(whole) and not line.endswith("\n"):
                    raise _cut_off(Place(line=number, column=len(whole), byte=byte))
                before = len(whole)
                if len(text) > RECORD_WIDTH:
                    message = f"the record has {len(text):,} characters, an IDoc's have at most {RECORD_WIDTH}"
                    hint = "each record ends with a line end"
                    place = Place(line=number, column=RECORD_WIDTH + 1, byte=byte)
                    raise Reject.of([Finding(code="C404", message=message, place=place, hint=hint)])
                yield Record(text, number, byte)
            byte += len(line) if line.isascii() else len(line.encode(encoding))

    def _start(self) -> int:
        """The byte the text starts at: a byte order mark is not part of it."""
        head = next(iter(self._payload.chunks()), b"")
        return len(_BOM) if head.startswith(_BOM) else 0

    # --- one IDoc ---

    def _begin(self, record: Record) -> _Open:
        if record.text[: CONTROL_FIELDS[0].width].rstrip() != CONTROL or len(record.text) > CONTROL_WIDTH:
            message = f"this is no control record {CONTROL} of {CONTROL_WIDTH} characters"
            hint = "SAP writes it at ports of version 3 (IDoc record types from release 4.x)"
            raise Reject.of(
                [Finding(code="C402", message=message, place=record.place(CONTROL), value=record.text[:40], hint=hint)]
            )
        control: dict[str, Document] = {}
        for one in CONTROL_FIELDS:
            value = record.text[one.start : one.end].rstrip()
            if value:
                control[one.name] = value
        tree = Tree(control, self._dictionary, record.place(CONTROL), strict=self._options.strict)
        return _Open(record, tree, record.text[13:29].strip())

    def _segment(self, open_: _Open, record: Record) -> None:
        text, tree = record.text, open_.tree
        segnam = text[:30].rstrip()
        if len(text) < DATA_START or " " in segnam:
            message = f"a data record begins with {DATA_START} characters of segment name, client, numbers and level"
            raise Reject.of(
                [Finding(code="C404", message=message, place=record.place("EDI_DD40"), value=text[:DATA_START])]
            )
        name = self._dictionary.type_of(segnam)
        number = self._number(open_, record, name)
        place = Place(line=record.number, column=1, byte=record.byte, segment=number or None, element=name)
        segment = self._dictionary.segment(name)
        values = self._values(tree, record, segment, place)
        level = _whole(text[61:63])
        parent = tree.parent_for(name, _whole(text[55:61]), level, place)
        tree.add(parent, name, values, place, number=number, level=level or parent.level + 1)
        open_.records.append(record)

    def _number(self, open_: _Open, record: Record, name: str) -> int:
        """The segment's own number; IDoc and order judged."""
        text, tree = record.text, open_.tree
        docnum = text[33:49].strip()
        if docnum and open_.docnum and docnum != open_.docnum:
            message = f"the segment belongs to IDoc {docnum}, the control record before it to {open_.docnum}"
            tree.tell("C408", message, record.place(f"{name}.DOCNUM", 33), value=docnum)
        number = _whole(text[49:55])
        if number:
            expected = open_.last + 1
            if number != expected:
                message = f"segment number {number} follows {open_.last}"
                hint = "segments may be missing, doubled or out of order"
                place = record.place(f"{name}.SEGNUM", 49)
                tree.tell("C409", message, place, value=text[49:55], hint=hint, odd=number > expected)
            open_.last = number
        return number

    def _values(self, tree: Tree, record: Record, segment: Segment | None, place: Place) -> dict[str, Document]:
        data = record.text[DATA_START:]
        values: dict[str, Document] = {}
        end, width = len(data), 0
        if segment is not None:
            width = segment.width
            for name, start, stop in segment.slices:
                if start >= end:
                    break
                value = data[start:stop].rstrip(" ")
                if value:
                    values[name] = value
        if end > width:
            values[REST] = data[width:]
            if segment is not None and not segment.open:
                message = f"segment {segment.name} has text behind its last field, from column {width + 1} of its data"
                tree.tell("C414", message, place, value=data[width : width + 40].strip(), odd=True)
        return values

    def _close(self) -> Iterator[Part]:
        open_, self._open = self._open, None
        if open_ is None:
            return
        open_.tree.finish()
        self._parts += 1
        yield part_of(self._parts, open_.tree, lambda: self._raw(open_), lambda pointer: self._place(open_, pointer))

    def _raw(self, open_: _Open) -> bytes:
        texts = [open_.control.text.ljust(CONTROL_WIDTH), *(one.text.ljust(RECORD_WIDTH) for one in open_.records)]
        return "".join(text + self._options.newline for text in texts).encode(self._options.encoding)

    def _place(self, open_: _Open, pointer: str) -> Place | None:
        """Line, column and byte of the value at a pointer into the document."""
        if pointer.startswith(f"/IDOC/{CONTROL}"):
            name = steps_of(pointer)[-1]
            field_ = next((one for one in CONTROL_FIELDS if one.name == name), CONTROL_FIELDS[0])
            return open_.control.place(f"{CONTROL}.{name}", field_.start, width=field_.width)
        found = holder_of(open_.tree, pointer)
        if found is None:
            return None
        index, opened = found
        name = pointer.rpartition("/")[2]
        segment = self._dictionary.segment(opened.name)
        described = segment.by_name.get(name) if segment is not None else None
        element = opened.name if pointer == opened.pointer else f"{opened.name}.{name}"
        start, width = (DATA_START + described.start, described.width) if described is not None else (0, None)
        return open_.records[index].place(element, start, opened.number or None, width=width)


def _cut_off(place: Place) -> Reject:
    """The last of records that are filled up to their width is not, and has no line end."""
    hint = "have it sent again; SAP fills every record, and ends it with a line end"
    return Reject.of([Finding(code="C404", message="the file ends inside a record", place=place, hint=hint)])


def _no_idoc(record: Record) -> Reject:
    hint = f"a flat IDoc begins with its control record, {CONTROL}"
    if record.text.startswith("EDI_DC"):
        hint = "this control record is of a port of version 2; have SAP write version 3 (EDI_DC40)"
    message = "the payload does not begin with a control record"
    return Reject.of(
        [Finding(code="C402", message=message, place=record.place("EDI_DC40"), value=record.text[:40], hint=hint)]
    )


def _whole(text: str) -> int:
    """A number of a record; 0 where it is blank or none."""
    return int(text) if text.isascii() and text.strip().isdigit() else 0
