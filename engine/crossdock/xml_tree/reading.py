"""From an element to a document."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from crossdock.errors import Finding, Reject, Severity
from crossdock.message import Document
from crossdock.xml_tree.shape import NIL, PLAIN, Shape, place_of

MAX_WARNINGS = 20


def to_document(element: etree._Element, shape: Shape = PLAIN) -> Document:
    """What ``element`` holds (its own name is not part of it). Raises ``Reject`` where attributes collide."""
    return Reading(shape).document(element)


@dataclass(slots=True)
class Reading:
    """A conversion of elements to documents; ``findings`` are the warnings met on the way."""

    shape: Shape = PLAIN
    findings: list[Finding] = field(default_factory=list)
    _keys: dict[str, str] = field(default_factory=dict, repr=False)

    def key(self, tag: str) -> str:
        """The document key of a qualified name ``{uri}local``."""
        known = self._keys.get(tag)
        if known is None:
            uri, _, local = tag.rpartition("}")
            prefix = next((p for p, u in self.shape.namespaces.items() if u == uri[1:]), "")
            known = self._keys[tag] = f"{prefix}:{local}" if prefix else local
        return known

    def document(self, element: etree._Element) -> Document:
        """Text where the element is only text, null where it is nil, else a dict."""
        attributes = element.items()
        if not len(element) and not attributes:
            return element.text or ""
        if _is_nil(element):
            return None
        fields: dict[str, Document] = {}
        for name, value in attributes:
            self._attribute(fields, element, str(name), str(value))
        text = self._children(fields, element)
        if not fields:
            return text
        if text:
            fields["#text"] = text
        return fields

    def _attribute(self, fields: dict[str, Document], element: etree._Element, name: str, value: str) -> None:
        key = "@" + self.key(name)
        if key in fields:
            message = f"two attributes are both called '{key[1:]}' once their prefixes are gone"
            hint = "give each namespace its prefix with 'namespaces'"
            raise Reject.of([Finding(code="L104", message=message, place=place_of(element), hint=hint)])
        fields[key] = value

    def _children(self, fields: dict[str, Document], element: etree._Element) -> str:
        """Put the child elements into ``fields``; the text beside them is returned."""
        text = [element.text or ""]
        for child in element:
            tag: object = child.tag
            if isinstance(tag, str):
                self._put(fields, self.key(tag), self.document(child))
                text.append(child.tail or "")
            else:  # a comment in a tree that was not parsed here: the text goes on behind it
                text[-1] += child.tail or ""
        if len(text) == 1:
            return text[0]
        beside = "".join(piece for piece in text if piece.strip())
        if beside:
            self._warn_mixed(element)
        return beside

    def _put(self, fields: dict[str, Document], key: str, value: Document) -> None:
        if key not in fields:
            fields[key] = [value] if key in self.shape.lists else value
            return
        known = fields[key]
        if isinstance(known, list):  # the document of one child is never a list
            known.append(value)
        else:
            fields[key] = [known, value]

    def _warn_mixed(self, element: etree._Element) -> None:
        if len(self.findings) >= MAX_WARNINGS:  # finding the path costs time, and nobody reads the thousandth
            return
        message = "text stands between child elements; the document keeps it without its position"
        place = place_of(element)
        self.findings.append(Finding(code="L105", severity=Severity.WARNING, message=message, place=place))


def _is_nil(element: etree._Element) -> bool:
    return element.get(NIL) in ("true", "1") and not len(element) and not element.text
