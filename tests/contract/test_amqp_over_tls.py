"""AMQP over TLS against a real RabbitMQ, with an authority made for the test."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from crossdock.amqp.address import Address
from crossdock.amqp.link import Link
from crossdock.amqp.message import Outgoing
from crossdock.amqp.publisher import Publisher
from crossdock.amqp.topology import Queue, declare_queue
from crossdock.bus.contract import Hint
from crossdock.bus.rabbitmq.bus import RabbitBus
from crossdock.errors import CrossdockError
from crossdock.testing.servers.rabbitmq import RabbitMQ
from crossdock.testing.servers.server import free_port

_SETTINGS = """\
listeners.ssl.1 = 127.0.0.1:{port}
ssl_options.cacertfile = {folder}/ca.pem
ssl_options.certfile = {folder}/server.pem
ssl_options.keyfile = {folder}/server.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
"""


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run([str(shutil.which("openssl")), *arguments], cwd=folder, check=True, capture_output=True)


def authority(folder: Path, name: str) -> None:
    options = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    openssl(folder, "req", *options, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")


def certificate(folder: Path, name: str, alternative: str) -> None:
    options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}"]
    openssl(folder, "req", *options, "-keyout", f"{name}.key", "-out", f"{name}.csr")
    (folder / f"{name}.ext").write_text(f"subjectAltName={alternative}\n")
    signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext"]
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", *signing, "-out", f"{name}.pem")
    (folder / f"{name}.key").chmod(0o644)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    authority(folder, "ca")
    authority(folder, "other")
    certificate(folder, "server", "DNS:broker.example,IP:127.0.0.1")
    certificate(folder, "client", "DNS:client.example")
    return folder


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    port = free_port()
    with RabbitMQ(settings=_SETTINGS.format(port=port, folder=folder)) as server:
        yield server.url.replace("amqp://", "amqps://").replace(f":{server.port}/", f":{port}/")


OURS = "cacertfile=ca.pem&certfile=client.pem&keyfile=client.key"


def test_messages_pass_in_both_directions(url: str, folder: Path) -> None:
    link = Link(Address.parse(f"{url}?{OURS}", folder), "test")
    declare_queue(link, Queue("mine"))
    settled = Publisher(link).publish([Outgoing("", "mine", b"x" * 100_000)] * 50, 20.0)
    assert {one.outcome for one in settled} == {"confirmed"}
    link.close()


def test_the_bus_works_over_it(url: str, folder: Path) -> None:
    bus = RabbitBus(Address.parse(f"{url}?{OURS}", folder), "shop", ["orders"], consume=True, name="test")
    bus.publish([Hint(f"m{number}", "orders") for number in range(2000)])
    found: set[str] = set()
    while hints := bus.wait(10.0 if len(found) < 2000 else 0.0, lambda: False):
        found |= {hint.message for hint in hints}
    assert len(found) == 2000
    bus.close()


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ("cacertfile=other.pem&certfile=client.pem&keyfile=client.key", "B113"),
        (f"{OURS}&server_name_indication=somebody.example", "B113"),
        ("certfile=client.pem&keyfile=client.key", "B113"),
    ],
)
def test_a_broker_that_cannot_prove_who_it_is_is_not_talked_to(
    url: str, folder: Path, parameters: str, code: str
) -> None:
    with pytest.raises(CrossdockError) as refused:
        Link(Address.parse(f"{url}?{parameters}", folder), "test")
    assert refused.value.code == code


def test_the_name_of_the_broker_may_be_given(url: str, folder: Path) -> None:
    Link(Address.parse(f"{url}?{OURS}&server_name_indication=broker.example", folder), "test").close()


def test_a_client_without_a_certificate_is_refused_by_this_broker(url: str, folder: Path) -> None:
    with pytest.raises(CrossdockError):
        Link(Address.parse(f"{url}?cacertfile=ca.pem", folder), "test")


def test_verification_can_be_switched_off(url: str, folder: Path) -> None:
    parameters = "verify=verify_none&certfile=client.pem&keyfile=client.key"
    Link(Address.parse(f"{url}?{parameters}", folder), "test").close()
