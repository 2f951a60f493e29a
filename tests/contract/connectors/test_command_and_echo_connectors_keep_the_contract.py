"""``command`` with a program that keeps what it gets, and ``echo`` with its file."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crossdock.connector import Effect, Parcel
from crossdock.message import Document, Inline
from crossdock.testing.connector_suite import (
    CallGround,
    CallSuite,
    Delivered,
    LeadsNowhere,
    Options,
    Probed,
    RefusesOne,
    SinkGround,
    SinkSuite,
)
from crossdock_connectors.command import CONNECTOR as COMMAND
from crossdock_connectors.echo import CONNECTOR as ECHO

MESSAGE = "01a1a0e4-7c30-7abc-8000-000000000001"
KEEPS = """#!/bin/sh
[ "$CROSSDOCK_CONTENT_TYPE" = text/bad ] && exit 3
[ -e "$1/$CROSSDOCK_KEY" ] && exit 0
cat > "$1/$CROSSDOCK_KEY.part" && mv "$1/$CROSSDOCK_KEY.part" "$1/$CROSSDOCK_KEY"
"""
ANSWERS = """#!/bin/sh
echo "$CROSSDOCK_KEY" >> "$1/asked"
cat
"""


class Programs(SinkGround, RefusesOne, LeadsNowhere, Probed):
    """A program that keeps each key once."""

    connector = COMMAND

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.kept = root / "kept"
        self.kept.mkdir()
        self.program = root / "keeps"
        self.program.write_text(KEEPS)
        self.program.chmod(0o755)

    @property
    def secrets(self) -> Sequence[str]:
        return ["canary-of-the-erp"]

    def options(self, **more: object) -> Options:
        exits = {"0": "done", "3": "reject", "other": "doubt"}
        run = [str(self.program), str(self.kept)]
        return {"run": run, "exits": exits, "repeatable": True, "env": {"ERP": "canary-of-the-erp"}, **more}

    def arrived(self) -> Sequence[Delivered]:
        return [Delivered(one.name, one.read_bytes()) for one in self.kept.iterdir() if one.suffix != ".part"]

    def bad(self, parcel: Parcel) -> Parcel:
        return replace(parcel, content_type="text/bad")

    def nowhere(self) -> Options:
        return self.options(run=["no/such/program"])


class Questions(CallGround, Probed):
    """A program that answers with the question."""

    connector = COMMAND

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.program = root / "answers"
        self.program.write_text(ANSWERS)
        self.program.chmod(0o755)

    def options(self, **more: object) -> Options:
        return {"run": [str(self.program), str(self.root)], "changes": False, **more}

    def question(self, number: int) -> Parcel:
        data = json.dumps({"number": number}).encode()
        return Parcel(key=f"key-{number}", message=MESSAGE, payload=Inline(data), content_type="application/json")

    def answer(self, number: int) -> Document:
        return {"number": number}

    def asked(self) -> Sequence[str]:
        told = self.root / "asked"
        return told.read_text().split() if told.exists() else []


class Kept(SinkGround):
    """The file of an echo."""

    connector = ECHO

    def options(self, **more: object) -> Options:
        return {"keep": "kept.jsonl", **more}

    def arrived(self) -> Sequence[Delivered]:
        file = self.root / "kept.jsonl"
        lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return [Delivered(one["key"], _data(one)) for one in lines]


def _data(line: dict[str, str]) -> bytes:

    return line["payload"].encode() if "payload" in line else base64.b64decode(line["payload_base64"])


class TestPrograms(SinkSuite):
    ground_type = Programs
    effect = Effect.KEYED


class TestQuestions(CallSuite):
    ground_type = Questions


class TestKept(SinkSuite):
    ground_type = Kept
    effect = Effect.KEYED
