"""Requests that no client sends by mistake: each is refused at the border, says why, and harms nobody else."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from tests.flow.serving import Front

TO = "to:\n  - echo: {keep: kept.jsonl}\n"
ROUTES = {
    "orders": "from:\n  http: {path: /orders, accepts: [application/json], auth: {anybody: true}, size: 100KB,"
    " patience: 1s}\n" + TO,
    "packed": "from:\n  http: {path: /packed, auth: {anybody: true}, size: 100MB}\n" + TO,
    "signed": "from:\n  http: {path: /signed, auth: {webhook: {secret: [whsec_b2xk, whsec_bmV3]}}}\n" + TO,
    "tokens": "from:\n  http:\n    path: /tokens\n    auth: {jwt: {issuer: i, audience: a, keys: jwks.json}}\n" + TO,
}


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    made = Front(tmp_path_factory.mktemp("front"))
    made.write(made.settings(), **ROUTES)
    (made.folder / "jwks.json").write_text('{"keys": []}')
    made.serve()
    yield made
    made.end()


@pytest.fixture
def status(front: Front) -> Callable[[bytes], int]:
    def ask(sent: bytes) -> int:
        return int(front.raw(sent).split(b" ", 2)[1])

    return ask


def _post(front: Front, headers: str, body: bytes = b"{}") -> bytes:
    return (
        b"POST /orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        + headers.encode("latin-1")
        + b"Content-Length: %d\r\n\r\n" % len(body)
        + body
    )


def test_a_length_and_chunks_at_the_same_time(front: Front, status: Callable[[bytes], int]) -> None:
    assert status(_post(front, "Transfer-Encoding: chunked\r\n", b"0\r\n\r\n")) == 400


def test_two_lengths(front: Front, status: Callable[[bytes], int]) -> None:
    assert status(_post(front, "Content-Length: 5\r\n")) == 400


@pytest.mark.parametrize("coding", ["gzip, chunked", "chunked, chunked", "identity", "xchunked"])
def test_a_coding_that_a_proxy_may_read_otherwise(front: Front, coding: str) -> None:
    head = f"POST /packed HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: {coding}\r\n\r\n"
    assert front.raw(head.encode() + b"2\r\n{}\r\n0\r\n\r\n").startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("line", "hosts"),
    [("POST /orders HTTP/1.1", 0), ("POST /orders HTTP/1.1", 2), ("GET /docs", 0), ("POST /orders HTTP/2.0", 1)],
)
def test_a_request_of_no_host_or_two_or_of_another_http(front: Front, line: str, hosts: int) -> None:
    head = line + "\r\n" + "Host: x\r\n" * hosts + "\r\n"
    assert front.raw(head.encode()).startswith(b"HTTP/1.1 400")


def test_chunks_in_http_1_0(status: Callable[[bytes], int]) -> None:
    head = b"POST /orders HTTP/1.0\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert status(head + b"2\r\n{}\r\n0\r\n\r\n") == 400


@pytest.mark.parametrize("sent", [b"2;" + b"x" * 200_000 + b"\r\n", b"0\r\n" + b"X: aaaaaa\r\n" * 20_000])
def test_framing_without_end_behind_the_headers(front: Front, sent: bytes) -> None:
    head = b"POST /packed HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", front.port), timeout=10) as connection:
        connection.sendall(head)
        try:
            connection.sendall(sent)
            assert connection.recv(100).startswith(b"HTTP/1.1 400")
        except ConnectionError:
            assert time.monotonic() - begun < 5


def test_a_tunnel(status: Callable[[bytes], int]) -> None:
    assert status(b"CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n") in {400, 405}


def test_who_offers_another_protocol_is_served_in_this_one(front: Front) -> None:
    """As Java's client does with each request."""
    head = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
    sent = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + head
    once = sent + b"Content-Length: 2\r\n\r\n{}"
    end = b"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert front.raw(once * 3 + end).count(b" 202 Accepted") == 3


def test_what_was_taken_is_answered_though_rubbish_follows(front: Front) -> None:
    good = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    answer = front.raw(good + b"\0rubbish\r\n\r\n")
    assert answer.count(b"HTTP/1.1") == 1
    assert answer.startswith(b"HTTP/1.1 202")


def test_who_has_said_all_may_still_listen(front: Front) -> None:
    good = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    with socket.create_connection(("127.0.0.1", front.port), timeout=10) as connection:
        connection.sendall(good)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100).startswith(b"HTTP/1.1 202")


