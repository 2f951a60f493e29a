"""Values that an answer copies from what it answers, made to fit where they are copied to.

An acknowledgement must be right itself, also where it speaks of what is not: a control number that is too short for
AK202 gets leading zeros, one that is too long keeps its end, a bad value that holds a delimiter is not copied.
"""

from __future__ import annotations

VALUE_LONGEST = 99  # AK404, data element 724


def number(value: str, longest: int, shortest: int = 1) -> str:
    """The digits of a control number, within the lengths of where it goes."""
    digits = "".join(character for character in value if character in "0123456789")
    return digits[-longest:].zfill(shortest)


def word(value: str, longest: int, shortest: int, marks: str) -> str:
    """A code or control number of letters and digits, within the lengths of where it goes."""
    kept = "".join(character for character in value if _harmless(character, marks)).strip()
    return kept[-longest:].rjust(shortest, "0")


def value(bad: str | None, marks: str) -> str:
    """A bad value as it was sent, or nothing where it may not be repeated."""
    shown = (bad or "").strip()[:VALUE_LONGEST].strip()
    return shown if all(_harmless(character, marks) for character in shown) else ""


def _harmless(character: str, marks: str) -> bool:
    return character.isascii() and character.isprintable() and character not in marks


def count(said: str, otherwise: int) -> str:
    """An announced count, or what was found where none was announced."""
    usable = said.isascii() and said.isdigit() and len(said.lstrip("0")) <= len("999999")
    return str(min(int(said) if usable else otherwise, 999_999))
