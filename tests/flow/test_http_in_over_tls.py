"""TLS, and client certificates as proof of who sends."""

from __future__ import annotations

import datetime as dt
import http.client
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.flow.serving import Front

from crossdock.front.server import HANDSHAKE

ROUTES = {
    "orders": "from:\n  http: {path: /orders, auth: {certificates: {acme.example: acme}}}\n"
    "to:\n  - echo: {keep: orders.jsonl}\n"
}


def _certificate(
    folder: Path, name: str, signer: tuple[x509.Name, ec.EllipticCurvePrivateKey] | None
) -> tuple[x509.Name, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signing = signer or (subject, key)
    now = dt.datetime.now(dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=signer is None,
                crl_sign=signer is None,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(address, critical=False)
        .sign(signing, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{name}.key").write_bytes(private)
    return subject, key


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    made = Front(tmp_path_factory.mktemp("front"))
    authority = _certificate(made.folder, "authority", None)
    for name in ("server", "next", "acme.example", "other.example"):
        _certificate(made.folder, name, authority)
    made.write(made.settings(tls="{certificate: server.pem, key: server.key, clients: authority.pem}"), **ROUTES)
    made.serve("--watch")
    yield made
    made.end()


def _post(front: Front, client: str | None) -> tuple[int, dict[str, object]]:
    context = ssl.create_default_context(cafile=str(front.folder / "authority.pem"))
    if client is not None:
        context.load_cert_chain(front.folder / f"{client}.pem", front.folder / f"{client}.key")
    connection = http.client.HTTPSConnection("127.0.0.1", front.port, timeout=30, context=context)
    try:
        connection.request("POST", "/orders", b"x", {"Content-Type": "text/plain"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_a_known_certificate_opens_and_names_the_partner(front: Front) -> None:
    status, told = _post(front, "acme.example")
    assert status == 202
    traced = front.command("trace", str(told["id"]), "--json")
    assert "certificate acme.example" in json.dumps(traced)


def test_another_certificate_of_the_authority_does_not(front: Front) -> None:
    assert _post(front, "other.example")[1]["code"] == "W119"


def test_without_a_certificate_nobody_is_let_in(front: Front) -> None:
    assert _post(front, None)[1]["code"] == "W103"


def test_who_never_ends_a_handshake_is_put_out_and_holds_up_nobody(front: Front) -> None:
    """Forty say nothing or a part of a ClientHello (RFC 8446, 4.1.2), a byte now and then; others are served meanwhile."""
    begun = time.monotonic()
    slow = [socket.create_connection(("127.0.0.1", front.port), timeout=30) for _ in range(40)]
    for one in slow[::2]:
        one.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
    assert _post(front, "acme.example")[0] == 202
    assert time.monotonic() - begun < 5
    for one in slow:
        assert _told(one) == b""
        one.close()
    assert time.monotonic() - begun < HANDSHAKE + 5
    assert _post(front, "acme.example")[0] == 202


def test_a_certificate_that_is_exchanged_takes_effect_and_one_without_its_key_is_refused(
    front: Front, wait_until: Callable[..., None]
) -> None:
    before = _served(front)
    (front.folder / "next.pem").replace(front.folder / "server.pem")
    wait_until(lambda: "refused: what was loaded before goes on" in front.log())
    assert "W205: TLS cannot be spoken with server.pem" in front.log()
    assert _served(front) == before
    (front.folder / "next.key").replace(front.folder / "server.key")
    wait_until(lambda: _served(front) != before)
    assert _post(front, "acme.example")[0] == 202


def _served(front: Front) -> str:
    return ssl.get_server_certificate(("127.0.0.1", front.port), timeout=30)


def _told(connection: socket.socket) -> bytes:
    """What comes until the other side closes."""
    try:
        return connection.recv(100)
    except ConnectionResetError:
        return b""
