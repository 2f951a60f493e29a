"""TLS is verified, with an authority and a certificate of one's own where that is said; proxies come from options only."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.http_out.conftest import NOW, Ground

from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Request
from crossdock.connector.http.options import PeerOptions
from crossdock.errors import Doubt, Halt, Retry
from crossdock.testing.servers.http_peer import HttpPeer


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)  # noqa: S607 - from the PATH


_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    openssl(folder, "req", "-x509", *_KEY, "-days", "2", "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.pem")
    for name, alternative in (("server", "IP:127.0.0.1"), ("other", "DNS:elsewhere.example"), ("client", "DNS:me")):
        openssl(folder, "req", *_KEY, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        (folder / f"{name}.ext").write_text(f"subjectAltName={alternative}\n")
        signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext"]
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", *signing, "-out", f"{name}.pem")
    return folder


@pytest.fixture(scope="module")
def secured(files: Path) -> Iterator[HttpPeer]:
    with HttpPeer(tls=(files / "server.pem", files / "server.key"), clients=files / "ca.pem") as peer:
        yield peer


def ask(peer_url: str, root: Path, **options: object) -> int:
    given = PeerOptions.model_validate({"allow_private": True, "timeout": "3s", **options})
    client = HttpClient(given, root, lambda: NOW)
    try:
        return client.ask(Request(method="GET", url=f"{peer_url}/echo")).status
    finally:
        client.close()


def test_an_authority_and_a_certificate_of_ones_own(secured: HttpPeer, files: Path) -> None:
    tls = {"ca": "ca.pem", "certificate": "client.pem", "key": "client.key"}
    assert ask(secured.url, files, tls=tls) == 200


def test_an_authority_that_nobody_named_is_not_trusted(secured: HttpPeer, files: Path) -> None:
    with pytest.raises(Retry) as caught:
        ask(secured.url, files)
    assert caught.value.code == "K703"


def test_a_name_that_is_not_in_the_certificate_is_not_trusted(secured: HttpPeer, files: Path) -> None:
    url = secured.url.replace("127.0.0.1", "localhost")
    with pytest.raises(Retry) as caught:
        ask(url, files, tls={"ca": "ca.pem", "certificate": "client.pem", "key": "client.key"})
    assert caught.value.code == "K703"


def test_without_a_certificate_nothing_is_taken(secured: HttpPeer, files: Path) -> None:
    with pytest.raises((Retry, Doubt)):  # with TLS 1.3 the peer says so after the request has left
        ask(secured.url, files, tls={"ca": "ca.pem"})


@pytest.mark.parametrize(
    "tls", [{"ca": "missing.pem"}, {"ca": "ca.key"}, {"certificate": "client.pem", "key": "ca.key"}]
)
def test_files_that_cannot_be_used_stop_the_route(secured: HttpPeer, files: Path, tls: dict[str, str]) -> None:
    with pytest.raises(Halt) as caught:
        ask(secured.url, files, tls=tls)
    assert caught.value.code == "K708"


def test_an_old_tls_is_not_spoken(files: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files / "server.pem", files / "server.key")
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        plain = f"https://127.0.0.1:{listener.getsockname()[1]}"

        def answer() -> None:
            client, _ = listener.accept()
            client.sendall(b"\x15\x03\x01\x00\x02\x02\x46")  # an alert: protocol_version (RFC 8446, 6.2)
            client.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(Retry) as caught:
            ask(plain, files, tls={"ca": "ca.pem"})
        thread.join()
    assert caught.value.code == "K703"


# Proxies


class Through:
    """A proxy for plain HTTP: it notes what is asked of it, and answers itself."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        with client:
            self.asked.append(client.recv(65_536))
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def close(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port)):
            pass
        self._thread.join()
        self._listener.close()


def test_a_proxy_that_is_named_is_used_with_its_password(ground: Ground) -> None:
    proxy = Through()
    place = {"url": f"http://127.0.0.1:{proxy.port}", "user": "u", "password": "p"}
    status = ask("http://erp.example", ground.root, proxy=place, allow_private=False)
    proxy.close()
    assert status == 200
    assert proxy.asked[0].startswith(b"GET http://erp.example/echo HTTP/1.1")
    assert b"Basic dTpw" in proxy.asked[0]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.0.0.1", "[::1]", "localhost", "a.localhost.", "2130706433", "0x7f.1", "127.0.0.0x1", "10.0.0.1."],
)
def test_behind_a_proxy_an_inner_address_is_refused_as_well(ground: Ground, host: str) -> None:
    with pytest.raises(Halt) as caught:
        ask(f"http://{host}", ground.root, proxy={"url": "http://127.0.0.1:9"}, allow_private=False)
    assert caught.value.code == "K702"


def test_the_environment_names_no_proxy(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert ask(ground.peer.url, ground.root) == 200


def test_what_keeps_a_peer_from_being_reached_is_told(ground: Ground) -> None:
    with pytest.raises(Retry, match="Connection refused"):
        ask("http://127.0.0.1:9", ground.root)
