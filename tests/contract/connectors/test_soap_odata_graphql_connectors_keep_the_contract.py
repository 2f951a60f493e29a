"""``soap``, ``odata`` and ``graphql`` as those that send, ask and poll, against a real peer, with a proxy between."""

from __future__ import annotations

import json
import re
import uuid
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from lxml import etree

from crossdock.connector import Arrival, Done, Effect, Parcel
from crossdock.errors import Reject
from crossdock.message import Document, Inline, read_all
from crossdock.testing.connector_suite import (
    CallGround,
    CallSuite,
    Delivered,
    EmptyThings,
    Ground,
    InOrder,
    Options,
    OverTcp,
    Probed,
    RunningSinkSuite,
    SinkGround,
    SinkSuite,
    SourceGround,
    SourceSuite,
    StaysThere,
)
from crossdock.testing.connector_suite.delivering import HOSTILE
from crossdock.testing.connector_suite.sink_tests import Sender, parcel
from crossdock.testing.servers.http_peer import HttpPeer
from crossdock.testing.servers.proxy import TcpProxy
from crossdock_connectors import graphql, odata, soap

CANARY = "canary-41c0de77"
MESSAGE = "01a1a0e4-7c30-7abc-8000-000000000001"
CREATE = "mutation M($input: I!, $key: String) { orderCreate(input: $input, key: $key) { order { id } userErrors { message } } }"
LIST = "query Q($first: Int, $after: String) { orders(first: $first, after: $after) { nodes { id stock } } }"
PAGES = """query Q($first: Int, $after: String) {
  orders(first: $first, after: $after) { nodes { id content } pageInfo { hasNextPage endCursor } }
}"""
TEMPLATE = '<o:CreateOrder xmlns:o="urn:orders"><o:Number>{number}</o:Number></o:CreateOrder>'
COUNT = 200


class Peer(Ground, OverTcp, Probed):
    """A peer, reached through a proxy with short time-outs and a key."""

    def __init__(self, root: Path, peer: HttpPeer) -> None:
        super().__init__(root)
        self.peer = peer
        self.proxy = TcpProxy(peer.port)
        peer.behave(honours=True)
        (root / "order.xml").write_text(TEMPLATE)

    @property
    def secrets(self) -> Sequence[str]:
        return (CANARY,)

    def reached(self, **more: object) -> dict[str, object]:
        usual = {"allow_private": True, "timeout": "3s", "stall": "1s", "connect_timeout": "1s"}
        return {**usual, "auth": {"basic": {"user": "crossdock", "password": CANARY}}, **more}

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.proxy.port}{path}"

    def close(self) -> None:
        self.proxy.close()


def packed(one: Parcel) -> str:
    return f"hex{one.data.hex()}"


def unpacked(number: str) -> bytes:
    return bytes.fromhex(number[3:]) if number.startswith("hex") else b'{"number": "%s"}' % number.encode()


class Sent(Peer, SinkGround):
    """Orders whose number is all they have."""

    in_parallel = 200

    def arrived(self) -> Sequence[Delivered]:
        return [Delivered(key, unpacked(self.number(data))) for key, data in self.peer.done]

    def number(self, data: bytes) -> str:
        return str(json.loads(data)["number"])


class Mutations(Sent):
    connector = graphql.CONNECTOR

    def options(self, **more: object) -> Options:
        asked = {"mutation": CREATE, "variables": {"input": "@"}, "key_variable": "key"}
        return {"post": self.url("/graphql"), **asked, **self.reached(**more)}


class Entities(Sent):
    connector = odata.CONNECTOR

    def options(self, **more: object) -> Options:
        return {"service": self.url("/odata/v4"), "entity": "Orders", "repeatability": True, **self.reached(**more)}


class Messages(Sent):
    connector = soap.CONNECTOR

    def options(self, **more: object) -> Options:
        asked = {"body": "order.xml", "action": "urn:x", "addressing": True, "repeatable": True}
        return {"post": self.url("/soap"), **asked, **self.reached(**more)}

    def arrived(self) -> Sequence[Delivered]:
        return [Delivered(one.key.removeprefix("urn:uuid:"), one.data) for one in super().arrived()]

    def number(self, data: bytes) -> str:
        found = re.search(rb"Number>([^<]*)<", data)
        return found[1].decode() if found else ""


class Asked(Peer, CallGround):
    """Things are looked up by their number."""

    def __init__(self, root: Path, peer: HttpPeer) -> None:
        super().__init__(root, peer)
        found: list[dict[str, Document]] = [{"id": f"A{number}", "stock": number} for number in range(COUNT)]
        peer.items(*found)
        peer.entities(**{f"Stock('{number}')": {"stock": number} for number in range(COUNT)})

    def question(self, number: int) -> Parcel:
        document: Document = {"number": str(number)}
        payload = Inline(json.dumps(document).encode())
        return Parcel(key=str(uuid.UUID(int=number)), message=MESSAGE, payload=payload, document=document)


