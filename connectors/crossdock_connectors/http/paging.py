"""Which page comes next: by link, by cursor, by number or by offset."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from crossdock.connector.http.address import url_fault
from crossdock.connector.http.exchange import Response, joined, origin, shown
from crossdock.connector.http.expression import Expression
from crossdock.errors import Halt
from crossdock.message import Document
from crossdock_connectors.http.options import CursorPaging, LinkPaging, NumberPaging, SourceOptions

#: One link of RFC 8288, 3: a target in angle brackets, and its parameters up to the next one.
_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^\s=;,]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s\",;]*))?)*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]*))", re.IGNORECASE)


def parameters(options: SourceOptions, following: str | None) -> Mapping[str, str]:
    """What a page is asked for with. A link has all of it in itself."""
    given: dict[str, str] = {}
    if options.page_size is not None and not options.in_body("size"):
        given[options.page_size_parameter] = str(options.page_size)
    match options.paging:
        case _ if options.in_body("page"):
            return given
        case CursorPaging(parameter=name) if following is not None:
            given[name] = following
        case NumberPaging() as paging:
            given[paging.name] = str(paging.start) if following is None else following
    return given


def told_in_body(options: SourceOptions, following: str | None) -> Document:
    """What ``$page`` is: the cursor, or nothing for the first; a number or an offset."""
    if isinstance(options.paging, NumberPaging):
        return options.paging.start if following is None else int(following)
    return following


def address(options: SourceOptions, following: str | None) -> str | None:
    """The URL of a page that has one of its own."""
    return following if isinstance(options.paging, LinkPaging) else None


def next_page(
    options: SourceOptions, here: str | None, response: Response, document: Document, items: Sequence[Document]
) -> str | None:
    """What the next page is known by; None behind the last one. Raises ``Halt`` K731."""
    match options.paging:
        case LinkPaging(at=at):
            return _link(options, response, document, at)
        case CursorPaging(at=at, more=more):
            ended = more is not None and not more.holds(document)
            return None if ended else _text(at.of(document))
        case NumberPaging(more=more) as paging:
            ended = not items if more is None else not more.holds(document)
            place = paging.start if here is None else int(here)
            return None if ended else str(place + (1 if paging.by == "page" else len(items)))
        case None:
            return None


def _link(options: SourceOptions, response: Response, document: Document, at: Expression | None) -> str | None:
    target = _next_link(response.headers.get("link", "")) if at is None else _text(at.of(document))
    if target is None:
        return None
    url = joined(response.url, target)
    if url is None or url_fault(url) or origin(url) != origin(options.url):
        told = f"the next page lies elsewhere, at {shown(url or target)[:200]}"
        raise Halt("K731", told, hint="a peer is asked where 'get' says, and nowhere else")
    return url


def _next_link(header: str) -> str | None:
    for target, rest in _LINK.findall(header):
        relation = _REL.search(rest)
        if relation and "next" in (relation[1] or relation[2] or "").lower().split():
            return str(target)
    return None


def _text(value: Document) -> str | None:
    """A cursor; null, false and nothing are none."""
    if value is None or isinstance(value, bool | dict | list) or value == "":
        return None
    return str(value)
