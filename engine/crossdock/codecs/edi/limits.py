"""What a reader will not take into memory, and what it looks at in single bytes."""

from __future__ import annotations

from crossdock.errors import Finding, Place, Reject


def too_long(code: str, what: str, limit: int, byte: int) -> Reject:
    """The refusal of a payload in which something is longer than the settings allow."""
    said = Finding(
        code=code,
        message=f"a {what} is longer than {limit} bytes",
        place=Place(byte=byte),
        hint="the limit guards memory; is the segment terminator right?",
    )
    return Reject.of([said])


def of_word(byte: int) -> bool:
    """Whether a byte is a letter or digit, so that a tag before it goes on."""
    return chr(byte).isalnum() and byte < 128  # noqa: PLR2004 - ASCII
