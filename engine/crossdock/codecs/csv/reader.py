"""CSV to documents: one dict of texts for each row, judged whole.

The standard library's parser does the splitting (strict, so that a stray or unclosed quote is an error and does not
swallow the file); everything it does not say (which quote, which column) is found in the record's own text.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from crossdock.codecs.contract import Part
from crossdock.codecs.csv.options import CsvOptions, TrailerOptions
from crossdock.codecs.csv.record_text import field_starts, place_in, trailer_text
from crossdock.codecs.judged import Faults
from crossdock.codecs.pointer import step, steps_of
from crossdock.codecs.text_lines import LineCodes, lines_of
from crossdock.errors import Finding, Place, Reject, Severity
from crossdock.message import Payload
from crossdock.yaml_source import suggest

MAX_FIELD = 4 * 1024 * 1024  # characters; the library's own 131,072 is below what a long description field holds
csv.field_size_limit(MAX_FIELD)

CODES = LineCodes(undecodable="S101", nul="S102", too_long="S103")
_OTHER_DELIMITERS = {'";"': ";", "tab": "\t", '"|"': "|", '","': ","}


@dataclass(slots=True)
class Frame:
    """What stands around the rows: the lines skipped, the header, the trailer (known once it was read)."""

    lead: str = ""
    columns: tuple[str, ...] = ()
    trailer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the file: its fields, the text they came from, the line it starts on."""

    fields: list[str]
    text: str
    line: int


