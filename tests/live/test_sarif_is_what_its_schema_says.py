"""The SARIF that ``crossdock check`` prints is what the official schema of SARIF 2.1.0 says, for every kind of finding."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema_rs import Draft4Validator
from tests.bad_input.yaml.mistakes import every_mistake, found_in

from crossdock.errors import Finding, Place
from crossdock.ops.explained import catalogue
from crossdock.ops.sarif import sarif
from crossdock.testing.servers.fixtures import or_skip
from crossdock.testing.servers.live import SARIF, find_in_package

PACKAGE, FILE = "@microsoft/jest-sarif", "lib/schemas/sarif-2.1.0-rtm.5.json"


def test_what_is_found_in_projects_and_what_has_no_place_is_sarif(tmp_path: Path) -> None:
    schema = json.loads(or_skip(lambda: find_in_package(PACKAGE, FILE, SARIF)).read_text())
    for kind in ("run", "toolComponent"):
        del schema["definitions"][kind]["properties"]["language"]["pattern"]  # a bracket too many; we say no language
    validator = Draft4Validator(schema)
    findings: list[Finding] = []
    texts: dict[str, str] = {}
    for number, mistake in enumerate(every_mistake()[::12]):
        findings += found_in(tmp_path / str(number), mistake.files)
        texts |= mistake.files
    findings += [Finding(code="P110", message="no project"), Finding(code="K999", message="", place=Place(file="a b"))]
    log = sarif(findings, texts, catalogue(), "1.0")
    assert [error.message for error in validator.iter_errors(json.loads(json.dumps(log)))] == []
    assert len({one.code for one in findings}) > 20
