"""Private keys and certificates as texts, to the keys paramiko signs with."""

from __future__ import annotations

import io

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_private_key,
)
from pydantic import SecretStr

from crossdock.errors import Halt
from crossdock_connectors.sftp.algorithms import OldRsaKey
from crossdock_connectors.sftp.options import Login

_OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----"


def private_key(login: Login, key: SecretStr) -> paramiko.PKey:
    """The key of a login, with its certificate if it has one. Raises ``Halt`` that shows nothing of it."""
    text = _unfolded(key.get_secret_value())
    passphrase = None if login.passphrase is None else login.passphrase.get_secret_value().encode()
    made = _for_paramiko(_loaded(text, passphrase, login))
    if login.certificate is not None:
        try:
            made.load_certificate(login.certificate.strip())
        except (ValueError, paramiko.SSHException) as error:
            hint = "it must be one line, such as ssh-ed25519-cert-v01@openssh.com AAAA…, of this very key"
            raise Halt("K649", f"the certificate for {login.host} cannot be used", hint=hint) from error
    return made


def _unfolded(text: str) -> str:
    """As it was in its file: a key that came through an environment variable may have lost its line ends."""
    return text.strip().replace("\\n", "\n").replace("\r\n", "\n") + "\n"


def _loaded(text: str, passphrase: bytes | None, login: Login) -> object:
    read = load_ssh_private_key if text.startswith(_OPENSSH) else load_pem_private_key
    try:
        return read(text.encode(), passphrase)
    except TypeError as error:  # how cryptography says that there is a passphrase too many or too few
        hint = "give its 'passphrase'" if passphrase is None else "leave 'passphrase' out"
        raise Halt("K645", f"the key for {login.host} does not go with its passphrase", hint=hint) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        if "PuTTY" in text[:40]:
            hint = "export it from PuTTYgen as an OpenSSH key"
        else:
            hint = "it must be a whole private key (OpenSSH, PEM or PKCS#8), and the passphrase its own"
        raise Halt("K645", f"the key for {login.host} cannot be read", hint=hint) from error


def _for_paramiko(key: object) -> paramiko.PKey:
    if isinstance(key, rsa.RSAPrivateKey):
        return OldRsaKey(key=key)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return paramiko.ECDSAKey(vals=(key, key.public_key()))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        text = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
        return paramiko.Ed25519Key(file_obj=io.StringIO(text))
    raise Halt("K645", "the key is of a kind that SSH does not use", hint="make an Ed25519 key: ssh-keygen -t ed25519")
