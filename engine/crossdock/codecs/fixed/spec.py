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
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from crossdock.codecs.text_lines import Encoding

Scalar = str | int | Decimal
Kind = Literal["text", "int", "dec", "date"]


class _Authored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class FieldSpec(_Authored):
    """One field. ``start`` counts from 1 and is only needed to leave a gap.

    ``value`` is a constant: always written, checked on reading, not in the document. ``count`` and ``sum`` are
    computed: written, checked on reading, not in the document. ``default`` is written where a document has nothing.
    ``decimals`` are implied (``12.5`` is ``00012500`` with three) unless ``point`` says what is written.
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
        return self.pad or ("0" if self.kind in ("int", "dec") else " ")

    @property
    def right(self) -> bool:
        """Whether it is filled from the left, so that the value stands on the right."""
        return self.align == "right" or (self.align is None and self.kind in ("int", "dec"))


class TagSpec(_Authored):
    """A literal that tells one kind of record from the others: ``text`` at column ``at``."""

    text: str = Field(min_length=1)
    at: int = Field(default=1, ge=1)


def _field(value: object) -> object:
    return {"width": value} if isinstance(value, int) and not isinstance(value, bool) else value


def _tag(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


class RecordSpec(_Authored):
    """One kind of line. Without a ``tag`` it is known by its place: first, last, or every other line."""

    tag: Annotated[TagSpec | None, BeforeValidator(_tag)] = None
    width: int | None = Field(default=None, ge=1)
    fields: dict[str, Annotated[FieldSpec, BeforeValidator(_field)]] = Field(default_factory=dict)


class BodySpec(RecordSpec):
    """A record that others belong to: ``groups`` maps a key of the document to the records below."""

    groups: dict[str, GroupSpec] = Field(default_factory=dict)


class GroupSpec(BodySpec):
    """Records below a record. A list in the document; with ``single`` at most one, and an object there.

    A ``single`` without a tag always follows its record: that is how one document spreads over several lines.
    """

    required: bool = False
    single: bool = False


class LayoutSpec(_Authored):
    """The whole file.

    ``width`` makes every line equally long; ``trimmed`` allows lines on reading that end where only spaces follow.
    """

    about: str | None = None
    encoding: Encoding = "utf-8"
    newline: Literal["lf", "crlf"] = "lf"
    width: int | None = Field(default=None, ge=1)
    trimmed: bool = False
    header: RecordSpec | None = None
    record: BodySpec
    trailer: RecordSpec | None = None
