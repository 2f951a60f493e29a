"""docs/reference/findings.md: every error code of the source, what it means and how to mend it.

Codes and the words they are told in are read from the syntax trees of the source; meaning and mending come from
docs/findings.yaml. A code on one side only is a problem.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from reference_pages.markdown import head, joined, table
from reference_pages.source_codes import codes_in

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).parents[1] / "findings.yaml"
SOURCES = ("engine/crossdock", "connectors/crossdock_connectors")

AREAS: Mapping[str, str] = {
    "B": "Brokers and the bus",
    "C": "Documents, contracts, IDocs",
    "D": "The EDI dictionary and partners' rules",
    "E": "The engine",
    "F": "Fixed-width files and layouts",
    "G": "Plug-ins",
    "H": "What the doctor finds",
    "J": "JSON",
    "K": "Names and the file connector",
    "L": "XML",
    "M": "Mappings, tables and stylesheets",
    "P": "Projects",
    "R": "Routes",
    "S": "CSV",
    "T": "Private servers and torture",
    "W": "HTTP in",
    "X": "X12",
    "Y": "YAML",
}

ABOUT = """
Every finding has a code. It stands in what `crossdock check` prints, in dead letters, reports and logs, and it stays the
same: alarms and searches may rely on it. *Says* is the text with `{…}` where values stand; where it is empty, the text
comes from elsewhere, such as the rule that was broken.
"""


def page() -> str:
    """The whole page."""
    said, told = _said(), _told()
    areas = (_area(letter, title, said, told) for letter, title in AREAS.items())
    return joined(head("Findings", ABOUT), *areas)


def problems() -> Iterator[str]:
    """What keeps the page from being whole."""
    said, told = _said(), _told()
    for code in sorted(said.keys() - told.keys()):
        yield f"docs/findings.yaml has no entry for {code} ({'; '.join(said[code]) or 'no text'})"
    for code in sorted(told.keys() - said.keys()):
        yield f"docs/findings.yaml has an entry for {code}, which the source does not have"
    keys = re.findall(r"^(\w+):", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    for code in sorted(code for code, count in Counter(keys).items() if count > 1):
        yield f"docs/findings.yaml has {code} twice"
    for code in sorted(code for code in said if code[0] not in AREAS):
        yield f"{code} begins with a letter that docs/reference_pages/findings.py has no area for"


def _area(letter: str, title: str, said: Mapping[str, tuple[str, ...]], told: Mapping[str, Mapping[str, str]]) -> str:
    rows = (
        (f"`{code}`", " / ".join(said[code]), told[code]["means"], told[code]["mend"])
        for code in sorted(said)
        if code[0] == letter and code in told
    )
    return f"## {letter}: {title}\n\n{table(('code', 'says', 'means', 'mend it'), rows)}"


@cache
def _said() -> dict[str, tuple[str, ...]]:
    return codes_in(ROOT / source for source in SOURCES)


def _told() -> dict[str, dict[str, str]]:
    return dict(yaml.safe_load(TABLE.read_text(encoding="utf-8")))
