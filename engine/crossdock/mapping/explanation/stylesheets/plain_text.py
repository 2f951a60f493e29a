"""Results that are text: its pieces by the line and column at which they begin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from crossdock.mapping.explanation.stylesheets.result import Written, is_mark
from crossdock.mapping.explanation.stylesheets.site import Kind
from crossdock.mapping.explanation.stylesheets.witness import Event
from crossdock.xml_tree.parsing import HARDENED


def unmarked(text: str) -> etree._Element:
    """Text with marks, which has no root of its own, as the content of an element."""
    options = HARDENED.copy()
    options["remove_pis"] = False
    return etree.fromstring(f"<text>{text}</text>".encode("utf-8", "surrogatepass"), etree.XMLParser(**options))


def pieces_of_text(root: etree._Element, events: Sequence[Event]) -> Iterator[Written]:
    """What each event wrote; text that none did belongs to nobody."""
    line, column = 1, 1
    for text, number in _texts(root):
        event = events[number] if number is not None and number < len(events) else None
        literal = event is not None and event.site.kind is Kind.LITERAL
        if number is not None and event is not None and not (literal and not text.strip()):
            written = Written(f"/line {line}, column {column}", text)
            (written.events if text else written.empty).append(number)
            yield written
        line += text.count("\n")
        column = len(text) - text.rfind("\n") if "\n" in text else column + len(text)


def _texts(root: etree._Element) -> Iterator[tuple[str, int | None]]:
    """(text, the number of the event that wrote it)."""
    active: int | None = None
    pending = root.text or ""
    for action, node in etree.iterwalk(root, events=("start", "end", "pi")):
        if action == "start":
            pending += "" if node is root else node.text or ""
            continue
        if action == "pi" and is_mark(node):
            if active is not None or pending:
                yield pending, active
            pending = ""
            said = node.text or ""
            active = int(said) if said.isdecimal() else None
        pending += "" if node is root else node.tail or ""
    yield pending, active