class Queries(Asked):
    connector = graphql.CONNECTOR

    def options(self, **more: object) -> Options:
        asked = {"query": LIST, "variables": {"first": "`1`", "after": "number"}, "result": "orders.nodes[0].stock"}
        return {"post": self.url("/graphql"), **asked, **self.reached(**more)}

    def answer(self, number: int) -> Document:
        return number

    def asked(self) -> Sequence[str]:
        return [json.loads(str(one["body"]))["variables"]["after"] for one in self.peer.seen if one["body"]]


class Reads(Asked):
    connector = odata.CONNECTOR

    def options(self, **more: object) -> Options:
        asked = {"entity": "Stock", "key": "number", "result": "stock"}
        return {"service": self.url("/odata/v4"), **asked, **self.reached(**more)}

    def answer(self, number: int) -> Document:
        return number

    def asked(self) -> Sequence[str]:
        return [str(one["path"]) for one in self.peer.seen if one["method"] == "GET"]


class Operations(Asked):
    connector = soap.CONNECTOR

    def options(self, **more: object) -> Options:
        result = {"number": "string(//*[local-name()='Number'])"}
        return {"post": self.url("/soap"), "body": "order.xml", "reads": True, "result": result, **self.reached(**more)}

    def answer(self, number: int) -> Document:
        return {"number": f"SO-{number}"}

    def asked(self) -> Sequence[str]:
        found = (re.search(r"Number>([^<]*)<", str(one["body"])) for one in self.peer.seen)
        return [one[1] for one in found if one]


class Changes(Peer, SourceGround, EmptyThings, InOrder, StaysThere):
    """A list that is polled page by page; what is brought stays there, and is known again."""

    many = 60

    def __init__(self, root: Path, peer: HttpPeer) -> None:
        super().__init__(root, peer)
        self._items: list[dict[str, Document]] = []
        peer.items()

    def put(self, name: str, data: bytes) -> None:
        self._items.append({"id": name, "content": b64encode(data).decode()})
        self.peer.items(*self._items)

    def brought(self, arrival: Arrival) -> bytes:
        return b64decode(json.loads(read_all(arrival.payload))["content"])


class Listed(Changes):
    connector = graphql.CONNECTOR

    def options(self, **more: object) -> Options:
        asked = {"query": PAGES, "items": "orders.nodes", "id": "id", "page_size": 20}
        return {"post": self.url("/graphql"), **asked, "paging": {"info": "orders.pageInfo"}, **self.reached(**more)}


class Set(Changes):
    connector = odata.CONNECTOR

    def options(self, **more: object) -> Options:
        return {"service": self.url("/odata/v4"), "entity": "Orders", "id": "id", **self.reached(**more)}


class _Peered:
    """Its ground is made with a peer of its own."""

    ground_type: ClassVar[type[Peer]]

    @pytest.fixture
    def ground(self, tmp_path: Path, http_peer: HttpPeer) -> Iterator[Peer]:
        made = self.ground_type(tmp_path, http_peer.fresh())
        yield made
        made.close()


class _Json(_Peered):
    """Takes documents: any bytes are an order whose number they are."""

    def fitting(self, one: Parcel) -> Parcel:
        document: Document = {"number": packed(one)}
        return replace(one, payload=Inline(json.dumps(document).encode()), document=document)


class TestGraphQlSink(_Json, SinkSuite):
    ground_type, effect = Mutations, Effect.KEYED


class TestODataSink(_Json, SinkSuite):
    ground_type, effect = Entities, Effect.KEYED


class TestSoapSink(_Json, SinkSuite):
    ground_type, effect = Messages, Effect.KEYED

    @pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
    def test_a_hostile_value_becomes_no_structure(self, sender: Sender, text: str) -> None:
        """What is sent is made from the document: the value is the text of one element, or the document is rejected."""
        (outcome,) = sender.send(parcel(1, document={"number": text}))
        assert isinstance(outcome, Done | Reject), outcome
        (after,) = sender.insist(parcel(2))
        assert isinstance(after, Done), "it must go on with the next"
        assert isinstance(sender.ground, Messages)
        bodies = [etree.fromstring(data) for _, data in sender.ground.peer.done]
        numbers = [[one.text for one in body.iter("{*}Number")] for body in bodies]
        assert sorted(numbers) == sorted([["2"], *([[text]] if isinstance(outcome, Done) else [])])


class TestGraphQlSinkInARun(_Peered, RunningSinkSuite):
    ground_type, effect = Mutations, Effect.KEYED


class TestODataSinkInARun(_Peered, RunningSinkSuite):
    ground_type, effect = Entities, Effect.KEYED


class TestSoapSinkInARun(_Peered, RunningSinkSuite):
    ground_type, effect = Messages, Effect.KEYED


class TestGraphQlSource(_Peered, SourceSuite):
    ground_type = Listed


class TestODataSource(_Peered, SourceSuite):
    ground_type = Set


class TestGraphQlCall(_Peered, CallSuite):
    ground_type = Queries


class TestODataCall(_Peered, CallSuite):
    ground_type = Reads


class TestSoapCall(_Peered, CallSuite):
    ground_type = Operations
