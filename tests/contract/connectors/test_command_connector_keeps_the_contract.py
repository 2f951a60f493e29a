"""``command`` with programs that keep what they get, each key once, and answer what they are asked."""

from __future__ import annotations

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
from crossdock_connectors.command import CONNECTOR

MESSAGE = "01a1a0e4-7c30-7abc-8000-000000000001"
KEEPS = """#!/bin/sh
[ "$CROSSDOCK_CONTENT_TYPE" = text/bad ] && exit 3
[ -e "$1/$CROSSDOCK_KEY" ] && exit 0
cat > "$1/$CROSSDOCK_KEY.$$.part" && mv "$1/$CROSSDOCK_KEY.$$.part" "$1/$CROSSDOCK_KEY"
"""
ANSWERS = """#!/bin/sh
echo "$CROSSDOCK_KEY" >> "$1/asked"
cat
"""


class Programs(SinkGround, RefusesOne, LeadsNowhere, Probed):
    """A program that keeps each key once."""

    batch = 30
    in_parallel = 60
    connector = CONNECTOR

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

    connector = CONNECTOR

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


class TestCommandSink(SinkSuite):
    ground_type, effect = Programs, Effect.KEYED


class TestCommandCall(CallSuite):
    ground_type = Questions
