"""Fixed-width text to documents: one for each repeating record with all that belongs to it, judged whole.

Every line is known by its tag or by its place. The open records form a stack; a line belongs to the nearest of them
that has its kind as a group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from crossdock.codecs.contract import Part
from crossdock.codecs.fixed.framing import framed, records_of
from crossdock.codecs.fixed.group import Group, Line, Opened, Told
from crossdock.codecs.fixed.layout import Field, Layout, Record, lines_in
from crossdock.codecs.fixed.lines import Lines
from crossdock.codecs.fixed.measure import Tally
from crossdock.codecs.fixed.rows import Rows
from crossdock.codecs.fixed.spec import NUMBERS
from crossdock.codecs.fixed.unfit import Unfit
from crossdock.codecs.judged import Faults
from crossdock.codecs.text_lines import LineCodes, lines_of
from crossdock.errors import Finding, Place, Reject, Severity
from crossdock.message import Document, Payload

CODES = LineCodes(undecodable="F101", nul="F102", too_long="F103")
END_OF_FILE = "\x1a"  # what CP/M and DOS programs put behind the last line


@dataclass(slots=True)
class Reader:
    """One pass over one payload. ``ends`` holds what header and trailer say beyond the documents, once they are read."""

    layout: Layout
    payload: Payload
    ends: dict[str, dict[str, Document]]
    _faults: Faults = field(default_factory=Faults)
    _told: list[Told] = field(default_factory=list)
    _group: Group | None = None
    _tally: Tally = field(init=False)
    _parts: int = 0
    _first: bool = True
    _ended: Line | None = None
    _last: int | None = None
    _counted: bool = True  # False once something could not be read: then counts and sums mean nothing

    def parts(self) -> Iterator[Part | Finding]:
        """The documents. Raises ``Reject`` at the end."""
        self._tally = self.layout.tally()
        try:
            for line, last in _with_last(self._lines()):
                yield from self._take(line, last=last)
        except Reject as reject:
            raise self._faults.with_last(reject) from reject
        yield from self._close()
        self._judge_end()
        if not self._parts:
            yield Finding(code="F130", severity=Severity.NOTE, message="the file has no records")

    def _lines(self) -> Iterator[Line]:
        """The lines that are not empty, without their ends."""
        if self.layout.recfm != "lines":
            yield from records_of(self.payload, self.layout)
            return
        ended = False
        for number, raw in enumerate(lines_of(self.payload, self.layout.encoding, CODES), start=1):
            text = raw.removesuffix("\n").removesuffix("\r")
            bare = text.rstrip(END_OF_FILE)
            if not bare.strip(" ") and (not text or bare != text):
                ended = ended or bare != text
                continue
            if ended or END_OF_FILE in bare:
                place = Place(line=number, column=bare.find(END_OF_FILE) + 1 or 1)
                message = "text stands behind the end-of-file character 0x1A"
                raise Reject.of([Finding(code="F118", message=message, place=place)])
            ended = bare != text
            yield Line(bare, number)

    def _fault(
        self, code: str, message: str, place: Place, *, value: str | None = None, hint: str | None = None
    ) -> None:
        self._faults.add(Finding(code=code, message=message, place=place, value=value, hint=hint))

    # --- which line is what ---

    def _take(self, line: Line, *, last: bool) -> Iterator[Part]:
        """Read a line; where it begins something new, what was open is a part now."""
        record = self._kind(line, last=last)
        self._last = line.number
        if record is None:
            self._tell_unknown(line)
        elif self._ended is not None:
            self._fault("F110", f"a line after the trailer of line {self._ended.number}", Place(line=line.number))
        elif record.parent is not None:
            self._add(record, line, record.parent)
        elif record is self.layout.record:
            yield from self._close()
            self._group = Group(self._opened(record, line, ""))
        else:
            yield from self._end(record, line)
        self._first = False

    def _kind(self, line: Line, *, last: bool) -> Record | None:
        layout = self.layout
        if self._first and layout.header is not None and layout.header.tag is None:
            return layout.header
        tagged = layout.identify(line.text)
        if tagged is not None:
            return tagged
        if self._group is not None and self._group.awaited:
            return self._group.awaited[0]
        if last and layout.trailer is not None and layout.trailer.tag is None:
            return layout.trailer
        return layout.record if layout.record.tag is None else None

    def _end(self, record: Record, line: Line) -> Iterator[Part]:
        if record is self.layout.header and not self._first:
            self._fault("F107", "the header is not the first line", Place(line=line.number))
        if record is self.layout.trailer:
            yield from self._close()
            self._ended = line
        self.ends[record.name], told = self._values(record, line)
        self._told += told

    def _tell_unknown(self, line: Line) -> None:
        tags = ", ".join(sorted(one.label for one in self.layout.tagged))
        message = "no record of the layout starts like this line"
        self._counted = False
        self._fault("F106", message, Place(line=line.number, column=1), value=line.text[:20], hint=f"known: {tags}")

    def _add(self, record: Record, line: Line, owner: Record) -> None:
        """Put a line's record below the open one it belongs to."""
        parent = self._group.parent_of(record) if self._group is not None else None
        if self._group is None or parent is None:
            message = f"record '{record.label}' stands before any '{owner.label}' it could belong to"
            self._counted = False
            self._fault("F107", message, Place(line=line.number, column=1), value=line.text[:20])
            return
        if self._group.awaited:
            self._judge_awaited(self._group, record)
        if record.single and parent.document.get(record.name) is not None:
            self._fault("F117", f"a second '{record.label}' below one '{owner.label}'", Place(line=line.number))
        self._group.add(parent, self._opened(record, line, self._group.pointer_for(parent, record)))

    def _judge_awaited(self, group: Group, taken: Record | None) -> None:
        """A line that is known by its place must come before anything else."""
        missed = [record for record in group.awaited if record is not taken] if taken not in group.awaited[:1] else []
        for record in missed:
            message = f"the line of '{record.label}' is missing"
            self._fault("F116", message, Place(line=group.opened[-1].line.number))
        if missed:
            group.awaited.clear()

    # --- the values of a line ---

    def _opened(self, record: Record, line: Line, pointer: str) -> Opened:
        document, told = self._values(record, line)
        for group in record.groups:
            document[group.name] = None if group.single else []
        return Opened(record, line, document, pointer, told)

    def _values(self, record: Record, line: Line) -> tuple[dict[str, Document], list[Told]]:
        """What the document has of a line, and what the line tells about others."""
        values: dict[str, Document] = {}
        told: list[Told] = []
        text = self._full(record, line)
        if text is None:
            return _nothing_of(record), told
        counts: dict[str, Document] = {}
        for one in record.single_fields():
            part = text[one.start : one.end]
            if one.constant is not None:
                self._judge_constant(one, part, line)
                continue
            value = self._value(one, part, line)
            if one.measure is None:
                values[one.name] = value
            elif one.name in record.counters:
                counts[one.name] = value
            else:
                told.append(Told(one, one.measure, value, line))
        rows = Rows(self._fault, self._value, self._judge_constant)
        return values | {one.name: rows.of(one, text, line, counts) for one in record.tables}, told

    def _full(self, record: Record, line: Line) -> str | None:
        """The line at its full width; None (and a finding) where it has another."""
        has = len(line.text)
        if has < record.width and self.layout.trimmed:
            return line.text.ljust(record.width)
        if has == record.width:
            return line.text
        if record.last_table is not None and record.last_table.start <= has < record.width:
            return line.text.ljust(record.width)
        place = Place(line=line.number, column=min(has, record.width) + 1, element=record.label)
        code, hint = "F105", None
        self._counted = False
        if has < record.width:
            code, hint = "F104", "where a sender cuts spaces off the ends of lines, set 'trimmed: true' in the layout"
        self._fault(code, f"the line has {has} characters, record '{record.label}' {record.width}", place, hint=hint)
        return None

    def _value(self, one: Field, text: str, line: Line) -> Document:
        try:
            value = one.conversion.read(text)
        except Unfit as unfit:
            self._fault(unfit.code, f"field '{one.name}': {unfit.message}", _place(one, line), value=text[:80])
            self._counted = self._counted and one.spec.kind not in NUMBERS
            return None
        if value is None and one.spec.required:
            self._fault("F113", f"field '{one.name}' is required and blank", _place(one, line))
        return value

    def _judge_constant(self, one: Field, text: str, line: Line) -> None:
        if text != one.constant:
            message = f"field '{one.name}' must be '{one.constant}'"
            self._fault("F114", message, _place(one, line), value=text[:80])

    # --- what is complete ---

    def _close(self) -> Iterator[Part]:
        """The open document, if there is one, as a part."""
        group, self._group = self._group, None
        if group is None:
            return
        self._judge_awaited(group, None)
        for opened in group.opened:
            self._judge_opened(opened)
        self._parts += 1
        document = group.opened[0].document
        self._tally.add(document, len(group.opened))
        header = self.ends.get("header", {})
        yield Part(
            position=self._parts,
            document=document,
            raw=lambda: self.raw(group),
            headers={f"header.{name}": str(value) for name, value in header.items() if value is not None},
            place=group.place,
        )

    def _judge_opened(self, opened: Opened) -> None:
        for group in opened.record.groups:
            if group.required and not opened.document[group.name]:
                message = f"record '{opened.record.label}' needs at least one '{group.label}'"
                self._fault("F116", message, Place(line=opened.line.number))
        lines = lines_in(opened.document, opened.record)
        for told in opened.told:
            self._judge_told(told, told.measure.of(opened.document, lines))

    def _judge_told(self, told: Told, true: Decimal) -> None:
        if told.value != true and self._counted:
            value = "nothing" if told.value is None else str(told.value)
            message = f"field '{told.field.name}' says {value}, counted here: {true}"
            hint = "the file may have been cut off or edited"
            self._fault("F115", message, _place(told.field, told.line), value=value, hint=hint)

    def _judge_end(self) -> None:
        for end in self.layout.ends():
            if end.name not in self.ends:
                code = "F108" if end is self.layout.header else "F109"
                self._fault(
                    code, f"the {end.name} is missing", Place(line=self._last), hint="the file may have been cut off"
                )
        for told in self._told:
            self._judge_told(told, self._tally.total(told.measure))
        self._faults.judge()

    def raw(self, group: Group) -> bytes:
        """The lines of one document between a header and a trailer that count it alone."""
        lines, tally = Lines(self.layout, Faults()), self.layout.tally()
        tally.add(group.opened[0].document, len(group.opened))
        texts = [opened.line.text for opened in group.opened]
        if self.layout.header is not None:
            texts.insert(0, lines.of_end(self.layout.header, self.ends.get("header", {}), tally))
        if self.layout.trailer is not None:
            texts.append(lines.of_end(self.layout.trailer, self.ends.get("trailer", {}), tally))
        return framed(texts, self.layout)


def _place(one: Field, line: Line) -> Place:
    return line.place(one.start, one.name)


def _nothing_of(record: Record) -> dict[str, Document]:
    values: dict[str, Document] = {one.name: None for one in record.single_fields() if one.stored}
    return values | {one.name: [] for one in record.tables}


def _with_last(lines: Iterator[Line]) -> Iterator[tuple[Line, bool]]:
    """Each line, and whether it is the last one."""
    before: Line | None = None
    for line in lines:
        if before is not None:
            yield before, False
        before = line
    if before is not None:
        yield before, True
