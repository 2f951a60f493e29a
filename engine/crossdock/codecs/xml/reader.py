"""XML to documents: the payload as one, or one for each element at a path. Judged whole."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crossdock.codecs.contract import Part
from crossdock.codecs.pointer import steps_of
from crossdock.codecs.xml.elements import ElementStream, Found, nothing_at
from crossdock.errors import Finding, Place, Reject
from crossdock.message import Document, Payload
from crossdock.xml_tree import Shape, parse, serialize
from crossdock.xml_tree.parsing import without_doctype
from crossdock.xml_tree.reading import Reading
from crossdock.xml_tree.shape import line_of, local_name


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads under a shape; ``steps`` is the path of the documents' elements, empty for the payload as it is."""

    shape: Shape
    steps: tuple[str, ...]
    ignore_doctype: bool = False

    def parts(self, payload: Payload) -> Iterator[Part | Finding]:
        """One part for each element at the path."""
        position = 0
        stream = ElementStream(payload, self.steps, self.shape, ignore_doctype=self.ignore_doctype)
        for position, found in enumerate(stream.found(), start=1):
            yield self._part(position, found)
        if not position:
            yield nothing_at(self.steps)

    def whole(self, data: bytes) -> Part:
        """The payload as one document: under its root's name, or (where the path is the root) without it."""
        root = parse(without_doctype(data) if self.ignore_doctype else data)
        reading = Reading(self.shape)
        name = reading.key(str(root.tag))
        if len(self.steps) == 1 and name != self.steps[0]:
            message = f"the root element is '{name}', expected '{self.steps[0]}'"
            raise Reject.of([Finding(code="L110", message=message, place=Place(line=line_of(root)), value=name)])
        document = reading.document(root)
        bare = len(self.steps) == 1
        return Part(
            position=1,
            document=document if bare else {name: document},
            raw=lambda: data,
            findings=tuple(reading.findings),
            place=lambda pointer: self._place(root, f"/{local_name(root)}", pointer, named=not bare),
        )

    def _part(self, position: int, found: Found) -> Part:
        reading = Reading(self.shape)
        document: Document = reading.document(found.element)
        return Part(
            position=position,
            document=document,
            raw=lambda: serialize(_wrapped(found)),
            findings=tuple(reading.findings),
            place=lambda pointer: self._place(found.element, found.path, pointer, named=False),
        )

    def _place(self, element: etree._Element, path: str, pointer: str, *, named: bool) -> Place | None:
        """Line and XPath of the value at ``pointer``, whose first step is the element's own name if ``named``."""
        steps = steps_of(pointer)[1:] if named else steps_of(pointer)
        here = element
        while steps:
            key = steps.pop(0)
            if key.startswith(("@", "#")):
                path += "/text()" if key == "#text" else f"/{key}"
                break
            namesakes = self._children(here, key)
            index = int(steps.pop(0)) if steps and steps[0].isdecimal() and _is_list(namesakes, key, self.shape) else 0
            if index >= len(namesakes):
                return None
            here = namesakes[index]
            path += f"/{local_name(here)}" + (f"[{index + 1}]" if len(namesakes) > 1 else "")
        return Place(line=line_of(here), element=path, pointer=pointer or None)

    def _children(self, element: etree._Element, key: str) -> list[etree._Element]:
        names = Reading(self.shape)
        return [child for child in element.iterchildren("*") if names.key(str(child.tag)) == key]


def _is_list(namesakes: list[etree._Element], key: str, shape: Shape) -> bool:
    return len(namesakes) > 1 or key in shape.lists


def _wrapped(found: Found) -> etree._Element:
    """A copy of the element inside bare copies of its ancestors."""
    inner = copy.deepcopy(found.element)
    inner.tail = None
    for ancestor in reversed(found.ancestors):
        attributes = {str(name): str(value) for name, value in ancestor.items()}
        outer = etree.Element(ancestor.tag, attrib=attributes, nsmap=ancestor.nsmap)
        outer.append(inner)
        inner = outer
    return inner
