"""Every finding about X12: its code, what it says, and the acknowledgement codes it becomes.

Codes: AK304, AK403, AK502, AK905 of the 997 (data elements 720, 723, 718, 716 of X12.3), TA105 of the TA1 (I18).
"""

from __future__ import annotations

from collections.abc import Mapping

from crossdock.codecs.edi.findings import Kind
from crossdock.codecs.edi.model import Element
from crossdock.codecs.edi.telling import Reported, Telling
from crossdock.errors import Severity


def _element(code: str, text: str, ak403: str) -> Kind:
    return Kind(code, text, (("AK304", "8"), ("AK403", ak403)))


#: Text after ``PO1 line 3, quantity (PO102)``; ``{low}`` and ``{high}`` are the element's lengths.
ELEMENT_KINDS: Mapping[str, Kind] = {
    "absent": _element("X151", "is missing: mandatory", "1"),
    "conditional": _element("X152", "is missing: mandatory because of the other elements", "2"),
    "many": _element("X153", 'is "{value}": one element too many', "3"),
    "short": _element("X154", 'is "{value}": too short, at least {low}', "4"),
    "long": _element("X155", 'is "{value}": too long, at most {high}', "5"),
    "number": _element("X156", 'is "{value}": not a number', "6"),
    "character": _element("X157", 'is "{value}": has a character that may not be sent', "6"),
    "code": _element("X158", 'is "{value}": not in the code list', "7"),
    "date": _element("X159", 'is "{value}": not a date', "8"),
    "time": _element("X160", 'is "{value}": not a time', "9"),
    "exclusion": _element("X161", "may not stand together with the other elements", "10"),
    "forbidden": _element("X167", 'is "{value}": it may not be sent', "10"),  # by a partner's rule; no code says so
    "component": Kind(
        "X162",
        'is "{value}": holds the component separator',
        (),
        Severity.WARNING,
        "the sender should choose another separator",
    ),
    "repetition": Kind(
        "X163",
        'is "{value}": holds the repetition separator',
        (),
        Severity.WARNING,
        "the sender should choose another separator",
    ),
    "foreign": Kind("X164", 'is "{value}": has characters outside ASCII', (), Severity.WARNING),
    "trailing": Kind(
        "X148", "{actual} segments end with separators that should be left out, first {first}", (), Severity.NOTE
    ),
}

SEGMENT_KINDS: Mapping[str, Kind] = {
    "unknown": Kind("X141", "{tag} is not a segment of {standard}", (("AK304", "1"),)),
    "not_in_set": Kind("X142", "{tag} is not part of set {set}", (("AK304", "6"),)),
    "not_here": Kind("X143", "{label}: not allowed here", (("AK304", "2"),)),
    "sequence": Kind("X144", "{label}: out of sequence, it belongs further up", (("AK304", "7"),)),
    "segment_absent": Kind("X145", "{label}: missing, it is mandatory", (("AK304", "3"),)),
    "loop_maximum": Kind("X146", "{label}: the loop may stand {maximum} times at most", (("AK304", "4"),)),
    "segment_maximum": Kind("X147", "{label}: may stand {maximum} times at most", (("AK304", "5"),)),
    "blank": Kind("X168", "empty segments stand between others and were left out", (), Severity.NOTE),
    "wrapped": Kind("X149", "line breaks stand inside segments and were removed", (), Severity.WARNING),
    "total_count": Kind("X171", "{ref} says {value}, but there are {actual} {path}", (), Severity.WARNING),
    "total_sum": Kind("X172", "{ref} says {value}, but {path} add up to {actual}", (), Severity.WARNING),
    "total_invoice": Kind("X172", "{ref} says {value}, but its lines come to {actual}", (), Severity.WARNING),
    "hierarchy_parent": Kind(
        "X173", 'HL {ref} names a parent "{value}" that did not come before it', (), Severity.WARNING
    ),
    "hierarchy_twice": Kind("X174", 'HL id "{value}" is used twice', (), Severity.WARNING),
}

TRANSACTION_KINDS: Mapping[str, Kind] = {
    "cut": Kind("X131", "transaction {st} has no SE: it was cut off", (("AK502", "2"),)),
    "st_differs": Kind("X132", 'SE02 is "{value}", but ST02 is "{st}"', (("AK502", "3"),)),
    "se_count": Kind("X133", 'SE01 is "{value}", but there are {actual} segments', (("AK502", "4"),)),
    "st_twice": Kind("X134", 'control number "{st}" stands twice in group {gs}', (("AK502", "23"),)),
    "set_unknown": Kind(
        "X135", "set {set} is not in the dictionary: read by structure, not checked", (("AK502", "1"),), Severity.NOTE
    ),
    "release_unknown": Kind(
        "X136",
        'set {set} is not in the dictionary for version "{version}": read by structure, not checked',
        (),
        Severity.NOTE,
    ),
    "st_broken": Kind("X137", "ST names no set", (("AK502", "6"),)),
    "group_differs": Kind(
        "X138", 'set {set} stands in a group "{value}", its own is "{group}"', (("AK502", "6"),), Severity.WARNING
    ),
    "st_control": Kind(
        "X150", 'control number (ST02) is "{value}": 4 to 9 characters', (("AK502", "7"),), Severity.WARNING
    ),
    "st_unnumbered": Kind("X166", "ST has no control number", (("AK502", "7"),)),
    "outside": Kind(
        "X165", '{name} has "{letter}": not in the {charset} character set', (("AK304", "8"), ("AK403", "6"))
    ),
    "untold": Kind("X140", "{actual} more faults in this transaction"),
    "latin": Kind("X139", "not UTF-8: read as ISO 8859-1", (), Severity.WARNING),
}

