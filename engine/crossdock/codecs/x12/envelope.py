"""The interchange and the group a transaction travels in: facts, headers, original bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.message import Document

#: Widths of ISA01 … ISA16 (X12.5).
ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)


def at(elements: Sequence[str], position: int) -> str:
    """The element, or nothing where the segment is shorter."""
    return elements[position] if position < len(elements) else ""


@dataclass(frozen=True, slots=True)
class Group:
    """GS as it came. ``elements[0]`` is the tag, ``offset`` where it stands in the payload."""

    elements: tuple[str, ...]
    raw: bytes
    offset: int = 0

    @property
    def control(self) -> str:
        """GS06."""
        return at(self.elements, 6)

    @property
    def functional(self) -> str:
        """GS01: which kind of sets the group holds."""
        return at(self.elements, 1)

    @property
    def version(self) -> str:
        """GS08: version, release and industry identifier."""
        return at(self.elements, 8)


NO_GROUP = Group((), b"")


@dataclass(frozen=True, slots=True)
class Interchange:
    """ISA as it came; ``elements[0]`` is the tag, values without their padding. Empty elements: a snippet."""

    elements: tuple[str, ...]
    raw: bytes
    marks: Delimiters
    offset: int = 0

    @property
    def control(self) -> str:
        """ISA13."""
        return at(self.elements, 13)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One group of one interchange, with all that its transactions share, made once."""

    interchange: Interchange
    group: Group
    facts: dict[str, Document]  # ``_env``
    headers: dict[str, str]

    @property
    def marks(self) -> Delimiters:
        """The interchange's delimiters."""
        return self.interchange.marks


_ALWAYS = (
    ("sender", 6),
    ("sender_qualifier", 5),
    ("receiver", 8),
    ("receiver_qualifier", 7),
    ("usage", 15),
    ("isa_date", 9),
    ("isa_time", 10),
    ("isa_version", 12),
)
_UNUSUAL = (
    ("authorization_qualifier", 1, "00"),
    ("authorization", 2, ""),
    ("security_qualifier", 3, "00"),
    ("security", 4, ""),
)
_GROUP = (("functional_id", 1), ("gs_sender", 2), ("gs_receiver", 3), ("gs_date", 4), ("gs_time", 5))

#: JSON pointers of what a document says of its ISA and its GS -> the element that says it.
OF_ISA = {f"/_env/{name}": position for name, position, *_ in (*_ALWAYS, *_UNUSUAL)} | {"/_ctl/isa": 13}
OF_GS = {f"/_env/{name}": position for name, position in _GROUP} | {"/_ctl/gs": 6, "/_ver": 8}


def facts_of(interchange: Interchange, group: Group) -> dict[str, Document]:
    """``_env``: everything about the envelope that a mapping may ask for and a writer needs to write it again."""
    isa, marks = interchange.elements, interchange.marks
    facts: dict[str, Document] = {}
    if isa:
        facts.update((name, isa[position]) for name, position in _ALWAYS)
        facts.update((name, isa[position]) for name, position, usual in _UNUSUAL if isa[position] != usual)
        if not marks.repetition and isa[11] != "U":
            facts["isa_standards"] = isa[11]
        facts["acknowledge"] = isa[14]
    if group.elements:
        facts.update((name, at(group.elements, position)) for name, position in _GROUP)
        if at(group.elements, 7) != "X":
            facts["agency"] = at(group.elements, 7)
    facts["separators"] = marks.separators
    if marks.newline:
        facts["newline"] = marks.newline
    return facts


def surroundings(interchange: Interchange, group: Group, version: str) -> Surroundings:
    """What the transactions of a group share; ``version`` stands in where GS08 is missing."""
    headers = {
        "x12.version": group.version or version,
        "x12.isa": interchange.control,
        "x12.gs": group.control,
        "x12.sender": at(interchange.elements, 6),
        "x12.receiver": at(interchange.elements, 8),
        "x12.usage": at(interchange.elements, 15),
    }
    return Surroundings(interchange, group, facts_of(interchange, group), headers)
