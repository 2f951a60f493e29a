"""What the author of a route may say about the form of XML, and how elements are called in findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from crossdock.errors import Place
from crossdock.message import EMPTY

#: The attribute that says an element is null (XML Schema Part 1, 2.6.2).
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
#: The namespace the prefix ``xml`` is bound to (Namespaces in XML 1.0, 3).
XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How elements become documents, and back.

    ``namespaces`` maps our prefixes to URIs (``""`` is the default namespace of elements); ``lists`` names the
    children that are a list even when there is only one.
    """

    namespaces: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    lists: frozenset[str] = frozenset()


PLAIN = Shape()


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def place_of(element: etree._Element) -> Place:
    """Line and XPath of an element."""
    return Place(line=line_of(element), element=path_of(element))


def line_of(element: etree._Element) -> int | None:
    """The line the element's start tag ends on; None of an element that was not parsed."""
    return element.sourceline


def path_of(element: etree._Element) -> str:
    """XPath of an element by local names, with an index where it has siblings of its name."""
    steps: list[str] = []
    here: etree._Element | None = element
    while here is not None:
        steps.append(_step_of(here))
        here = here.getparent()
    return "/" + "/".join(reversed(steps))


def _step_of(element: etree._Element) -> str:
    name, tag = local_name(element), str(element.tag)
    before = sum(1 for _ in element.itersiblings(tag, preceding=True))
    alone = not before and next(element.itersiblings(tag), None) is None
    return name if alone else f"{name}[{before + 1}]"