@dataclass(slots=True)
class Reader:
    """One pass over one payload."""

    options: CsvOptions
    payload: Payload
    frame: Frame
    _faults: Faults = field(default_factory=Faults)
    _rows: int = 0
    _ended: int | None = None  # the line of the trailer, once it was met

    def parts(self) -> Iterator[Part | Finding]:
        """The rows. Raises ``Reject`` at the end (at once, where reading on makes no sense)."""
        self.frame.lead = ""
        records = self._records()
        try:
            self._head(records)
            for record in records:
                yield from self._part(record)
        except Reject as reject:
            raise self._faults.with_last(reject) from reject
        self._judge_end()
        if not self._rows:
            message = "the file has a header and no rows" if self.options.header else "the file has no rows"
            yield Finding(code="S130", severity=Severity.NOTE, message=message)

    def _records(self) -> Iterator[Record]:
        """The records, with blank lines left out."""
        lines = lines_of(self.payload, self.options.encoding, CODES)
        self.frame.lead = "".join(islice(lines, self.options.skip))
        taken: list[str] = []
        options = self.options
        reader = csv.reader(
            _tapped(lines, taken), delimiter=options.delimiter, quotechar=options.quote, strict=True, doublequote=True
        )
        while True:
            line = options.skip + reader.line_num + 1
            taken.clear()
            try:
                fields = next(reader, None)
            except csv.Error as error:
                raise self._broken(str(error), "".join(taken), line) from error
            if fields is None:
                return
            if fields:
                yield Record(fields, "".join(taken), line)

    def _broken(self, error: str, text: str, line: int) -> Reject:
        """The rejection that says what the library's error was about, at the field it was about."""
        spans = list(field_starts(text, self.options.delimiter, self.options.quote))
        offset, sound = spans[-1]
        place = place_in(text, offset, line, element=f"field {len(spans)}")
        if sound and "field larger" not in error:
            message = "a line ends with CR alone inside the record"
            return _reject("S106", message, place, "lines end with LF or CR LF; quote a field that has a line break")
        if "field larger" in error:
            message = f"a field is longer than {MAX_FIELD:,} characters"
            return _reject("S105", message, place, None if sound else "its quote is probably never closed")
        message = "this quoted field is not closed, or something follows its closing quote"
        return _reject("S104", message, place, "a quote inside a quoted field is doubled")

    # --- header ---

    def _head(self, records: Iterator[Record]) -> None:
        if not self.options.header:
            self.frame.columns = self.options.columns or ()
            return
        record = next(records, None)
        if record is None:
            raise _reject("S110", "the file is empty: not even a header", Place(line=self.options.skip + 1))
        self.frame.lead += _ended(record.text)
        self.frame.columns = tuple(record.fields)
        self._judge_delimiter(record)
        self._judge_names(record)
        self._faults.judge()  # with a wrong header every row would be wrong too

    def _judge_delimiter(self, record: Record) -> None:
        if len(record.fields) != 1 or record.fields[0] in (self.options.columns or ()):
            return
        hint = self._delimiter_hint(record)
        if hint:
            place = Place(line=record.line, column=1)
            message = "the header has one column only, and looks like several"
            raise _reject("S113", message, place, hint, value=record.fields[0][:80])

    def _judge_names(self, record: Record) -> None:
        seen: set[str] = set()
        expected = self.options.columns
        for index, name in enumerate(record.fields):
            if not name:
                self._fault("S112", f"column {index + 1} has no name", record, index)
            elif name in seen:
                self._fault("S111", f"column '{name}' appears twice", record, index)
            elif expected is not None and name not in expected:
                self._fault("S114", f"column '{name}' is not expected", record, index, suggest(name, expected))
            seen.add(name)
        for name in expected or ():
            if name not in seen:
                place = Place(line=record.line)
                self._faults.add(Finding(code="S114", message=f"column '{name}' is missing", place=place, value=name))

    def _fault(self, code: str, message: str, record: Record, index: int, hint: str | None = None) -> None:
        place = self.place(record, index)
        self._faults.add(Finding(code=code, message=message, place=place, value=record.fields[index], hint=hint))

    # --- rows and trailer ---

    def _part(self, record: Record) -> Iterator[Part]:
        trailer = self.options.trailer
        if trailer is not None and record.fields[0] == trailer.starts:
            self._judge_trailer(record, trailer)
            return
        if self._ended is not None:
            self._faults.add(
                _finding("S121", f"a row after the trailer of line {self._ended}", Place(line=record.line))
            )
        self._rows += 1
        columns = self.frame.columns
        if len(record.fields) != len(columns):
            self._faults.add(self._length_finding(record))
            return
        yield Part(
            position=self._rows,
            document=dict(zip(columns, record.fields, strict=True)),
            raw=lambda: self.raw(record),
            place=lambda pointer: self.place_at(record, pointer),
        )

    def _length_finding(self, record: Record) -> Finding:
        has, wants = len(record.fields), len(self.frame.columns)
        code = "S115" if has < wants else "S116"
        hint = self._delimiter_hint(record) if has == 1 else None
        if has > wants:
            hint = "quote a field that contains the delimiter"
        place = Place(line=record.line, element=f"row {self._rows}")
        return _finding(code, f"the row has {_fields(has)} and the header {_fields(wants)}", place, hint)

    def _delimiter_hint(self, record: Record) -> str | None:
        """What the delimiter may be, of a record that was not split."""
        for name, other in _OTHER_DELIMITERS.items():
            if other in record.fields[0] and other != self.options.delimiter:
                return f"set 'delimiter: {name}'"
        return None

    def _judge_trailer(self, record: Record, trailer: TrailerOptions) -> None:
        if self._ended is not None:
            self._faults.add(_finding("S121", f"a second trailer after line {self._ended}", Place(line=record.line)))
        self._ended = record.line
        self.frame.trailer = tuple(record.fields)
        if trailer.count is None:
            return
        told = record.fields[trailer.count - 1].strip() if trailer.count <= len(record.fields) else ""
        place = self.place(record, min(trailer.count, len(record.fields)) - 1)
        if not (told.isascii() and told.isdigit()):
            message = f"field {trailer.count} of the trailer is not a count"
            self._faults.add(Finding(code="S123", message=message, place=place, value=told))
        elif len(told) > len(str(self._rows)) + 20 or int(told) != self._rows:
            message = f"the trailer counts {told[:30]} rows, the file has {self._rows}"
            self._faults.add(Finding(code="S122", message=message, place=place, value=told[:30]))

    def _judge_end(self) -> None:
        trailer = self.options.trailer
        if trailer is not None and self._ended is None:
            message = f"there is no trailer row that starts with '{trailer.starts}'"
            self._faults.add(_finding("S120", message, Place(), "the file may have been cut off"))
        self._faults.judge()

    # --- what a part is asked for ---

    def raw(self, record: Record) -> bytes:
        """The row under its header, with a trailer that counts it."""
        text = self.frame.lead + _ended(record.text)
        trailer = self.options.trailer
        if trailer is not None:
            text += trailer_text(trailer, self.frame.trailer, 1, self.options)
        return text.encode(self.options.encoding)

    def place_at(self, record: Record, pointer: str) -> Place | None:
        """The field a pointer into the row's document means."""
        steps = steps_of(pointer)
        if not steps:
            return Place(line=record.line, length=len(record.text.rstrip("\r\n")))
        return self.place(record, self.frame.columns.index(steps[0])) if steps[0] in self.frame.columns else None

    def place(self, record: Record, index: int) -> Place:
        """Line and column of the field at ``index``."""
        spans = field_starts(record.text, self.options.delimiter, self.options.quote)
        offset = next(islice(spans, index, None))[0]
        behind = next(spans, None)
        length = (len(record.text.rstrip("\r\n")) if behind is None else behind[0] - 1) - offset
        name = self.frame.columns[index] if index < len(self.frame.columns) else ""
        if not name or record.line == self._ended:
            name, pointer = f"field {index + 1}", None
        else:
            pointer = step(name)
        return replace(place_in(record.text, offset, record.line, element=name, pointer=pointer), length=length)


def _tapped(lines: Iterator[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _fields(number: int) -> str:
    return "1 field" if number == 1 else f"{number} fields"


def _finding(code: str, message: str, place: Place, hint: str | None = None, value: str | None = None) -> Finding:
    return Finding(code=code, message=message, place=place, hint=hint, value=value)


def _reject(code: str, message: str, place: Place, hint: str | None = None, value: str | None = None) -> Reject:
    return Reject.of([_finding(code, message, place, hint, value)])
