"""Addresses of routes, served by a real run: what is answered, and what becomes of what was taken."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.flow.serving import Front

ORDER = json.loads((Path(__file__).parents[2] / "samples" / "canonical" / "order.json").read_text())
ECHO = "to:\n  - echo: {keep: %s.jsonl}\n"
ROUTES = {
    "orders": "from:\n  http: {path: /orders, accepts: [application/json], auth: {anybody: true}}\n"
    "steps:\n  - decode: json\n  - validate: order/v1\n" + ECHO % "orders",
    "checked": "from:\n  http: {path: /v2/orders, auth: {anybody: true}, check: true, successor: /orders,"
    " deprecated: 2026-01-01, sunset: 2027-01-01}\n"
    "steps:\n  - decode: json\n  - validate: order/v1\n" + ECHO % "checked",
    "files": "from:\n  http: {path: /files, auth: {anybody: true}, size: 1MB}\n" + ECHO % "files",
    "rows": "from:\n  http: {path: /rows, auth: {anybody: true}}\n"
    "steps:\n  - decode: json\n  - split: items\nto:\n  - topic: row.arrived\n",
    "strict": "from:\n  http: {path: /strict, auth: {anybody: true}, idempotency: required, keep: [X-Shop]}\n"
    + ECHO % "strict",
    "asked": "from:\n  http: {path: /asked, auth: {anybody: true}, reply: {from: answer, within: 20s}}\n"
    "steps:\n  - decode: json\n"
    "to:\n  - echo: {keep: asked.jsonl}\n    name: answer\n    encode: json\n",
    "judged": "from:\n  http: {path: /judged, auth: {anybody: true}, reply: {within: 20s}}\n"
    "steps:\n  - decode: json\n  - validate: order/v1\n" + ECHO % "judged",
    "keyed": "from:\n  http: {path: /keyed}\n" + ECHO % "keyed",
    "slow": "from:\n  http: {path: /slow, auth: {anybody: true}, rate: 1/s}\n" + ECHO % "slow",
    "hooks": "from:\n  http: {path: /hooks, auth: {webhook: {style: github, secret: hush}}}\n" + ECHO % "hooks",
    "told": "from:\n  http: {path: /told, accepts: [application/json], auth: {webhook: {style: business-central,"
    " secret: hush}}}\n" + ECHO % "told",
    "elsewhere": "from:\n  http: {path: /elsewhere, partner: acme, auth: {anybody: true}}\n"
    "to:\n  - echo: {keep: elsewhere.jsonl}\n",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Front:
    made = Front(tmp_path_factory.mktemp("front"))
    made.write(made.settings(), **ROUTES)
    return made


@pytest.fixture(scope="module")
def shop_key(written: Front) -> str:
    return written.key("shop")


@pytest.fixture(scope="module")
def other_key(written: Front) -> str:
    return written.key("other")


@pytest.fixture(scope="module")
def front(written: Front, shop_key: str, other_key: str) -> Iterator[Front]:
    written.serve()
    yield written
    written.end()


def _final(front: Front, id: str, **headers: str) -> dict[str, object]:
    end = time.monotonic() + 60
    while True:
        told = front.ask("GET", f"/messages/{id}", headers={n.replace("_", "-"): v for n, v in headers.items()}).json
        if told["final"]:
            return told
        assert time.monotonic() < end, told
        time.sleep(0.2)


def test_what_is_taken_is_answered_with_its_id_and_delivered(front: Front) -> None:
    taken = front.post("/orders", ORDER)
    assert taken.status == 202
    assert taken.headers["location"] == f"/messages/{taken.id}"
    assert _final(front, taken.id)["standing"] == "done"


def test_without_check_a_bad_document_is_taken_and_parked_with_its_findings(front: Front) -> None:
    taken = front.post("/orders", {"number": 7})
    told = _final(front, taken.id)
    assert (taken.status, told["standing"]) == (202, "rejected")
    assert "C103" in str(told["findings"])


def test_with_check_a_bad_document_is_refused_with_pointers_and_nothing_is_kept(front: Front) -> None:
    refused = front.post("/v2/orders", {**ORDER, "number": 7})
    assert (refused.status, refused.headers["content-type"]) == (422, "application/problem+json")
    assert refused.json["findings"][0]["place"] == {"pointer": "/number"}  # type: ignore[index]  # it is a list
    assert front.states("checked") == Counter()


def test_an_address_that_goes_says_so_in_each_answer(front: Front) -> None:
    taken = front.post("/v2/orders", {**ORDER, "number": "G1"}, Idempotency_Key="goes")
    assert taken.headers["deprecation"] == "@1767225600"
    assert taken.headers["sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    assert taken.headers["link"] == '</orders>; rel="successor-version"'


def test_the_same_key_and_document_is_answered_as_the_first_time(front: Front) -> None:
    first, second = (front.post("/strict", b"x", Idempotency_Key='"same"') for _ in range(2))
    assert (first.status, first.body) == (second.status, second.body)


def test_the_same_key_with_another_document_is_refused(front: Front) -> None:
    front.post("/strict", b"one", Idempotency_Key="k1")
    assert front.post("/strict", b"two", Idempotency_Key="k1").json["code"] == "W113"


def test_a_key_that_is_required_and_missing_is_told(front: Front) -> None:
    assert front.post("/strict", b"x").json["code"] == "W111"


def test_headers_the_route_keeps_travel_with_the_message(front: Front, wait_until: Callable[..., None]) -> None:
    front.post("/strict", b"kept", Idempotency_Key="kept", X_Shop="Memphis")
    wait_until(lambda: any('"http.header.X-Shop": "Memphis"' in line for line in front.lines("strict.jsonl")))


def test_a_thousand_posts_with_fifty_repeats_each_of_twenty_keys_are_twenty_messages(front: Front) -> None:
    posts = [("/files", f"body {n % 20}".encode(), {"Idempotency-Key": f"key-{n % 20}"}) for n in range(1000)]
    replies = front.post_all(posts, connections=100)
    assert Counter(reply.status for reply in replies) == {202: 1000}
    ids = [{reply.id for number, reply in enumerate(replies) if number % 20 == key} for key in range(20)]
    assert [len(one) for one in ids] == [1] * 20
    assert len(set.union(*ids)) == 20


def test_a_packed_body_is_unpacked(front: Front, wait_until: Callable[..., None]) -> None:
    body = gzip.compress(b"packed " * 20)
    reply = front.ask("POST", "/files", body, {"Content-Type": "text/plain", "Content-Encoding": "gzip"})
    assert reply.status == 202
    wait_until(lambda: any("packed packed" in line for line in front.lines("files.jsonl")))


def test_each_file_of_a_form_is_a_message(front: Front) -> None:
    form = (
        b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nurgent\r\n'
        b'--b\r\nContent-Disposition: form-data; name="a"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n1;2\r\n'
        b'--b\r\nContent-Disposition: form-data; name="b"; filename="b.csv"\r\nContent-Type: text/csv\r\n\r\n3;4\r\n'
        b"--b--\r\n"
    )
    reply = front.ask("POST", "/files", form, {"Content-Type": "multipart/form-data; boundary=b"})
    assert reply.status == 202
    assert len(reply.json["messages"]) == 2  # type: ignore[arg-type]  # it is a list


def test_one_key_for_another_form_keeps_nothing_of_it_not_even_what_is_new(front: Front) -> None:
    def form(*files: bytes) -> bytes:
        head = b'--b\r\nContent-Disposition: form-data; name="a"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
        return b"".join(head + one + b"\r\n" for one in files) + b"--b--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=b", "Idempotency-Key": "form-1"}
    first = front.ask("POST", "/files", form(b"1", b"2"), headers)
    kept = sum(front.states("files").values())
    assert front.ask("POST", "/files", form(b"1", b"2"), headers).body == first.body
    for other in (form(b"1", b"2", b"3"), form(b"1", b"4"), form(b"5", b"2"), form(b"1")):
        assert front.ask("POST", "/files", other, headers).status == 422
    assert sum(front.states("files").values()) == kept


def test_a_batch_of_thousands_is_one_message_that_the_route_splits(front: Front) -> None:
    taken = front.post("/rows", [{"n": n} for n in range(2000)])
    told = _final(front, taken.id)
    assert (told["standing"], told["complete"]) == ("done", True)
    assert told["work"] == {"delivered": 2001}


def test_a_caller_may_wait_for_what_a_destination_was_sent(front: Front) -> None:
    reply = front.post("/asked", {"number": "4711"})
    assert (reply.status, json.loads(reply.body)) == (200, {"number": "4711"})


def test_a_second_request_gets_the_answer_the_first_one_got(front: Front) -> None:
    first, second = (front.post("/asked", {"number": "1"}, Idempotency_Key="wait") for _ in range(2))
    assert (first.status, first.body) == (second.status, second.body)
    assert len([line for line in front.lines("asked.jsonl") if '\\"1\\"' in line]) == 1


def test_a_caller_that_waits_hears_of_a_rejection_with_its_findings(front: Front) -> None:
    reply = front.post("/judged", {"number": 7})
    assert (reply.status, reply.json["code"]) == (422, "W125")
    assert "C103" in str(reply.json["findings"])


def test_a_key_opens_and_nothing_or_another_text_does_not(front: Front, shop_key: str) -> None:
    assert front.post("/keyed", b"x").status == 401
    assert front.post("/keyed", b"x", X_API_Key="cdk_aaaaaaaa_" + "a" * 43).status == 401
    assert front.post("/keyed", b"x", X_API_Key=shop_key).status == 202
    assert front.post("/keyed", b"x", Authorization=f"Bearer {shop_key}").status == 202


def test_the_same_idempotency_key_of_two_callers_is_two_messages(front: Front, shop_key: str, other_key: str) -> None:
    mine = front.post("/keyed", b"x", X_API_Key=shop_key, Idempotency_Key="1")
    theirs = front.post("/keyed", b"y", X_API_Key=other_key, Idempotency_Key="1")
    assert (mine.status, theirs.status) == (202, 202)
    assert mine.id != theirs.id


def test_nobody_sees_how_anothers_message_stands(front: Front, shop_key: str, other_key: str) -> None:
    id = front.post("/keyed", b"mine", X_API_Key=shop_key).id
    asked = [front.ask("GET", f"/messages/{id}", headers={"X-API-Key": key}).status for key in (shop_key, other_key)]
    assert asked == [200, 404]
    assert front.ask("GET", f"/messages/{id}").status == 404


def test_a_key_is_kept_as_its_hash_and_shown_nowhere(front: Front, shop_key: str) -> None:
    front.post("/keyed", b"x", X_API_Key=shop_key)
    secret = shop_key.split("_", 2)[2].encode()
    files = [path for path in front.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if secret in path.read_bytes()]


def test_who_sends_too_much_is_told_when_to_come_again(front: Front) -> None:
    replies = [front.post("/slow", b"x") for _ in range(3)]
    refused = [reply for reply in replies if reply.status == 429]
    assert refused
    assert int(refused[0].headers["retry-after"]) >= 1


def test_a_signed_webhook_counts_once_however_its_delivery_is_called(front: Front) -> None:
    signature = hmac.new(b"hush", b"{}", hashlib.sha256).hexdigest()
    one, two = (
        front.post("/hooks", b"{}", X_Hub_Signature_256=f"sha256={signature}", X_GitHub_Delivery=name) for name in "ab"
    )
    assert one.id == two.id
    assert front.post("/hooks", b"{ }", X_Hub_Signature_256=f"sha256={signature}").json["code"] == "W116"


def test_a_subscription_is_answered_its_handshake_and_then_tells_a_secret(front: Front) -> None:
    shaken = front.post("/told?validationToken=4%2F711", b"")
    assert (shaken.status, shaken.body, shaken.headers["content-type"]) == (200, b"4/711", "text/plain; charset=utf-8")
    told = b'{"value": [{"clientState": "hush", "resource": "salesOrders(1)", "changeType": "updated"}]}'
    one, two = (front.post("/told", told) for _ in range(2))
    assert one.id == two.id
    assert front.post("/told", told.replace(b"hush", b"push")).json["code"] == "W116"


def test_there_is_a_description_and_a_page_that_loads_nothing_from_elsewhere(front: Front) -> None:
    described = front.ask("GET", "/openapi.json").json
    assert described["openapi"] == "3.1.1"
    page = front.ask("GET", "/docs")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    shown = page.body + front.ask("GET", "/docs/docs.js").body + front.ask("GET", "/docs/docs.css").body
    assert b"//" not in shown.replace(b"// Shows", b"")


def test_other_origins_get_no_leave(front: Front) -> None:
    reply = front.ask("OPTIONS", "/orders", headers={"Origin": "https://evil.example"})
    assert reply.status == 405
    assert not [name for name in reply.headers if name.startswith("access-control")]
