"""Writes docs/reference from the code, so that what a page says is what the engine does.

The catalogue of findings is also written into the engine, which explains a code in the terminal.

python docs/generate.py           writes every page that is not up to date
python docs/generate.py --check   writes nothing; exit 1, and the reasons, when something is not up to date
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from reference_pages import (
    codecs,
    commands,
    connector_suite,
    connectors,
    edi,
    findings,
    functions,
    mappings,
    partners,
    picture,
    preflight,
    presets,
    settings,
    states,
    steps,
)

from crossdock.canonical.catalogue import CONTRACTS
from crossdock.canonical.reference_page import reference_page

FOLDER = Path(__file__).parent / "reference"

PAGES: Mapping[str, Callable[[], str]] = {
    "codecs.md": codecs.page,
    "commands.md": commands.page,
    "connector-suite.md": connector_suite.page,
    "connectors.md": connectors.page,
    "contracts.md": lambda: reference_page(CONTRACTS),
    "distributor.svg": picture.page,
    "findings.md": findings.page,
    "functions.md": functions.page,
    "mappings.md": mappings.page,
    "partners.md": partners.page,
    "preflight.md": preflight.page,
    "presets.md": presets.page,
    "settings.md": settings.page,
    "states.md": states.page,
    "steps.md": steps.page,
}
#: As many pages as the dictionary has sets.
FAMILIES: tuple[Callable[[], Mapping[str, str]], ...] = (edi.pages,)


def main(arguments: list[str]) -> int:
    """Write or check the pages; the exit code."""
    problems = list(findings.problems())
    every = {FOLDER / name: make() for name, make in PAGES.items()}
    for family in FAMILIES:
        every.update({FOLDER / name: text for name, text in family().items()})
    every[findings.SHIPPED] = findings.shipped()
    for path, text in every.items():
        shown = path.relative_to(FOLDER.parent.parent)
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if arguments == ["--check"]:
            problems.append(f"{shown} is not what the code says; run python docs/generate.py")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{shown}\n")
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
