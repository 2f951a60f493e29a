"""The hardened parser: no DTD is read, no entity expanded, nothing fetched, every DOCTYPE refused.

An entity the parser must not expand would otherwise become silent emptiness. Comments and processing instructions
are dropped while parsing, so that ``10<!-- -->00`` is the text ``1000``.
"""

from __future__ import annotations

import re
from typing import Any, TypedDict, cast

from lxml import etree

from crossdock.errors import Finding, Place, Reject
from crossdock.xml_tree.shape import line_of

MAX_DEPTH = 256  # libxml2's own limit without XML_PARSE_HUGE (2.9 to 2.14), kept by us where it has grown

# Atomic groups: a prologue of a million comments is still read once.
_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?(?>\s+|<\?(?s:.*?)\?>|<!--(?s:.*?)-->)*+<!DOCTYPE")
# XML 1.0, productions 28 and 75: a name and an external identifier, and no internal subset.
_EXTERNAL = re.compile(
    rb"""<!DOCTYPE\s++[^\s"'<>\[\]]++\s++(?:SYSTEM|PUBLIC\s++(?:"[^"]*+"|'[^']*+'))\s++(?:"[^"]*+"|'[^']*+')\s*+>"""
)
_NO_LINE_END = re.compile(rb"[^\r\n]")
_TOO_DEEP = etree.XPath("/".join("*" * MAX_DEPTH))  # from the root element: one level more than the limit
_TAIL = re.compile(r"\s*(, line \d+, column \d+)?( \([^()]*\))?\s*\Z")


class ParserOptions(TypedDict):
    """The switches of every parser we make (the security controls of the design, area XML)."""

    resolve_entities: bool
    no_network: bool
    load_dtd: bool
    huge_tree: bool
    remove_comments: bool
    remove_pis: bool
    collect_ids: bool


HARDENED = ParserOptions(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
    collect_ids=False,
)


def parse(data: bytes) -> etree._Element:
    """The root element of a document. Raises ``Reject`` with line and column of what is not well-formed."""
    refuse_doctype(data)
    try:
        root = etree.fromstring(data, etree.XMLParser(**HARDENED))
    except etree.XMLSyntaxError as error:
        raise syntax_fault(error) from error
    refuse_dtd_of(root)
    refuse_depth_of(root)
    return root


def refuse_depth_of(element: etree._Element) -> None:
    """Raise ``Reject`` where elements are nested deeper than ``MAX_DEPTH``, counted from ``element``."""
    deep: list[etree._Element] = cast(Any, _TOO_DEEP(element))  # the stubs cannot know what an XPath finds
    if deep:
        raise _too_deep(Place(line=line_of(deep[0])))


def refuse_doctype(head: bytes) -> None:
    """Raise ``Reject`` where a document's first bytes plainly show a DOCTYPE, before any parser sees them."""
    found = _DOCTYPE.match(head)
    if found:
        start = found.end() - len("<!DOCTYPE")
        line = head.count(b"\n", 0, start) + 1
        column = start - (head.rfind(b"\n", 0, start) + 1) + 1
        raise _doctype(Place(line=line, column=column, byte=start))


def without_doctype(head: bytes) -> bytes:
    """A document's first bytes with blanks for a DOCTYPE that names an external DTD and nothing else.

    So no parser ever meets it, nothing could be fetched, and an entity it may declare is undeclared: an error, where a
    parser that knows of a DTD it did not read would make emptiness of it. Any other DOCTYPE is refused as ever.
    """
    found = _DOCTYPE.match(head)
    if found is None:
        return head
    start = found.end() - len("<!DOCTYPE")
    external = _EXTERNAL.match(head, start)
    if external is None:
        refuse_doctype(head)
        return head
    return head[:start] + _NO_LINE_END.sub(b" ", external[0]) + head[external.end() :]


def refuse_dtd_of(element: etree._Element) -> None:
    """Raise ``Reject`` where the parser met a DOCTYPE, in whatever encoding it hid."""
    if element.getroottree().docinfo.internalDTD is not None:
        raise _doctype(Place(line=1))


def syntax_fault(error: etree.XMLSyntaxError) -> Reject:
    """The rejection that tells what libxml2 found, and where."""
    message, (line, column) = str(error.msg), error.position
    if not line and len(error.error_log):  # the push parser may only say that nothing came of it; the log knows why
        last = error.error_log[-1]
        message, line, column = last.message, last.line, last.column
    place, told = Place(line=max(line, 1), column=max(column, 1)), _TAIL.sub("", message)
    if told.startswith("Excessive depth"):
        return _too_deep(place)
    return _fault("L102", f"not well-formed XML: {told}", place)


def _too_deep(place: Place) -> Reject:
    return _fault("L103", f"elements are nested deeper than {MAX_DEPTH}", place)


def _doctype(place: Place) -> Reject:
    hint = "remove the DOCTYPE and its entities; one that only names a DTD may pass with 'doctype: ignore'"
    return _fault("L101", "a DOCTYPE is not accepted", place, hint)


def _fault(code: str, message: str, place: Place, hint: str | None = None) -> Reject:
    return Reject.of([Finding(code=code, message=message, place=place, hint=hint)])