@pytest.mark.parametrize("more", [{}, {"Connection": "close"}], ids=["kept", "closed"])
@pytest.mark.parametrize(("path", "status"), [("/orders", 413), ("/signed", 401), ("/none", 404)])
def test_who_sends_much_hears_why_it_is_refused(front: Front, path: str, status: int, more: dict[str, str]) -> None:
    headers = {"Content-Type": "application/json", **more}
    assert front.ask("POST", path, bytes(8_000_000), headers).status == status


def test_a_thousand_idle_connections_keep_nobody_out(front: Front) -> None:
    idle = [socket.create_connection(("127.0.0.1", front.port), timeout=10) for _ in range(1_000)]
    try:
        assert front.post("/orders", {}).status == 202
    finally:
        for one in idle:
            one.close()


@pytest.mark.parametrize("path", ["/..%2forders", "/orders%00", "/%2e%2e/orders", "/orders/../orders", "//orders"])
def test_a_path_in_disguise(status: Callable[[bytes], int], path: str) -> None:
    sent = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{{}}"
    assert status(sent.encode()) == 404


@pytest.mark.parametrize(
    "sent",
    [b"X: a\nInjected: b\r\n", b"X: a\rInjected: b\r\n", b"X: \0\r\n", b" folded: x\r\n"],
    ids=["CRLF", "CR", "NUL", "folded"],
)
def test_a_header_with_control_characters(status: Callable[[bytes], int], sent: bytes) -> None:
    assert status(b"POST /orders HTTP/1.1\r\nHost: x\r\n" + sent + b"Content-Length: 2\r\n\r\n{}") == 400


def test_a_key_of_300_characters(front: Front) -> None:
    reply = front.post("/orders", {}, Idempotency_Key="k" * 300)
    assert (reply.status, reply.json["code"]) == (400, "W112")


@pytest.mark.parametrize("key", ['"', '"open', "a b", "a,b", "é", '""'])
def test_a_key_that_is_no_key(front: Front, key: str) -> None:
    assert front.post("/orders", {}, Idempotency_Key=key).json["code"] == "W112"


def test_a_key_that_stands_twice(front: Front, status: Callable[[bytes], int]) -> None:
    assert status(_post(front, "Idempotency-Key: a\r\nIdempotency-Key: b\r\n")) == 400


def test_headers_without_end(front: Front, status: Callable[[bytes], int]) -> None:
    answered = status(_post(front, "X: " + "a" * 40_000 + "\r\n"))
    assert answered == 431


def test_headers_without_number(front: Front, status: Callable[[bytes], int]) -> None:
    assert status(_post(front, "".join(f"X{n}: a\r\n" for n in range(150)))) == 431


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(front: Front) -> None:
    sent = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n"
    assert front.raw(sent).startswith(b"HTTP/1.1 413")


def test_a_body_that_does_not_say_how_large_it_is(front: Front) -> None:
    head = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"8000\r\n" + b"a" * 0x8000 + b"\r\n"
    assert front.raw(head + chunk * 4).startswith(b"HTTP/1.1 413")


def test_a_body_that_drips_is_given_up(front: Front) -> None:
    begun = time.monotonic()
    sent = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    assert front.raw(sent).startswith(b"HTTP/1.1 408")
    assert time.monotonic() - begun < 10


def test_headers_that_drip_are_given_up_and_others_are_served_meanwhile(front: Front) -> None:
    with socket.create_connection(("127.0.0.1", front.port), timeout=30) as slow:
        begun = time.monotonic()
        slow.sendall(b"POST /orders HTTP/1.1\r\n")
        while time.monotonic() - begun < 3:
            slow.sendall(b"X: a\r\n")
            time.sleep(0.2)
        assert front.post("/orders", {}).status == 202
        assert slow.recv(1024).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - begun < 20


def test_a_gzip_bomb(front: Front) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    headers = {"Content-Type": "text/plain", "Content-Encoding": "gzip"}
    reply = front.ask("POST", "/packed", bomb, headers)
    assert (reply.status, reply.json["code"]) == (400, "W109")


def test_a_gzip_of_very_many_members(front: Front) -> None:
    headers = {"Content-Type": "text/plain", "Content-Encoding": "gzip"}
    begun = time.monotonic()
    assert front.ask("POST", "/packed", gzip.compress(b"", mtime=0) * 100_000, headers).json["code"] == "W109"
    assert time.monotonic() - begun < 5


