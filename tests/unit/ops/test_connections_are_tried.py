"""``check --connect``: every connection is tried, nothing is taken or made, and one that hangs is told in time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import BaseModel, ConfigDict

from crossdock.cli.main import UNREACHABLE, crossdock
from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector, Effect, SinkKind, Surroundings
from crossdock.errors import Finding, Retry
from crossdock.ops.connections import Tried, tried
from crossdock.registry import Registry
from crossdock.route.load import load_project

Try = Callable[[BaseModel, Surroundings], Iterable[Finding]]


class Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def refused(options: BaseModel, around: Surroundings) -> Iterable[Finding]:
    raise Retry("X1", "the server refuses us", hint="ask them")


def hanging(options: BaseModel, around: Surroundings) -> Iterable[Finding]:
    threading.Event().wait(30)
    return ()


def warned(options: BaseModel, around: Surroundings) -> Iterable[Finding]:
    yield Finding(code="X2", message=f"{around.name} is odd")


def broken(options: BaseModel, around: Surroundings) -> Iterable[Finding]:
    raise ConnectionRefusedError(111, "Connection refused")


def connector(name: str, probe: Try | None) -> Connector:
    def opened(options: BaseModel, around: Surroundings) -> None:
        raise AssertionError("nothing is opened")

    kind = SinkKind(options=Nothing, open=opened, effect=lambda options: Effect.OPAQUE, probe=probe)  # type: ignore[arg-type]  # never opened
    return Connector(name=name, about="For tests.", sink=kind)


PROBES = {"refusing": refused, "hanging": hanging, "odd": warned, "broken": broken, "mute": None}


def project(root: Path, *names: str, enabled: bool = True) -> Tried:
    (root / "routes").mkdir()
    (root / "inbox").mkdir()
    (root / "crossdock.yaml").write_text("name: t\n")
    to = "".join(f"  - {name}: {{}}\n" for name in names)
    route = f"from: {{file: {{path: inbox}}}}\nenabled: {str(enabled).lower()}\nto:\n{to}"
    (root / "routes" / "r.yaml").write_text(route)
    loaded = load_project(
        root,
        environment={},
        connectors=Registry("crossdock.connectors", Connector, {name: connector(name, PROBES[name]) for name in names}),
        codecs=Registry("crossdock.codecs", CodecKind),
    )
    around = lambda name: Surroundings(root=root, name=name, now=lambda: datetime.now(UTC))  # noqa: E731 - once
    return tried(loaded, around, patience=0.3)


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("refusing", "X1", "r (to refusing): the server refuses us"),
        ("hanging", "T211", "r (to hanging): no answer within 0.3 s"),
        ("odd", "X2", "r (to odd): r/odd is odd"),
        ("broken", "T210", "r (to broken): Connection refused"),
    ],
)
def test_what_is_wrong_is_told_with_the_connection_and_its_file(
    tmp_path: Path, name: str, code: str, message: str
) -> None:
    result = project(tmp_path, name)
    (finding,) = result.findings
    assert (finding.code, finding.message, finding.place.file) == (code, message, "routes/r.yaml")
    assert result.reached == ("r (from file)",)


def test_one_that_cannot_be_tried_is_no_mistake_and_is_told(tmp_path: Path) -> None:
    result = project(tmp_path, "mute")
    assert (result.findings, list(result.untried)) == ((), ["r (to mute)"])


def test_what_is_switched_off_is_not_tried(tmp_path: Path) -> None:
    result = project(tmp_path, "refusing", enabled=False)
    assert (result.findings, result.reached) == ((), ())


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    (tmp_path / "routes").mkdir()
    (tmp_path / "crossdock.yaml").write_text("name: t\n")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.edi").write_text("x")
    route = "from: {file: {path: inbox}}\nto:\n  - file: {path: out/deep}\n"
    (tmp_path / "routes" / "r.yaml").write_text(route)
    return tmp_path


def test_the_command_changes_nothing_and_says_what_it_reached(folders: Path) -> None:
    done = CliRunner().invoke(crossdock, ["check", "--connect", "--project", str(folders)])
    assert done.exit_code == 0
    assert done.output.splitlines()[-2:] == ["reached: r (from file)", "reached: r (to file)"]
    assert sorted(one.name for one in folders.rglob("*")) == ["a.edi", "crossdock.yaml", "inbox", "r.yaml", "routes"]


def test_the_command_fails_where_a_connection_does(folders: Path) -> None:
    (folders / "out").write_text("in the way")
    done = CliRunner().invoke(crossdock, ["check", "--connect", "--json", "--project", str(folders)])
    told = json.loads(done.stdout)
    assert done.exit_code == UNREACHABLE
    assert told["findings"] == []
    assert [one["code"] for one in told["connections"]["findings"]] == ["K406"]
