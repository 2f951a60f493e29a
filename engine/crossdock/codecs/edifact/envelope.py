"""The interchange and the group a message travels in: facts, headers, original bytes.

Facts by ISO 9735-1 (service segments UNB, UNG, UNH).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crossdock.codecs.edifact.charsets import Charset, charset_of
from crossdock.codecs.edifact.delimiters import Delimiters
from crossdock.codecs.edifact.dictionary.library import version_key
from crossdock.codecs.edifact.text import REPEAT, restored
from crossdock.message import Document

#: The components of each element as they were meant; the tag is the first.
Elements: TypeAlias = "tuple[tuple[str, ...], ...]"


def elements_of(segment: str) -> Elements:
    """A segment with usual delimiters and stand-ins (text.py), taken apart."""
    plain = segment.replace(REPEAT, "*")
    return tuple(tuple(restored(part) for part in element.split(":")) for element in plain.split("+"))


def at(elements: Elements, position: int, component: int = 1) -> str:
    """The component (of a simple element, 1), or nothing where the segment is shorter."""
    if position >= len(elements):
        return ""
    parts = elements[position]
    return parts[component - 1] if component <= len(parts) else ""


def joined(components: Sequence[str]) -> str:
    """An element as it would be sent with the usual delimiters."""
    return ":".join("".join(f"?{char}" if char in "?:+'" else char for char in part) for part in components)


def flat(elements: Elements) -> tuple[str, ...]:
    """Each element as one text, for accounts."""
    return tuple(map(joined, elements))


@dataclass(frozen=True, slots=True)
class Group:
    """UNG as it came."""

    elements: Elements
    raw: bytes

    @property
    def control(self) -> str:
        """0048."""
        return at(self.elements, 5)

    @property
    def functional(self) -> str:
        """0038: which messages the group holds."""
        return at(self.elements, 1)


NO_GROUP = Group((), b"")


@dataclass(frozen=True, slots=True)
class Interchange:
    """UNB as it came, with UNA in ``raw``. Without elements: a snippet."""

    elements: Elements
    raw: bytes
    marks: Delimiters
    offset: int = 0

    @property
    def control(self) -> str:
        """0020."""
        return at(self.elements, 5)

    def charset(self, *, strict: bool = True) -> Charset:
        """The character set that 0001 names."""
        return charset_of(at(self.elements, 1), strict=strict)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One group of one interchange, with all that its messages share, made once."""

    interchange: Interchange
    group: Group
    facts: dict[str, Document]  # ``_env``
    headers: dict[str, str]

    @property
    def marks(self) -> Delimiters:
        """The interchange's delimiters."""
        return self.interchange.marks


#: (fact, element, component)
UNB_ALWAYS = (
    ("sender", 2, 1),
    ("sender_qualifier", 2, 2),
    ("receiver", 3, 1),
    ("receiver_qualifier", 3, 2),
    ("date", 4, 1),
    ("time", 4, 2),
    ("charset", 1, 1),
    ("syntax", 1, 2),
)
UNB_SOMETIMES = (
    ("code_list_version", 1, 3),
    ("character_encoding", 1, 4),
    ("syntax_release", 1, 5),
    ("sender_internal", 2, 3),
    ("sender_internal_sub", 2, 4),
    ("receiver_internal", 3, 3),
    ("receiver_internal_sub", 3, 4),
    ("password", 6, 1),
    ("password_qualifier", 6, 2),
    ("application", 7, 1),
    ("priority", 8, 1),
    ("acknowledge", 9, 1),
    ("agreement", 10, 1),
    ("test", 11, 1),
)
#: (fact, element, how long it may be)
UNB_LENGTHS = (
    ("sender", 2, 35),
    ("receiver", 3, 35),
    ("password", 6, 14),
    ("application", 7, 14),
    ("agreement", 10, 35),
)
UNG_FACTS = (
    ("functional_id", 1, 1),
    ("ung_sender", 2, 1),
    ("ung_sender_qualifier", 2, 2),
    ("ung_receiver", 3, 1),
    ("ung_receiver_qualifier", 3, 2),
    ("ung_date", 4, 1),
    ("ung_time", 4, 2),
    ("ung_agency", 6, 1),
    ("ung_version", 7, 1),
    ("ung_release", 7, 2),
    ("ung_association", 7, 3),
    ("ung_password", 8, 1),
)

