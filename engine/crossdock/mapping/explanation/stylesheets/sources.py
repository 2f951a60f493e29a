"""The nodes of a source document by the JSON pointers of what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from lxml import etree

from crossdock.mapping.explanation.walk import step
from crossdock.message import Document
from crossdock.xml_tree.shape import XML

_Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it

MAX_NODES = 200_000  # elements of a document; each is held
MAX_LEAVES = 200  # texts of one element, where the text of all that is in it is taken …
MAX_SOUGHT = 20 * MAX_LEAVES  # … and elements in which they are sought


class TooMuchError(Exception):
    """There is more than one explanation looks through; the message says of what."""


class Sources:
    """The elements that a document became, each with its pointer, that of its own text, and its place in the order."""

    def __init__(self, root: _Element, document: Document) -> None:
        self._known: dict[_Element, tuple[int, str, str]] = {}
        self._elements: dict[str, _Element] = {}
        for element, pointer, text in _walk(root, document):
            if len(self._known) >= MAX_NODES:
                raise TooMuchError(f"the document has more than {MAX_NODES:,} elements")
            self._known[element] = (len(self._known), pointer, text)
            self._elements[pointer] = element

    def pointer(self, element: _Element) -> str | None:
        """The pointer of an element; None of one that is no part of the document."""
        known = self._known.get(element)
        return None if known is None else known[1]

    def element(self, pointer: str) -> _Element | None:
        """The element at a pointer."""
        return self._elements.get(pointer)

    def text(self, element: _Element) -> str | None:
        """The pointer of an element's own text."""
        known = self._known.get(element)
        return None if known is None else known[2]

    def attribute(self, element: _Element, name: str) -> str | None:
        """The pointer of an attribute."""
        known = self._known.get(element)
        return None if known is None else known[1] + step(_attribute_key(name))

    def found(self, nodes: Sequence[object], *, every: bool) -> list[str]:
        """The pointers of nodes in document order: of each, or of what the text of the first one is made of."""
        placed = sorted(filter(None, map(self._placed, nodes)), key=lambda one: one[:2])
        if every or not placed:
            return [pointer for _, _, pointer, _ in placed]
        _, _, pointer, element = placed[0]
        return [pointer] if element is None else self._texts(element, pointer)

    def inside(self, element: _Element) -> list[str]:
        """The pointers of all texts and attributes in an element of the document."""
        found: list[str] = []
        for one in element.iter(etree.Element):
            known = self._known.get(one)
            if known is not None:
                found.append(known[2])
                found += [known[1] + step(_attribute_key(str(name))) for name in one.attrib]
        return found

    def _placed(self, node: object) -> tuple[int, int, str, _Element | None] | None:
        """(place in the order, which of its element's, pointer, itself where it is an element)."""
        if isinstance(node, etree._Element):  # noqa: SLF001 - lxml has no public name for it
            known = self._known.get(node)
            return None if known is None else (known[0], 0, known[1] if len(node) else known[2], node)
        parent = node.getparent() if isinstance(node, etree._ElementUnicodeResult) else None  # noqa: SLF001 - as above
        known = self._known.get(parent) if parent is not None else None
        if known is None or parent is None or not isinstance(node, etree._ElementUnicodeResult):  # noqa: SLF001 - as above
            return None
        if not node.is_attribute:
            return known[0], 1, known[2], None
        at = list(parent.attrib).index(str(node.attrname)) if node.attrname in parent.attrib else 0
        return known[0], 2 + at, known[1] + step(_attribute_key(str(node.attrname))), None

    def _texts(self, element: _Element, pointer: str) -> list[str]:
        if not len(element):
            return [pointer]
        sought = islice(element.iter(etree.Element), MAX_SOUGHT)
        inner = (self._known[one][2] for one in sought if one.text and one in self._known)
        return list(islice(inner, MAX_LEAVES)) or [pointer]


def _attribute_key(name: str) -> str:
    uri, _, local = name.rpartition("}")
    return f"@xml:{local}" if uri[1:] == XML else f"@{local}"


def _walk(root: _Element, document: Document) -> Iterator[tuple[_Element, str, str]]:
    """(element, pointer, pointer of its text) in document order: as ``crossdock.xml_tree`` has written them."""
    waiting: list[tuple[_Element, Document, str]] = [(root, document, "")]
    while waiting:
        element, value, pointer = waiting.pop()
        yield element, pointer, pointer + "/#text" if isinstance(value, dict) and "#text" in value else pointer
        if isinstance(value, dict):
            waiting += reversed(list(zip(element, *_below(value, pointer), strict=True)))


def _below(value: dict[str, Document], pointer: str) -> tuple[list[Document], list[str]]:
    values: list[Document] = []
    pointers: list[str] = []
    for key, inner in value.items():
        if inner is None or key == "#text" or key.startswith("@"):
            continue
        items = inner if isinstance(inner, list) else [inner]
        values += items
        below = pointer + step(key)
        pointers += [f"{below}/{at}" for at in range(len(items))] if isinstance(inner, list) else [below]
    return values, pointers
