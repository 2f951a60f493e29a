"""Changes of entities: by key, with ETags, tokens, ids of requests, in batches; what services say about them."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError
from tests.unit.http_out.conftest import parcel
from tests.unit.odata.conftest import Ground

from crossdock.connector import Done, Effect, Parcel
from crossdock.errors import Doubt, Hold, Reject, Retry
from crossdock.message import Document
from crossdock.testing.servers.http_peer import Fault
from crossdock_connectors.odata.options import CallOptions, SinkOptions

VERSIONS = pytest.mark.parametrize("version", ["v2", "v4"])
FORMS = pytest.mark.parametrize(
    ("version", "batch"),
    [("v2", {"form": "multipart"}), ("v4", {"form": "multipart"}), ("v4", {"form": "json"})],
)


def order(number: str, **more: object) -> Parcel:
    return parcel(data=json.dumps({"number": number, **more}).encode())


def changing(do: str, version: str = "v4", **more: object) -> dict[str, object]:
    return {"do": do, "key": "number", "version": version, **more}


@VERSIONS
@pytest.mark.parametrize(("do", "method"), [("update", {"v2": "MERGE", "v4": "PATCH"}), ("replace", "PUT")])
def test_an_entity_is_changed_by_its_key(ground: Ground, version: str, do: str, method: object) -> None:
    ground.peer.entities(**{"Orders('O''1/?')": {"a": 1}})
    assert isinstance(ground.sink(**changing(do, version)).send([order("O'1/?", b=2)])[0], Done)
    wanted = {"number": "O'1/?", "b": 2, **({"a": 1} if do == "update" else {})}
    assert ground.peer.stored == {"Orders('O''1/?')": wanted}
    assert ground.peer.seen[-1]["method"] == (method[version] if isinstance(method, dict) else method)


def test_digits_are_kept(ground: Ground) -> None:
    ground.sink(**changing("upsert")).send([parcel(data=b'{"number": "1", "total": 12.50}')])
    assert '"total":12.50' in str(ground.peer.seen[-1]["body"])


def test_a_key_has_several_parts_and_types(ground: Ground) -> None:
    key = {"ID": "id", "Line": "line"}
    options = changing("upsert") | {"key": key, "types": {"ID": "guid"}}
    data = b'{"id": "6BA7B811-9dad-11d1-80b4-00c04fd430c8", "line": 10}'
    assert isinstance(ground.sink(**options).send([parcel(data=data)])[0], Done)
    assert list(ground.peer.stored) == ["Orders(ID=6ba7b811-9dad-11d1-80b4-00c04fd430c8,Line=10)"]


@pytest.mark.parametrize("data", [b'{"number": null}', b"{}", b'{"number": {"a": 1}}', b'{"number": ""}', b"[]"])
def test_a_key_without_a_value_is_rejected(ground: Ground, data: bytes) -> None:
    (outcome,) = ground.sink(**changing("update")).send([parcel(data=data)])
    assert isinstance(outcome, Reject)
    assert ground.peer.seen == []


def test_what_was_deleted_by_an_earlier_attempt_is_done(ground: Ground) -> None:
    sink = ground.sink(**changing("delete"))
    ground.peer.entities(**{"Orders('1')": {}})
    data = b'{"number": "1"}'
    assert isinstance(sink.send([parcel(data=data)])[0], Done)
    assert isinstance(sink.send([parcel(data=data, attempt=2)])[0], Done)
    assert isinstance(sink.send([parcel(data=data)])[0], Reject)


@VERSIONS
def test_what_a_service_says_is_wrong_stands_with_its_target(ground: Ground, version: str) -> None:
    (outcome,) = ground.sink(**changing("update", version)).send([order("1", refuse=True)])
    assert isinstance(outcome, Reject)
    assert "SO/042: Sold-to party 4711 does not exist" in outcome.message
    assert outcome.findings[0].place.pointer == "SoldTo"


@VERSIONS
def test_an_entity_that_changed_meanwhile_is_read_again(ground: Ground, version: str) -> None:
    ground.peer.entities(**{"Orders('1')": {"a": 1}})
    ground.peer.behave(meddles=1)
    assert isinstance(ground.sink(**changing("update", version, if_match="read")).send([order("1")])[0], Done)
    assert [one["method"] for one in ground.peer.seen].count("GET") == 2


def test_an_entity_that_never_stands_still_is_tried_again_later(ground: Ground) -> None:
    ground.peer.entities(**{"Orders('1')": {"a": 1}})
    ground.peer.behave(meddles=100)
    (outcome,) = ground.sink(**changing("update", if_match="read")).send([order("1")])
    assert isinstance(outcome, Retry)
    assert outcome.only_this


def test_an_etag_a_document_brought_along_holds_it_for_a_person(ground: Ground) -> None:
    ground.peer.entities(**{"Orders('1')": {"a": 1}})
    sink = ground.sink(**changing("update", etag="etag"))
    (outcome,) = sink.send([order("1", etag='W/"7"')])
    assert isinstance(outcome, Hold)
    assert isinstance(sink.send([order("1", etag='W/"1"')])[0], Done)


@pytest.mark.parametrize("etag", ["", "a\r\nX: y", "ü", 5])
def test_what_is_no_etag_goes_nowhere(ground: Ground, etag: object) -> None:
    (outcome,) = ground.sink(**changing("update", etag="etag")).send([order("1", etag=etag)])
    assert isinstance(outcome, Reject)
    assert ground.peer.seen == []


def test_a_lie_for_an_etag_is_not_sent_back(ground: Ground) -> None:
    body = '{"@odata.etag": "W/\\"1\\"\\r\\nX-Evil: 1"}'
    ground.peer.plan(Fault(kind="status", path="/odata", status=200, body=body))
    (outcome,) = ground.sink(**changing("update", if_match="read")).send([order("1")])
    assert isinstance(outcome, Reject)
    assert len(ground.peer.seen) == 1


def test_a_service_that_wants_an_etag_says_so(ground: Ground) -> None:
    ground.peer.entities(**{"Orders('1')": {}})
    ground.peer.behave(strict=True)
    (outcome,) = ground.sink(**changing("update")).send([order("1")])
    assert isinstance(outcome, Reject)
    assert "if_match" in str(outcome)
    assert isinstance(ground.sink(**changing("update", if_match="any")).send([order("1")])[0], Done)


def test_a_token_against_forged_requests_is_fetched_once_and_anew(ground: Ground) -> None:
    ground.peer.behave(csrf=True)
    sink = ground.sink(**changing("update", "v2", csrf=True))
    ground.peer.entities(**{"Orders('1')": {}})
    assert all(isinstance(one, Done) for one in sink.send([order("1"), order("1", a=1)]))
    ground.peer.revoke()
    assert isinstance(sink.send([order("1", a=2)])[0], Done)
    assert [one["method"] for one in ground.peer.seen] == ["GET", "MERGE", "MERGE", "MERGE", "GET", "MERGE"]


def test_a_create_without_an_id_of_the_request_is_opaque(ground: Ground) -> None:
    ground.peer.plan(Fault(kind="close", path="/odata", effect=True))
    (outcome,) = ground.sink(do="create").send([order("1")])
    assert isinstance(outcome, Doubt)
    assert SinkOptions.model_validate({"service": "https://a.example/x", "entity": "Orders"}).effect is Effect.OPAQUE


def test_a_create_with_an_id_of_the_request_is_done_once(ground: Ground) -> None:
    ground.peer.behave(honours=True)
    ground.peer.plan(Fault(kind="close", path="/odata", effect=True))
    sink, one = ground.sink(do="create", repeatability=True, receipt="OrderID"), order("1")
    assert isinstance(sink.send([one])[0], Doubt)
    assert sink.send([one])[0] == Done("1")
    assert sum(ground.peer.effects.values()) == 1


def test_a_service_that_cannot_say_whether_it_was_done_holds_it(ground: Ground) -> None:
    headers = {"Repeatability-Result": "rejected"}
    ground.peer.plan(Fault(kind="status", path="/odata", status=412, headers=headers))
    (outcome,) = ground.sink(do="create", repeatability=True).send([order("1")])
    assert isinstance(outcome, Hold)
    assert outcome.code == "K766"


@FORMS
def test_a_batch_has_an_outcome_for_each(ground: Ground, version: str, batch: dict[str, object]) -> None:
    sink = ground.sink(**changing("replace", version, batch={"size": 10, **batch}))
    parcels = [order("1"), order("2", refuse=True), parcel(data=b"{}"), order("3")]
    first, refused, keyless, last = sink.send(parcels)
    assert isinstance(first, Done)
    assert isinstance(last, Done)
    assert isinstance(refused, Reject)
    assert "SO/042" in refused.message
    assert isinstance(keyless, Reject)
    assert sorted(ground.peer.stored) == ["Orders('1')", "Orders('3')"]
    assert len(ground.peer.seen) == 1


@FORMS
def test_what_a_batch_does_not_mention_is_in_doubt(ground: Ground, version: str, batch: dict[str, object]) -> None:
    ground.peer.behave(lost=1)
    sink = ground.sink(**changing("replace", version, batch=batch))
    outcomes = sink.send([order("1"), order("2")])
    assert sorted(type(one).__name__ for one in outcomes) == ["Done", "Doubt"]


@VERSIONS
def test_dates_are_written_as_the_version_has_them(ground: Ground, version: str) -> None:
    more = {"dates": ["OrderDate", "At"]} if version == "v2" else {}
    one = order("1", OrderDate="2026-11-20", At="2026-11-20T12:30:00+01:00")
    ground.sink(**changing("replace", version, **more)).send([one])
    body = json.loads(str(ground.peer.seen[-1]["body"]))
    wanted = ["/Date(1795132800000)/", "/Date(1795174200000+0000)/"]
    assert [body["OrderDate"], body["At"]] == (
        wanted if version == "v2" else ["2026-11-20", "2026-11-20T12:30:00+01:00"]
    )


@VERSIONS
def test_a_call_reads_one_entity_or_nothing(ground: Ground, version: str) -> None:
    ground.peer.entities(**{"Orders('1')": {"total": 5}})
    call = ground.call(key="number", version=version, result="total")
    assert call.ask(order("1")) == 5
    assert call.ask(order("2")) is None


def test_a_filter_can_never_be_more_than_its_values(ground: Ground) -> None:
    call = ground.call(do="find", filter="PO eq '{po}' and Line eq {line}")
    evil: dict[str, Document] = {"po": "x' or '1' eq '1", "line": 1}
    assert call.ask(parcel(evil, data=json.dumps(evil).encode())) == []
    assert ground.peer.seen[-1]["query"] == {"$filter": "PO eq 'x'' or ''1'' eq ''1' and Line eq 1"}
    worse: dict[str, Document] = {"po": "x", "line": "1 or 1 eq 1"}
    assert isinstance(call.ask(parcel(worse, data=json.dumps(worse).encode())), Reject)


def test_the_answer_to_a_create_is_the_entity(ground: Ground) -> None:
    answer = ground.call(do="create", result="OrderID").ask(order("1"))
    assert answer == "1"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"do": "update"}, "say how its key is made"),
        ({"do": "upsert", "key": "a", "version": "v2"}, "V2 has no upsert"),
        ({"do": "action"}, "belong together"),
        ({"do": "update", "key": "a", "if_match": "read", "batch": {}}, "a batch reads nothing"),
        ({"do": "create", "if_match": "any"}, "entities that are there"),
        ({"do": "create", "version": "v2", "batch": {"form": "json"}}, "multipart"),
        ({"do": "create", "entity": "Orders?$filter=1"}, "no entity set"),
        ({"do": "create", "service": "https://a.example/x?sap-client=100"}, "under 'query:'"),
        ({"do": "create", "dates": ["a"]}, "V2 alone"),
    ],
)
def test_mistakes_are_told_before_anything_runs(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SinkOptions.model_validate({"service": "https://a.example/x", "entity": "Orders", **options})


def test_a_question_says_what_it_is_about() -> None:
    with pytest.raises(ValidationError, match="do: find"):
        CallOptions.model_validate({"service": "https://a.example/x", "entity": "Orders"})
