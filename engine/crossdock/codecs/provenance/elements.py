"""XML payloads: every element, text and attribute at its characters.

libxml2, which reads documents, knows lines only; expat reads the same text once more and knows bytes. It is given the
text as UTF-8 whatever the payload's own encoding was, and a payload that the codec has read already: no DOCTYPE, no
entity of its own, a bounded depth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from crossdock.codecs.contract import Part
from crossdock.codecs.pointer import steps_of
from crossdock.codecs.provenance.shown import Shown, Span, Spot
from crossdock.errors import Place
from crossdock.xml_tree import Shape
from crossdock.xml_tree.reading import Reading

_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")
_STEP = re.compile(r"([^\[]+)(?:\[(\d+)\])?\Z")
_ATTRIBUTE = re.compile(rb"""([^\s=<>"'/]+)\s*=\s*("[^"]*"|'[^']*')""")


@dataclass(slots=True, eq=False)
class Node:
    """An element: ``tag`` is ``{uri}local``, spans are bytes of the UTF-8 text; ``opened`` ends its start tag."""

    tag: str
    start: int
    opened: int = 0
    closing: int = 0
    end: int = 0
    children: list[Node] = field(default_factory=list)

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return self.tag.rpartition("}")[2]

    def inside(self, data: bytes) -> Span:
        """Its text without the white space around it; the whole element where it has none."""
        begin, end = self.opened, self.closing
        text = data[begin:end]
        if not text.strip():
            return self.start, self.end
        return begin + len(text) - len(text.lstrip()), begin + len(text.rstrip())


class _Builder:
    """Builds the nodes of one text."""

    def __init__(self, data: bytes) -> None:
        self.root: Node | None = None
        self._line: list[Node] = []
        self._fresh: Node | None = None  # its start tag is not known to have ended
        self._data = data
        self._parser = expat.ParserCreate("utf-8", namespace_separator="}")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.DefaultHandlerExpand = self._other
        self._parser.Parse(data, True)  # noqa: FBT003 - expat takes it so

    def _other(self, _text: str) -> None:
        self._settle(self._parser.CurrentByteIndex)

    def _settle(self, at: int) -> None:
        if self._fresh is not None:
            self._fresh.opened = at
            self._fresh = None

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        at = self._parser.CurrentByteIndex
        self._settle(at)
        node = self._fresh = Node("{" + name if "}" in name else name, at)
        if self._line:
            self._line[-1].children.append(node)
        self.root = self.root or node
        self._line.append(node)

    def _end(self, _name: str) -> None:
        at = self._parser.CurrentByteIndex
        node = self._line.pop()
        if self._fresh is node and not self._data.startswith(b"</", at):  # <a/>: it ends where its start tag does
            end = at if at > node.start else self._data.index(b"/>", _behind_attributes(self._data, at)) + 2
            node.opened = node.closing = node.end = end
            self._fresh = None
            return
        self._settle(at)
        node.closing, node.end = at, self._data.index(b">", at) + 1


def _behind_attributes(data: bytes, at: int) -> int:
    """Where no quoted ``>`` can follow in the start tag at ``at``."""
    while found := re.compile(rb"""[^>"']*("[^"]*"|'[^']*')""").match(data, at):
        at = found.end()
    return at


class ShownXml(Shown):
    """An XML text. ``named`` says that the first step of a pointer is the root's own name."""

    def __init__(self, data: bytes, shape: Shape, *, named: bool) -> None:
        super().__init__(data, encoding_of(data))
        self._named = named
        self._names = Reading(shape)
        self._shape = shape
        self._utf8 = self.text.encode("utf-8", "replace")
        self._index = Shown(self._utf8)
        try:
            self.root = _Builder(self._utf8).root
        except (expat.ExpatError, ValueError):  # read by libxml2 all the same: then lines are what is known
            self.root = None

    def spot(self, part: Part, pointer: str) -> Spot | None:
        """The text of an element, the value of an attribute."""
        place = part.place(pointer)
        if place is None:
            return None
        start = part.place("")
        holder = self.at_path(start.element) if start is not None and start.element else None
        node, last = self._down(holder, steps_of(pointer)[self._named :])
        return Spot(place) if node is None else self.spot_in(place, node, last)

    def spot_in(self, place: Place, node: Node, attribute: str | None = None) -> Spot:
        """The spot of an element's text, or of its attribute."""
        span = node.inside(self._utf8)
        if attribute is not None:
            found = self._attribute(node, attribute)
            if found is None:
                return Spot(place)
            span = found
        return self.spanning(place, (self._index.character(span[0]), self._index.character(span[1])))

    def at_path(self, path: str) -> Node | None:
        """The element at an XPath of local names and positions: ``/Orders/Order[2]``."""
        here: Node | None = None
        for step in path.split("/")[1:]:
            found = _STEP.match(step)
            if found is None:
                return None
            children = [self.root] if here is None and self.root else here.children if here else []
            named = [child for child in children if child.local == found[1]]
            number = int(found[2] or 1) - 1
            if number >= len(named):
                return None
            here = named[number]
        return here

    def _down(self, here: Node | None, steps: list[str]) -> tuple[Node | None, str | None]:
        """(the element at a pointer's steps, the attribute that the last one is)."""
        at = 0
        while here is not None and at < len(steps):
            key = steps[at]
            if key.startswith("#"):
                break
            if key.startswith("@"):
                return here, key[1:]
            namesakes = [child for child in here.children if self._names.key(child.tag) == key]
            at += 1
            number = 0
            listed = len(namesakes) > 1 or key in self._shape.lists
            if listed and at < len(steps) and steps[at].isdecimal():
                number = int(steps[at])
                at += 1
            here = namesakes[number] if number < len(namesakes) else None
        return here, None

    def _attribute(self, node: Node, name: str) -> Span | None:
        head = self._utf8[: node.opened] if node.opened > node.start else self._utf8[: node.end]
        begin = node.start + 1
        for found in _ATTRIBUTE.finditer(head, begin):
            key = found[1].decode("utf-8", "replace")
            if name in (key, key.rpartition(":")[2]) or name.rpartition(":")[2] == key.rpartition(":")[2]:
                return found.start(2) + 1, found.end(2) - 1
        return None


class ShownIdocs(ShownXml):
    """IDocs as XML: places name the number of the segment and the field."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data, Shape(), named=False)

    def spot(self, part: Part, pointer: str) -> Spot | None:
        """The text of a field's element."""
        place = part.place(pointer)
        if place is None:
            return None
        idocs = [child for child in (self.root.children if self.root else []) if child.local == "IDOC"]
        idoc = idocs[part.position - 1] if part.position <= len(idocs) else None
        segment = self._segment(idoc, place.segment)
        name = (place.element or "").partition(".")[2] or steps_of(pointer)[-1]
        field_ = next((child for child in (segment.children if segment else []) if child.local == name), None)
        return Spot(place) if field_ is None else self.spot_in(place, field_)

    def _segment(self, idoc: Node | None, number: int | None) -> Node | None:
        if idoc is None or not idoc.children:
            return None
        if number is None:
            return idoc.children[0]
        segments = [node for child in idoc.children[1:] for node in _family(child) if node.children]
        return segments[number - 1] if number <= len(segments) else None


def _family(node: Node) -> list[Node]:
    """An element and all below it, in the order they begin."""
    found, waiting = [], [node]
    while waiting:
        here = waiting.pop()
        found.append(here)
        waiting += reversed(here.children)
    return found


def encoding_of(data: bytes) -> str:
    """The encoding an XML payload is read in: by its byte order mark, its declaration, UTF-8."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    declared = _DECLARED.search(data[:200])
    name = declared[1].decode("ascii") if declared else "utf-8"
    try:
        "".encode(name)
    except LookupError:
        return "utf-8"
    return name
