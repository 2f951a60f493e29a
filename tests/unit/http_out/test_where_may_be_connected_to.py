"""Addresses that only we can reach are refused, whatever name, form or answer of a resolver leads to them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

import pytest
from tests.unit.http_out.conftest import NOW, Ground

from crossdock.connector.http.client import HttpClient
from crossdock.connector.http.exchange import Request
from crossdock.connector.http.judgement import Judge
from crossdock.connector.http.network import is_public, judged
from crossdock.connector.http.options import PeerOptions
from crossdock.errors import Halt, Retry

_INSIDE = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",  # noqa: S104 - an address that is refused
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::a00:1",
    "no address",
]


@pytest.mark.parametrize("address", _INSIDE)
def test_what_is_not_the_internets_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_the_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_one_inner_address_among_many_is_enough_to_refuse() -> None:
    with pytest.raises(Halt) as caught:
        judged("shop.example", ["93.184.215.14", "10.0.0.1"], allow_private=False)
    assert caught.value.code == "K702"


def test_loopback_is_refused_unless_it_is_allowed(ground: Ground) -> None:
    with pytest.raises(Halt) as caught:
        ground.client(allow_private=False).ask(Request(method="GET", url=f"{ground.peer.url}/echo"))
    assert caught.value.code == "K702"
    assert ground.peer.seen == []


@pytest.mark.parametrize(
    "host", ["localhost", "2130706433", "0x7f000001", "127.1", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]"]
)
def test_other_ways_to_write_loopback_are_refused(ground: Ground, host: str) -> None:
    with pytest.raises((Halt, Retry)) as caught:
        ground.client(allow_private=False).ask(Request(method="GET", url=f"http://{host}:{ground.peer.port}/echo"))
    assert caught.value.code in ("K701", "K702", "K709")
    assert ground.peer.seen == []


def test_a_name_is_resolved_once_and_the_address_that_was_judged_is_connected_to(ground: Ground) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]

    client = HttpClient(PeerOptions(allow_private=True), ground.root, ground.now, resolve=resolve)
    response = client.ask(Request(method="GET", url=f"http://rebinding.example:{ground.peer.port}/echo"))
    client.close()
    assert (asked, response.status) == (["rebinding.example"], 200)


def test_a_name_that_nobody_knows_is_tried_again_later(ground: Ground) -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    client = HttpClient(PeerOptions(), ground.root, lambda: NOW, resolve=resolve)
    with pytest.raises(Retry) as caught:
        client.ask(Request(method="POST", url="https://nowhere.example/"))
    assert caught.value.code == "K701"


def test_redirects_are_not_followed(ground: Ground) -> None:
    response = ground.client().ask(Request(method="GET", url=f"{ground.peer.url}/redirect?to=/echo"))
    assert response.status == 302


@pytest.mark.parametrize("there", ["http://[", "http://x:99999/", "http://[::1", "//", "http://a@b/", "file:///x"])
@pytest.mark.parametrize("redirects", [0, 2])
def test_a_redirect_to_what_is_no_address_is_told_as_any_other(ground: Ground, there: str, redirects: int) -> None:
    client = ground.client(redirects=redirects)
    response = client.ask(Request(method="GET", url=f"{ground.peer.url}/redirect?to={quote(there)}"))
    judge = Judge(redaction=client.redaction, now=lambda: NOW)
    assert response.status == 302
    assert isinstance(judge.failure(response), Retry)


def test_redirects_are_followed_where_that_is_allowed(ground: Ground) -> None:
    response = ground.client(redirects=1).ask(Request(method="GET", url=f"{ground.peer.url}/redirect?to=/echo"))
    assert response.status == 200


def test_a_redirect_elsewhere_is_judged_like_any_address(ground: Ground) -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"] if host == "127.0.0.1" else ["169.254.169.254"]

    def allow_first(host: str, port: int) -> Sequence[str]:
        return resolve(host, port)

    options = PeerOptions.model_validate({"redirects": 3, "timeout": "500ms", "allow_private": False})
    client = HttpClient(options, ground.root, lambda: NOW, resolve=allow_first)
    with pytest.raises(Halt) as caught:
        client.ask(Request(method="GET", url="http://metadata.example/latest/meta-data/"))
    assert caught.value.code == "K702"


def test_elsewhere_nobody_learns_who_we_are(ground: Ground) -> None:
    other = ground.peer.url.replace("127.0.0.1", "localhost")
    client = ground.client(redirects=2, auth={"bearer": "canary-7f31"})
    request = Request(method="GET", url=f"{ground.peer.url}/redirect?to={other}/echo", headers={"X-Internal": "1"})
    assert client.ask(request).status == 200
    headers = ground.peer.seen[-1]["headers"]
    assert isinstance(headers, dict)
    assert ("authorization" in headers, "x-internal" in headers) == (False, False)


def test_a_post_is_not_led_elsewhere(ground: Ground) -> None:
    other = ground.peer.url.replace("127.0.0.1", "localhost")
    client = ground.client(redirects=2)
    request = Request(method="POST", url=f"{ground.peer.url}/redirect?status=307&to={other}/orders")
    assert client.ask(request).status == 307
