"""The ``json`` codec: a document, or the items of a list in it, or a document a line. Parts are ``items``.

    - decode: {json: {path: /data/orders}}
    - split: items

The items of a list are read in flat memory however long the list is; one item may have ``max_size`` bytes.

Numbers with a fraction or an exponent become ``Decimal`` with the digits they had. Refused: what RFC 8259 forbids,
and what it leaves open and no two programs read alike (duplicate keys, half surrogate pairs, NUL, absurd numbers).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from crossdock.codecs.contract import CodecKind, Part
from crossdock.codecs.json.options import JsonOptions
from crossdock.codecs.json.reader import Mark, Text
from crossdock.codecs.json.stream import streamed
from crossdock.codecs.json.writer import Writer
from crossdock.codecs.judged import SMALL, Faults, gathered, judged, refuse_size
from crossdock.codecs.pointer import steps_of
from crossdock.codecs.provenance.shown import Shown
from crossdock.codecs.text_lines import LineCodes, lines_of
from crossdock.errors import Finding, Place, Reject, Severity
from crossdock.message import Document, Payload, read_all

_BOM = b"\xef\xbb\xbf"
_CODES = LineCodes(undecodable="J102", nul="J112", too_long="J113", choice=False)


@dataclass(frozen=True, slots=True)
class JsonCodec:
    """JSON under its options."""

    options: JsonOptions
    parts: str = "items"

    @property
    def content_type(self) -> str:
        """Media type of what ``write`` produces."""
        return "application/x-ndjson" if self.options.lines else "application/json"

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        """One part for each item of the list; judged whole."""
        if self.options.lines:
            return judged(payload, lambda: self._lines(payload))
        if payload.size > SMALL:
            return judged(payload, lambda: self._streamed(payload))
        return judged(payload, lambda: self._text(payload).parts())

    def whole(self, payload: Payload) -> Part:
        """The document as it stands; of ``lines``, the list of them."""
        if self.options.lines:
            refuse_size(payload, self.options.max_size, "J101")
            part = gathered(self.read(payload), lambda: read_all(payload))
            part.place = lambda pointer: self._line_place(payload, pointer)
            return part
        text = self._text(payload)
        return Part(
            position=1,
            document=text.document(),
            raw=lambda: read_all(payload),
            place=lambda pointer: text.place(Mark(0, 1), pointer),
        )

    def instead_of(self, path: Sequence[str]) -> str | None:
        """Of ``lines`` its own parts, for the whole is a list itself; else there may be a list everywhere."""
        return self.parts if self.options.lines else None

    def shown(self, data: bytes) -> Shown:
        """The text, in which every value knows its characters."""
        from crossdock.codecs.provenance.objects import ShownJson  # noqa: PLC0415 - only who explains needs it

        return ShownJson(data)

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """One document as it is, several as an array or a line each."""
        return Writer(self.options).pieces(documents)

    def _streamed(self, payload: Payload) -> Iterator[Part | Finding]:
        _refuse_wide(next(iter(payload.chunks()), b"")[:4])
        return streamed(payload, self.options, _CODES)

    def _text(self, payload: Payload) -> Text:
        refuse_size(payload, self.options.max_size, "J101")
        data = read_all(payload)
        _refuse_wide(data[:4])
        body = data.removeprefix(_BOM)
        try:
            return Text(body.decode(), self.options, byte=len(data) - len(body))
        except UnicodeDecodeError as error:
            raise _undecodable(data, error.start + len(data) - len(body)) from error

    def _lines(self, payload: Payload) -> Iterator[Part | Finding]:
        faults, count = Faults(), 0
        for text in self._line_texts(payload, faults):
            try:
                part = _line_part(count + 1, text)
            except Reject as reject:
                faults.add(*reject.findings)
                continue
            count += 1
            yield part
        faults.judge()
        if not count:
            yield Finding(code="J130", severity=Severity.NOTE, message="the payload has no lines")

    def _line_texts(self, payload: Payload, faults: Faults) -> Iterator[Text]:
        try:
            for number, line in enumerate(lines_of(payload, "utf-8", _CODES), start=1):
                if line.strip():
                    yield Text(line, self.options, line=number, byte=None)
        except Reject as reject:
            raise faults.with_last(reject) from reject

    def _line_place(self, payload: Payload, pointer: str) -> Place | None:
        index, *rest = steps_of(pointer) or [""]
        parts = (part for part in self._lines(payload) if isinstance(part, Part))
        part = next(islice(parts, int(index), None), None) if index.isdecimal() else None
        return part.place("".join(f"/{key}" for key in rest)) if part else None


def _line_part(position: int, text: Text) -> Part:
    return Part(
        position=position,
        document=text.document(),
        raw=lambda: text.text.strip().encode() + b"\n",
        place=lambda pointer: text.place(Mark(0, text.line), pointer),
    )


def _refuse_wide(head: bytes) -> None:
    """Text in UTF-16 or UTF-32 has a NUL or their byte order mark among its first bytes."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head:
        message = "the text is UTF-16 or UTF-32; JSON between systems is UTF-8"
        raise Reject.of([Finding(code="J103", message=message, place=Place(byte=0), rule="RFC 8259, 8.1")])


def _undecodable(data: bytes, start: int) -> Reject:
    line = data.count(b"\n", 0, start) + 1
    column = len(data[data.rfind(b"\n", 0, start) + 1 : start].decode()) + 1
    value = data[start : start + 1].hex()
    message = f"byte {value} is not utf-8 text"
    place = Place(line=line, column=column, byte=start)
    return Reject.of([Finding(code="J102", message=message, place=place, value=value)])


_LIKELY = re.compile(rb'(?:\xef\xbb\xbf)?[ \t\n\r]*(?:(\{[ \t\n\r]*["}])|(\[[ \t\n\r]*[\[{"\]\-0-9tfn]))')


def sniff(head: bytes) -> int:
    """Certain enough at ``{"``, likely at ``[``."""
    found = _LIKELY.match(head)
    return 0 if not found else 95 if found[1] else 85


CODEC = CodecKind(
    name="json",
    about="A JSON document, the items of a list in it, or a document a line.",
    options=JsonOptions,
    open=lambda options, resources: JsonCodec(options),
    shorthand="path",
    sniff=sniff,
)
