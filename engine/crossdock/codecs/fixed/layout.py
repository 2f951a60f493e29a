"""A layout made ready: every field at its columns, every kind of line known by its tag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from crossdock.codecs.fixed.charset import Charset
from crossdock.codecs.fixed.measure import Measure, Tally
from crossdock.codecs.fixed.spec import FieldSpec, Recfm, TagSpec
from crossdock.codecs.fixed.value import Conversion
from crossdock.message import Document


@dataclass(frozen=True, slots=True)
class Field:
    """One field at its columns: ``line[start:end]``. ``constant`` is its text where the layout fixes it.

    ``table`` and ``row`` where it is one of a table's.
    """

    name: str
    start: int
    end: int
    spec: FieldSpec
    conversion: Conversion
    constant: str | None = None
    measure: Measure | None = None
    table: str | None = None
    row: int = 0

    @property
    def stored(self) -> bool:
        """Whether documents have it: neither constant nor computed."""
        return self.measure is None and self.constant is None


@dataclass(frozen=True, slots=True)
class Table:
    """Fields that come again inside one line, row by row; ``by`` is the field that counts the rows."""

    name: str
    least: int
    by: str | None
    start: int
    size: int
    rows: tuple[tuple[Field, ...], ...]

    @property
    def most(self) -> int:
        """How many rows there is room for."""
        return len(self.rows)

    @property
    def keys(self) -> frozenset[str]:
        """Those of a row in a document."""
        return frozenset(one.name for one in self.rows[0] if one.stored)

    def end(self, rows: int) -> int:
        """The column behind so many rows."""
        return self.start + rows * self.size


@dataclass(slots=True, eq=False)
class Record:
    """One kind of line. ``name`` is its key in the document of ``parent``; of a file's own records, their role."""

    name: str
    tag: TagSpec | None
    width: int
    fields: tuple[Field, ...]
    groups: tuple[Record, ...] = ()
    tables: tuple[Table, ...] = ()
    required: bool = False
    single: bool = False
    parent: Record | None = field(init=False, default=None)
    template: tuple[str | Field, ...] = field(init=False)
    keys: frozenset[str] = field(init=False)
    by_place: tuple[Record, ...] = field(init=False)
    measures: tuple[Measure, ...] = field(init=False)
    counters: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Work out once what every line asks for.

        ``template`` is the line from left to right, fixed text and fields; ``keys`` are those of a document;
        ``by_place`` are the groups without a tag, whose line always follows this one's.
        """
        for group in self.groups:
            group.parent = self
        self.template = tuple(_template(self))
        named = [one.name for one in self.groups] + [one.name for one in self.tables]
        self.keys = frozenset([one.name for one in self.single_fields() if one.stored] + named)
        self.by_place = tuple(group for group in self.groups if group.tag is None)
        self.counters = frozenset(one.by for one in self.tables if one.by is not None)
        self.measures = tuple(one.measure for one in self.fields if one.measure is not None)

    def single_fields(self) -> Iterator[Field]:
        """The fields that no table has."""
        return (one for one in self.fields if one.table is None)

    @property
    def last_table(self) -> Table | None:
        """The table the line ends with, where its rows are counted: what is not used may be missing."""
        last = self.tables[-1] if self.tables else None
        return last if last is not None and last.by is not None and last.end(last.most) == self.width else None

    @property
    def label(self) -> str:
        """What people call it: its tag, or its name where it has none."""
        return self.tag.text if self.tag is not None else self.name

    def family(self) -> Iterator[Record]:
        """This kind of line and all below it."""
        yield self
        for group in self.groups:
            yield from group.family()

    def tag_matches(self, line: str) -> bool:
        """Whether the line has this kind's tag at its place."""
        return self.tag is not None and line.startswith(self.tag.text, self.tag.at - 1)


@dataclass(frozen=True, slots=True)
class Layout:
    """A file: its header, what repeats, its trailer.

    ``tagged`` has every kind of line with a tag, the longest tag first; in a ``plain`` layout every kind has one, all
    at the same columns, so that no value can make a line look like another kind. ``charset`` is set where characters
    are single bytes that a field may look at.
    """

    encoding: str
    newline: str
    trimmed: bool
    header: Record | None
    record: Record
    trailer: Record | None
    tagged: tuple[Record, ...]
    plain: bool
    recfm: Recfm = "lines"
    charset: Charset | None = None

    def refuses(self, text: str) -> str | None:
        """The first character that does not exist in the encoding of the file."""
        try:
            if self.charset is not None:
                self.charset.data(text)
            else:
                text.encode(self.encoding)
        except UnicodeEncodeError as error:
            return text[error.start]
        return None

    def identify(self, line: str) -> Record | None:
        """The kind of line its tag tells; None where it has none."""
        return next((record for record in self.tagged if record.tag_matches(line)), None)

    def ends(self) -> list[Record]:
        """Header and trailer, as far as the file has them."""
        return [end for end in (self.header, self.trailer) if end is not None]

    def tally(self) -> Tally:
        """A fresh count of what header and trailer tell; it has their own lines."""
        tally = Tally(measure for end in self.ends() for measure in end.measures)
        tally.add_lines(len(self.ends()))
        return tally


def items_of(document: Document, group: Record) -> list[Document]:
    """What a document has for a group, as a list also where it is single or missing."""
    found = document.get(group.name) if isinstance(document, dict) else None
    return [] if found is None else found if isinstance(found, list) else [found]


def lines_in(document: Document, record: Record) -> int:
    """How many lines a document of this kind is written in."""
    return 1 + sum(lines_in(item, group) for group in record.groups for item in items_of(document, group))


def _template(record: Record) -> Iterator[str | Field]:
    """The line from left to right: fixed text (tag, constants, gaps) and fields."""
    pieces: list[tuple[int, str | Field]] = [
        (one.start, (one.table is None and one.constant) or one) for one in record.fields
    ]
    if record.tag is not None:
        pieces.append((record.tag.at - 1, record.tag.text))
    column = 0
    for start, piece in sorted(pieces, key=lambda one: one[0]):
        if start > column:
            yield " " * (start - column)
        yield piece
        column = piece.end if isinstance(piece, Field) else start + len(piece)
    if column < record.width:
        yield " " * (record.width - column)
