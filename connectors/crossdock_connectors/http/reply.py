"""A reply as a document, by its content type: JSON with exact numbers, XML, CSV, or text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crossdock.codecs.csv import CsvCodec
from crossdock.codecs.csv.options import CsvOptions
from crossdock.codecs.json import JsonCodec
from crossdock.codecs.json.options import JsonOptions
from crossdock.codecs.xml import XmlCodec
from crossdock.codecs.xml.options import XmlOptions
from crossdock.connector.http.exchange import Response
from crossdock.errors import Reject
from crossdock.message import Document, Inline
from crossdock.xml_tree import Shape

_NO_CONTENT = frozenset({204, 205})


def codec_of(response: Response, form: str) -> str:
    """``json``, ``xml``, ``csv`` or ``text``: as ``form`` says, or as the content type does."""
    if form != "auto":
        return form
    kind = response.media_type
    if kind in ("application/json", "text/json") or kind.endswith("+json"):
        return "json"
    if kind in ("application/xml", "text/xml") or kind.endswith("+xml"):
        return "xml"
    if kind == "text/csv":
        return "csv"
    if not kind and response.body.lstrip()[:1] in (b"{", b"["):
        return "json"
    return "text"


def document_of(response: Response, form: str) -> Document:
    """The reply, decoded; None where it is empty. Raises ``Reject`` with the findings of the codec."""
    if response.cut is not None:
        raise Reject("K705", f"the reply cannot be read: {response.cut}", hint="see 'max_response'")
    if response.status in _NO_CONTENT or not response.body:
        return None
    return _READERS[codec_of(response, form)](response.body)


def _text(body: bytes) -> Document:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Reject("K734", f"the reply is no text in UTF-8 (byte {error.start})") from error


_READERS: Mapping[str, Callable[[bytes], Document]] = {
    "json": lambda body: JsonCodec(JsonOptions()).whole(Inline(body)).document,
    "xml": lambda body: XmlCodec(XmlOptions(), Shape()).whole(Inline(body)).document,
    "csv": lambda body: CsvCodec(CsvOptions()).whole(Inline(body)).document,
    "text": _text,
}