GROUP_KINDS: Mapping[str, Kind] = {
    "ge_absent": Kind("X121", "group {gs} has no GE", (("AK905", "3"),), Severity.WARNING),
    "gs_differs": Kind("X122", 'GE02 is "{value}", but GS06 is "{gs}"', (("AK905", "4"),), Severity.WARNING),
    "ge_count": Kind(
        "X123", 'GE01 is "{value}", but the group has {actual} transactions', (("AK905", "5"),), Severity.WARNING
    ),
    "orphans": Kind("X125", "segments stand outside any transaction: {tags}", (("TA105", "024"),)),
    "gs_absent": Kind(
        "X126", "transactions stand outside any group: GS is missing", (("AK905", "1"),), Severity.WARNING
    ),
    "ge_alone": Kind("X127", "GE without GS", (("TA105", "021"),), Severity.WARNING),
    "gs_element": Kind("X129", '{name} ({ref}) is "{value}"', (("TA105", "024"),), Severity.WARNING),
    "gs_control": Kind(
        "X130", 'group control number (GS06) is "{value}": not a number', (("AK905", "6"),), Severity.WARNING
    ),
    "gs_twice": Kind(
        "X128", 'group control number "{gs}" stands twice in the interchange', (("AK905", "19"),), Severity.WARNING
    ),
}

INTERCHANGE_KINDS: Mapping[str, Kind] = {
    "bom": Kind("X105", "begins with a UTF-8 byte order mark", (), Severity.NOTE),
    "preamble": Kind("X106", "{actual} bytes of other text stand before ISA", (), Severity.WARNING),
    "isa_length": Kind("X107", "ISA is not of fixed width: {elements}", (("TA105", "022"),), Severity.WARNING),
    "garbage": Kind("X108", "{actual} bytes that belong to no interchange"),
    "isa_broken": Kind("X109", "ISA cannot be read", (("TA105", "022"),)),
    "same_separator": Kind(
        "X110",
        "element and component separator are the same: components cannot be told apart",
        (("TA105", "027"),),
        Severity.WARNING,
    ),
    "iea_absent": Kind("X111", "interchange {isa} has no IEA", (("TA105", "023"),), Severity.WARNING),
    "isa_differs": Kind("X112", 'IEA02 is "{value}", but ISA13 is "{isa}"', (("TA105", "001"),), Severity.WARNING),
    "iea_count": Kind(
        "X113", 'IEA01 is "{value}", but there are {actual} groups', (("TA105", "021"),), Severity.WARNING
    ),
    "isa_wrapped": Kind("X114", "line breaks stand inside ISA", (("TA105", "022"),), Severity.WARNING),
    "letter_separator": Kind(
        "X169", "separators are letters or digits: {value}", (("TA105", "026"),), Severity.WARNING
    ),
    "isa_element": Kind("X124", '{name} ({ref}) is "{value}"', (("TA105", "022"),), Severity.WARNING),
    "isa_date": Kind(
        "X115", 'interchange date (ISA09) is "{value}": not a date', (("TA105", "014"),), Severity.WARNING
    ),
    "isa_time": Kind(
        "X116", 'interchange time (ISA10) is "{value}": not a time', (("TA105", "015"),), Severity.WARNING
    ),
    "isa_control": Kind(
        "X117", 'control number (ISA13) is "{value}": not a number', (("TA105", "018"),), Severity.WARNING
    ),
    "isa_usage": Kind("X118", 'usage (ISA15) is "{value}": not P, T or I', (("TA105", "020"),), Severity.WARNING),
    "no_envelope": Kind(
        "X119", "has no ISA: read as a snippet without envelope", (("TA105", "022"),), Severity.WARNING
    ),
    "iea_alone": Kind("X120", "IEA without ISA", (("TA105", "022"),), Severity.WARNING),
}


def _reported(kind: Kind, element: Element | None) -> Reported:
    """A 997 names the data element too, where it has a number."""
    numbered = kind.report and element is not None and element.number[0].isdigit()
    return (*kind.report, ("AK402", element.number)) if numbered and element else kind.report


TELLING = Telling(ELEMENT_KINDS, SEGMENT_KINDS, _reported)
