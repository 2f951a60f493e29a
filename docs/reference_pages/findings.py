"""docs/reference/findings.md: every error code of the source, what it means and how to mend it.

Codes and the words they are told in are read from the syntax trees of the source; meaning and mending come from
docs/findings.yaml. A code on one side only is a problem. Examples are cases of the catalogue of mistakes, so each shows
what `crossdock check` really says; codes that it does not give may have an `example` in docs/findings.yaml.

The same entries go with the engine (`shipped`), for `crossdock check --explain` and for SARIF.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from reference_pages.markdown import head, joined, table
from reference_pages.source_codes import codes_in

sys.path.append(str(Path(__file__).parents[2]))

from tests.bad_input.yaml.mistakes import Mistake, every_mistake

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).parents[1] / "findings.yaml"
SHIPPED = ROOT / "engine" / "crossdock" / "ops" / "findings.json"
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
comes from elsewhere, such as the rule that was broken. Below the tables stand examples, each as `crossdock check` tells
it: the caret is under the place. `crossdock check --explain R104` prints an entry in the terminal.
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
    for code in sorted(_examples().keys() & {code for code, entry in told.items() if "example" in entry}):
        yield f"docs/findings.yaml has an example of {code}, and so has the catalogue of mistakes: remove it"
    for code in sorted(code for code in said if code[0] not in AREAS):
        yield f"{code} begins with a letter that docs/reference_pages/findings.py has no area for"


def _area(letter: str, title: str, said: Mapping[str, tuple[str, ...]], told: Mapping[str, Mapping[str, str]]) -> str:
    rows = (
        (f"`{code}`", " / ".join(said[code]), told[code]["means"], told[code]["mend"])
        for code in sorted(said)
        if code[0] == letter and code in told
    )
    examples = "".join(_example(code) for code in sorted(said) if code[0] == letter and code in told)
    return f"## {letter}: {title}\n\n{table(('code', 'says', 'means', 'mend it'), rows)}{examples}"


def _example(code: str) -> str:
    text = _examples().get(code) or _told()[code].get("example", "")
    return f"\n\n`{code}`\n\n```text\n{text.rstrip()}\n```" if text else ""


def shipped() -> str:
    """All entries as the engine has them: JSON, a line each."""
    said, told = _said(), _told()
    entries = (_entry(code, said[code], told[code]) for code in sorted(said) if code in told)
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    return f"[\n{lines}\n]\n"


def _entry(code: str, says: tuple[str, ...], told: Mapping[str, str]) -> dict[str, object]:
    example = _examples().get(code) or told.get("example", "")
    return {"code": code, "means": told["means"], "mend": told["mend"], "says": says, "example": example}


@cache
def _examples() -> dict[str, str]:
    """For each code the first case that is about nothing else, or else the first that has it."""
    found: dict[str, tuple[bool, str]] = {}
    for mistake in every_mistake():
        for code in mistake.codes:
            alone = set(mistake.codes) == {code}
            if code not in found or (alone and not found[code][0]):
                found[code] = alone, _shown(mistake)
    return {code: text for code, (_, text) in found.items()}


def _shown(mistake: Mistake) -> str:
    """The files of a case that have a finding, each under its path."""
    bad = {path: text for path, text in mistake.written.items() if text != mistake.files[path]}
    return "\n\n".join(f"# {path}\n{text.rstrip()}" for path, text in bad.items())


@cache
def _said() -> dict[str, tuple[str, ...]]:
    return codes_in(ROOT / source for source in SOURCES)


@cache
def _told() -> dict[str, dict[str, str]]:
    return dict(yaml.load(TABLE.read_bytes(), yaml.CSafeLoader))
