"""OpenPGP messages (RFC 9580, and RFC 4880 before it): decrypt, verify, encrypt, sign. Needs the extra ``pgp``.

Keys come as texts and stay in memory: no keyring, no agent, no trust that was set elsewhere. Who may have signed is
whose certificate the route names. Sequoia's own policy refuses weak algorithms (SHA-1, MD5, 3DES, short RSA).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pysequoia import Cert, PyDecryptor, PySigner, SignatureMode, Tsk, decrypt, encrypt, sign, verify
from pysequoia.packet import PacketPile, Tag

from crossdock.errors import Finding, Hold, Place, Reject

T = TypeVar("T")

_PKESK_3 = 3  # version of the packet that names whom a message is for by key id (RFC 9580, 5.1.1)
_PKESK_6 = 6  # … by fingerprint (5.1.2)
_KEYS = (Tag.SecretKey, Tag.SecretSubkey, Tag.PublicKey, Tag.PublicSubkey)
_ANYBODY = "0000000000000000"  # a recipient who is not told (RFC 9580, 5.1.8)
_KEY_ID = 16  # hex digits
_FAULTS = (RuntimeError, ValueError, OSError)  # of the library; the last one is told of what it reads on its way
_COMPRESSED = "Unexpected message structure"  # what it says of a signature inside compression inside encryption


@dataclass(frozen=True, slots=True)
class Opened:
    """What was inside, and the fingerprint and name of who signed it (empty where nobody did)."""

    data: bytes
    signer: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Certificates:
    """Of those who may sign, or of those who may read."""

    known: tuple[Cert, ...]

    def store(self, asked: list[str]) -> object:
        """What the verifier asks for certificates; it notes whose."""

        def find(ids: Sequence[str]) -> list[Cert]:
            asked.extend(ids)
            return list(self.known)

        return find

    def name_of(self, fingerprint: str) -> str:
        """The first user id of a certificate."""
        found = next((cert for cert in self.known if cert.fingerprint == fingerprint), None)
        return str(found.user_ids[0]) if found is not None and found.user_ids else ""

    def with_keys(self, ids: Sequence[str]) -> Certificates:
        """Those that one of these keys, or key ids, belongs to."""
        return Certificates(tuple(cert for cert in self.known if _ids(PacketPile.from_bytes(bytes(cert))) & {*ids}))

    def usable(self, now: datetime) -> None:
        """Raises ``Hold`` where one has expired or was revoked: nothing may be encrypted for it any more."""
        for cert in self.known:
            if cert.is_revoked:
                raise Hold("S336", f"the key {cert.fingerprint} was revoked", hint="ask its owner for the new one")
            if cert.expiration is not None and cert.expiration <= now:
                said = f"the key {cert.fingerprint} expired on {cert.expiration:%Y-%m-%d}"
                raise Hold("S336", said, hint="ask its owner for a prolonged one")


def certificates(text: str) -> Certificates:
    """The certificates in a text. Raises ``ValueError`` where there is none."""
    try:
        return Certificates(tuple(Cert.split_bytes(text.encode())))
    except RuntimeError as error:
        raise ValueError(_said(error)) from None


class Secret:
    """A key of ours. Its passphrase is tried when it is made: a wrong one raises ``ValueError``."""

    def __init__(self, text: str, passphrase: str | None) -> None:
        try:
            self._key = Tsk.from_bytes(text.encode())
            self._passphrase = passphrase
            self.certificate = self._key.extract_certificate()
            packets = PacketPile.from_bytes(bytes(self._key))
        except RuntimeError as error:
            raise ValueError(_said(error)) from None
        self.ids = _ids(packets)
        if not any(packet.tag == Tag.SecretKey for packet in packets):
            raise ValueError("it is a public key, the private one is needed")

    def signer(self) -> PySigner:
        """For signing. Raises ``ValueError``."""
        return self._made(self._key.signer)

    def decryptor(self) -> PyDecryptor:
        """For decrypting. Raises ``ValueError``."""
        return self._made(self._key.decryptor)

    def _made(self, make: Callable[[str | None], T]) -> T:
        """With the passphrase, or without it for a key that has none."""
        try:
            return make(self._passphrase)
        except RuntimeError as error:
            said = _said(error)
        try:
            return make(None)
        except RuntimeError:
            raise ValueError(said) from None


def _ids(packets: PacketPile) -> frozenset[str]:
    """The fingerprints and key ids of the keys in there."""
    prints = [packet.fingerprint for packet in packets if packet.fingerprint and packet.tag in _KEYS]
    return frozenset(one for each in prints for one in (each, each[:_KEY_ID], each[-_KEY_ID:]))


def decrypted(data: bytes, key: Secret, signers: Certificates, now: datetime, *, required: bool) -> Opened:
    """What is inside. Raises ``Reject`` for what is no message, ``Hold`` for one of another key or another signer."""
    _refuse_other_keys(_recipients(data), key)
    if not signers.known:
        return Opened(_plain(data, key))
    asked: list[str] = []
    try:
        found = decrypt(data, decryptor=key.decryptor(), store=signers.store(asked))
    except _FAULTS as error:
        inside = _plain(data, key)  # raises where more is wrong than the signature
        if required:
            raise _unsigned(asked, signers, now, _said(error)) from None
        return Opened(inside)
    signer = next((one.certificate for one in found.valid_sigs), "")
    if required and not signer:
        raise _unsigned(asked, signers, now)
    return Opened(found.bytes or b"", signer, signers.name_of(signer))


def _plain(data: bytes, key: Secret) -> bytes:
    """What is inside, whoever signed it."""
    try:
        return decrypt(data, decryptor=key.decryptor()).bytes or b""
    except _FAULTS as error:
        hint = "have it sent again; what was compressed with bzip2 cannot be read"
        raise _refuse("S333", f"the message cannot be decrypted: {_said(error)}", hint) from None


def verified(data: bytes, signers: Certificates, now: datetime) -> Opened:
    """What was signed, in one message with its signature. Raises ``Reject`` or ``Hold``."""
    _tags(data)
    asked: list[str] = []
    try:
        found = verify(data, store=signers.store(asked))
    except _FAULTS as error:
        if asked:
            raise _unsigned(asked, signers, now) from None
        raise _refuse("S333", f"the message cannot be read: {_said(error)}", "have it sent again") from None
    signer = next((one.certificate for one in found.valid_sigs), "")
    if not signer:
        raise _unsigned(asked, signers, now)
    return Opened(found.bytes or b"", signer, signers.name_of(signer))


def encrypted(data: bytes, readers: Certificates, key: Secret | None, now: datetime, *, armor: bool) -> bytes:
    """A message that only the readers can read, signed with ``key``. Raises ``Hold``, and ``Reject``."""
    readers.usable(now)
    try:
        return encrypt(data, recipients=list(readers.known), signer=key.signer() if key else None, armor=armor)
    except _FAULTS as error:
        raise Hold("S336", f"it cannot be encrypted for these keys: {_said(error)}") from None


def signed(data: bytes, key: Secret, now: datetime, *, armor: bool) -> bytes:
    """A message with its signature. Raises ``Hold``."""
    Certificates((key.certificate,)).usable(now)
    try:
        return sign(key.signer(), data, mode=SignatureMode.INLINE, armor=armor)
    except _FAULTS as error:
        raise Hold("S336", f"it cannot be signed with this key: {_said(error)}") from None


def _tags(data: bytes) -> PacketPile:
    try:
        return PacketPile.from_bytes(data)
    except RuntimeError:
        message = "this is not an OpenPGP message"
        raise _refuse("S331", message, "whoever sent it forgot to encrypt or sign it, or cut it off") from None


def _recipients(data: bytes) -> list[str]:
    """The keys a message is for; none where it is encrypted with a password or not at all."""
    packets = list(_tags(data))
    if not any(packet.tag == Tag.SEIP for packet in packets):
        raise _refuse("S331", "the message is not encrypted, or in a way that nobody should use any more", None)
    return [_recipient(packet.body) for packet in packets if packet.tag == Tag.PKESK]


def _recipient(body: bytes) -> str:
    if body[:1] == bytes([_PKESK_3]):
        return body[1:9].hex()
    if body[:1] == bytes([_PKESK_6]) and len(body) > 1:
        return body[3 : 2 + body[1]].hex()
    return "unknown"


def _refuse_other_keys(recipients: list[str], key: Secret) -> None:
    if any(one in key.ids or one == _ANYBODY for one in recipients):
        return
    told = ", ".join(recipients) or "a password only"
    said = f"the message is for {told}; our key is {key.certificate.fingerprint}"
    raise Hold("S332", said, hint="give the route the other key, or give the sender ours, then release it")


def _unsigned(asked: list[str], signers: Certificates, now: datetime, said: str = "") -> Hold:
    """Why no signature counts: that of a key which is known and good was made over other bytes."""
    if not asked:
        return Hold("S334", "the message is not signed", hint="ask the sender; 'signature: optional' would let it in")
    try:
        signers.with_keys(asked).usable(now)
    except Hold as spoiled:
        return Hold("S336", f"{spoiled.message}: what it signed counts no more", hint=spoiled.hint)
    if said == _COMPRESSED:
        hint = "the sender signs and encrypts without compression (gpg: --compress-algo none)"
        return Hold(
            "S338", "the message is compressed inside its encryption: its signature cannot be checked", hint=hint
        )
    mine = {one.fingerprint for one in signers.known}
    names = ", ".join(sorted(set(asked)))
    hint = f"known: {', '.join(sorted(mine)) or 'nobody'}; add the certificate to 'signed_by' once you trust it"
    return Hold("S335", f"the signature of {names} is not valid, or of nobody the route knows", hint=hint)


def _refuse(code: str, message: str, hint: str | None) -> Reject:
    return Reject.of([Finding(code=code, message=message, place=Place(byte=0), hint=hint)])


def _said(error: Exception) -> str:
    """The first line: the library adds its own stack."""
    return str(error).partition("\n")[0][:200]
