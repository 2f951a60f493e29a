"""Documents to JSON: exact numbers, UTF-8, and nothing that our own reader would refuse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain, islice

import msgspec

from crossdock import document_json
from crossdock.codecs.json.options import JsonOptions
from crossdock.codecs.json.strict import is_sane
from crossdock.codecs.judged import Faults
from crossdock.codecs.pointer import step, steps_of
from crossdock.errors import Finding, Place
from crossdock.message import Document

_BAD = re.compile("[\0\ud800-\udfff]")


class Writer:
    """Writes one payload."""

    def __init__(self, options: JsonOptions) -> None:
        self._options = options
        self._faults = Faults()
        self._count = 0

    def pieces(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The payload, a document at a time. Raises ``Reject`` with the findings of all documents."""
        encoded = self._encoded(documents)
        if self._options.lines:
            for data in encoded:
                yield data + b"\n"
        else:
            yield from self._listed(encoded)
        self._faults.judge()

    def _listed(self, encoded: Iterator[bytes]) -> Iterator[bytes]:
        """One document as it is, several (or as the options say) as an array, inside the objects of ``path``."""
        first = list(islice(encoded, 2))
        if len(first) == 1 and not self._options.array and not self._options.path:
            yield first[0] + b"\n"
            return
        steps = steps_of(self._options.path)
        yield b"".join(b"{" + document_json.encode(key) + b":" for key in steps) + b"["
        for index, data in enumerate(chain(first, encoded)):
            yield (b",\n" if index else b"\n") + data
        yield b"\n]" + b"}" * len(steps) + b"\n"

    def _encoded(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """Each document as JSON, as long as none has a fault."""
        indent = self._options.indent
        for document in documents:
            self._count += 1
            data = self._data(document)
            if not self._faults:
                yield msgspec.json.format(data, indent=indent) if indent else data

    def _data(self, document: Document) -> bytes:
        """The document as JSON, which shows whether it has to be searched for faults."""
        try:
            data = document_json.encode(document)
        except ValueError:  # half a character, or a number too long for a text
            data = b""
        if not data or b"\\u0000" in data or not all(map(is_sane, _numbers(document))):
            self._judge(document)
        return data

    def _judge(self, document: Document) -> None:
        waiting: list[tuple[str, Document]] = [("", document)]
        while waiting:
            pointer, value = waiting.pop()
            if isinstance(value, dict):
                for key, inner in value.items():
                    self._judge_text(key, pointer)
                    waiting.append((pointer + step(key), inner))
            elif isinstance(value, list):
                waiting.extend((f"{pointer}/{index}", inner) for index, inner in enumerate(value))
            elif isinstance(value, str):
                self._judge_text(value, pointer)
            elif isinstance(value, Decimal | int) and not is_sane(value):
                shown = str(value)[:80] if isinstance(value, Decimal) else f"a number of {value.bit_length()} bits"
                self._fault("J202", f"{shown} is not a number of JSON", pointer, shown)

    def _judge_text(self, text: str, pointer: str) -> None:
        if not text.isascii() or "\0" in text:
            bad = _BAD.search(text)
            if bad:
                message = f"character U+{ord(bad[0]):04X} cannot stand in a text"
                self._fault("J201", message, pointer, ascii(text[:60]))

    def _fault(self, code: str, message: str, pointer: str, value: str) -> None:
        place = Place(element=f"document {self._count}", pointer=pointer or None)
        self._faults.add(Finding(code=code, message=message, place=place, value=value[:80]))


def _numbers(document: Document) -> list[Decimal | int]:
    """All numbers of a document."""
    values = [document]
    for value in values:  # which grows meanwhile
        if isinstance(value, dict):
            values.extend(value.values())
        elif isinstance(value, list):
            values.extend(value)
    return [value for value in values if isinstance(value, Decimal | int)]
