"""The catalogue of findings: what each code means, how to mend it, and an example of it.

``findings.json`` is made by ``docs/generate.py``: meaning and mending are those of docs/findings.yaml, the texts are
read from the source, and the examples are cases of the catalogue of mistakes (tests/bad_input/yaml/catalogue).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

import msgspec


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One code. ``says`` are the texts it is told in, with ``{…}`` for values; ``example`` has a caret at its place."""

    code: str
    means: str
    mend: str
    says: tuple[str, ...] = ()
    example: str = ""


def catalogue() -> Mapping[str, Entry]:
    """Every code of crossdock with its entry, in order."""
    text = files("crossdock.ops").joinpath("findings.json").read_bytes()
    return {entry.code: entry for entry in msgspec.json.decode(text, type=list[Entry])}


def explained(entry: Entry) -> str:
    """An entry for a terminal."""
    parts = [f"{entry.code}: {entry.means}", f"Mend it: {entry.mend}"]
    if entry.example:
        lines = (f"    {line}".rstrip() for line in entry.example.splitlines())
        parts.append("Example:\n" + "\n".join(lines))
    return "\n\n".join(parts)
