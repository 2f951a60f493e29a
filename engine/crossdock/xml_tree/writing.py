"""From a document to an element, and from an element to bytes. Nothing is dropped: what XML cannot carry is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias, cast

from lxml import etree

from crossdock.errors import Finding, Place, Reject
from crossdock.message import Document
from crossdock.xml_tree.shape import NIL, PLAIN, XML, Shape

MAX_EXPONENT = 400  # a number of more digits than this is a mistake or an attack; binary doubles end at 308

Scalar: TypeAlias = "bool | int | str | Decimal"

# Extensible Markup Language 1.0, fifth edition, productions 4 and 4a (less the colon: Namespaces in XML 1.0) and 2.
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(f"[{_START}][{_START}\\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*\\Z")
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def from_document(document: Document, root: str, shape: Shape = PLAIN) -> etree._Element:
    """An element called ``root`` that holds ``document``.

    Raises ``Reject`` with a JSON pointer for every value XML cannot carry: illegal characters, keys that are no
    XML names, lists of lists, numbers that are none.
    """
    writing = _Writing(shape)
    element = writing.root(document, root)
    if writing.findings or element is None:
        raise Reject.of(writing.findings)
    return element


def serialize(element: etree._Element) -> bytes:
    """The element as a UTF-8 document with its declaration."""
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(element, encoding="utf-8", with_tail=False)


class _Writing:
    """One conversion; collects every finding."""

    def __init__(self, shape: Shape) -> None:
        self.findings: list[Finding] = []
        self._namespaces = shape.namespaces
        self._tags: dict[str, str | None] = {}

    def root(self, document: Document, name: str) -> etree._Element | None:
        tag = self._tag(name, "")
        if tag is None:
            return None
        nsmap = {prefix or None: uri for prefix, uri in self._namespaces.items()}
        element = etree.Element(tag, nsmap=cast("dict[str, str]", nsmap))  # None is the default namespace's prefix
        if isinstance(document, list):
            self._fail("L201", "a document has one root element, not a list of them", "")
        else:
            self._fill(element, document, "")
        return element

    def _fail(
        self, code: str, message: str, pointer: str, *, value: str | None = None, hint: str | None = None
    ) -> None:
        place = Place(pointer=pointer)
        self.findings.append(Finding(code=code, message=message, place=place, value=value, hint=hint))

    def _fill(self, element: etree._Element, document: Document, pointer: str) -> None:
        if isinstance(document, dict):
            for key, value in document.items():
                if value is not None:
                    self._field(element, key, value, f"{pointer}/{_escaped(key)}")
        elif isinstance(document, list):
            self._fail("L203", "a list directly inside a list has no form in XML", pointer)
        elif document is None:
            element.set(NIL, "true")
        else:
            element.text = self._text(document, pointer)

    def _field(self, element: etree._Element, key: str, value: Document, pointer: str) -> None:
        if key == "#text":
            element.text = self._scalar(value, pointer)
        elif key.startswith("@"):
            self._attribute(element, key, value, pointer)
        else:
            self._children(element, key, value, pointer)

    def _attribute(self, element: etree._Element, key: str, value: Document, pointer: str) -> None:
        tag, text = self._tag(key, pointer), self._scalar(value, pointer)
        if tag is not None and text is not None:
            element.set(tag, text)

    def _children(self, element: etree._Element, key: str, value: Document, pointer: str) -> None:
        tag = self._tag(key, pointer)
        if tag is None:
            return
        if not isinstance(value, list):
            self._fill(etree.SubElement(element, tag), value, pointer)
            return
        for index, item in enumerate(value):
            self._fill(etree.SubElement(element, tag), item, f"{pointer}/{index}")

    def _tag(self, key: str, pointer: str) -> str | None:
        """The qualified name of a key (``@`` marks an attribute); None, and a finding, where it is no name."""
        if key not in self._tags:
            self._tags[key] = _qualified(key, self._namespaces)
        tag = self._tags[key]
        if tag is None:
            hint = "names start with a letter or '_', and the part before a ':' must be one of 'namespaces'"
            self._fail("L202", f"'{key.removeprefix('@')}' is not an XML name", pointer, value=key, hint=hint)
        return tag

    def _scalar(self, value: Document, pointer: str) -> str | None:
        if isinstance(value, (dict, list)):
            self._fail("L204", "text and attributes cannot hold a list or an object", pointer)
            return None
        return None if value is None else self._text(value, pointer)

    def _text(self, value: Scalar, pointer: str) -> str | None:
        if not isinstance(value, str):
            return self._plain(value, pointer)
        illegal = _ILLEGAL.search(value)
        if illegal:
            message = f"character U+{ord(illegal[0]):04X} cannot stand in XML"
            self._fail("L205", message, pointer, value=ascii(value[:80]))
            return None
        return value

    def _plain(self, value: Scalar, pointer: str) -> str | None:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > MAX_EXPONENT):
            self._fail("L206", f"{value} is not a number XML can carry", pointer, value=str(value))
            return None
        return format(value, "f") if isinstance(value, Decimal) else str(value)


def _qualified(key: str, namespaces: Mapping[str, str]) -> str | None:
    prefix, colon, local = key.removeprefix("@").rpartition(":")
    uri = XML if prefix == "xml" else namespaces.get(prefix, "")
    if not _NAME.match(local) or (colon and not uri):
        return None
    if not prefix and key.startswith("@"):  # the default namespace is not for attributes (Namespaces in XML, 6.2)
        return local
    return f"{{{uri}}}{local}" if uri else local


def _escaped(key: str) -> str:
    """One step of a JSON pointer (RFC 6901, 3)."""
    return key.replace("~", "~0").replace("/", "~1")
