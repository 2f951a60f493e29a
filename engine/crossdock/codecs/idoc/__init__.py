"""The ``idoc`` codec: SAP IDocs, flat and XML, by the descriptions of their types. Parts are ``idocs``.

    - decode: idoc
    - split: idocs

A document is a tree of segments by their names, as the type has them: ``IDOC.E1EDK01.BELNR``, ``IDOC.E1EDP01[0].MENGE``.
``mappings/idoc/*.txt`` of a project describe further segments, types and extensions (see ``notation``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crossdock.codecs.contract import CodecKind, Part, Resources
from crossdock.codecs.idoc.described import shipped
from crossdock.codecs.idoc.flat_reading import FlatReader
from crossdock.codecs.idoc.model import Dictionary
from crossdock.codecs.idoc.options import IdocOptions
from crossdock.codecs.idoc.writing import Writer
from crossdock.codecs.idoc.xml_reading import XmlReader
from crossdock.codecs.judged import judged, refuse_size
from crossdock.codecs.provenance.shown import Shown
from crossdock.errors import Finding, Place, Reject, errors_in
from crossdock.message import Document, Payload

_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_UTF16 = (b"\xff\xfe<\0", b"\xfe\xff\0<")


@dataclass(frozen=True, slots=True)
class IdocCodec:
    """IDocs under a route's options."""

    dictionary: Dictionary
    options: IdocOptions
    parts: str = "idocs"

    @property
    def content_type(self) -> str:
        """XML, or plain text."""
        return "application/xml" if self.options.form == "xml" else "text/plain"

    def read(self, payload: Payload) -> Iterator[Part | Finding]:
        """One part for each IDoc, with its own verdict. Raises ``Reject`` where the payload is not made of IDocs."""
        return judged(payload, lambda: self._parts(payload))

    def whole(self, payload: Payload) -> Part:
        """The one IDoc of the payload."""
        refuse_size(payload, self.options.max_size, "C417")
        found = [part for part in self.read(payload) if isinstance(part, Part)]
        if len(found) != 1:
            message = f"the payload has {len(found)} IDocs, and the route takes it as one"
            raise Reject.of([Finding(code="C403", message=message, hint="add 'split: idocs'")])
        if errors_in(found[0].findings):
            raise Reject.of(found[0].findings)
        return found[0]

    def instead_of(self, path: Sequence[str]) -> str | None:
        """Its own parts, for all else stands below ``IDOC``."""
        return None if len(path) > 1 and path[0] == "IDOC" else self.parts

    def shown(self, data: bytes) -> Shown:
        """The text of the records, or the XML."""
        if not (_XML.match(data) or data.startswith(_UTF16)):
            return Shown(data, self.options.encoding)
        from crossdock.codecs.provenance.elements import ShownIdocs  # noqa: PLC0415 - only who explains needs it

        return ShownIdocs(data)

    def write(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The IDocs, one after the other."""
        return Writer(self.dictionary, self.options).pieces(documents)

    def _parts(self, payload: Payload) -> Iterator[Part]:
        head = next(iter(payload.chunks()), b"")
        if _XML.match(head) or head.startswith(_UTF16):
            return XmlReader(payload, self.dictionary, self.options).parts()
        if not payload.size:
            raise Reject.of([Finding(code="C402", message="the payload is empty", place=Place(byte=0))])
        return FlatReader(payload, self.dictionary, self.options).parts()


def _open(options: IdocOptions, resources: Resources) -> IdocCodec:
    return IdocCodec(Dictionary(*shipped(), *resources.idoc_descriptions()), options)


def sniff(head: bytes) -> int:
    """Certain with a control record, flat or in XML."""
    if head.removeprefix(b"\xef\xbb\xbf").startswith(b"EDI_DC40"):
        return 100
    return 100 if _XML.match(head) and b"<IDOC" in head and b"<EDI_DC40" in head else 0


CODEC = CodecKind(
    name="idoc",
    about="SAP IDocs, flat and XML: orders, deliveries, invoices, materials, and types that a project describes.",
    options=IdocOptions,
    open=_open,
    shorthand="form",
    sniff=sniff,
)
