"""Who we talk to is pinned, and how we log in is written down; nothing of this machine is used."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_private_key,
)
from tests.unit.remote.folder import SftpRemote

from crossdock.connector.remote.host_key import fingerprint, read_pin
from crossdock.errors import CrossdockError, Halt, Retry
from crossdock.testing.servers.server import free_port
from crossdock.testing.servers.sshd import Sshd
from crossdock_connectors.sftp import CONNECTOR, SourceOptions


def gets_in(remote: SftpRemote, **more: object) -> bool:
    """Whether the folder can be looked at with these options. Raises what the connector says."""
    options = SourceOptions.model_validate(
        remote.server.options(path=remote.place.remote, rest="0s") | remote.reached | more
    )
    assert CONNECTOR.source is not None
    assert CONNECTOR.source.probe is not None
    return list(CONNECTOR.source.probe(options, remote.around())) == []


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_every_common_kind_of_key_gets_in(remote: SftpRemote, kind: str) -> None:
    assert gets_in(remote, key=remote.server.keys[kind])


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("form", [PrivateFormat.OpenSSH, PrivateFormat.PKCS8])
def test_an_encrypted_key_gets_in_with_its_passphrase(remote: SftpRemote, kind: str, form: PrivateFormat) -> None:
    key = load_ssh_private_key(remote.server.keys[kind].encode(), None)
    text = key.private_bytes(Encoding.PEM, form, BestAvailableEncryption(b"open sesame")).decode()
    assert gets_in(remote, key=text, passphrase="open sesame")  # noqa: S106 - of a test


def test_a_wrong_or_missing_passphrase_is_told_without_showing_anything(remote: SftpRemote) -> None:
    key = load_ssh_private_key(remote.server.keys["ed25519"].encode(), None)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, BestAvailableEncryption(b"open sesame")).decode()
    for passphrase in ({"passphrase": "wrong"}, {}):
        with pytest.raises(Halt) as told:
            gets_in(remote, key=text, **passphrase)
        assert told.value.code == "K645"
        assert text.splitlines()[1] not in repr(told.value)


def test_a_key_whose_line_ends_were_lost_in_a_variable_gets_in(remote: SftpRemote) -> None:
    assert gets_in(remote, key=remote.server.keys["ed25519"].replace("\n", "\\n"))


def test_a_certificate_gets_in_where_the_key_alone_does_not(remote: SftpRemote) -> None:
    key, certificate = remote.server.certified
    assert gets_in(remote, key=key, certificate=certificate)
    with pytest.raises(Halt) as told:
        gets_in(remote, key=key)
    assert told.value.code == "K644"


def test_a_certificate_of_another_key_is_told(remote: SftpRemote) -> None:
    with pytest.raises(Halt) as told:
        gets_in(remote, key=remote.server.keys["rsa"], certificate=remote.server.certified[1])
    assert told.value.code == "K649"


def test_a_host_on_the_way_is_gone_through_and_has_a_key_of_its_own(remote: SftpRemote) -> None:
    login = remote.server.options()
    assert gets_in(remote, jump=login)
    assert gets_in(remote, jump=[login, login])
    with pytest.raises(Halt) as told:
        gets_in(remote, jump=login | {"host_key": remote.server.keys["ed25519"] and other_key()})
    assert told.value.code == "K642"


def other_key() -> str:
    return "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"


def test_another_host_key_halts_with_both_fingerprints(remote: SftpRemote) -> None:
    with pytest.raises(Halt) as told:
        gets_in(remote, host_key=other_key())
    assert told.value.code == "K642"
    assert read_pin(other_key()).fingerprint in told.value.message
    assert read_pin(remote.server.host_keys["ed25519"]).fingerprint in told.value.message


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_server_with_several_keys_shows_the_pinned_one(remote: SftpRemote, kind: str) -> None:
    pinned = remote.server.host_keys[kind]
    assert gets_in(remote, host_key=pinned)
    assert gets_in(remote, host_key=read_pin(pinned).fingerprint)


def test_while_a_host_key_is_being_changed_both_may_be_pinned(remote: SftpRemote) -> None:
    assert gets_in(remote, host_key=[other_key(), remote.server.host_keys["ed25519"]])


def test_a_fingerprint_is_the_one_that_openssh_shows(remote: SftpRemote, tmp_path: Path) -> None:
    file = tmp_path / "key.pub"
    file.write_text(remote.server.host_keys["rsa"])
    shown = subprocess.run(["ssh-keygen", "-l", "-f", str(file)], capture_output=True, text=True, check=True)  # noqa: S607 - OpenSSH's own
    assert read_pin(remote.server.host_keys["rsa"]).fingerprint in shown.stdout
    assert fingerprint(b"") == "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"


def test_a_user_who_is_nobody_there_halts_and_says_so(remote: SftpRemote) -> None:
    with pytest.raises(Halt) as told:
        gets_in(remote, user="somebody-else")
    assert told.value.code == "K644"


def test_a_password_where_only_keys_are_taken_is_told_with_what_is(remote: SftpRemote) -> None:
    with pytest.raises(Halt) as told:
        gets_in(remote, key=None, password="secret words")  # noqa: S106 - of a test
    assert told.value.code == "K644"
    assert "publickey" in told.value.message
    assert "secret words" not in repr(told.value)


def test_a_server_that_is_away_is_tried_again(remote: SftpRemote) -> None:
    with pytest.raises(Retry) as told:
        gets_in(remote, port=free_port())
    assert told.value.code == "K640"


def test_old_algorithms_are_used_only_where_the_profile_allows_them(tmp_path: Path) -> None:
    old = "KexAlgorithms diffie-hellman-group14-sha1\nHostKeyAlgorithms ssh-rsa\nCiphers aes256-cbc\nMACs hmac-sha1"
    with Sshd(settings=old) as server:
        remote = SftpRemote(server.address, tmp_path)
        pinned = {"host_key": server.address.host_keys["rsa"]}
        with pytest.raises(Halt) as told:
            gets_in(remote, **pinned)
        assert told.value.code == "K643"
        assert "diffie-hellman-group14-sha1" in told.value.message
        allowed = ["diffie-hellman-group14-sha1", "ssh-rsa", "aes256-cbc", "hmac-sha1"]
        assert gets_in(remote, **pinned, old=allowed)


def test_a_key_of_a_kind_that_is_not_ssh_is_told(remote: SftpRemote) -> None:
    for text in ("not a key", "PuTTY-User-Key-File-3: ssh-ed25519", ""):
        with pytest.raises(CrossdockError) as told:
            gets_in(remote, key=text)
        assert told.value.code == "K645"


def test_a_key_in_pem_gets_in(remote: SftpRemote) -> None:
    key = load_ssh_private_key(remote.server.keys["rsa"].encode(), None)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    assert gets_in(remote, key=text)
