"""Every finding about EDIFACT: its code, what it says, and the code of element 0085 (syntax error, coded) it becomes.

A CONTRL names the level by where the code stands: UCI for the interchange, UCF for a group, UCM for a message, UCS
for a segment, UCD for an element. The same list of codes serves all of them, so one entry ``("0085", code)`` is enough.
"""

from __future__ import annotations

from collections.abc import Mapping

from crossdock.codecs.edi.findings import Kind
from crossdock.codecs.edi.telling import Telling
from crossdock.errors import Severity

WARNING = Severity.WARNING
NOTE = Severity.NOTE


def _kind(
    code: str, text: str, reported: str = "", severity: Severity = Severity.ERROR, hint: str | None = None
) -> Kind:
    return Kind(code, text, (("0085", reported),) if reported else (), severity, hint)


#: Text after ``LIN line 3, QTY 1, quantity (QTY0102)``; ``{low}`` and ``{high}`` are the element's lengths.
ELEMENT_KINDS: Mapping[str, Kind] = {
    "absent": _kind("X251", "is missing: mandatory", "13"),
    "conditional": _kind("X252", "is missing: mandatory because of the other elements", "13"),
    "many": _kind("X253", 'is "{value}": one element too many', "16"),
    "components": _kind("X254", 'is "{value}": one component too many', "16"),
    "short": _kind("X255", 'is "{value}": too short, at least {low}', "40"),
    "long": _kind("X256", 'is "{value}": too long, at most {high}', "39"),
    "number": _kind("X257", 'is "{value}": not a number', "37"),
    "bare": _kind("X258", 'is "{value}": a digit is missing beside the decimal mark', "38", WARNING),
    "letters": _kind("X259", 'is "{value}": may not hold digits', "37"),
    "character": _kind("X260", 'is "{value}": holds a control character', "21"),
    "foreign": _kind(
        "X261",
        'is "{value}": has characters outside the set the interchange names',
        "21",
        WARNING,
        "the sender should name a larger set in UNB, such as UNOC",
    ),
    "code": _kind("X262", 'is "{value}": not in the code list', "12"),
    "moment": _kind("X263", 'is "{value}": not a date or time of its format', "12"),
    "exclusion": _kind("X264", "may not stand together with the other elements", "12"),
    "forbidden": _kind("X267", 'is "{value}": it may not be sent', "15"),  # by a partner's rule
    "repeated": _kind("X265", 'is repeated ("{value}"), which it may not be', "35"),
    "trailing": _kind("X266", "{actual} segments end with separators that should be left out, first {first}", "", NOTE),
}

SEGMENT_KINDS: Mapping[str, Kind] = {
    "unknown": _kind("X241", "{tag} is not a segment of {standard}", "15"),
    "not_in_set": _kind("X242", "{tag} is not part of message {set}", "15"),
    "not_here": _kind("X243", "{label}: not allowed here", "15"),
    "sequence": _kind("X244", "{label}: out of sequence, it belongs further up", "15"),
    "segment_absent": _kind("X245", "{label}: missing, it is mandatory", "13"),
    "loop_maximum": _kind("X246", "{label}: the group may stand {maximum} times at most", "36"),
    "segment_maximum": _kind("X247", "{label}: may stand {maximum} times at most", "35"),
    "wrapped": _kind("X248", "line breaks stand inside segments and were removed", "", WARNING),
    "blank": _kind("X273", "empty segments stand between others and were left out", "", NOTE),
    "needless": _kind("X269", "release characters stand before characters that need none", "", NOTE),
    "total_count": _kind("X271", "{ref} says {value}, but there are {actual} {path}", "", WARNING),
    "total_sum": _kind("X272", "{ref} says {value}, but {path} add up to {actual}", "", WARNING),
}

