"""What the copy of a stylesheet has made, taken apart: the result without marks, and what wrote which of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TypeAlias

from lxml import etree

from crossdock.mapping.explanation.stylesheets.site import MARK, WATCH, Kind
from crossdock.mapping.explanation.stylesheets.witness import Event, number_of
from crossdock.mapping.explanation.walk import step
from crossdock.xml_tree.reading import Reading
from crossdock.xml_tree.shape import XML, Shape

_Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it
_Sign: TypeAlias = "tuple[object, ...]"
Name: TypeAlias = Callable[[str, str, int, int], str]

_OURS = "{" + WATCH + "}"


@dataclass(slots=True)
class Written:
    """Some text of the result, and the numbers of the events that wrote it; ``empty`` wrote nothing.

    ``whole``: each of its text has been written by them. ``copied`` is the source element that this one is a copy of, by the event
    ``copied_by``, ``attribute`` its name where it is one, ``element`` the event of the element it stands in.
    """

    pointer: str
    text: str = ""
    events: list[int] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    whole: bool = True
    copied: _Element | None = None
    copied_by: int | None = None
    attribute: str | None = None
    element: int | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A place where a condition kept something from coming to be."""

    parent: str
    event: int


# --- the same result ---


def same(plain: _Element, marked: _Element) -> bool:
    """Whether two results are one and the same, but for our marks."""
    pairs = zip_longest(_signs(plain), _signs(marked))
    return all(left == right for left, right in pairs)


def _signs(root: _Element) -> Iterator[_Sign]:
    """All that a serializer would write of a tree, text that stands together in one."""
    text = ""
    before = [*root.itersiblings(preceding=True)][::-1]
    for sign in _raw_signs([*before, root, *root.itersiblings()]):
        if sign[0] == "text":
            text += str(sign[1])
            continue
        if text:
            yield ("text", text)
            text = ""
        yield sign


def _raw_signs(roots: list[_Element]) -> Iterator[_Sign]:
    for root in roots:
        if not isinstance(root.tag, str):
            yield from _beside(root, "pi" if isinstance(root, etree._ProcessingInstruction) else "comment")  # noqa: SLF001 - lxml has no public name for it
            continue
        for action, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if action == "start":
                yield ("start", node.tag, node.prefix, _attributes(node), _declared(node))
                yield ("text", node.text or "")
                continue
            if action == "end":
                yield ("end",)
            else:
                yield from _beside(node, action)
            if node is not root:
                yield ("text", node.tail or "")


def _beside(node: _Element, action: str) -> Iterator[_Sign]:
    """A comment or a processing instruction, if it is no mark."""
    if not is_mark(node):
        yield (action, getattr(node, "target", ""), node.text)


def _attributes(node: _Element) -> list[tuple[str, str]]:
    return [(str(key), str(value)) for key, value in node.attrib.items() if not str(key).startswith(_OURS)]


def _declared(node: _Element) -> dict[str | None, str]:
    """The namespaces in force, where they differ from those around."""
    parent = node.getparent()
    outer = {} if parent is None else parent.nsmap
    return {prefix: uri for prefix, uri in node.nsmap.items() if uri != WATCH and outer.get(prefix) != uri}


def is_mark(node: _Element) -> bool:
    """Whether a node is a mark of ours."""
    return isinstance(node, etree._ProcessingInstruction) and node.target == MARK  # noqa: SLF001 - as above


# --- what wrote what ---


@dataclass(slots=True)
class _Frame:
    """An element whose content is being read. ``sources`` are the elements yet to be copied at this place."""

    element: _Element
    pointer: str
    name: Callable[[_Element], str]
    content: Iterator[_Element]
    written: Written
    active: int | None = None
    sources: list[_Element] = field(default_factory=list)
    children: bool = False


