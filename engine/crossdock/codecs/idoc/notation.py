"""Reads descriptions of IDocs: ours, and those of a project in ``mappings/idoc/*.txt``.

    segment E1EDK03 E2EDK03: IDDAT 3, DATUM 8, UZEIT 6
    segment Z1HEAD Z2HEAD000: PRIORITY 1, ROUTE 10, ...

    type ORDERS05
      E1EDK01 M 1
      E1EDP01
        E1EDP19 5

    extension ZORDERS of ORDERS05
      Z1HEAD 1 in E1EDK01

A segment has its type, its definition (what flat files call it) and its fields with their widths; ``...`` says that
more follow. In a type, two blanks are one level; ``M`` is mandatory, a number the most there may be. An extension
adds segments behind those that are there. ``#`` begins a comment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from crossdock.codecs.idoc.model import Described, Field, Node, Segment
from crossdock.codecs.idoc.records import DATA_WIDTH
from crossdock.errors import ConfigError, Finding, Place
from crossdock.yaml_source import suggest

_NAME = r"[A-Z/][A-Z0-9_/]{0,29}"
_SEGMENT = re.compile(rf"segment ({_NAME})(?: ({_NAME}))?:\s*(.*)")
_TYPE = re.compile(rf"type ({_NAME})")
_EXTENSION = re.compile(rf"extension ({_NAME}) of ({_NAME})")
_NODE = re.compile(rf"( +)({_NAME})( M)?(?: (\d+))?(?: in ({_NAME}))?")
_FIELD = re.compile(r"([A-Z0-9_/]+) (\d+)")
_MORE = "..."


@dataclass(slots=True)
class _Draft:
    """A node while its children are still read."""

    name: str
    required: bool
    maximum: int | None
    children: list[_Draft] = field(default_factory=list)

    def node(self) -> Node:
        return Node(self.name, self.required, self.maximum, tuple(child.node() for child in self.children))


class _Reading:
    def __init__(self, file: str, known: Mapping[str, Node]) -> None:
        self.findings: list[Finding] = []
        self.segments: dict[str, Segment] = {}
        self.types: dict[str, Node] = {}
        self._file = file
        self._known = known
        self._line = 0
        self._fields: tuple[str, str, str] | None = None
        self._drafts: list[_Draft] = []
        self._type = ""
        self._base = ""

    def line(self, number: int, text: str) -> None:
        said = text.split("#", 1)[0].rstrip()
        if not said:
            return
        if said[0] != " ":
            self.close()
            self._line = number
            self._head(said)
        elif self._fields is not None:
            name, definition, fields = self._fields
            self._fields = (name, definition, f"{fields} {said.strip()}")
        elif self._drafts:
            self._line = number
            self._node(said)
        else:
            self._line = number
            self._complain("C400", "this line belongs to nothing", said.strip())

    def _head(self, said: str) -> None:
        segment, type_, extension = _SEGMENT.fullmatch(said), _TYPE.fullmatch(said), _EXTENSION.fullmatch(said)
        if segment:
            self._fields = (segment[1], segment[2] or segment[1], segment[3])
        elif type_:
            self._type, self._base, self._drafts = type_[1], "", [_Draft("", required=False, maximum=None)]
        elif extension:
            self._type, self._base = f"{extension[2]}/{extension[1]}", extension[2]
            base = self.types.get(self._base) or self._known.get(self._base)
            if base is None:
                self._complain("C400", f"type '{self._base}' is not described", said, suggest(self._base, self._known))
            self._drafts = [_draft(base or Node(""))]
        else:
            hint = "such as 'segment Z1HEAD Z2HEAD000: PRIORITY 1', 'type ZTYPE01' or 'extension ZORDERS of ORDERS05'"
            self._complain("C400", "this describes no segment, type or extension", said, hint)

    def _node(self, said: str) -> None:
        match = _NODE.fullmatch(said)
        depth = len(match[1]) // 2 if match else 0
        if match is None or len(match[1]) % 2 or (match[5] and not self._base):
            hint = "such as '  E1EDK01 M 1', two blanks for each level; 'in E1EDK01' in extensions"
            self._complain("C400", "this is no segment of a type", said.strip(), hint)
            return
        parent = self._parent(match[5], depth)
        if parent is None:
            self._complain("C400", "this segment has no parent", said.strip())
            return
        if any(child.name == match[2] for child in parent.children):
            self._complain("C401", f"segment {match[2]} stands here twice", match[2])
        parent.children.append(_Draft(match[2], bool(match[3]), int(match[4]) if match[4] else None))

    def _parent(self, named: str | None, depth: int) -> _Draft | None:
        if named is not None:
            return _find(self._drafts[0], named)
        parent = self._drafts[0]
        for _ in range(depth - 1):
            if not parent.children:
                return None
            parent = parent.children[-1]
        return parent

    def close(self) -> None:
        """What was open is complete."""
        if self._fields is not None:
            self._segment(*self._fields)
        if self._drafts:
            if self._type in self.types:
                self._complain("C401", f"type {self._type} is described twice", self._type)
            self.types[self._type] = self._drafts[0].node()
        self._fields, self._drafts = None, []

    def _segment(self, name: str, definition: str, text: str) -> None:
        if name in self.segments:
            self._complain("C401", f"segment {name} is described twice", name)
        entries = [entry.strip() for entry in text.split(",") if entry.strip()]
        more = entries[-1:] == [_MORE]
        fields: list[Field] = []
        for entry in entries[:-1] if more else entries:
            match, start = _FIELD.fullmatch(entry), fields[-1].end if fields else 0
            if match is None or not int(match[2]) or any(one.name == match[1] for one in fields):
                self._complain("C400", f"segment {name}: this is no field", entry, "such as 'BELNR 35', each name once")
            else:
                fields.append(Field(match[1], start, start + int(match[2])))
        if fields and fields[-1].end > DATA_WIDTH:
            self._complain("C400", f"segment {name} is longer than {DATA_WIDTH} characters", str(fields[-1].end))
        self.segments[name] = Segment(name, definition, tuple(fields), more)

    def _complain(self, code: str, message: str, value: str, hint: str | None = None) -> None:
        place = Place(file=self._file, line=self._line, column=1)
        self.findings.append(Finding(code=code, message=message, place=place, value=value, hint=hint))


def _draft(node: Node) -> _Draft:
    return _Draft(node.name, node.required, node.maximum, [_draft(child) for child in node.children])


def _find(draft: _Draft, name: str) -> _Draft | None:
    if draft.name == name:
        return draft
    return next((found for child in draft.children if (found := _find(child, name)) is not None), None)


def read_described(text: str, file: str, known: Mapping[str, Node]) -> Described:
    """What a text describes; extensions may be of the ``known`` types. Raises ``ConfigError`` with every mistake."""
    reading = _Reading(file, known)
    for number, line in enumerate(text.splitlines(), start=1):
        reading.line(number, line)
    reading.close()
    if reading.findings:
        raise ConfigError.of(reading.findings)
    return Described(reading.segments, reading.types)


def read_file(data: bytes, file: str, known: Mapping[str, Node]) -> Described:
    """The same of a file of a project."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = Place(file=file, line=data.count(b"\n", 0, error.start) + 1, column=1, byte=error.start)
        finding = Finding(code="C400", message="the file is not UTF-8 text", place=place)
        raise ConfigError.of([finding]) from error
    return read_described(text, file, known)