FORM = {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize(
    "body",
    [
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nno end',
        b"--b\r\n\r\nx\r\n" * 10_000 + b"--b--\r\n",
        b"--b\r\n" + b"a: b\r\n" * 100_000 + b"\r\nx\r\n--b--\r\n",
        b"--other\r\n\r\n--other--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\nContent-Type: \r\n\r\nx\r\n--b--\r\n',
    ],
    ids=["no end", "many parts", "many headers", "other boundary", "no type"],
)
def test_a_form_that_is_none(front: Front, body: bytes) -> None:
    assert front.ask("POST", "/packed", body, FORM).status in {400, 415}


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b"cut off", mtime=0)[:-9]], ids=["other", "cut off"])
def test_what_is_not_gzip(front: Front, body: bytes) -> None:
    headers = {"Content-Type": "text/plain", "Content-Encoding": "gzip"}
    assert front.ask("POST", "/packed", body, headers).json["code"] == "W109"


def test_an_unknown_packing(front: Front) -> None:
    headers = {"Content-Type": "text/plain", "Content-Encoding": "br"}
    assert front.ask("POST", "/packed", b"x", headers).status == 415


def test_another_media_type(front: Front) -> None:
    reply = front.ask("POST", "/orders", b"<a/>", {"Content-Type": "application/xml"})
    assert (reply.status, reply.headers["accept-post"]) == (415, "application/json")


def test_nothing_at_all(front: Front) -> None:
    assert front.post("/orders", b"").json["code"] == "W128"


def _signed(body: bytes, at: float, secret: bytes = b"new", id: str = "msg_1") -> dict[str, str]:
    code = hmac.new(secret, f"{id}.{at:.0f}.".encode() + body, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(code).decode()
    return {"webhook-id": id, "webhook-timestamp": f"{at:.0f}", "webhook-signature": signature}


def test_a_good_signature_with_either_secret_is_taken_and_counts_once(front: Front) -> None:
    replies = [front.post("/signed", b"{}", **_signed(b"{}", time.time(), secret)) for secret in (b"old", b"new")]
    assert [reply.status for reply in replies] == [202, 202]
    assert replies[0].id == replies[1].id


def test_who_only_signs_may_ask_how_it_stands_and_nobody_else(front: Front) -> None:
    where = f"/messages/{front.post('/signed', b'{}', **_signed(b'{}', time.time(), id='msg_9')).id}"
    assert front.ask("GET", where, headers=_signed(b"", time.time(), id="ask_1")).status == 200
    assert front.ask("GET", where, headers=_signed(b"", time.time(), secret=b"other")).status == 404
    assert front.ask("GET", where, headers=_signed(b"", time.time() - 400)).status == 404
    assert front.ask("GET", where).status == 404


def test_a_bad_signature(front: Front) -> None:
    assert front.post("/signed", b"{}", **_signed(b"{ }", time.time())).json["code"] == "W116"


@pytest.mark.parametrize("away", [-301, 301])
def test_an_old_or_future_signature(front: Front, away: float) -> None:
    assert front.post("/signed", b"{}", **_signed(b"{}", time.time() + away)).json["code"] == "W117"


def test_a_signed_event_sent_again_with_another_body(front: Front) -> None:
    front.post("/signed", b"1", **_signed(b"1", time.time(), id="msg_2"))
    assert front.post("/signed", b"2", **_signed(b"2", time.time(), id="msg_2")).json["code"] == "W113"


def test_no_signature(front: Front) -> None:
    assert front.post("/signed", b"{}").status == 401


@pytest.mark.parametrize("head", ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9", "e30", "!", ""])
def test_a_token_without_a_signature_that_counts(front: Front, head: str) -> None:
    reply = front.post("/tokens", b"{}", Authorization=f"Bearer {head}.eyJpc3MiOiJpIn0.")
    assert (reply.status, reply.json["code"]) == (401, "W118")


def test_what_is_no_http(status: Callable[[bytes], int]) -> None:
    assert status(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100)) == 400


def test_a_message_of_nobody(front: Front) -> None:
    assert front.ask("GET", "/messages/01a1ffd2-9a24-74d4-b3bd-a625b1cc0195").status == 404
    assert front.ask("GET", "/messages/../../etc/passwd").status == 404


def test_after_all_of_this_nothing_but_good_requests_was_kept(front: Front) -> None:
    front.post("/orders", b'{"last": 1}')
    assert front.balanced()
