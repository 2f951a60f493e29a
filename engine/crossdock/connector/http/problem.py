"""What a peer says is wrong: problem details (RFC 9457), and the other shapes errors commonly have."""

from __future__ import annotations

from collections.abc import Iterator

from crossdock.connector.http.exchange import Response
from crossdock.connector.http.redaction import Redaction
from crossdock.document_json import decode
from crossdock.errors import Finding, Place, Reject
from crossdock.message import Document

MOST = 50  # findings of one reply
_DEEPEST = 200  # levels of a reply that is asked for anything
_TEXTS = ("detail", "message", "error_description", "title", "description", "error", "reason", "msg", "errorMessage")
_LISTS = ("errors", "violations", "invalid-params", "invalidParams", "details", "validationErrors")
_POINTERS = ("pointer", "field", "path", "name", "property")


def document_in(response: Response) -> Document:
    """The reply as a document, where it is JSON. Raises ``Reject`` K717."""
    if response.cut is not None:
        raise Reject("K717", f"the reply cannot be read: {response.cut}")
    head = response.body[:100_000]
    if head.count(b"[") + head.count(b"{") > _DEEPEST and _depth(response.body) > _DEEPEST:
        raise Reject("K717", f"the reply is nested deeper than {_DEEPEST} levels")
    try:
        return decode(response.body.removeprefix(b"\xef\xbb\xbf"))
    except (Reject, RecursionError, ValueError) as error:
        raise Reject("K717", "the reply is no JSON") from error


def _depth(data: bytes) -> int:
    """The deepest nesting of brackets, those in texts left out."""
    depth = deepest = 0
    quoted = escaped = False
    for byte in data:
        if quoted:
            quoted = escaped or byte != 0x22  # noqa: PLR2004 - the quotation mark
            escaped = byte == 0x5C and not escaped  # noqa: PLR2004 - the backslash
        elif byte == 0x22:  # noqa: PLR2004
            quoted = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def said(response: Response, redaction: Redaction) -> str:
    """What the peer says in a few words: the text of its error, or the beginning of what it sent."""
    try:
        found = _text(document_in(response))
    except Reject:
        found = None
    if found is None and not response.media_type.startswith(("text/html", "image/")):
        found = response.body[:2000].decode("utf-8", "replace")
    return redaction.shown(found or "")


def findings(response: Response, code: str, redaction: Redaction) -> tuple[Finding, ...]:
    """Each thing the peer says is wrong, with the place it names."""
    try:
        document = document_in(response)
    except Reject:
        return ()
    return tuple(
        Finding(code=code, message=redaction.shown(text), place=Place(pointer=pointer), rule="said by the peer")
        for text, pointer in list(_each(document))[:MOST]
    )


def _each(document: Document) -> Iterator[tuple[str, str | None]]:
    if isinstance(document, list):
        yield from _in(document)
    elif isinstance(document, dict):
        inner = document.get("error")
        for holder in (document, inner if isinstance(inner, dict) else {}):
            for name in _LISTS:
                yield from _in(holder.get(name))


def _in(listed: Document) -> Iterator[tuple[str, str | None]]:
    """Errors as a list, or by the field they are about: ``{"sku": ["is unknown"]}``."""
    if isinstance(listed, list):
        for entry in listed:
            yield from _one(entry)
    elif isinstance(listed, dict):
        yield from ((text, str(field)) for field, value in listed.items() for text in _texts(value))


def _one(entry: Document) -> Iterator[tuple[str, str | None]]:
    text = _text(entry)
    if text is None:
        return
    pointer = None
    if isinstance(entry, dict):
        pointer = next((str(entry[name]) for name in _POINTERS if isinstance(entry.get(name), str)), None)
    yield text, pointer[:200] if pointer else None


def _texts(value: Document) -> list[str]:
    return [text for one in (value if isinstance(value, list) else [value]) if (text := _text(one)) is not None]


def _text(document: Document) -> str | None:
    """The sentence an error is told with."""
    if isinstance(document, str):
        return document or None
    if isinstance(document, list):
        return next((text for one in document[:1] if (text := _text(one))), None)
    if not isinstance(document, dict):
        return None
    named = (document.get(name) for name in _TEXTS)
    for value in named:
        text = _text(value) if isinstance(value, str | dict) else None
        if text:
            return text
    return None
