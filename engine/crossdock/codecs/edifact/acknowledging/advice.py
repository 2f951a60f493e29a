"""APERAK: a message was read, and the application cannot use it (UN/EDIFACT directories; BGM, DTM, RFF, ERC, FTX)."""

from __future__ import annotations

from datetime import datetime

from crossdock.codecs.edi.refusal import Refused, pieces
from crossdock.codecs.edifact.acknowledging.swapped import cleaned, envelope
from crossdock.codecs.edifact.dictionary.library import find_set
from crossdock.errors import Finding, Severity
from crossdock.message import Document

Tree = dict[str, Document]

APERAK = "APERAK"
USUAL = "D96A"  # where the directory of what it answers has no APERAK here
ADVICE = "313"  # 1001
REFUSED = "27"  # 1225: not accepted
ACCEPTED = "29"  # 1225: accepted without amendment
MADE = "137"  # 2005: date of the document
MINUTES = "203"  # 2379: CCYYMMDDHHMM
PREVIOUS = "ACW"  # 1153: number of a message sent before
ERROR = "AAO"  # 4451: description of an error, free text
LINE = 70  # characters of 4440
MOST_LINES = 5
CAPITALS_ONLY = "UNOA"  # the character set without small letters
MOST_ERRORS = 999


def advise(refused: Refused, made: datetime) -> Document:
    """The APERAK about one message, in the directory of that message."""
    version = refused.text("_ver") if find_set(APERAK, refused.text("_ver")) else USUAL
    env = envelope(refused.facts("_env"), made)
    number = "BGM02" if version == USUAL else "BGM0201"
    told = [one for one in refused.findings if one.severity is not Severity.NOTE][:MOST_ERRORS]
    document: Tree = {
        "_std": "EDIFACT",
        "_ver": version,
        "_set": APERAK,
        "_ctl": {},
        "_env": env,
        "BGM": {"BGM0101": ADVICE, number: refused.number[:35], "BGM03": ACCEPTED if refused.accepted else REFUSED},
        "DTM": [{"DTM0101": MADE, "DTM0102": f"{made:%Y%m%d%H%M}", "DTM0103": MINUTES}],
    }
    reference = refused.reference[:35]
    if reference:
        document["RFF"] = [{"RFF0101": PREVIOUS, "RFF0102": reference}]
    if told:
        document["ERC"] = [_error(one, capitals=env.get("charset") == CAPITALS_ONLY) for one in told]
    return cleaned(document)


def _error(finding: Finding, *, capitals: bool) -> Tree:
    text = "".join(character for character in finding.message if character.isascii() and character.isprintable())
    lines = pieces(text.upper() if capitals else text, LINE, MOST_LINES)
    found: Tree = {"ERC0101": finding.code[:8]}
    if lines:
        words: Tree = {f"FTX04{number:02}": line for number, line in enumerate(lines, start=1)}
        found["FTX"] = {"FTX01": ERROR, **words}
    return found
