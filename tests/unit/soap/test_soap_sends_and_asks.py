"""SOAP 1.1 and 1.2: envelopes, actions, templates, security, faults, what replies are made of."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.unit.http_out.conftest import parcel
from tests.unit.soap.conftest import Ground

from crossdock.connector import Done, Effect, Parcel
from crossdock.errors import CrossdockError, Doubt, Halt, Hold, Reject, Retry
from crossdock.message import Document
from crossdock.testing.servers.http_peer import Fault
from crossdock_connectors.soap.options import CallOptions, SinkOptions

VERSIONS = pytest.mark.parametrize("version", ["1.1", "1.2"])
TEMPLATE = '<o:CreateOrder xmlns:o="urn:orders" by="{buyer}"><o:Number>{number}</o:Number></o:CreateOrder>'
ENVELOPE = '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">{}</e:Envelope>'


def order(number: str = "4711") -> Parcel:
    return parcel(data=f'<CreateOrder xmlns="urn:orders"><Number>{number}</Number></CreateOrder>'.encode())


def said(ground: Ground, body: str, status: int = 200, **headers: str) -> None:
    ground.peer.plan(Fault(kind="status", path="/soap", status=status, body=body, headers=headers))


def faulted(code: str, text: str = "no") -> str:
    return ENVELOPE.format(
        f"<e:Body><e:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring></e:Fault></e:Body>"
    )


@pytest.mark.parametrize(
    ("version", "headers"),
    [
        ("1.1", {"soapaction": '"urn:x"', "content-type": "text/xml; charset=utf-8"}),
        ("1.2", {"content-type": 'application/soap+xml; charset=utf-8; action="urn:x"'}),
    ],
)
def test_the_action_stands_where_the_version_has_it(ground: Ground, version: str, headers: dict[str, str]) -> None:
    (outcome,) = ground.sink(version=version, action="urn:x").send([order()])
    assert isinstance(outcome, Done)
    seen = ground.peer.seen[-1]["headers"]
    assert isinstance(seen, dict)
    assert {name: seen[name] for name in headers} == headers
    assert ("soapaction" in seen) == (version == "1.1")


@VERSIONS
def test_a_call_answers_what_its_xpaths_select(ground: Ground, version: str) -> None:
    result = {
        "number": "//so:Number",
        "sum": "string(//so:Sum)",
        "lines": "//so:Line",
        "skus": "//so:Sku/text()",
        "first": "//so:Line[1]/@no",
        "count": "count(//so:Line)",
        "none": "//so:Nothing",
        "any": "boolean(//so:Line)",
    }
    call = ground.call(version=version, result=result, namespaces={"so": "urn:orders"})
    assert call.ask(order()) == {
        "number": "SO-4711",
        "sum": "12.50",
        "lines": [{"@no": "1", "Sku": "A"}, {"@no": "2", "Sku": "B"}],
        "skus": ["A", "B"],
        "first": "1",
        "count": 2,
        "none": None,
        "any": True,
    }


def test_without_xpaths_the_answer_is_the_body(ground: Ground) -> None:
    answer = ground.call(lists=["Sum"]).ask(order())
    assert isinstance(answer, dict)
    inner = answer["CreateOrderResponse"]
    assert isinstance(inner, dict)
    assert (inner["Number"], inner["Sum"]) == ("SO-4711", ["12.50"])


def test_a_receipt_names_what_was_made(ground: Ground) -> None:
    sink = ground.sink(receipt="string(//so:Number)", namespaces={"so": "urn:orders"})
    assert sink.send([order()]) == [Done("SO-4711")]


EVIL = ["<x/>", "]]>", "&amp;", "</o:Number><o:Number>2", '" onload="x', "<!DOCTYPE a>", "a\tb"]


@pytest.mark.parametrize("value", EVIL)
def test_values_never_become_structure(ground: Ground, tmp_path: Path, value: str) -> None:
    (tmp_path / "order.xml").write_text(TEMPLATE)
    call = ground.call(body="order.xml", result={"number": "//*[local-name()='Number']"})
    assert call.ask(parcel({"number": value, "buyer": value})) == {"number": f"SO-{value}"}
    (body,) = [body for _, body in ground.peer.done]
    assert body.count(b"Number>") == 2


@pytest.mark.parametrize("value", ["\0", "\x08", "\ufffe", "\ud800", None, {"a": 1}])
def test_values_that_xml_cannot_carry_are_rejected(ground: Ground, tmp_path: Path, value: Document) -> None:
    (tmp_path / "order.xml").write_text(TEMPLATE)
    (outcome,) = ground.sink(body="order.xml").send([parcel({"number": value, "buyer": "x"})])
    assert isinstance(outcome, Reject)
    assert ground.peer.seen == []


@pytest.mark.parametrize("text", [None, "<a>", "<a>{b</a>", "<!DOCTYPE a><a/>", ""])
def test_a_template_that_cannot_be_used_stops_the_route(ground: Ground, tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "order.xml").write_text(text)
    with pytest.raises(Halt) as raised:
        ground.sink(body="order.xml")
    assert raised.value.code == "K777"


@pytest.mark.parametrize("data", [b"{}", b"", b"<a>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", ENVELOPE.encode()])
def test_a_payload_that_is_no_body_is_rejected(ground: Ground, data: bytes) -> None:
    (outcome,) = ground.sink().send([parcel(data=data)])
    assert isinstance(outcome, Reject)
    assert outcome.code == "K776"


@VERSIONS
@pytest.mark.parametrize("kind", ["text", "digest"])
def test_a_username_token_is_known_there(ground: Ground, version: str, kind: str) -> None:
    security = {"user": "crossdock", "password": "client-secret", "type": kind, "timestamp": "5m"}
    sink = ground.sink(version=version, post=f"{ground.peer.url}/soap/secure", security=security)
    assert all(isinstance(one, Done) for one in sink.send([order("1"), order("2")]))
    bodies = [str(one["body"]) for one in ground.peer.seen]
    assert "<wsu:Expires>2026-11-20T12:35:00.000Z</wsu:Expires>" in bodies[0]
    nonces = {body.partition("Nonce")[2][:200] for body in bodies}
    assert len(nonces) == 2
    assert ("client-secret" in bodies[0]) == (kind == "text")


@VERSIONS
def test_a_wrong_password_stops_the_route_and_is_told_nowhere(ground: Ground, version: str) -> None:
    security = {"user": "crossdock", "password": "wrong-canary"}
    sink = ground.sink(version=version, post=f"{ground.peer.url}/soap/secure", security=security)
    (outcome,) = sink.send([order()])
    assert isinstance(outcome, Halt)
    assert outcome.code == "K773"
    assert "wrong-canary" not in f"{outcome!r} {outcome}"


def test_a_message_id_made_of_the_key_is_done_once(ground: Ground) -> None:
    ground.peer.behave(honours=True)
    ground.peer.plan(Fault(kind="close", path="/soap", effect=True))
    sink, one = ground.sink(action="urn:x", addressing=True, repeatable=True), order()
    assert isinstance(sink.send([one])[0], Doubt)
    assert isinstance(sink.send([one])[0], Done)
    assert sum(ground.peer.effects.values()) == 1


def test_the_effect_class_is_what_was_declared() -> None:
    given = {"post": "https://a.example/soap"}
    assert SinkOptions.model_validate(given).effect is Effect.OPAQUE
    assert SinkOptions.model_validate({**given, "repeatable": True}).effect is Effect.KEYED
    assert CallOptions.model_validate({**given, "reads": True}).effect is None


@VERSIONS
def test_a_fault_of_the_sender_rejects_with_what_it_says(ground: Ground, version: str) -> None:
    (outcome,) = ground.sink(version=version).send([order("refuse")])
    assert isinstance(outcome, Reject)
    assert outcome.code == "K770"
    assert [one.message for one in outcome.findings] == ["the buyer is not known", "field Buyer"]


@VERSIONS
def test_a_fault_of_the_receiver_is_tried_again(ground: Ground, version: str) -> None:
    (outcome,) = ground.sink(version=version).send([order("busy")])
    assert isinstance(outcome, Retry)
    assert "locked by user MEIER" in outcome.message


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ({"text": "locked", "then": "hold"}, Hold),
        ({"code": "Locked", "then": "reject"}, Reject),
        ({"code": "Receiver", "text": "locked", "then": "done"}, Done),
        ({"code": "Locked", "text": "unlocked", "then": "reject"}, Retry),
        ({"text": "field Buyer", "then": "doubt"}, Doubt),
        ({"text": "locked", "then": "halt"}, Halt),
    ],
)
def test_rules_say_what_a_fault_means(ground: Ground, rule: dict[str, str], kind: type[object]) -> None:
    (outcome,) = ground.sink(version="1.2", faults=[rule]).send([order("busy")])
    assert isinstance(outcome, kind)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("e:Client", Reject),
        ("e:Client.Validation", Reject),
        ("Server", Retry),
        ("SAP:300", Reject),
        ("", Reject),
        ("e:VersionMismatch", Halt),
        ("e:MustUnderstand", Halt),
        ("wsse:InvalidSecurityToken", Halt),
        ("wsu:MessageExpired", Retry),
    ],
)
@pytest.mark.parametrize("status", [200, 500])
def test_faults_are_understood_whatever_the_status_is(
    ground: Ground, code: str, kind: type[CrossdockError], status: int
) -> None:
    said(ground, faulted(code), status)
    assert isinstance(ground.sink().send([order()])[0], kind)


def test_a_fault_with_a_long_detail_is_told_shortly(ground: Ground) -> None:
    said(ground, faulted("Client", "x " * 100_000), 500)
    (outcome,) = ground.sink().send([order()])
    assert len(str(outcome)) < 1000


def test_a_status_that_limits_us_is_what_it_is(ground: Ground) -> None:
    said(ground, faulted("Client"), 429, **{"Retry-After": "7"})
    (outcome,) = ground.sink().send([order()])
    assert isinstance(outcome, Retry)
    assert outcome.after == 7.0


def test_nothing_said_is_done_where_the_status_says_so(ground: Ground) -> None:
    said(ground, "", 202)
    assert isinstance(ground.sink().send([order()])[0], Done)
    said(ground, "", 202)
    assert ground.call().ask(order()) is None


BOMB = '<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><a>&b;</a>'
HOSTILE = [
    BOMB,
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    "<html><body>log in</body></html>",
    "{}",
    "<a>" * 300 + "</a>" * 300,
    ENVELOPE.format(""),
    ENVELOPE.format("<e:Body>"),
    "\0",
    '<Envelope xmlns="urn:other"><Body/></Envelope>',
]


@pytest.mark.parametrize("body", HOSTILE)
def test_a_reply_that_cannot_be_read_leaves_in_doubt_what_had_an_effect(ground: Ground, body: str) -> None:
    said(ground, body)
    outcome = ground.sink().send([order()])[0]
    assert isinstance(outcome, Doubt)
    said(ground, body)
    answer = ground.call(reads=True).ask(order())
    assert isinstance(answer, Reject)
    assert answer.code == "K774"


def test_attachments_are_not_spoken_and_that_is_said(ground: Ground) -> None:
    said(ground, "--x", 200, **{"Content-Type": "multipart/related; boundary=x"})
    answer = ground.call(reads=True).ask(order())
    assert isinstance(answer, Reject)
    assert "MTOM" in answer.message


def test_a_comment_in_a_number_is_no_end_of_it(ground: Ground) -> None:
    said(ground, ENVELOPE.format("<e:Body><a>10<!-- -->00</a></e:Body>"))
    assert ground.call(result={"a": "//a"}).ask(order()) == {"a": "1000"}


@pytest.mark.parametrize("kind", ["bomb", "large", "cut", "drip"])
def test_a_reply_without_an_end_is_not_taken(ground: Ground, kind: str) -> None:
    ground.peer.plan(Fault(kind=kind, path="/soap", effect=True))  # type: ignore[arg-type]  # one of its words
    assert isinstance(ground.sink(max_response="1MB").send([order()])[0], Doubt)


def test_success_looks_into_the_answer(ground: Ground) -> None:
    call = ground.call(result={"number": "//*[local-name()='Number']"}, success="number == 'X'")
    answer = call.ask(order())
    assert isinstance(answer, Reject)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"result": {"a": "//x["}}, "no XPath"),
        ({"result": {"a": "//so:x"}}, "prefix"),
        ({"result": {"a": "document('x')"}}, "no XPath"),
        ({"action": 'a"b'}, "no action"),
        ({"addressing": True}, "'action'"),
        ({"body": "../x.xml"}, "no file of the project"),
        ({"post": "http://a.example/", "security": {"user": "a", "password": "b"}}, "https"),
        ({"security": {"user": "a", "password": "b", "nonce": False}}, "nonce"),
        ({"rules": [{"when": "a", "then": "done"}]}, "faults"),
        ({"faults": [{"then": "done"}]}, "names a 'code'"),
    ],
)
def test_mistakes_are_told_before_anything_runs(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        CallOptions.model_validate({"post": "https://a.example/soap", **options})
