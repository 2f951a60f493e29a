"""Fenced code blocks of a Markdown page (CommonMark 0.31.2, section 4.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENS = re.compile(r"[ \t]*(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>[^`\r\n]*)")
_CLOSES = re.compile(r"[ \t]*(?P<fence>`{3,}|~{3,})[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class Fenced:
    """A block: the words behind its fence, the line of the page its text begins in (from 1), and the text as it stands."""

    words: tuple[str, ...]
    line: int
    text: str

    @property
    def in_its_page(self) -> str:
        """The text, with as many empty lines before it as the page has: its places are those of the page."""
        return "\n" * (self.line - 1) + self.text


def fenced_in(page: str) -> Iterator[Fenced]:
    """The blocks of a page in order. One that is never closed ends with the page."""
    lines = iter(enumerate(re.split(r"\r\n|\r|\n", page), start=1))
    for number, line in lines:
        opened = _OPENS.fullmatch(line)
        if opened:
            inside: list[str] = []
            for _, text in lines:
                closed = _CLOSES.match(text)
                if closed and closed["fence"].startswith(opened["fence"]):
                    break
                inside.append(text)
            yield Fenced(tuple(opened["info"].split()), number + 1, "".join(f"{text}\n" for text in inside))
