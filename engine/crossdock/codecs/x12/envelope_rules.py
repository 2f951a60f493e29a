"""What ISA and GS may hold (X12.5, X12.22), element by element, and the note each wrong one is.

A wrong header is told and the interchange read on: the delimiters are what reading needs, the rest is for people and
for the acknowledgement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from crossdock.codecs.edi.findings import Kind, finding
from crossdock.codecs.x12.delimiters import Delimiters
from crossdock.codecs.x12.envelope import Group, at
from crossdock.codecs.x12.findings import GROUP_KINDS, INTERCHANGE_KINDS
from crossdock.codecs.x12.header import Header
from crossdock.codecs.x12.values import is_date, is_time
from crossdock.errors import Finding, Place

Rule = tuple[int, str, str, Callable[[str], bool]]

AUTHORIZATIONS = frozenset(f"{number:02}" for number in range(9))  # I01
LAST_OF_GS = 8  # its elements
DIGITS = 9  # of a control number


def _digits(most: int) -> Callable[[str], bool]:
    return lambda value: value.isascii() and value.isdigit() and len(value) <= most


def _text(low: int, high: int) -> Callable[[str], bool]:
    return lambda value: low <= len(value) <= high and not value.isspace()


def _any(value: str) -> bool:
    return True


def _one_of(*values: str) -> Callable[[str], bool]:
    return lambda value: value in values


def _code(value: str) -> bool:
    return len(value) == 2 and value.isalnum()  # noqa: PLR2004 - I05 and 479 are ID 2/2


#: position, kind, TA105 of the TA1, what is right. Where ISA has a kind of its own for an element, it is that.
_ISA: Sequence[Rule] = (
    (1, "isa_element", "010", AUTHORIZATIONS.__contains__),
    (2, "isa_element", "011", _any),
    (3, "isa_element", "012", _one_of("00", "01")),
    (4, "isa_element", "013", _any),
    (5, "isa_element", "005", _code),
    (6, "isa_element", "006", _text(1, 15)),
    (7, "isa_element", "007", _code),
    (8, "isa_element", "008", _text(1, 15)),
    (9, "isa_date", "014", is_date),
    (10, "isa_time", "015", is_time),
    (11, "isa_element", "016", lambda value: len(value) == 1 and (value == "U" or not value.isalnum())),
    (12, "isa_element", "017", lambda value: value.isascii() and value.isdigit() and len(value) == 5),  # noqa: PLR2004 - ID 5/5
    (13, "isa_control", "018", _digits(DIGITS)),
    (14, "isa_element", "019", _one_of("0", "1")),
    (15, "isa_usage", "020", _one_of("P", "T", "I")),
)

_GS: Sequence[Rule] = (
    (1, "gs_element", "024", _code),
    (2, "gs_element", "024", _text(2, 15)),
    (3, "gs_element", "024", _text(2, 15)),
    (4, "gs_element", "024", is_date),
    (5, "gs_element", "024", is_time),
    (6, "gs_control", "", _digits(DIGITS)),
    (7, "gs_element", "024", _one_of("X", "T")),
    (8, "gs_element", "024", _text(1, 12)),
)

NAMES = {
    "ISA01": "authorization qualifier",
    "ISA02": "authorization",
    "ISA04": "security",
    "ISA03": "security qualifier",
    "ISA05": "sender qualifier",
    "ISA06": "sender",
    "ISA07": "receiver qualifier",
    "ISA08": "receiver",
    "ISA11": "standards identifier or repetition separator",
    "ISA12": "interchange version",
    "ISA14": "acknowledgement requested",
    "GS01": "functional identifier",
    "GS02": "application sender",
    "GS03": "application receiver",
    "GS04": "group date",
    "GS05": "group time",
    "GS07": "agency",
    "GS08": "version",
    "GS09": "an element too many",
}


def _broken(elements: Sequence[str], rules: Sequence[Rule], marks: Delimiters) -> Iterator[tuple[int, str, str]]:
    """Which elements are not right, or hold a delimiter (an ISA of fixed width may hold any)."""
    inner = [mark for mark in (marks.element, marks.component, marks.repetition) if mark]
    for position, kind, code, right in rules:
        value = at(elements, position)
        if not right(value) or (value not in inner and any(mark in value for mark in inner)):
            yield position, kind, code


def _element_finding(kind: Kind, code: str, ref: str, value: str, byte: int) -> Finding:
    report = (("TA105", code),) if code else kind.report
    told = Kind(kind.code, kind.text, report, kind.severity, kind.hint)
    return finding(told, Place(byte=byte, element=ref), None, ref=ref, name=NAMES.get(ref, ref), value=value)


def header_findings(header: Header) -> Iterator[Finding]:
    """What is wrong with an ISA that could be read."""
    interchange = header.interchange
    place = Place(byte=interchange.offset)
    if header.odd_widths:
        elements = ", ".join(f"ISA{position:02}" for position in header.odd_widths)
        yield finding(INTERCHANGE_KINDS["isa_length"], place, elements=elements)
    if header.wrapped:
        yield finding(INTERCHANGE_KINDS["isa_wrapped"], place)
    if header.same_separator:
        yield finding(INTERCHANGE_KINDS["same_separator"], place)
    letters = [mark for mark in interchange.marks.separators if mark.isascii() and mark.isalnum()]
    if letters:
        yield finding(INTERCHANGE_KINDS["letter_separator"], place, value=" ".join(letters))
    for position, kind, code in _broken(interchange.elements, _ISA, interchange.marks):
        ref, value = f"ISA{position:02}", interchange.elements[position]
        yield _element_finding(INTERCHANGE_KINDS[kind], code, ref, value, interchange.offset)


def group_findings(group: Group, marks: Delimiters, byte: int) -> Iterator[Finding]:
    """What is wrong with a GS."""
    for position, kind, code in _broken(group.elements, _GS, marks):
        yield _element_finding(GROUP_KINDS[kind], code, f"GS{position:02}", at(group.elements, position), byte)
    if len(group.elements) > LAST_OF_GS + 1:
        yield _element_finding(GROUP_KINDS["gs_element"], "024", "GS09", at(group.elements, LAST_OF_GS + 1), byte)