#: JSON pointers of what a document says of its UNB -> the element and component that say it.
ENVELOPE = {f"/_env/{name}": (element, part) for name, element, part in (*UNB_ALWAYS, *UNB_SOMETIMES)}
ENVELOPE["/_ctl/unb"] = (5, 0)


def facts_of(interchange: Interchange, group: Group) -> dict[str, Document]:
    """``_env``: everything about the envelope that a mapping may ask for and a writer needs to write it again."""
    unb, ung, marks = interchange.elements, group.elements, interchange.marks
    facts: dict[str, Document] = {}
    if unb:
        facts.update((name, at(unb, element, component)) for name, element, component in UNB_ALWAYS)
        facts.update(_sent(unb, UNB_SOMETIMES))
    if ung:
        facts.update(_sent(ung, UNG_FACTS))
    facts["separators"] = marks.separators
    facts["una"] = marks.una
    if marks.newline:
        facts["newline"] = marks.newline
    return facts


def _sent(elements: Elements, names: Sequence[tuple[str, int, int]]) -> dict[str, Document]:
    return {name: at(elements, element, part) for name, element, part in names if at(elements, element, part)}


def surroundings(interchange: Interchange, group: Group) -> Surroundings:
    """What the messages of a group share."""
    headers = {
        "edifact.unb": interchange.control,
        "edifact.ung": group.control,
        "edifact.sender": at(interchange.elements, 2),
        "edifact.receiver": at(interchange.elements, 3),
        "edifact.test": at(interchange.elements, 11),
    }
    return Surroundings(interchange, group, facts_of(interchange, group), headers)


@dataclass(frozen=True, slots=True)
class Heading:
    """What UNH says."""

    control: str
    set: str
    version: str  # D96A
    facts: dict[str, Document]  # that go into ``_env``
    identifier: str  # S009 after the message type: D:96A:UN:EAN008
    beyond: str = ""  # what stands after the last element UNH has

    @property
    def association(self) -> str:
        """0057: the association's code, EAN008."""
        return str(self.facts.get("association", ""))


USUAL_AGENCY = "UN"
UNH_ELEMENTS = 7  # 0062, S009, 0068, S010, S016, S017, S018


def heading_of(segment: str, version: str) -> Heading:
    """UNH, or the part of it that was sent; ``version`` stands in where it names none."""
    elements = elements_of(segment)
    s009 = elements[2] if len(elements) > 2 else ()  # noqa: PLR2004 - UNH02
    facts: dict[str, Document] = {}
    named = version_key(at(elements, 2, 2), at(elements, 2, 3))
    for name, component, usual in (("agency", 4, USUAL_AGENCY), ("association", 5, "")):
        if at(elements, 2, component) != usual:
            facts[name] = at(elements, 2, component)
    if s009 and _usual_s009(at(elements, 2), named, facts) != s009:
        facts["unh02"] = joined(s009)
    facts.update(
        {f"unh{n:02}": joined(elements[n]) for n in range(3, min(len(elements), UNH_ELEMENTS + 1)) if any(elements[n])}
    )
    beyond = "+".join(map(joined, elements[UNH_ELEMENTS + 1 :])).strip("+")
    return Heading(at(elements, 1), at(elements, 2), named or version, facts, joined(s009[1:]), beyond)


def _usual_s009(name: str, version: str, facts: dict[str, Document]) -> tuple[str, ...]:
    return s009_of(name, version, str(facts.get("agency", USUAL_AGENCY)), str(facts.get("association", "")))


def s009_of(name: str, version: str, agency: str, association: str) -> tuple[str, ...]:
    """The components of UNH02: ``D96A`` is version D, release 96A."""
    parts = [name, version[:1], version[1:], agency, association]
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


class Headings:
    """The headings of one group: nearly always only the reference differs from the one before."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._before = ""
        self._last = heading_of("UNH", version)

    def of(self, segment: str) -> Heading:
        """The heading that a UNH says."""
        control, _, rest = segment.removeprefix("UNH+").partition("+")
        if rest and rest == self._before and control.isalnum():
            last = self._last
            return Heading(control, last.set, last.version, last.facts, last.identifier, last.beyond)
        self._before, self._last = rest, heading_of(segment, self._version)
        return self._last
