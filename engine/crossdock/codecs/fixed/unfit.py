"""What a field says of a text or a value that is none of its own."""

from __future__ import annotations


class Unfit(ValueError):
    """The text is no value of the field, or the value cannot be its text."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
