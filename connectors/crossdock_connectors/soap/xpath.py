"""XPath 1.0 into replies: compiled once, with our prefixes, no functions but those of the standard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from lxml import etree

from crossdock.errors import Reject
from crossdock.message import Document
from crossdock.xml_tree import Shape, to_document

_MOST = 100_000  # nodes that one expression may select


def compiled(text: str, namespaces: Mapping[str, str]) -> etree.XPath:
    """The expression. Raises ``ValueError`` that says what is wrong with it."""
    try:
        made = etree.XPath(text, namespaces=dict(namespaces), regexp=False, smart_strings=False)
        made(etree.Element("nothing"))  # an unknown prefix or function shows when it is asked
    except (etree.XPathError, ValueError) as error:
        raise ValueError(f"'{text}' is no XPath: {error}") from error
    return made


def selected(xpath: etree.XPath, root: etree._Element, shape: Shape, *, listed: bool) -> Document:
    """What it selects: nothing is None, one thing is that, several are a list. Raises ``Reject`` K779."""
    try:
        found = xpath(root)
    except etree.XPathError as error:
        raise Reject("K779", f"'{xpath.path}' cannot be asked of this reply: {str(error)[:200]}") from error
    if not isinstance(found, list):
        return _scalar(xpath, found)
    if len(found) > _MOST:
        raise Reject("K779", f"'{xpath.path}' selects more than {_MOST} things")
    values = [to_document(one, shape) if etree.iselement(one) else str(one) for one in found]
    if listed:
        return values
    return values if len(values) > 1 else next(iter(values), None)


def _scalar(xpath: etree.XPath, found: object) -> Document:
    """A number of XPath has lost digits, so only whole ones are taken."""
    if isinstance(found, float):
        if not found.is_integer():
            raise Reject("K779", f"'{xpath.path}' is no whole number", hint="select the text: string(...)")
        return int(found)
    return cast(Document, found if isinstance(found, bool) else str(found))
