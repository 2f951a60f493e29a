"""The layout language as its author writes it: ``mappings/layouts/<name>.yaml``.

about: Orders as the ERP's import job reads them.
encoding: cp1252
record:                                   # what repeats: one document each
  tag: ORD                                # the line starts with this text
  fields:
    number: 15                            # a text of 15 characters, right behind the one before
    ordered_on: {width: 8, type: date}
  groups:
    lines:                                # a list in the document, a line each
      tag: LIN
      fields:
        sku: 20
        quantity: {width: 11, decimals: 3}
trailer:
  tag: TRL
  fields:
    orders: {width: 7, count: records}
    quantity: {width: 15, decimals: 3, sum: lines.quantity}

Files of a mainframe have records instead of lines, EBCDIC instead of ASCII, and numbers that are no text:

encoding: cp037
recfm: FB                                 # records of `width` bytes; V and VB have their length before them
width: 80
record:
  fields:
    number: 10
    ordered_on: zoned(8)                  # PIC 9(8)
    total: packed(9,2)                    # PIC S9(7)V99 COMP-3: 9 digits, 2 of them decimals, 5 bytes
    line_count: zoned(2)
    lines:                                # OCCURS 0 TO 10 TIMES DEPENDING ON LINE-COUNT
      occurs: {to: 10, by: line_count}    # `occurs: 10` where nothing counts them
      fields:
        sku: 8
        quantity: binary(4)               # PIC S9(4) COMP: 2 bytes, the high one first
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from crossdock.codecs.fixed.charset import DERIVED
from crossdock.codecs.text_lines import known_encoding

Scalar = str | int | Decimal
Kind = Literal["text", "int", "dec", "date", "packed", "zoned", "binary"]
MAINFRAME = ("packed", "zoned", "binary")
NUMBERS = ("int", "dec", *MAINFRAME)

_MAINFRAME = re.compile(r"(packed|zoned|binary)\( *([0-9]{1,2}) *(?:, *([0-9]{1,2}) *)?\)\Z")
_BINARY = ((4, 2), (9, 4), (18, 8))  # bytes by digits (IBM, Enterprise COBOL Language Reference, USAGE clause)


class _Authored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FieldSpec(_Authored):
    """One field. ``start`` counts from 1 and is only needed to leave a gap.

    ``value`` is a constant: always written, checked on reading, not in the document. ``count`` and ``sum`` are
    computed: written, checked on reading, not in the document. ``default`` is written where a document has nothing.
    ``packed(7,2)``, ``zoned(7,2)`` and ``binary(9,2)`` stand for ``{type: packed, digits: 7, decimals: 2}``; their width
    follows from the digits, and ``signed: false`` is for those without a sign. ``decimals`` are implied (``12.5`` is ``00012500`` with three) unless ``point`` says what is written.
    """

    width: int = Field(ge=1, le=10_000)
    start: int | None = Field(default=None, ge=1, le=100_000)
    type: Kind | None = None
    decimals: int | None = Field(default=None, ge=0, le=30)
    point: Literal[".", ","] | None = None
    sign: Literal["leading", "trailing"] = "leading"
    format: str | None = None
    align: Literal["left", "right"] | None = None
    pad: str | None = Field(default=None, min_length=1, max_length=1)
    default: Scalar | None = None
    value: Scalar | None = None
    required: bool = False
    count: str | None = None
    sum: str | None = None
    digits: int | None = Field(default=None, ge=1, le=31)
    signed: bool = True

    @property
    def places(self) -> int:
        """How many digits a packed, zoned or binary number has at most."""
        if self.digits is not None:
            return self.digits
        if self.kind == "binary":
            return next((digits for digits, width in _BINARY if width == self.width), 2 * self.width)
        return 2 * self.width - 1 if self.kind == "packed" else self.width

    @property
    def kind(self) -> Kind:
        """The type, given or plain from the other keys."""
        if self.type is not None:
            return self.type
        if self.decimals is not None or self.point is not None or self.sum is not None:
            return "dec"
        return "int" if self.count is not None else "date" if self.format is not None else "text"

    @property
    def padding(self) -> str:
        """What fills the field."""
        return self.pad or ("0" if self.kind in NUMBERS else " ")

    @property
    def right(self) -> bool:
        """Whether it is filled from the left, so that the value stands on the right."""
        return self.align == "right" or (self.align is None and self.kind in NUMBERS)


def _field(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return {"width": value}
    if isinstance(value, str):
        found = _MAINFRAME.match(value)
        if found is None:
            raise ValueError("a field is its width, 'packed(7,2)', 'zoned(7,2)', 'binary(9,2)', or a mapping")
        value = {"type": found[1], "digits": int(found[2]), "decimals": int(found[3] or 0)}
    if isinstance(value, dict) and "width" not in value and isinstance(value.get("digits"), int):
        return {**value, "width": spec_width(value.get("type"), value["digits"])}
    return value


def spec_width(kind: object, digits: int) -> int:
    """How many bytes so many digits take."""
    if kind == "packed":
        return digits // 2 + 1
    return next((width for most, width in _BINARY if digits <= most), 16) if kind == "binary" else digits


MOST_ROWS = 5_000
MOST_FIELDS = 20_000  # in one record, those of every row counted


class OccursSpec(_Authored):
    """How many rows a table has room for, ``to``, and how many it must have. ``by`` is the field that counts them."""

    least: int = Field(default=0, ge=0, alias="from")
    to: int = Field(ge=1, le=MOST_ROWS)
    by: str | None = None


def _occurs(value: object) -> object:
    return {"to": value} if isinstance(value, int) and not isinstance(value, bool) else value


class TableSpec(_Authored):
    """Fields that come again and again inside one record (OCCURS): a list in the document.

    The columns of all rows are always there, but behind the last row of a record in ``V`` or ``VB``. Rows that are not
    used have spaces, and zeros where a number is bytes. Where no field counts the rows, those at the end that hold
    nothing but spaces and zeros are none. The field ``by`` is filled in, and is not in the document.
    """

    occurs: Annotated[OccursSpec, BeforeValidator(_occurs, json_schema_input_type=int | OccursSpec)]
    fields: dict[str, Annotated[FieldSpec, BeforeValidator(_field)]] = Field(min_length=1)
    start: int | None = Field(default=None, ge=1, le=100_000)


def _which(value: object) -> str:
    return "table" if isinstance(value, TableSpec) or (isinstance(value, dict) and "occurs" in value) else "field"


FieldOrTable = Annotated[
    Annotated[FieldSpec, Tag("field")] | Annotated[TableSpec, Tag("table")],
    Discriminator(_which),
    BeforeValidator(_field),
]


class TagSpec(_Authored):
    """A literal that tells one kind of record from the others: ``text`` at column ``at``."""

    text: str = Field(min_length=1)
    at: int = Field(default=1, ge=1)


def _tag(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


class RecordSpec(_Authored):
    """One kind of line. Without a ``tag`` it is known by its place: first, last, or every other line."""

    tag: Annotated[TagSpec | None, BeforeValidator(_tag, json_schema_input_type=str | TagSpec | None)] = None
    width: int | None = Field(default=None, ge=1)
    fields: dict[str, FieldOrTable] = Field(default_factory=dict)


class BodySpec(RecordSpec):
    """A record that others belong to: ``groups`` maps a key of the document to the records below."""

    groups: dict[str, GroupSpec] = Field(default_factory=dict)


class GroupSpec(BodySpec):
    """Records below a record. A list in the document; with ``single`` at most one, and an object there.

    A ``single`` without a tag always follows its record: that is how one document spreads over several lines.
    """

    required: bool = False
    single: bool = False


Recfm = Literal["lines", "F", "V", "VB"]


def _recfm(value: object) -> object:
    return "F" if value == "FB" else value


def _encoding(name: str) -> str:
    return name if name in DERIVED else known_encoding(name)


class LayoutSpec(_Authored):
    """The whole file.

    ``recfm`` says what a record is: a line, or as on a mainframe: of ``width`` bytes (``F``, ``FB``), with its length
    before it (``V``), in blocks of such (``VB``). ``encoding`` may be any EBCDIC code page: ``cp037``, ``cp1047``,
    ``cp273``, ``cp1141`` …
    ``width`` makes every line equally long; ``trimmed`` allows lines on reading that end where only spaces follow.
    """

    about: str | None = None
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    recfm: Annotated[Recfm, BeforeValidator(_recfm, json_schema_input_type=Recfm | Literal["FB"])] = "lines"
    newline: Literal["lf", "crlf"] = "lf"
    width: int | None = Field(default=None, ge=1)
    trimmed: bool = False
    header: RecordSpec | None = None
    record: BodySpec
    trailer: RecordSpec | None = None
