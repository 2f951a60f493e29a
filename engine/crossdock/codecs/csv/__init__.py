"""The ``csv`` codec: rows under a header, each row a dict of texts (leading zeros stay). Parts are ``rows``.

- decode: {csv: {delimiter: ";", encoding: cp1252, trailer: {starts: TRL, count: 2}}}
- split: rows
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from crossdock.codecs.contract import CodecKind, Part
from crossdock.codecs.csv.options import CsvOptions
from crossdock.codecs.csv.reader import Frame, Reader
from crossdock.codecs.csv.writer import Writer
from crossdock.codecs.judged import MAX_WHOLE, gathered, judged, refuse_size
from crossdock.codecs.pointer import steps_of
from crossdock.codecs.provenance.shown import Shown
from crossdock.errors import Finding, Place
from crossdock.message import Document, Payload, read_all

MIN_LINES = 2  # one line alone says nothing about rows


@dataclass(frozen=True, slots=True)
class CsvCodec:
    """CSV under its options."""

    options: CsvOptions
    parts: str = "rows"
    content_type: str = "text/csv"

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        """One part for each row; judged whole."""
        frame = Frame()
        return judged(payload, lambda: Reader(self.options, payload, frame).parts())

    def whole(self, payload: Payload) -> Part:
        """The list of all rows."""
        refuse_size(payload, MAX_WHOLE, "S140")
        part = gathered(self.read(payload), lambda: read_all(payload))
        part.place = lambda pointer: self._place(payload, pointer)
        return part

    def shown(self, data: bytes) -> Shown:
        """The text in its encoding."""
        return Shown(data, self.options.encoding)

    def instead_of(self, path: Sequence[str]) -> str | None:
        """Always its own parts: the whole is a list itself."""
        return self.parts

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """One row for each document, under the header."""
        return Writer(self.options).lines(documents)

    def _place(self, payload: Payload, pointer: str) -> Place | None:
        index, *rest = steps_of(pointer) or [""]
        if not index.isdecimal():
            return None
        rows = (part for part in Reader(self.options, payload, Frame()).parts() if isinstance(part, Part))
        row = next(islice(rows, int(index), None), None)
        return row.place("".join(f"/{key}" for key in rest)) if row else None


def sniff(head: bytes) -> int:
    """Possible where the first lines all have the same number of one delimiter; prose hardly ever has."""
    lines = [line for line in head.split(b"\n")[:-1] if line.strip()][:20]
    if len(lines) < MIN_LINES or b"\0" in head:
        return 0
    counts = ({line.count(delimiter) for line in lines} for delimiter in (b",", b";", b"\t", b"|"))
    steady = max((min(numbers) for numbers in counts if len(numbers) == 1), default=0)
    return 50 if steady > 1 else 30 if steady else 0


CODEC = CodecKind(
    name="csv",
    about="Rows of delimited text under a header.",
    options=CsvOptions,
    open=lambda options, resources: CsvCodec(options),
    sniff=sniff,
)
