"""What the pages share: headings, tables, docstrings as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence

_QUOTED = re.compile(r"``([^`\n]+(?:\n[^`\n]+)?)``")


def head(title: str, about: str) -> str:
    """The beginning of a generated page."""
    return f"# {title}\n\n<!-- Written by docs/generate.py from the code. Do not edit. -->\n\n{about.strip()}\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars inside cells are escaped, line breaks become blanks."""
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def code(text: object) -> str:
    """Text as code."""
    shown = str(text)
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def prose(docstring: str | None) -> str:
    """A docstring as Markdown."""
    return _QUOTED.sub(r"`\1`", inspect.cleandoc(docstring or ""))


def joined(*parts: str) -> str:
    """The parts with an empty line between them."""
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part.strip())
