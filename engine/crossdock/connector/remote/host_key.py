"""Host keys that are pinned: by the whole key, as ``ssh-keyscan`` prints it, or by its SHA-256 fingerprint."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Annotated, NamedTuple, TypeAlias

from pydantic import AfterValidator

FINGERPRINT = "SHA256:"
_DIGEST = 32
_KEY_TYPES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)


class Pin(NamedTuple):
    """One pinned key. ``kind`` is known where the whole key was given."""

    kind: str | None
    fingerprint: str


def fingerprint(blob: bytes) -> str:
    """The fingerprint of a public key (RFC 4253, 6.6), as OpenSSH shows it."""
    return FINGERPRINT + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def read_pin(text: str) -> Pin:
    """A pinned key: ``ssh-ed25519 AAAA…`` or ``SHA256:…``. Raises ``ValueError``."""
    words = text.split()
    if len(words) == 1 and text.strip().startswith(FINGERPRINT):
        _decoded(words[0].removeprefix(FINGERPRINT), _DIGEST)
        return Pin(None, words[0].rstrip("="))
    places = [index for index, word in enumerate(words[:3]) if word in _KEY_TYPES]
    if not places or len(words) <= places[0] + 1:
        raise ValueError("a host key is 'ssh-ed25519 AAAA…', as ssh-keyscan prints it, or its fingerprint 'SHA256:…'")
    kind, encoded = words[places[0]], words[places[0] + 1]
    blob = _decoded(encoded)
    if blob[4 : 4 + len(kind)] != kind.encode():
        raise ValueError(f"the host key is said to be {kind}, and is not")
    return Pin(kind, fingerprint(blob))


def _decoded(text: str, length: int | None = None) -> bytes:
    try:
        blob = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        blob = b""
    if not blob or (length is not None and len(blob) != length):
        raise ValueError("the host key is cut off or mistyped: it is no base64")
    return blob


def _checked(text: str) -> str:
    read_pin(text)
    return text


HostKey: TypeAlias = Annotated[str, AfterValidator(_checked)]
