"""How to mend what was found, for the partner who sent it: the finding's own hint, else by what it would be answered."""

from __future__ import annotations

from collections.abc import Mapping

from crossdock.errors import Finding

#: By the code that a 997 (004010: 723, 720, 718) or a CONTRL (0085) has for it.
_MENDS: Mapping[tuple[str, str], str] = {
    ("AK304", "1"): "Leave the segment out, or name the version that has it.",
    ("AK304", "2"): "Move the segment to its place in the set.",
    ("AK304", "3"): "Send the segment.",
    ("AK304", "4"): "Send fewer of this loop, or split the document.",
    ("AK304", "5"): "Send the segment less often.",
    ("AK304", "6"): "Leave the segment out: this set does not have it.",
    ("AK304", "7"): "Move the segment to its place in the set.",
    ("AK403", "1"): "Send the element.",
    ("AK403", "2"): "Send the element: another one in the segment asks for it.",
    ("AK403", "3"): "Leave out what stands behind the last element.",
    ("AK403", "4"): "Send a longer value.",
    ("AK403", "5"): "Send a shorter value.",
    ("AK403", "6"): "Send a value of the element's type and character set.",
    ("AK403", "7"): "Send one of the codes of the list.",
    ("AK403", "8"): "Send a day that exists, as CCYYMMDD.",
    ("AK403", "9"): "Send a time that exists, as HHMM.",
    ("AK403", "10"): "Send only one of the elements that exclude each other.",
    ("AK502", "2"): "End the transaction with SE.",
    ("AK502", "3"): "Repeat the control number of ST in SE.",
    ("AK502", "4"): "Count the segments from ST to SE, both included.",
    ("0085", "12"): "Send a valid value.",
    ("0085", "13"): "Send what is missing.",
    ("0085", "15"): "Move the segment to its place, or leave it out.",
    ("0085", "16"): "Leave out what stands behind the last element.",
    ("0085", "21"): "Send only characters of the set that UNB names.",
    ("0085", "28"): "Repeat the reference of the header in the trailer.",
    ("0085", "29"): "Count the segments from UNH to UNT, both included.",
    ("0085", "35"): "Send fewer of it.",
    ("0085", "37"): "Send a value of the element's type.",
    ("0085", "39"): "Send a shorter value.",
    ("0085", "40"): "Send a longer value.",
}


def mend(finding: Finding) -> str:
    """What to do about it; empty where only people can tell."""
    if finding.hint:
        return finding.hint
    return next((_MENDS[pair] for pair in finding.report if pair in _MENDS), "")
