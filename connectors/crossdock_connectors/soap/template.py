"""XML of the project with values in braces: they are put into the tree, so they can never become structure."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from crossdock.connector import Parcel
from crossdock.connector.http.address import moment_of
from crossdock.connector.template import Template, any_text
from crossdock.errors import Halt, Reject
from crossdock.xml_tree import parse

_LARGEST = 1_000_000  # bytes of a file
#: What XML 1.0, 2.2 forbids.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class _Hole:
    """Where a text with braces stands: the element, by its number, and there ``text``, ``tail`` or an attribute."""

    element: int
    place: str
    template: Template


@dataclass(frozen=True, slots=True)
class XmlTemplate:
    """An element with holes."""

    root: etree._Element
    holes: tuple[_Hole, ...]

    @classmethod
    def read(cls, root: Path, name: str) -> XmlTemplate:
        """The file. Raises ``Halt`` K777 where it cannot be used."""
        try:
            with (root / name).open("rb") as file:
                tree = parse(file.read(_LARGEST))
            return cls(tree, tuple(_holes(tree)))
        except (OSError, ValueError, Reject) as error:
            reason = error.strerror if isinstance(error, OSError) else getattr(error, "message", None)
            raise Halt("K777", f"'{name}' cannot be used: {reason or error}", hint="look at the file") from error

    def filled(self, parcel: Parcel) -> etree._Element:
        """A copy with the values of a parcel. Raises ``Reject`` where one is missing or has no place in XML."""
        made = copy.deepcopy(self.root)
        elements = list(made.iter("*"))
        for hole in self.holes:
            element = elements[hole.element]
            text = hole.template.render(parcel, moment_of(parcel), part=_fault, whole=any_text)
            if hole.place == "text":
                element.text = text
            elif hole.place == "tail":
                element.tail = text
            else:
                element.set(hole.place, text)
        return made


def _holes(tree: etree._Element) -> list[_Hole]:
    found: list[tuple[int, str, str]] = []
    for number, element in enumerate(tree.iter("*")):
        attributes = ((str(name), str(value)) for name, value in element.items())
        texts = (("text", element.text or ""), ("tail", element.tail or ""), *attributes)
        found += [(number, place, text) for place, text in texts if "{" in text or "}" in text]
    return [_Hole(number, place, Template.parse(text)) for number, place, text in found]


def _fault(text: str) -> str | None:
    return "it has characters that XML forbids" if _FORBIDDEN.search(text) else None
