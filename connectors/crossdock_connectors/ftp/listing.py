"""Listings: facts (RFC 3659, 7), and the lines that servers without them send, as ``ls -l`` or DOS would print them.

Facts say what a thing is, how large, and when it was changed (UTC). The other styles were made for people: their times
have no zone and often no year, so they are never believed; only the kind, the size and the name are taken from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from crossdock.connector.remote.files import Entry, Kind, Stamp

LONGEST = 8192  # characters of a line that is looked at

_TYPES = {"file": Kind.FILE, "dir": Kind.FOLDER, "cdir": None, "pdir": None}
_TIME = re.compile(r"(\d{14})(?:\.\d+)?\Z", re.ASCII)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_UNIX = re.compile(
    r"(?P<kind>[-bcdlnpsD])(?:[-rwxsStTlL]{9}[+.@]?|\s*\[[-RWCEAFMS]{8}\])\s"
    r"(?P<owners>.{0,200}?)(?P<size>\d{1,19})\s{1,20}"
    rf"(?P<when>(?:{_MONTHS})\s{{1,2}}\d{{1,2}}\s{{1,2}}(?:\d{{4}}|\d{{1,2}}:\d\d)"
    rf"|\d{{1,2}}\s(?:{_MONTHS})\s{{1,2}}(?:\d{{4}}|\d{{1,2}}:\d\d)"
    r"|\d{4}-\d\d-\d\d\s\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:\s[+-]\d{4})?)\s(?P<name>.+)\Z",
    re.ASCII | re.DOTALL,
)
_DOS = re.compile(
    r"(?P<when>(?:\d{2}[-/.]\d{2}[-/.](?:\d{4}|\d{2})|\d{4}-\d\d-\d\d)\s{1,4}\d{1,2}:\d\d\s?(?:[AaPp][Mm])?)\s{1,20}"
    r"(?:<(?P<mark>[A-Z]{3,12})>\s{1,20}|(?P<size>\d[\d,.]{0,30})\s)(?P<name>.+)\Z",
    re.ASCII | re.DOTALL,
)
_UNIX_KINDS = {"-": Kind.FILE, "d": Kind.FOLDER}


def from_facts(line: str) -> Entry | None:
    """A line of MLSD or MLST; None for what is no line of it, or is the folder itself or the one above."""
    facts, found, name = line.partition(" ")
    if not found or not name or not facts.endswith(";"):
        return None
    given = {key.lower(): value for key, _, value in (fact.partition("=") for fact in facts[:-1].split(";"))}
    kind = _TYPES.get(given.get("type", "file").lower(), Kind.OTHER)
    if kind is None:
        return None
    return Entry(name, kind, Stamp(number(given.get("size")), seconds(given.get("modify"))))


def is_self(line: str) -> bool:
    """Whether a line of MLSD is about the folder itself or the one above."""
    return re.match(r"(?:[^ ;]*;)*type=[cp]dir;", line, re.IGNORECASE) is not None


def from_list(line: str) -> tuple[Entry, str] | None:
    """A line of LIST with the text of its time; None for what is in no style that is known."""
    return _read(_UNIX, line, _unix) or _read(_DOS, line, _dos)


def _read(style: re.Pattern[str], line: str, made: Callable[[re.Match[str]], Entry | None]) -> tuple[Entry, str] | None:
    found = style.match(line[: LONGEST + 1])
    entry = made(found) if found and len(line) <= LONGEST else None
    return (entry, found["when"]) if found and entry else None


def _unix(found: re.Match[str]) -> Entry | None:
    kind, name = _UNIX_KINDS.get(found["kind"], Kind.OTHER), found["name"]
    if found["kind"] == "l":
        name = name.partition(" -> ")[0]
    return Entry(name, kind, Stamp(int(found["size"]), None))


def _dos(found: re.Match[str]) -> Entry | None:
    if found["mark"]:
        kind = Kind.FOLDER if found["mark"] == "DIR" else Kind.OTHER
        return Entry(found["name"], kind, Stamp(None, None))
    size = number(re.sub("[,.]", "", found["size"]))
    return None if size is None else Entry(found["name"], Kind.FILE, Stamp(size, None))


def is_heading(line: str) -> bool:
    """Whether a line of LIST is about nothing: empty, or the sum that ``ls -l`` begins with."""
    return not line.strip() or re.match(r"total\s+\d", line) is not None


def number(text: str | None) -> int | None:
    """A size, if it is one that can be."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - 64 bits


def seconds(text: str | None) -> int | None:
    """A time of MDTM or of a fact (RFC 3659, 2.3: UTC), in seconds."""
    found = _TIME.match(text or "")
    if found is None:
        return None
    try:
        return int(datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None
