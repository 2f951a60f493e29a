"""Local plug-ins of a project: what a hostile or broken module leads to is a located finding, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crossdock.codecs.contract import CodecKind
from crossdock.connector import Connector
from crossdock.errors import ConfigError
from crossdock.registry import Registry
from crossdock.route.load import LoadedProject, load_project

Load = Callable[..., LoadedProject]
Findings = Callable[..., list[str]]

GOOD = """\
from pydantic import BaseModel
from crossdock.connector import Connector, Done, Effect, SinkKind

class Options(BaseModel):
    to: str = ""

class Sink:
    def send(self, parcels):
        return [Done()] * len(parcels)
    def close(self):
        pass

SINK = SinkKind(options=Options, open=lambda options, around: Sink(), effect=lambda options: Effect.KEYED)
CONNECTORS = [Connector(name="mailbox", about="Mail.", sink=SINK)]
"""
ROUTE = "from: {topic: t}\nto:\n  - mailbox: {to: me}\n"


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str | None, listed: str = "plugins/mailbox.py", route: str = ROUTE) -> LoadedProject:
        (tmp_path / "plugins").mkdir(exist_ok=True)
        (tmp_path / "routes").mkdir(exist_ok=True)
        (tmp_path / "crossdock.yaml").write_text(f"name: p\nplugins:\n  - {listed}\n")
        (tmp_path / "routes" / "r.yaml").write_text(route)
        if text is not None:
            (tmp_path / "plugins" / "mailbox.py").write_text(text)
        return load_project(
            tmp_path,
            environment={},
            connectors=Registry("crossdock.connectors", Connector),
            codecs=Registry("crossdock.codecs", CodecKind),
        )

    return load


@pytest.fixture
def findings(load: Load) -> Findings:
    def findings(text: str | None, **more: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(text, **more)
        return [str(finding) for finding in caught.value.findings if finding.code.startswith("P")]

    return findings


def test_a_module_of_the_project_brings_its_connector(load: Load) -> None:
    assert load(GOOD).routes["r"].destinations[0].connector == "mailbox"


def test_a_module_that_imports_what_is_not_there_is_located(findings: Findings) -> None:
    (finding,) = findings("import os\nimport no_such_module\n")
    assert finding.startswith("plugins/mailbox.py:2:1: error P112")
    assert "ModuleNotFoundError" in finding


def test_a_module_that_is_no_python_is_located(findings: Findings) -> None:
    (finding,) = findings("x = 1\ndef (:\n")
    assert finding.startswith("plugins/mailbox.py:2:")


@pytest.mark.parametrize("text", ["1 / 0\n", "raise SystemExit(3)\n", "import sys; sys.exit()\n"])
def test_a_module_that_raises_or_exits_is_located(findings: Findings, text: str) -> None:
    (finding,) = findings(text)
    assert finding.startswith("plugins/mailbox.py:1:1: error P112")


def test_a_module_that_is_not_there_is_told_where_it_is_named(findings: Findings) -> None:
    (finding,) = findings(None)
    assert finding.startswith("crossdock.yaml:3:5: error P112")


@pytest.mark.parametrize("text", ["CONNECTORS = 5\n", "CONNECTORS = ['x']\n", "CODECS = {'a': 1}\n"])
def test_a_list_of_something_else_is_a_finding(findings: Findings, text: str) -> None:
    (finding,) = findings(text)
    assert "error P113" in finding


def test_a_name_that_is_taken_is_a_finding(findings: Findings) -> None:
    (finding,) = findings(GOOD.replace('name="mailbox"', 'name="file"'))
    assert "error P114" in finding
    assert "'file'" in finding


def test_a_module_that_a_link_leads_out_of_the_project_is_refused(findings: Findings, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.py"
    outside.write_text(GOOD)
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "mailbox.py").symlink_to(outside)
    (finding,) = findings(None)
    assert "not a file of the project" in finding


@pytest.mark.parametrize("listed", ["../x.py", "/etc/x.py", "plugins/x.txt"])
def test_a_path_that_is_no_module_of_the_project_is_refused(findings: Findings, listed: str) -> None:
    (finding,) = findings(None, listed=listed)
    assert finding.startswith("crossdock.yaml:3:3: error P101")
