"""``command`` with programs that keep what they get, each key once, answer what they are asked, and list what waits."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from crossdock.connector import Arrival, Effect, Parcel
from crossdock.message import Document, Inline, read_all
from crossdock.testing.connector_suite import (
    CallGround,
    CallSuite,
    Delivered,
    EmptyThings,
    InOrder,
    LeadsNowhere,
    Options,
    Probed,
    RefusesOne,
    ShowsWaiting,
    SinkGround,
    SinkSuite,
    SourceGround,
    SourceSuite,
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


LISTS = """#!/bin/sh
cd "$1" && cat -- *.line 2>/dev/null
true
"""
PUTS_AWAY = """#!/bin/sh
read -r name data
rm -f -- "$1/$name.line"
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


class Lines(SourceGround, EmptyThings, InOrder, ShowsWaiting, Probed):
    """A program that writes a line for each thing that waits, and another that puts it away."""

    many = 60
    connector = CONNECTOR

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.folder = root / "waiting"
        self.folder.mkdir()
        for name, text in (("lists", LISTS), ("puts-away", PUTS_AWAY)):
            (root / name).write_text(text)
            (root / name).chmod(0o755)

    def options(self, **more: object) -> Options:
        run, told = ([str(self.root / name), str(self.folder)] for name in ("lists", "puts-away"))
        return {"run": run, "acknowledge": told, "split": "lines", "exits": {"0": "done"}, **more}

    def put(self, name: str, data: bytes) -> None:
        hidden = self.folder / f".{name.encode().hex()}"
        hidden.write_text(f"{name.encode().hex()} {b64encode(data).decode()}\n")
        hidden.rename(self.folder / f"{name.encode().hex()}.line")

    def brought(self, arrival: Arrival) -> bytes:
        return b64decode(read_all(arrival.payload).partition(b" ")[2])

    def waiting(self) -> int:
        return len(list(self.folder.glob("*.line")))


class TestCommandSource(SourceSuite):
    ground_type = Lines


class TestCommandSink(SinkSuite):
    ground_type, effect = Programs, Effect.KEYED


class TestCommandCall(CallSuite):
    ground_type = Questions
