"""The ``excel`` codec: rows of a sheet under a header, each row a dict. Parts are ``rows``. Needs the extra ``excel``.

    - decode: {excel: {sheet: Prices, range: "A3:F", text: [sku]}}
    - split: rows

Cells keep their kind: texts stay as they are (leading zeros too), dates are ISO texts, formulas are the values that
were last computed. Excel keeps numbers as binary fractions of 15 digits; ``12.5`` is the shortest decimal that is
this number, as Excel itself shows it. Hidden sheets are read only by name. What is written is one sheet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from crossdock.codecs.contract import Codec, CodecKind, Part, Resources
from crossdock.codecs.excel.options import ExcelOptions
from crossdock.codecs.excel.workbook import MEDIA_TYPE
from crossdock.codecs.excel.writer import written
from crossdock.codecs.judged import gathered, refuse_size
from crossdock.codecs.pointer import steps_of
from crossdock.codecs.provenance.cells import ShownSheet
from crossdock.errors import ConfigError, Finding, Place
from crossdock.message import Document, Payload, read_all

_ZIP = b"PK\x03\x04"
_WORKBOOK = (b"xl/", b"[Content_Types].xml")


@dataclass(frozen=True, slots=True)
class ExcelCodec:
    """One sheet under its options."""

    options: ExcelOptions
    parts: str = "rows"
    content_type: str = MEDIA_TYPE

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        """One part for each row that is not empty; judged whole."""
        from crossdock.codecs.excel.reader import rows_of  # noqa: PLC0415 - an extra: imported where it is used

        refuse_size(payload, self.options.max_size, "C440")
        yield from list(rows_of(read_all(payload), self.options))

    def whole(self, payload: Payload) -> Part:
        """The list of all rows."""
        part = gathered(self.read(payload), lambda: read_all(payload))
        part.place = lambda pointer: self._place(payload, pointer)
        return part

    def instead_of(self, path: Sequence[str]) -> str | None:
        """Always its own parts: the whole is a list itself."""
        return self.parts

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """A workbook with one row for each document, under the header."""
        yield written(documents, self.options)

    def shown(self, data: bytes) -> ShownSheet:
        """The sheet drawn as text."""
        from crossdock.codecs.excel.reader import cells_of  # noqa: PLC0415 - an extra: imported where it is used

        return ShownSheet(*cells_of(data, self.options))

    def _place(self, payload: Payload, pointer: str) -> Place | None:
        index, *rest = steps_of(pointer) or [""]
        if not index.isdecimal():
            return None
        row = next(islice((one for one in self.read(payload) if isinstance(one, Part)), int(index), None), None)
        return row.place("".join(f"/{key}" for key in rest)) if row else None


def sniff(head: bytes) -> int:
    """A zip archive that begins with what a workbook has."""
    return 90 if head.startswith(_ZIP) and any(mark in head for mark in _WORKBOOK) else 0


def _open(options: ExcelOptions, resources: Resources) -> Codec:
    try:
        import python_calamine  # noqa: F401, PLC0415 - an extra: looked for when a route names the codec
    except ModuleNotFoundError as error:
        raise ConfigError("C449", "workbooks need the extra 'excel'", hint="pip install 'crossdock[excel]'") from error
    return ExcelCodec(options)


CODEC = CodecKind(
    name="excel",
    about="Rows of a sheet of an Excel workbook under a header.",
    options=ExcelOptions,
    open=_open,
    shorthand="sheet",
    sniff=sniff,
)
