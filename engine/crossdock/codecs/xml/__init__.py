"""The ``xml`` codec: a payload as one document, or the elements at a path. Parts are ``elements``.

    - decode: {xml: {path: /Orders/Order, lists: [Line]}}
    - split: elements

The form of a document is told in ``crossdock.xml_tree``. A DOCTYPE is refused, or passed over where the route says so;
nothing is ever fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crossdock.codecs.contract import CodecKind, Part
from crossdock.codecs.judged import judged, refuse_size
from crossdock.codecs.provenance.shown import Shown
from crossdock.codecs.xml.options import XmlOptions
from crossdock.codecs.xml.reader import Reader
from crossdock.codecs.xml.writer import Writer
from crossdock.errors import Finding
from crossdock.message import Document, Payload, read_all
from crossdock.xml_tree import Shape


@dataclass(frozen=True, slots=True)
class XmlCodec:
    """XML under its options."""

    options: XmlOptions
    shape: Shape
    parts: str = "elements"
    content_type: str = "application/xml"

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        """One part for each element at the path, or the payload as one; judged whole."""
        if len(self.options.steps) > 1:
            return judged(payload, lambda: self._reader().parts(payload))
        return self._one(payload)

    def whole(self, payload: Payload) -> Part:
        """The payload as one document."""
        refuse_size(payload, self.options.max_size, "L140")
        return self._reader().whole(read_all(payload))

    def instead_of(self, path: Sequence[str]) -> str | None:
        """Something below the root, under whose name everything stands unless the path of the options is the root's."""
        return f"{path[0]}.ELEMENT" if len(path) == 1 and len(self.options.steps) != 1 else None

    def _reader(self) -> Reader:
        return Reader(self.shape, self.options.steps, self.options.doctype == "ignore")

    def _one(self, payload: Payload) -> Iterator[Part | Finding]:
        yield self.whole(payload)

    def shown(self, data: bytes) -> Shown:
        """The text, in which every element and attribute knows its characters."""
        from crossdock.codecs.provenance.elements import ShownXml  # noqa: PLC0415 - only who explains needs it

        return ShownXml(data, self.shape, named=not self.options.steps)

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """One element for each document, inside the elements of the path."""
        return Writer(self.options, self.shape).pieces(documents)


def _open(options: XmlOptions) -> XmlCodec:
    return XmlCodec(options, Shape(namespaces=options.namespaces, lists=options.lists))


_LIKELY = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:(\?xml\s)|(?:[A-Za-z_:]|!--|!DOCTYPE))")


def sniff(head: bytes) -> int:
    """Certain with a declaration, likely with a start tag; UTF-16 shows by its byte order mark."""
    if head.startswith((b"\xff\xfe<\0", b"\xfe\xff\0<")):
        return 90
    found = _LIKELY.match(head)
    return 0 if not found else 100 if found[1] else 80


CODEC = CodecKind(
    name="xml",
    about="An XML document, or the elements at a path of it.",
    options=XmlOptions,
    open=lambda options, resources: _open(options),
    shorthand="path",
    sniff=sniff,
)
