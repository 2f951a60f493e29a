"""A document that was well-formed and could not be used: what an application advice (824, APERAK) is made from."""

from __future__ import annotations

from dataclasses import dataclass

from crossdock.errors import Finding
from crossdock.message import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """``document`` as it was decoded, with its ``_env`` and ``_ctl``; ``reference`` is its business number, if known.

    ``findings`` are those of mapping, contract or business rules. ``number`` is what the advice is called by us.
    ``accepted``: it goes on all the same, and the findings are for the sender to know.
    """

    document: dict[str, Document]
    findings: tuple[Finding, ...]
    number: str
    reference: str = ""
    accepted: bool = False

    def facts(self, name: str) -> dict[str, Document]:
        """``_env`` or ``_ctl``."""
        found = self.document.get(name)
        return found if isinstance(found, dict) else {}

    def text(self, name: str) -> str:
        """``_set`` or ``_ver``."""
        return str(self.document.get(name) or "")


def pieces(text: str, length: int, most: int) -> list[str]:
    """A text in at most so many pieces of a length, broken between words where that is possible."""
    words, lines = " ".join(text.split()).split(" "), [""]
    for word in words:
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) <= length:
            lines[-1] = joined
            continue
        lines += [word[start : start + length] for start in range(0, len(word), length)]
    return [line for line in lines if line][:most]
