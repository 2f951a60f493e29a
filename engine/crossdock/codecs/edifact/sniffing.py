"""How likely the first bytes of a payload are EDIFACT."""

from __future__ import annotations

import re

_UNB = re.compile(rb"UNB[^A-Za-z0-9\s][A-Z]{4}[^A-Za-z0-9]\d")
_SNIPPET = re.compile(rb"(?:UNH|UNG)[^A-Za-z0-9\s]")
_WIDE = (b"U\0N\0", b"\0U\0N", b"\xff\xfeU\0N\0", b"\xfe\xff\0U\0N")


def sniff(head: bytes) -> int:
    """From 0 (not) to 100 (certain)."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"UNA") and re.search(rb"UN[BGHO]", text[7:40]):
        return 100
    if _UNB.match(text) or head.startswith(_WIDE):
        return 100
    if _SNIPPET.match(text):
        return 60
    return 40 if _UNB.search(head) else 0
