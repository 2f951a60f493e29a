"""Numbers nobody had before, where a sequence is not enough.

A crash of the server may take unflushed transactions back, and with them what a sequence gave out. It then gives the
same numbers again: two workers would hold one token, two payloads would mix their pieces.
"""

from __future__ import annotations

import secrets


def new_number() -> int:
    """A random number that fits a BIGINT."""
    return secrets.randbits(62)
