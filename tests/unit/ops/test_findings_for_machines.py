"""``crossdock check`` for scripts, code hosts and terminals: JSON, SARIF, and what a code means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crossdock.cli.main import crossdock
from crossdock.ops.explained import catalogue

ROUTE = "from:\n  fiel: {path: inbox/}\nto:\n  - topic: order.received\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "crossdock.yaml").write_text("")
    (tmp_path / "routes" / "sub folder").mkdir(parents=True)
    (tmp_path / "routes" / "sub folder" / "in.yaml").write_text(ROUTE)
    (tmp_path / "routes" / "out.yaml").write_text("from: {topic: x}\nto: [{file: {path: out}}]\nretry: {first: 1h}\n")
    return tmp_path


def checked(root: Path, *options: str) -> Result:
    return CliRunner().invoke(crossdock, ["check", "--project", str(root), *options])


def test_sarif_has_rules_results_and_regions(project: Path) -> None:
    result = checked(project, "--format", "sarif")
    log = json.loads(result.stdout)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert result.exit_code == 1
    assert (log["version"], run["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    assert [rule["id"] for rule in rules] == ["R102", "R151", "R302"]
    assert rules[0]["shortDescription"]["text"] == "A connector does not exist."
    wrong, warning, _ = sorted(run["results"], key=lambda one: str(one["ruleId"]))
    assert rules[wrong["ruleIndex"]]["id"] == wrong["ruleId"] == "R102"
    assert (wrong["level"], warning["level"]) == ("error", "warning")
    assert wrong["message"]["text"] == "connector 'fiel' does not exist; did you mean 'file'?"
    location = wrong["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "routes/sub%20folder/in.yaml", "uriBaseId": "PROJECT"}
    assert location["region"] == {"startLine": 2, "startColumn": 3, "endColumn": 7}


def test_sarif_of_a_project_without_mistakes_has_no_results(tmp_path: Path) -> None:
    (tmp_path / "crossdock.yaml").write_text("")
    result = checked(tmp_path, "--format", "sarif")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["runs"][0]["results"] == []


def test_json_is_a_word_of_its_own(project: Path) -> None:
    assert checked(project, "--json").stdout == checked(project, "--format", "json").stdout
    found = json.loads(checked(project, "--json").stdout)["findings"]
    assert [one["code"] for one in found] == ["R302", "R151", "R102"]


def test_warnings_fail_where_one_is_strict(tmp_path: Path) -> None:
    (tmp_path / "crossdock.yaml").write_text("")
    (tmp_path / "routes").mkdir()
    (tmp_path / "routes" / "in.yaml").write_text("from: {file: {path: in}}\nto: [{topic: nobody}]\n")
    assert (checked(tmp_path).exit_code, checked(tmp_path, "--strict").exit_code) == (0, 1)


def test_a_code_is_explained_with_an_example(tmp_path: Path) -> None:
    result = checked(tmp_path, "--explain", "r102")
    assert result.exit_code == 0
    assert result.output.startswith("R102: A connector does not exist.\n\nMend it: ")
    assert "^^^^ error R102: connector 'fiel' does not exist; did you mean 'file'?" in result.output


def test_a_code_that_is_none_is_a_mistake_of_usage(tmp_path: Path) -> None:
    result = checked(tmp_path, "--explain", "R1O4")
    assert result.exit_code == 2
    assert "did you mean" in result.output


def test_every_code_of_the_language_has_an_entry() -> None:
    assert {"R101", "M110", "P120", "Y003", "K101"} <= catalogue().keys()


#: What the standard allows of each object that we write (SARIF 2.1.0: 3.13, 3.14, 3.19, 3.49, 3.27, 3.30).
ALLOWED = {
    "log": {"$schema", "version", "runs"},
    "run": {"tool", "columnKind", "originalUriBaseIds", "results"},
    "driver": {"name", "version", "rules"},
    "rule": {"id", "shortDescription", "help"},
    "result": {"ruleId", "ruleIndex", "level", "message", "locations"},
    "region": {"startLine", "startColumn", "endColumn"},
}


def test_sarif_keeps_the_rules_of_the_standard(project: Path) -> None:
    log = json.loads(checked(project, "--format", "sarif").stdout)
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (log.keys(), run.keys(), driver.keys()) == (ALLOWED["log"], ALLOWED["run"], ALLOWED["driver"])
    assert all(rule.keys() <= ALLOWED["rule"] for rule in driver["rules"])
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    for result in run["results"]:
        artifact, region = (result["locations"][0]["physicalLocation"][key] for key in ("artifactLocation", "region"))
        assert result.keys() <= ALLOWED["result"]
        assert result["message"]["text"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert artifact["uriBaseId"] in run["originalUriBaseIds"]
        assert not artifact["uri"].startswith(("/", ".."))
        assert " " not in artifact["uri"]
        assert region.keys() <= ALLOWED["region"]
        assert region["startLine"] >= 1
        assert 1 <= region["startColumn"] < region["endColumn"]
