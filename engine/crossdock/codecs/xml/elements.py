"""Finds the elements at a path while the payload streams, and lets go of each once the next one is there.

libxml2's push parser does the work; it calls back only for elements of the last name of the path. Everything before
the element in hand is removed from the tree, so memory does not follow the payload. The element itself stays whole:
what was yielded can still be asked for its line and its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from lxml import etree

from crossdock.errors import Finding, Place, Reject, Severity
from crossdock.message import Payload
from crossdock.xml_tree.parsing import (
    HARDENED,
    refuse_depth_of,
    refuse_doctype,
    refuse_dtd_of,
    syntax_fault,
    without_doctype,
)
from crossdock.xml_tree.reading import Reading
from crossdock.xml_tree.shape import Shape, line_of, local_name

HEAD = 64 * 1024  # bytes looked at for a DOCTYPE before the parser starts; it also looks itself


@dataclass(frozen=True, slots=True)
class Found:
    """An element at the path, with its ancestors from the root down and its XPath in the payload."""

    element: etree._Element
    ancestors: tuple[etree._Element, ...]
    path: str


class ElementStream:
    """The elements at ``steps`` of one payload."""

    def __init__(self, payload: Payload, steps: tuple[str, ...], shape: Shape, *, ignore_doctype: bool = False) -> None:
        self._payload = payload
        self._steps = steps
        self._ignore_doctype = ignore_doctype
        self._names = Reading(shape)
        self._line: list[etree._Element] = []  # the last element found, and its ancestors
        self._before: list[int] = []  # for each of them, how many siblings of its name were let go

    def found(self) -> Iterator[Found]:
        """The elements. Raises ``Reject`` where the payload is broken or has something else instead of them."""
        local = self._steps[-1].rpartition(":")[2]
        parser = etree.XMLPullParser(events=("end",), tag=f"{{*}}{local}", **HARDENED)
        count = 0
        try:
            for chunk in self._chunks():
                parser.feed(chunk)
                for _, element in parser.read_events():
                    found = self._match(element)
                    if found is not None:
                        count += 1
                        yield found
            root = parser.close()
        except etree.XMLSyntaxError as error:
            raise syntax_fault(error) from error
        refuse_dtd_of(root)
        self._judge_root(root)
        if not count:
            self._judge_empty(root)

    def _chunks(self) -> Iterator[bytes]:
        """The payload; its beginning in one piece."""
        chunks = iter(self._payload.chunks())
        head = b""
        for chunk in chunks:
            head += chunk
            if len(head) >= HEAD:
                break
        if self._ignore_doctype:
            head = without_doctype(head)
        refuse_doctype(head)
        return chain([head], chunks)

    def _match(self, element: etree._Element) -> Found | None:
        line = [*reversed(list(element.iterancestors())), element]
        if len(line) != len(self._steps) or any(
            self._names.key(str(here.tag)) != step for here, step in zip(line, self._steps, strict=True)
        ):
            return None
        refuse_dtd_of(element)
        refuse_depth_of(element)
        self._move_to(line)
        steps = [local_name(here) + (f"[{n + 1}]" if n else "") for here, n in zip(line, self._before, strict=True)]
        return Found(element, tuple(line[:-1]), "/" + "/".join(steps))

    def _move_to(self, line: list[etree._Element]) -> None:
        """Let go of all that stands before the element and its ancestors, counting their namesakes."""
        parent: etree._Element | None = None
        same = bool(self._line)
        for level, here in enumerate(line):
            if not same or level >= len(self._before):
                self._before[level:] = [0]
            before = here.getprevious() if parent is not None else None
            while parent is not None and before is not None:
                self._before[level] += before.tag == here.tag
                parent.remove(before)
                before = here.getprevious()
            same = same and self._line[level] is here
            parent = here
        self._line = line

    def _judge_root(self, root: etree._Element) -> None:
        name = self._names.key(str(root.tag))
        if name != self._steps[0]:
            message = f"the root element is '{name}', expected '{self._steps[0]}'"
            raise Reject.of([Finding(code="L110", message=message, place=Place(line=line_of(root)), value=name)])

    def _judge_empty(self, root: etree._Element) -> None:
        """Nothing was found: right where nothing stands there, wrong where something else does."""
        level = [root]
        for depth, step in enumerate(self._steps[1:], start=1):
            children = [child for here in level for child in here.iterchildren("*")]
            level = [child for child in children if self._names.key(str(child.tag)) == step]
            if children and not level:
                names = ", ".join(sorted({self._names.key(str(child.tag)) for child in children})[:5])
                path = "/" + "/".join(self._steps[: depth + 1])
                place = Place(line=line_of(children[0]))
                hint = f"what stands there: {names}"
                raise Reject.of([Finding(code="L111", message=f"no element at {path}", place=place, hint=hint)])


def nothing_at(path: tuple[str, ...]) -> Finding:
    """The note that a payload is in order and has no element at the path."""
    message = f"the payload has no element at /{'/'.join(path)}"
    return Finding(code="L130", severity=Severity.NOTE, message=message)
