"""Which texts may be the name of a file: one folder entry, the same one on every system a partner may use.

Nothing is ever cleaned up silently: two orders must not become one file because a character was dropped.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 255  # bytes of one name (NAME_MAX of ext4, XFS, NTFS in its own units, APFS)

# "Naming Files, Paths, and Namespaces" of the Win32 API: devices, whatever the extension and the case.
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|(?:COM|LPT)[0-9\u00b9\u00b2\u00b3])(?: *\.|\Z)", re.IGNORECASE)
# Unicode UAX #9: what turns the direction of the text around it, so that "gpj.exe" is shown as "exe.jpg".
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def part_fault(text: str) -> str | None:
    """Why a value cannot be a part of a file name, as the end of a sentence; None where it can."""
    if "/" in text or "\\" in text:
        return "it contains a path separator"
    if ".." in text:
        return "it contains '..'"
    if any(unicodedata.category(character) in _UNSEEN for character in text):
        return "it contains a control character"
    if not _TURNING.isdisjoint(text):
        return "it contains a character that turns the direction of text"
    return None


def name_fault(name: str) -> str | None:
    """Why a text cannot be a file name, as the end of a sentence; None where it can."""
    part = part_fault(name)
    if part or not name:
        return part or "it is empty"
    if name.startswith("."):
        return "it begins with a dot, which hides the file"
    if name.endswith((".", " ")):
        return "it ends with a dot or a space, which some systems drop"
    if _DEVICES.match(name):
        return "it is the name of a device on Windows"
    if len(name.encode()) > LONGEST:
        return f"it is longer than {LONGEST} bytes"
    return None