class Reader:
    """Reads a marked result. ``copies`` gives the source elements that an event has copied."""

    def __init__(self, events: list[Event], copies: Callable[[int], list[_Element]], shape: Shape | None) -> None:
        self._events = events
        self._copies = copies
        self._reading = None if shape is None else Reading(shape)

    def read(self, root: _Element) -> Iterator[Written | Missing]:
        """Every attribute and text of the result in document order, and what is not there."""
        pointer = "" if self._reading is not None else "/" + _local(root)
        frames = [self._open(root, pointer, None)]
        yield from self._attributes(frames[0])
        while frames:
            frame = frames[-1]
            node = next(frame.content, None)
            if node is None:
                frames.pop()
                yield from self._close(frame)
            elif not isinstance(node.tag, str):
                if is_mark(node):
                    yield from self._mark(frame, node.text or "")
                self._text(frame, node.tail)
            else:
                yield from self._child(frames, frame, node)

    def _child(self, frames: list[_Frame], frame: _Frame, node: _Element) -> Iterator[Written]:
        frame.children = True
        source = frame.sources.pop(0) if frame.sources else None
        inner = self._open(node, frame.name(node), source)
        inner.written.copied_by = frame.active if frame.active is not None else frame.written.copied_by
        self._text(frame, node.tail)
        yield from self._attributes(inner)
        frames.append(inner)

    def _open(self, element: _Element, pointer: str, source: _Element | None) -> _Frame:
        number = element.get(f"{_OURS}e")
        event = int(number) if number else None
        written = Written(pointer, copied=source, element=event)
        frame = _Frame(element, pointer, self._namer(element, pointer), iter(element), written)
        if source is not None:
            frame.sources = list(source.iterchildren(etree.Element))
        self._text(frame, element.text)
        return frame

    def _namer(self, element: _Element, pointer: str) -> Callable[[_Element], str]:
        """What the children of an element are called, one after the other."""
        key = _local if self._reading is None else self._key
        lists = frozenset[str]() if self._reading is None else self._reading.shape.lists
        counts = Counter(key(child) for child in element.iterchildren(etree.Element))
        met = Counter[str]()

        def name(child: _Element) -> str:
            word = key(child)
            met[word] += 1
            alone = counts[word] == 1 and word not in lists
            if self._reading is not None:
                return pointer + step(word) + ("" if alone else f"/{met[word] - 1}")
            return f"{pointer}/{word}" + ("" if alone else f"[{met[word]}]")

        return name

    def _key(self, element: _Element) -> str:
        return "" if self._reading is None else self._reading.key(str(element.tag))

    def _attributes(self, frame: _Frame) -> Iterator[Written]:
        """The attributes, each with the last event that made it so."""
        element, made = frame.element, dict[str, int]()
        for key, value in element.attrib.items():
            number = number_of(str(key), str(value))
            if number is not None and number < len(self._events) and not str(key).endswith("}e"):
                for name in self._made_by(element, number):
                    made[name] = number
        for key, value in _attributes(element):
            name = _word(key) if self._reading is None else self._reading.key(key)
            written = Written(f"{frame.pointer}/@{name}", value, attribute=key, copied=frame.written.copied)
            written.element, written.copied_by = frame.written.element, frame.written.copied_by
            if key in made:
                written.events = [made[key]]
            yield written

    def _made_by(self, element: _Element, number: int) -> list[str]:
        """The names of the attributes an event has made."""
        event = self._events[number]
        if event.site.kind is Kind.TEMPLATE:
            value = element.get(event.site.name)
            right = value is not None and (event.value in ("-", "") or event.value == value)
            return [event.site.name] if right else []
        if event.site.kind is Kind.ATTRIBUTE:
            return [key for key, _ in _attributes(element) if _word(key) == (event.name or "").rpartition(":")[2]]
        copied = {pointer.rpartition("/@")[2] for pointer in event.nodes}
        return [key for key, _ in _attributes(element) if _word(key) in copied]

    def _mark(self, frame: _Frame, text: str) -> Iterator[Missing]:
        number = int(text) if text.isdecimal() else None
        event = self._events[number] if number is not None and number < len(self._events) else None
        if number is None or event is None:
            frame.active = None
            frame.sources = []
        elif event.site.kind in (Kind.CONDITION, Kind.SELECTION):
            yield Missing(frame.pointer, number)
        else:
            frame.active = number
            if event.site.kind is Kind.COPY:
                frame.sources = self._copies(number)
            else:
                frame.written.empty.append(number)

    def _text(self, frame: _Frame, text: str | None) -> None:
        if not text:
            return
        written = frame.written
        written.text += text
        if frame.active is None:
            written.whole = written.whole and (not text.strip() or written.copied is not None)
        elif frame.active not in written.events:
            written.events.append(frame.active)
            written.empty = [one for one in written.empty if one != frame.active]

    def _close(self, frame: _Frame) -> Iterator[Written]:
        written = frame.written
        if frame.children:
            written.pointer += "/text()" if self._reading is None else "/#text"
            if not written.text.strip():
                return
        elif _attributes(frame.element) and not (written.text or written.empty):
            return
        elif self._reading is not None and _attributes(frame.element) and written.text:
            written.pointer += "/#text"
        yield written


def _local(element: _Element) -> str:
    return _word(str(element.tag))


def _word(key: str) -> str:
    uri, _, local = key.rpartition("}")
    return f"xml:{local}" if uri[1:] == XML else local
