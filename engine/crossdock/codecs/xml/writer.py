"""Documents to XML. A document that is a text is XML already (what a stylesheet made): checked and passed through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lxml import etree

from crossdock.codecs.judged import Faults
from crossdock.codecs.pointer import step
from crossdock.codecs.xml.options import XmlOptions
from crossdock.errors import Finding, Place, Reject
from crossdock.message import Document
from crossdock.xml_tree import Shape, from_document, parse, serialize
from crossdock.xml_tree.reading import Reading

_DECLARATION = re.compile(r"\ufeff?\s*<\?xml\s[^?]*\?>\s*")
_ROOT = re.compile(rb"<([^\s<>/?!]+)")
_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Writer:
    """Writes one payload."""

    def __init__(self, options: XmlOptions, shape: Shape) -> None:
        self._options = options
        self._shape = shape
        self._steps = options.steps
        self._names = Reading(shape)
        self._faults = Faults()
        self._count = 0

    def pieces(self, documents: Iterable[Document]) -> Iterator[bytes]:
        """The payload, an element at a time. Raises ``Reject`` with the findings of all documents."""
        if len(self._steps) > 1:
            yield from self._wrapped(documents)
        else:
            yield from self._single(documents)
        self._faults.judge()

    # --- one document, one root ---

    def _single(self, documents: Iterable[Document]) -> Iterator[bytes]:
        for document in documents:
            self._count += 1
            if self._count > 1:
                hint = "to write several, name the elements around each: 'path: /Orders/Order'"
                self._fault("L210", "an XML document has one root element, here are several documents", hint)
                return
            data = self._root(document)
            if data is not None:
                yield data
        if not self._count:
            self._fault("L210", "an XML document has one root element, here is no document", None)

    def _root(self, document: Document) -> bytes | None:
        if isinstance(document, str):
            return self._passed_through(document)
        element = self._element(document)
        if element is None:
            return None
        self._indent(element, 0)
        return self._declared(serialize(element)) + b"\n"

    def _passed_through(self, text: str) -> bytes | None:
        element = self._parsed(text)
        if element is None:
            return None
        return self._declared((_HEADER + _DECLARATION.sub("", text, count=1)).encode())

    def _declared(self, data: bytes) -> bytes:
        """The document with its DOCTYPE, where it is to have one."""
        if self._options.dtd is None:
            return data
        root = _ROOT.search(data, len(_HEADER) - 1)
        name = root[1].decode() if root else ""
        return data.replace(b"\n", f'\n<!DOCTYPE {name} SYSTEM "{self._options.dtd}">\n'.encode(), 1)

    # --- many documents under the elements of the path ---

    def _wrapped(self, documents: Iterable[Document]) -> Iterator[bytes]:
        head, tail, between = self._outer()
        yield head
        first = True
        for document in documents:
            self._count += 1
            element = self._parsed(document) if isinstance(document, str) else self._element(document)
            if element is not None and not self._faults:
                self._indent(element, len(self._steps) - 1)
                yield (b"" if first else between) + etree.tostring(element, encoding="utf-8", with_tail=False)
                first = False
        yield tail

    def _outer(self) -> tuple[bytes, bytes, bytes]:
        """What stands before, after and between the elements: a skeleton cut where its one empty element is."""
        inner: Document = {"_": {}}
        for name in reversed(self._steps[1:-1]):
            inner = {name: inner}
        skeleton = from_document(inner, self._steps[0], self._shape)
        self._indent(skeleton, 0)
        head, _, tail = self._declared(serialize(skeleton)).partition(b"<_/>")
        if self._options.indent:
            return head, tail + b"\n", head[head.rindex(b"\n") :]
        return head + b"\n", b"\n" + tail + b"\n", b"\n"

    def _indent(self, element: etree._Element, level: int) -> None:
        if self._options.indent:
            etree.indent(element, space=" " * self._options.indent, level=level)

    # --- one element ---

    def _element(self, document: Document) -> etree._Element | None:
        """The element of a document, under the last name of the path or under its own only key."""
        if self._steps:
            return self._built(document, self._steps[-1], "")
        if isinstance(document, dict) and len(document) == 1:
            ((name, content),) = document.items()
            return self._built(content, name, step(name))
        hint = "name the root element with 'root: Order', or give the document one key that is its name"
        self._fault("L212", "the document has no name for its root element", hint)
        return None

    def _built(self, document: Document, name: str, prefix: str) -> etree._Element | None:
        try:
            return from_document(document, name, self._shape)
        except Reject as reject:
            self._faults.add(*(self._located(finding, prefix) for finding in reject.findings))
            return None

    def _parsed(self, text: str) -> etree._Element | None:
        """The root of a document that is XML already."""
        try:
            element = parse(_DECLARATION.sub("", text, count=1).encode(errors="surrogatepass"))
        except Reject as reject:
            self._faults.add(*(self._located(finding, "") for finding in reject.findings))
            return None
        name = self._names.key(str(element.tag))
        if self._steps and name != self._steps[-1]:
            self._fault("L211", f"the document's root element is '{name}', expected '{self._steps[-1]}'", None)
            return None
        return element

    def _located(self, finding: Finding, prefix: str) -> Finding:
        """The finding, told with the document it is about."""
        pointer = finding.place.pointer
        pointer = None if pointer is None else prefix + pointer or None
        return replace(finding, place=replace(finding.place, pointer=pointer, element=f"document {self._count}"))

    def _fault(self, code: str, message: str, hint: str | None) -> None:
        place = Place(element=f"document {self._count}")
        self._faults.add(Finding(code=code, message=message, place=place, hint=hint))
