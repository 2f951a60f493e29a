"""How the connector gets in: encrypted and to whom it should, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.unit.remote.folder import FtpRemote, delivered, order

from crossdock.connector import Done
from crossdock.errors import CrossdockError, Halt, Retry
from crossdock.message import read_all
from crossdock.testing.servers.proftpd import Proftpd, ProftpdAddress
from crossdock.testing.servers.strange_ftp import StrangeFtp
from crossdock_connectors.ftp import SourceOptions
from crossdock_connectors.ftp.connect import connect
from crossdock_connectors.ftp.options import Server

LOGIN = {"host": "ftp.acme.example", "user": "globex", "password": "secret"}


def refused(server: ProftpdAddress, root: Path, **more: object) -> CrossdockError:
    given = {name: value for name, value in server.options(**more).items() if value is not None}
    with pytest.raises(CrossdockError) as told:
        connect(Server.model_validate(given), root)
    assert server.password not in repr(told.value)
    return told.value


def test_what_is_not_trusted_gets_no_password(proftpd: ProftpdAddress, tmp_path: Path) -> None:
    error = refused(proftpd, tmp_path, ca=None)
    assert isinstance(error, Halt)
    assert error.code == "K662"


def test_another_certificate_than_the_pinned_one_is_shown_and_left(proftpd: ProftpdAddress, tmp_path: Path) -> None:
    error = refused(proftpd, tmp_path, ca=None, fingerprint="ab" * 32)
    assert error.code == "K662"
    assert proftpd.fingerprint in error.message


def test_a_certificate_of_another_host_is_refused(proftpd: ProftpdAddress, tmp_path: Path) -> None:
    assert refused(proftpd, tmp_path, host="localhost").code == "K662"


def test_a_wrong_password_is_not_tried_again(proftpd: ProftpdAddress, tmp_path: Path) -> None:
    error = refused(proftpd, tmp_path, password="wrong")  # noqa: S106 - of a test
    assert isinstance(error, Halt)
    assert error.code == "K664"


def test_a_file_that_is_no_certificate_is_named(proftpd: ProftpdAddress, tmp_path: Path) -> None:
    assert refused(proftpd, tmp_path, ca="missing.pem").code == "K666"


def test_the_wrong_kind_of_port_is_found_out(proftpd: ProftpdAddress, tmp_path: Path) -> None:
    assert refused(proftpd, tmp_path, tls="implicit", connect="2s").code in ("K661", "K663")
    assert refused(proftpd, tmp_path, port=proftpd.implicit_port, connect="500ms").code == "K661"


def test_a_server_without_encryption_gets_no_password(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    with StrangeFtp(tmp_path / "server") as server:
        options = Server.model_validate(server.options(tls="explicit"))
        with pytest.raises(Halt) as told:
            connect(options, tmp_path)
        assert told.value.code == "K663"
        assert not any(line.startswith(("USER", "PASS")) for line in server.said)


@pytest.mark.parametrize(
    ("greeting", "code"),
    [
        ("220 hello\r\n234 slipped in\r\n230 slipped in", "K661"),
        ("SSH-2.0-OpenSSH_9.2", "K661"),
        ("421 too many", "K667"),
        ("500 no", "K661"),
        ("220-" + "x" * 2_000_000, "K661"),
        ("\0\xff\xff\x01", "K661"),
    ],
)
def test_a_greeting_that_is_none_is_told(tmp_path: Path, greeting: str, code: str) -> None:
    (tmp_path / "server").mkdir()
    with StrangeFtp(tmp_path / "server") as server:
        server.quirks.greeting, server.quirks.replies = greeting, {"AUTH": "234 so be it"}
        with pytest.raises(Retry) as told:
            connect(Server.model_validate(server.options(tls="explicit", connect="1s")), tmp_path)
        assert told.value.code == code


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[FtpRemote]:
    """A server that takes no client without a certificate, no transfer in clear text, and no new session for it."""
    with Proftpd(settings="TLSVerifyClient on\nTLSRequired on\nPathDenyFilter \\.no$") as server:
        remote = FtpRemote(server.address, tmp_path)
        remote.reached |= {"certificate": server.address.client, "key": server.address.client.replace(".pem", ".key")}
        yield remote
        remote.close()


def test_a_client_certificate_and_pinned_server_on_both_ports(strict: FtpRemote) -> None:
    server = strict.server
    for port, tls in ((server.port, "explicit"), (server.implicit_port, "implicit")):
        strict.drop("a.edi", b"one")
        more = {"port": port, "tls": tls, "fingerprint": f"SHA256:{server.fingerprint.upper()}"}
        assert [read_all(one.payload) for one in strict.take(strict.source(**more, match="*.edi"))] == [b"one"]
        sink = strict.sink(**more, name=f"{tls}.txt", verify="hash", mode="0600")
        assert isinstance(delivered(sink, order(1))[0], Done)
        assert (strict.path / f"{tls}.txt").stat().st_mode & 0o777 == 0o600


def test_in_clear_text_only_where_it_was_said(proftpd: ProftpdAddress, tmp_path: Path) -> None:
    remote = FtpRemote(proftpd, tmp_path)
    options = {name: value for name, value in proftpd.options(tls="off").items() if name != "ca"}
    files = connect(Server.model_validate(options), tmp_path)
    files.write(f"{remote.place.remote}/a", 0, [b"one"], None)
    files.close()
    assert (remote.path / "a").read_bytes() == b"one"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"password": None}, "'password' is missing"),
        ({"tls": "off", "ca": "ca.pem"}, "'ca' is for TLS"),
        ({"key": "key.pem"}, "belong to a 'certificate'"),
        ({"password": "two\nlines"}, "one line"),
        ({"user": "a\r\nDELE b"}, "one line"),
        ({"fingerprint": "AB:CD"}, "64 hexadecimal digits"),
        ({"encoding": "utf-16"}, "no character set"),
        ({"encoding": "klingon"}, "no character set"),
        ({"tls": "none"}, "explicit"),
    ],
)
def test_what_cannot_work_is_told_by_check(more: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(message)):
        SourceOptions.model_validate({**LOGIN, "path": "out", **more})
