"""Segments put together to the tree of one IDoc, and what is odd about it told.

A segment is where its record says (the number of its parent); where a record says nothing, where the type has it;
and what nobody describes, by its level. Nothing is left out: what is not described becomes a list under its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from crossdock.codecs.idoc.model import Dictionary, Node
from crossdock.codecs.idoc.records import CONTROL
from crossdock.errors import Finding, Place, Severity
from crossdock.message import Document

MAX_FINDINGS = 200  # of one IDoc; whoever has more has another type


@dataclass(slots=True, eq=False)
class Opened:
    """A segment of the IDoc, open for those below it. ``node`` is None where the type does not have it."""

    name: str
    node: Node | None
    document: dict[str, Document]
    pointer: str
    place: Place
    number: int = 0
    level: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    last: int = -1


class Tree:
    """One IDoc while it is read. ``segments`` are all that were added, in their order."""

    def __init__(self, control: dict[str, Document], dictionary: Dictionary, place: Place, *, strict: bool) -> None:
        idoctyp, cimtyp = str(control.get("IDOCTYP") or ""), str(control.get("CIMTYP") or "")
        node = dictionary.basic_type(idoctyp, cimtyp)
        self.findings: list[Finding] = []
        self.root = Opened("IDOC", node, {CONTROL: control}, "/IDOC", place)
        self.segments: list[Opened] = []
        self._stack = [self.root]
        self._odd = Severity.ERROR if strict else Severity.WARNING
        if node is None:
            hint = f"described are {', '.join(dictionary.names())}; describe yours in mappings/idoc/*.txt"
            self.tell("C411", f"IDoc type '{idoctyp}' is not described", place, value=idoctyp, hint=hint, odd=True)

    @property
    def document(self) -> Document:
        """The document as far as it is read."""
        return {"IDOC": self.root.document}

    def tell(
        self,
        code: str,
        message: str,
        place: Place,
        *,
        value: str | None = None,
        hint: str | None = None,
        odd: bool = False,
    ) -> None:
        """Keep a finding; what is only ``odd`` is an error where the route is strict."""
        if len(self.findings) < MAX_FINDINGS:
            severity = self._odd if odd else Severity.ERROR
            self.findings.append(
                Finding(code=code, message=message, severity=severity, place=place, value=value, hint=hint)
            )

    # --- where a segment belongs ---

    def parent_for(self, name: str, parent_number: int, level: int, place: Place) -> Opened:
        """The open segment that a record belongs to."""
        if parent_number:
            stated = next((one for one in reversed(self._stack) if one.number == parent_number), None)
            if stated is not None:
                return stated
            message = f"segment {name} says that it stands below segment {parent_number}, which is not open here"
            self.tell("C410", message, place, value=str(parent_number))
        described = next((one for one in reversed(self._stack) if one.node and name in one.node.by_name), None)
        if described is not None:
            return described
        return next((one for one in reversed(self._stack) if 0 < one.level < level), self.root)

    def add(
        self, parent: Opened, name: str, values: dict[str, Document], place: Place, *, number: int = 0, level: int = 0
    ) -> Opened:
        """Put a segment below its parent; it is open then, and what was open beside it is complete."""
        while self._stack[-1] is not parent:
            self._close(self._stack.pop())
        opened = Opened(name, self._node(parent, name, place), values, "", place, number, level)
        opened.pointer = self._put(parent, opened)
        self._stack.append(opened)
        self.segments.append(opened)
        return opened

    def finish(self) -> None:
        """Nothing follows."""
        while self._stack:
            self._close(self._stack.pop())

    def _node(self, parent: Opened, name: str, place: Place) -> Node | None:
        """The segment in the type, its order and number judged."""
        found = parent.node.by_name.get(name) if parent.node is not None else None
        if found is None:
            if parent.node is not None:
                message = f"segment {name} is not described below {parent.name}"
                hint = "describe it in mappings/idoc/*.txt as an extension; it is kept as it came"
                self.tell("C411", message, place, value=name, hint=hint, odd=True)
            return None
        index, node = found
        if index < parent.last:
            before = parent.node.children[parent.last].name if parent.node is not None else ""
            self.tell("C412", f"segment {name} stands behind {before}", place, value=name, odd=True)
        parent.last = max(parent.last, index)
        return node

    def _put(self, parent: Opened, opened: Opened) -> str:
        """Where the segment stands in the document: alone where the type has one of it, else in a list."""
        name, node = opened.name, opened.node
        count = parent.counts[name] = parent.counts.get(name, 0) + 1
        if node is not None and node.maximum is not None and count == node.maximum + 1:
            message = f"there are more than {node.maximum} segments {name} below {parent.name}"
            self.tell("C412", message, opened.place, value=name, odd=True)
        known = parent.document.get(name)
        if node is not None and node.maximum == 1 and count == 1:
            parent.document[name] = opened.document
            return f"{parent.pointer}/{name}"
        if not isinstance(known, list):
            known = parent.document[name] = [] if known is None else [known]
        known.append(opened.document)
        return f"{parent.pointer}/{name}/{count - 1}"

    def _close(self, opened: Opened) -> None:
        if opened.node is None:
            return
        for child in opened.node.children:
            if child.required and child.name not in opened.counts:
                message = f"mandatory segment {child.name} is missing below {opened.name}"
                self.tell("C412", message, opened.place, value=child.name, odd=True)
