"""Which algorithms of SSH are used: strong ones, in this order; and old ones, where a partner's profile names them."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha1
from typing import ClassVar

import paramiko
from cryptography.hazmat.primitives import hashes
from paramiko.kex_group14 import KexGroup14SHA256

STRONG = {
    "kex": (
        "mlkem768x25519-sha256",
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group-exchange-sha256",
        "diffie-hellman-group14-sha256",
    ),
    "keys": (
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "rsa-sha2-512",
        "rsa-sha2-256",
    ),
    "ciphers": ("aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr"),
    "macs": (
        "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-512-etm@openssh.com",
        "hmac-sha2-256",
        "hmac-sha2-512",
    ),
}
#: Host keys of one kind are signed with these.
SIGNED_WITH = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa")}


class OldKex(KexGroup14SHA256):  # type: ignore[misc]  # paramiko has no types
    """diffie-hellman-group14-sha1 (RFC 4253, 8.2)."""

    name = "diffie-hellman-group14-sha1"
    hash_algo = sha1


class OldRsaKey(paramiko.RSAKey):  # type: ignore[misc]  # paramiko has no types
    """An RSA key that may sign with SHA-1 (RFC 4253, 6.6), as servers before RFC 8332 do."""

    HASHES: ClassVar[dict[str, type[hashes.HashAlgorithm]]] = {**paramiko.RSAKey.HASHES, "ssh-rsa": hashes.SHA1}


class Transport(paramiko.Transport):  # type: ignore[misc]  # paramiko has no types
    """A transport that also knows the old algorithms, and remembers what the server offered."""

    _kex_info: ClassVar[dict[str, type]] = {**paramiko.Transport._kex_info, OldKex.name: OldKex}  # noqa: SLF001 - the one place to add them
    _key_info: ClassVar[dict[str, type]] = {**paramiko.Transport._key_info, "ssh-rsa": OldRsaKey}  # noqa: SLF001 - the one place to add them

    def _really_parse_kex_init(self, m: paramiko.Message, ignore_first_byte: bool = False) -> dict[str, list[str]]:  # noqa: FBT001, FBT002 - paramiko's signature
        parsed: dict[str, list[str]] = super()._really_parse_kex_init(m, ignore_first_byte)
        if not ignore_first_byte:
            self.offered = {
                "kex": tuple(parsed["kex_algo_list"]),
                "keys": tuple(parsed["server_key_algo_list"]),
                "ciphers": tuple(parsed["server_encrypt_algo_list"]),
                "macs": tuple(parsed["server_mac_algo_list"]),
            }
        return parsed


def offered(transport: Transport, name: str) -> tuple[str, ...]:
    """What the server offered for ``kex``, ``keys``, ``ciphers`` or ``macs``; nothing before it did."""
    found: dict[str, tuple[str, ...]] = getattr(transport, "offered", {})
    return found.get(name, ())


def choose(transport: Transport, old: Iterable[str], kinds: Iterable[str]) -> None:
    """Let a transport use what is strong and what is in ``old``; ``kinds`` are those of the pinned host keys, if known."""
    allowed = tuple(old)
    options = transport.get_security_options()
    for attribute, name, table in (
        ("kex", "kex", "_kex_info"),
        ("ciphers", "ciphers", "_cipher_info"),
        ("digests", "macs", "_mac_info"),
    ):
        setattr(options, attribute, _usable((*STRONG[name], *allowed), getattr(transport, table)))
    keys = _usable((*STRONG["keys"], *allowed), transport._key_info)  # noqa: SLF001 - paramiko lists them nowhere else
    wanted = {algorithm for kind in kinds for algorithm in SIGNED_WITH.get(kind, (kind,))}
    options.key_types = tuple(one for one in keys if not wanted or one in wanted)
    if "ssh-rsa" in allowed:
        transport._preferred_pubkeys = ("ssh-rsa", *transport._preferred_pubkeys)  # noqa: SLF001 - no other way


def _usable(names: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    available = set(known)
    return tuple(name for name in names if name in available)


def explained(transport: Transport, old: Iterable[str]) -> str:
    """What a server offers that we would take, or could if the profile allowed it: the end of a sentence."""
    for name, strong in STRONG.items():
        theirs = offered(transport, name)
        if theirs and not set(theirs) & {*strong, *old}:
            return f"for {_WORDS[name]} it offers only {', '.join(theirs[:8])}"
    return "it offers nothing that we have in common"


_WORDS = {"kex": "key exchange", "keys": "its host key", "ciphers": "encryption", "macs": "integrity"}
