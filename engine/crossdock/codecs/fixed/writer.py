"""Documents to a fixed-width payload, streaming. A header that counts what follows makes the writer hold it."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator

from crossdock.codecs.fixed.framing import framed
from crossdock.codecs.fixed.layout import Layout
from crossdock.codecs.fixed.lines import Lines
from crossdock.codecs.fixed.usual import UsualLines
from crossdock.codecs.judged import Faults
from crossdock.message import Document


class Writer:
    """Writes one payload."""

    def __init__(self, layout: Layout, usual: UsualLines) -> None:
        self._layout = layout
        self._usual = usual
        self._faults = Faults()
        self._lines = Lines(layout, self._faults)
        self._tally = layout.tally()

    def pieces(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The payload, a document at a time. Raises ``Reject`` with the findings of all documents."""
        newline = self._layout.newline
        encoder = None if self._layout.charset else codecs.getincrementalencoder(self._layout.encoding)()
        for texts in self._texts(documents):
            if self._faults:
                continue
            yield encoder.encode(newline.join([*texts, ""])) if encoder else framed(texts, self._layout)
        self._faults.judge()

    def _texts(self, documents: Iterable[Document]) -> Iterator[list[str]]:
        """The lines: of the header, of each document, of the trailer."""
        header, trailer = self._layout.header, self._layout.trailer
        bodies = self._bodies(documents)
        if header is not None:
            bodies = iter(list(bodies)) if header.measures else bodies
            yield [self._lines.of_end(header, {}, self._tally)]
        yield from bodies
        if trailer is not None and not self._faults:  # its counts and sums would only repeat what was found
            yield [self._lines.of_end(trailer, {}, self._tally)]

    def _bodies(self, documents: Iterable[Document]) -> Iterator[list[str]]:
        for number, document in enumerate(documents, start=1):
            texts = self._usual(document)
            if texts is None:
                self._lines.subject = f"document {number}"
                texts = self._lines.of(document, self._layout.record)
            self._tally.add(document, len(texts))
            yield texts