MESSAGE_KINDS: Mapping[str, Kind] = {
    "cut": _kind("X231", "message {unh} has no UNT: it was cut off", "13"),
    "unh_differs": _kind("X232", 'UNT says reference "{value}", but UNH says "{unh}"', "28"),
    "unt_count": _kind("X233", 'UNT counts "{value}", but there are {actual} segments', "29"),
    "unh_twice": _kind("X234", 'message reference "{unh}" stands twice', "26"),
    "message_unknown": _kind(
        "X235", "message {set} is not in the dictionary: read by structure, not checked", "14", NOTE
    ),
    "release_unknown": _kind(
        "X236",
        'message {set} is not in the dictionary for release "{version}": read by structure, not checked',
        "",
        NOTE,
    ),
    "unh_broken": _kind("X237", "UNH names no message type", "13"),
    "unh_many": _kind("X274", 'UNH has elements too many: "{value}"', "16"),
    "release_absent": _kind("X268", "UNH names no release of message {set}", "13"),
    "charset": _kind("X238", "is not text of {named}: read as {actual}", "21", WARNING),
    "untold": _kind("X239", "{actual} more faults in this message"),
    "group_differs": _kind("X240", 'message {set} stands in a group of "{value}"', "31", WARNING),
    "object_cut": _kind("X249", "object {unh} is cut off: UNO announces {value} bytes, the payload ends before", "13"),
    "object_length": _kind("X250", 'UNO announces "{value}" bytes, but no UNP follows them', "29"),
}

GROUP_KINDS: Mapping[str, Kind] = {
    "une_absent": _kind("X221", "group {ung} has no UNE", "13", WARNING),
    "ung_differs": _kind("X222", 'UNE says reference "{value}", but UNG says "{ung}"', "28", WARNING),
    "une_count": _kind("X223", 'UNE counts "{value}", but the group has {actual} messages', "29", WARNING),
    "orphans": _kind("X225", "segments stand outside any message: {tags}", "33"),
    "une_alone": _kind("X227", "UNE without UNG", "33", WARNING),
    "ung_twice": _kind("X228", 'group reference "{ung}" stands twice in the interchange', "26", WARNING),
    "mixed": _kind("X229", "messages stand beside groups: either all of them or none should be in one", "30", WARNING),
}

INTERCHANGE_KINDS: Mapping[str, Kind] = {
    "bom": _kind("X205", "begins with a byte order mark", "", NOTE),
    "preamble": _kind("X206", "{actual} bytes of other text stand before the interchange", "", WARNING),
    "una_broken": _kind("X207", 'UNA is "{value}", which does not agree with what follows: read by UNB', "", WARNING),
    "garbage": _kind("X208", "{actual} bytes that belong to no interchange"),
    "unb_broken": _kind("X209", "UNB cannot be read", "2"),
    "unusual": _kind(
        "X210", "there is no UNA, and UNB uses other delimiters than the standard's: {value}", "", WARNING
    ),
    "unz_absent": _kind("X211", "interchange {unb} has no UNZ", "13", WARNING),
    "unb_differs": _kind("X212", 'UNZ says reference "{value}", but UNB says "{unb}"', "28", WARNING),
    "unz_count": _kind("X213", 'UNZ counts "{value}", but there are {actual} {what}', "29", WARNING),
    "syntax": _kind("X214", 'syntax identifier "{value}" is not known: read as any text', "2", WARNING),
    "syntax_version": _kind("X215", 'syntax version "{value}" is not known', "2", WARNING),
    "unb_date": _kind("X216", 'date or time of the interchange is "{value}": not one', "12", WARNING),
    "unb_absent": _kind("X217", "UNB has no {value}", "13", WARNING),
    "unb_charset": _kind("X224", "UNB holds characters that are none of {named}", "21", WARNING),
    "unb_long": _kind("X270", '{what} in UNB is "{value}": at most {longest} characters fit', "39", WARNING),
    "transcoded": _kind("X218", "is {value}: byte positions are those of the same text in UTF-8", "", NOTE),
    "no_envelope": _kind("X219", "has no UNB: read as a snippet without envelope", "13", WARNING),
    "unz_alone": _kind("X220", "UNZ without UNB", "33", WARNING),
}

TELLING = Telling(ELEMENT_KINDS, SEGMENT_KINDS)
