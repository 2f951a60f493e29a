"""OpenPGP as GnuPG writes and reads it: the program that most partners use."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crossdock.codecs import openpgp
from crossdock.errors import Halt, Hold, Reject
from crossdock.testing.servers.fixtures import or_skip

NOW = datetime.now(UTC)
TEXT = b"UNB+UNOC:3\r\n" * 50
OURS, ACME = "edi@globex.example", "edi@acme.example"


@dataclass(frozen=True)
class GnuPG:
    """One home with the keys of both sides; ``home`` is short: sockets are made in it."""

    program: str
    home: Path

    def __call__(self, *arguments: str, data: bytes = b"") -> bytes:
        quiet = [
            "--batch",
            "--yes",
            "--quiet",
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
            "--trust-model",
            "always",
        ]
        command = [self.program, "--homedir", str(self.home), *quiet, *arguments]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout

    def key(self, who: str) -> openpgp.Secret:
        """A private key as it is exported for us."""
        return openpgp.Secret(self("--armor", "--export-secret-keys", who).decode(), None)

    def certificates(self, who: str) -> openpgp.Certificates:
        """A public key as a partner exports it."""
        return openpgp.certificates(self("--armor", "--export", who).decode())

    def sent(self, *options: str) -> bytes:
        """What ACME signs and encrypts for us."""
        return self("--local-user", ACME, "--sign", "--encrypt", "--recipient", OURS, *options, data=TEXT)


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Halt("T101", f"there is no {name}", hint="install the package gnupg")
    return found


@pytest.fixture(scope="module")
def gnupg() -> Iterator[GnuPG]:
    gpg, gpgconf = or_skip(lambda: (program("gpg"), program("gpgconf")))
    home = Path(tempfile.mkdtemp(prefix="gpg-"))
    made = GnuPG(gpg, home)
    try:
        for who in (OURS, ACME):
            made("--quick-gen-key", who, "future-default", "default", "never")
        yield made
    finally:
        subprocess.run([gpgconf, "--homedir", str(home), "--kill", "all"], check=False)
        shutil.rmtree(home, ignore_errors=True)


def opened(gnupg: GnuPG, data: bytes, *, required: bool = True) -> openpgp.Opened:
    signers = gnupg.certificates(ACME) if required else openpgp.Certificates(())
    return openpgp.decrypted(data, gnupg.key(OURS), signers, NOW, required=required)


@pytest.mark.parametrize("options", [[], ["--armor"], ["--textmode"]])
def test_what_gnupg_signs_and_encrypts_is_opened(options: list[str], gnupg: GnuPG) -> None:
    found = opened(gnupg, gnupg.sent("--compress-algo", "none", *options))
    assert (found.data, found.name) == (TEXT, ACME)


@pytest.mark.parametrize("how", ["zip", "zlib"])
def test_what_gnupg_compresses_is_read_where_nobody_asks_for_a_signature(how: str, gnupg: GnuPG) -> None:
    assert opened(gnupg, gnupg.sent("--compress-algo", how), required=False).data == TEXT


def test_a_signature_that_cannot_be_checked_behind_compression_is_told_as_that(gnupg: GnuPG) -> None:
    with pytest.raises(Hold) as caught:
        opened(gnupg, gnupg.sent("--compress-algo", "zip"))
    assert (caught.value.code, "--compress-algo none" in str(caught.value)) == ("S338", True)


def test_a_large_message_is_told_like_a_small_one(gnupg: GnuPG) -> None:
    big = gnupg(
        "--local-user",
        ACME,
        "--sign",
        "--encrypt",
        "--recipient",
        OURS,
        "--compress-algo",
        "zip",
        data=bytes(30_000_000),
    )
    with pytest.raises(Hold) as caught:
        opened(gnupg, big)
    assert caught.value.code == "S338"


def test_what_nobody_can_unpack_is_refused(gnupg: GnuPG) -> None:
    with pytest.raises(Reject) as caught:
        opened(gnupg, gnupg.sent("--compress-algo", "bzip2"), required=False)
    assert "bzip2" in str(caught.value)


@pytest.mark.parametrize("how", ["--sign", "--clear-sign"])
def test_what_gnupg_signs_is_verified(how: str, gnupg: GnuPG) -> None:
    found = openpgp.verified(gnupg("--local-user", ACME, how, data=b"a\n"), gnupg.certificates(ACME), NOW)
    assert (found.data.rstrip(), found.name) == (b"a", ACME)


def test_gnupg_reads_what_we_encrypt_and_sign(gnupg: GnuPG) -> None:
    for data in (
        openpgp.encrypted(TEXT, gnupg.certificates(ACME), gnupg.key(OURS), NOW, armor=True),
        openpgp.signed(TEXT, gnupg.key(OURS), NOW, armor=False),
    ):
        assert gnupg("--decrypt", data=data) == TEXT
