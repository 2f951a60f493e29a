"""IDoc XML to IDocs: every ``IDOC`` element below a root that is called like the type."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crossdock.codecs.contract import Part
from crossdock.codecs.idoc.model import Dictionary
from crossdock.codecs.idoc.options import IdocOptions
from crossdock.codecs.idoc.parts import holder_of, part_of
from crossdock.codecs.idoc.records import CONTROL, CONTROL_FIELDS
from crossdock.codecs.idoc.tree import Opened, Tree
from crossdock.codecs.xml.elements import ElementStream, Found
from crossdock.errors import Finding, Place, Reject
from crossdock.message import Document, Payload
from crossdock.xml_tree import PLAIN, serialize
from crossdock.xml_tree.parsing import HARDENED, refuse_doctype, syntax_fault
from crossdock.xml_tree.shape import line_of, local_name

_CONTROL = {one.name: one for one in CONTROL_FIELDS}


class XmlReader:
    """One pass over one payload."""

    def __init__(self, payload: Payload, dictionary: Dictionary, options: IdocOptions) -> None:
        self._payload = payload
        self._dictionary = dictionary
        self._options = options

    def parts(self) -> Iterator[Part]:
        """The IDocs. Raises ``Reject`` where the payload is no XML or has none."""
        root = root_name(self._payload)
        position = 0
        for position, found in enumerate(ElementStream(self._payload, (root, "IDOC"), PLAIN).found(), start=1):
            yield self._part(position, root, found)
        if not position:
            raise _no_idoc(f"element {root} has no IDOC in it", Place(line=1))

    def _part(self, position: int, root: str, found: Found) -> Part:
        first = next(found.element.iterchildren("*"), None)
        if first is None or local_name(first) != CONTROL:
            raise _no_idoc(f"the IDOC does not begin with {CONTROL}", Place(line=line_of(found.element)))
        fields = {local_name(one): (one.text or "").rstrip() for one in first.iterchildren("*")}
        control: dict[str, Document] = {name: text for name, text in fields.items() if text}
        tree = Tree(control, self._dictionary, Place(line=line_of(first), element=CONTROL), strict=self._options.strict)
        for child in first.iterchildren("*"):
            self._judge_control(tree, child)
        elements: list[etree._Element] = []
        for child in first.itersiblings("*"):
            self._segment(tree, tree.root, child, elements)
        tree.finish()
        return part_of(position, tree, lambda: _raw(root, found.element), lambda at: _place(tree, elements, first, at))

    def _judge_control(self, tree: Tree, element: etree._Element) -> None:
        name, text = local_name(element), (element.text or "").rstrip()
        place = Place(line=line_of(element), element=f"{CONTROL}.{name}")
        described = _CONTROL.get(name)
        if described is None:
            tree.tell("C414", f"{CONTROL} has no field '{name}'", place, value=text[:40], odd=True)
        elif len(text) > described.width:
            message = f"{len(text)} characters are more than the {described.width} of {CONTROL}.{name}"
            tree.tell("C413", message, place, value=text[:40])

    def _segment(self, tree: Tree, parent: Opened, element: etree._Element, elements: list[etree._Element]) -> None:
        name = self._dictionary.type_of(local_name(element))
        place = Place(line=line_of(element), segment=len(elements) + 1, element=name)
        opened = tree.add(parent, name, {}, place, number=len(elements) + 1)
        elements.append(element)
        if (element.text or "").strip() and len(element) == 0:
            tree.tell("C414", f"{name} is text, and stands where segments do", place, value=(element.text or "")[:40])
        for child in element.iterchildren("*"):
            if self._is_segment(opened, child):
                self._segment(tree, opened, child, elements)
            else:
                self._field(tree, opened, child)

    def _is_segment(self, opened: Opened, child: etree._Element) -> bool:
        name = local_name(child)
        known = opened.node is not None and name in opened.node.by_name
        return known or len(child) > 0 or child.get("SEGMENT") is not None

    def _field(self, tree: Tree, opened: Opened, element: etree._Element) -> None:
        name, text = local_name(element), (element.text or "").rstrip(" \t\r\n")
        place = Place(line=line_of(element), segment=opened.number, element=f"{opened.name}.{name}")
        segment = self._dictionary.segment(opened.name)
        described = segment.by_name.get(name) if segment is not None else None
        if segment is not None and described is None and not segment.open:
            message = f"segment {opened.name} has no field '{name}' that is described"
            tree.tell("C414", message, place, value=text[:40], odd=True)
        if described is not None and len(text) > described.width:
            message = f"{len(text)} characters are more than the {described.width} of field {name}"
            tree.tell("C413", message, place, value=text[:80])
        if name in opened.document:
            tree.tell("C414", f"field '{name}' stands twice in segment {opened.name}", place, value=text[:40])
        elif text:
            opened.document[name] = text


def root_name(payload: Payload) -> str:
    """The local name of the root element. Raises ``Reject`` where there is none."""
    parser = etree.XMLPullParser(events=("start",), **HARDENED)
    try:
        for number, chunk in enumerate(payload.chunks()):
            if not number:
                refuse_doctype(chunk)
            parser.feed(chunk)
            for _, element in parser.read_events():
                return local_name(element)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise syntax_fault(error) from error
    raise _no_idoc("the payload has no element", Place(line=1))


def _raw(root: str, element: etree._Element) -> bytes:
    outer = etree.Element(root)
    copied = etree.fromstring(etree.tostring(element, with_tail=False), etree.XMLParser(**HARDENED))
    outer.append(copied)
    return serialize(outer)


def _place(tree: Tree, elements: list[etree._Element], control: etree._Element, pointer: str) -> Place | None:
    """The line of the value at a pointer into the document."""
    found = holder_of(tree, pointer)
    if found is None:
        inside = pointer.startswith(f"/IDOC/{CONTROL}")
        return Place(line=line_of(control), element=CONTROL, pointer=pointer) if inside else None
    index, opened = found
    name = pointer[len(opened.pointer) + 1 :]
    here = next((one for one in elements[index].iterchildren("*") if local_name(one) == name), elements[index])
    element = f"{opened.name}.{name}" if name else opened.name
    return Place(line=line_of(here), segment=opened.number, element=element, pointer=pointer)


def _no_idoc(message: str, place: Place) -> Reject:
    hint = f"IDoc XML is <ORDERS05><IDOC BEGIN='1'><{CONTROL} SEGMENT='1'>…"
    return Reject.of([Finding(code="C418", message=message, place=place, hint=hint)])
