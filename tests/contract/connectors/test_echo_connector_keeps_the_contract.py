"""``echo`` as one that keeps what it gets in a file, and as one that answers with the question."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from crossdock.connector import Effect, Parcel
from crossdock.message import Document, Inline
from crossdock.testing.connector_suite import CallGround, CallSuite, Delivered, Options, SinkGround, SinkSuite
from crossdock_connectors.echo import CONNECTOR

MESSAGE = "01a1a0e4-7c30-7abc-8000-000000000001"


class Kept(SinkGround):
    """The file of an echo."""

    batch = 100
    in_parallel = 200
    connector = CONNECTOR

    def options(self, **more: object) -> Options:
        return {"keep": "kept.jsonl", **more}

    def arrived(self) -> Sequence[Delivered]:
        file = self.root / "kept.jsonl"
        lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return [Delivered(one["key"], _data(one)) for one in lines]


def _data(line: dict[str, str]) -> bytes:
    return line["payload"].encode() if "payload" in line else base64.b64decode(line["payload_base64"])


class Answers(CallGround):
    """What was asked is the answer. It changes nothing, and keeps no account of who asked."""

    connector = CONNECTOR

    def options(self, **more: object) -> Options:
        return more

    def question(self, number: int) -> Parcel:
        document: Document = {"number": number}
        return Parcel(key=f"key-{number}", message=MESSAGE, payload=Inline(b""), document=document)

    def answer(self, number: int) -> Document:
        return {"number": number}

    def asked(self) -> Sequence[str]:
        return ()


class TestEchoSink(SinkSuite):
    ground_type, effect = Kept, Effect.KEYED


class TestEchoCall(CallSuite):
    ground_type = Answers
