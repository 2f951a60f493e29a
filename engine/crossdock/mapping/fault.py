"""What a single expression stumbles over while it runs; the mapping turns it into a located finding."""

from __future__ import annotations

from crossdock.message import Document

SHOWN = 80  # characters of a value that a finding quotes


class Fault(Exception):
    """Raised by functions of the language.

    ``argument`` says which argument was wrong (from 0), ``item`` which element of it; ``pointer`` is the JSON pointer
    of that value in the source, once somebody traced it.
    """

    def __init__(
        self,
        code: str,
        message: str,
        value: Document = None,
        *,
        hint: str | None = None,
        argument: int = 0,
        item: int | None = None,
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.value = value
        self.hint = hint
        self.argument = argument
        self.item = item
        self.pointer: str | None = None


def shown(value: Document) -> str | None:
    """A value as a finding quotes it: short, one line; nothing for null."""
    if value is None:
        return None
    text = value if isinstance(value, str) else _text(value)
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[: SHOWN + 1])
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _text(value: Document) -> str:
    try:
        return str(value)
    except RecursionError:  # Python writes a value of a thousand levels no more
        return quoted(value)


def quoted(value: Document) -> str:
    """A value inside a sentence: text in quotes, the rest by its kind."""
    if isinstance(value, str):
        return f"'{shown(value)}'"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    words = {None: "null", True: "true", False: "false"}
    return words[value] if value is None or isinstance(value, bool) else str(value)
