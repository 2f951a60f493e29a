"""``crossdock test`` on small projects: what passes, what fails and how that reads, what is written anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from crossdock.cli.check import check
from crossdock.cli.status import status
from crossdock.cli.test import test as cases

Project = Callable[..., Path]

MAPPING = """\
from: order/v1
fields: {number: number, lines: length(lines)}
cases:
"""
ROUTE = """\
from: {file: {path: in}}
steps:
  - {decode: json}
  - {split: items}
  - {once: {key: number}}
to:
  - topic: seen
cases:
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    def made(**files: str) -> Path:
        (tmp_path / "crossdock.yaml").write_text("name: small\n")
        texts = {"samples/order.json": '{"number": "1", "lines": [1, 2]}', **files}
        for name, text in texts.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return made


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cases, ["--project", str(folder), *arguments])
    return done.exit_code, done.output


def mapping(case: str) -> dict[str, str]:
    return {"mappings/m.yaml": f"{MAPPING}  - {case}\n"}


@pytest.mark.parametrize(
    "case",
    [
        "{given: samples/order.json, expect: {lines: 2}}",
        "{given: {number: a, lines: []}, expect: {number: a, lines: 0}}",
        '{given: samples/order.json, expect: [{number: "1"}]}',
        "{given: {number: a, lines: 7}, expect_error: M301}",
    ],
)
def test_a_mapping_case_passes(project: Project, case: str) -> None:
    code, output = run(project(**mapping(case)))
    assert (code, output.splitlines()[-1]) == (0, "1 passed, 0 failed")


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("{given: samples/order.json, expect: {lines: 3}}", "m: /lines: expected 3, got 2"),
        ("{given: samples/order.json, expect: {sum: 3}}", "m: /sum: expected 3, but it is not there"),
        ("{given: samples/order.json, expect_error: M306}", "expected error M306, got none"),
        ("{given: {number: a, lines: 7}, expect: {number: a}}", "error M301"),
    ],
)
def test_a_mapping_case_fails_and_says_why(project: Project, case: str, said: str) -> None:
    code, output = run(project(**mapping(case)))
    assert (code, said in output) == (1, True), output


def test_expected_files_are_written_and_then_compared(project: Project) -> None:
    folder = project(**mapping("{given: samples/order.json, expect: samples/golden/m.json}"))
    assert run(folder)[0] == 1
    code, output = run(folder, "--update-golden", "--yes")
    assert (code, "samples/golden/m.json: new" in output) == (0, True), output
    assert run(folder)[0] == 0
    golden = folder / "samples/golden/m.json"
    golden.write_text(golden.read_text().replace("2", "3"))
    code, output = run(folder)
    assert (code, "m is not as samples/golden/m.json:\n     /lines: expected 3, got 2" in output) == (1, True), output


def test_check_finds_samples_that_mappings_name_and_nobody_wrote(project: Project) -> None:
    folder = project(**mapping("{given: samples/ordr.json, expect: samples/golden/m.json}"))
    output = CliRunner().invoke(check, ["--project", str(folder)]).output
    assert "mappings/m.yaml:4:13: error R116: file 'samples/ordr.json' does not exist; did you mean" in output
    assert "mappings/m.yaml:4:40: warning R117" in output


def test_one_mistake_is_told_in_the_singular(project: Project) -> None:
    folder = project(**mapping("{given: samples/none.json, expect: {lines: 2}}"))
    assert (
        CliRunner().invoke(check, ["--project", str(folder)]).output.splitlines()[-1]
        == "1 mapping: 1 error, 0 warnings"
    )


def test_samples_that_are_missing_stop_tests_and_no_work(project: Project) -> None:
    case = "  - {given: samples/none.json, expect_skip: true}\n"
    folder = project(**mapping("{given: samples/none.json, expect: {lines: 2}}"), **{"routes/r.yaml": ROUTE + case})
    for command, code in ((check, 1), (cases, 3), (status, 0)):
        ended = CliRunner().invoke(command, ["--project", str(folder)])
        assert (ended.exit_code, "R116" in ended.output) == (code, code > 0), ended.output


def test_a_case_expects_a_result_or_an_error(project: Project) -> None:
    folder = project(**mapping("{given: samples/order.json}"))
    output = CliRunner().invoke(check, ["--project", str(folder)]).output
    assert "mappings/m.yaml:4:5: error M101: a case expects either a result (expect) or an error" in output


def test_what_a_guard_holds_back_is_no_output(project: Project) -> None:
    case = '  - {given: samples/two.json, expect: {seen: [{number: "1"}]}, expect_skip: true}\n'
    code, output = run(
        project(**{"routes/r.yaml": ROUTE + case, "samples/two.json": '[{"number":"1"},{"number":"1"}]'})
    )
    assert code == 0, output


def test_a_name_that_is_no_route_and_no_mapping_is_refused(project: Project) -> None:
    code, output = run(project(**mapping("{given: {lines: []}, expect: {lines: 0}}")), "n")
    assert (code, "there is no route or mapping 'n'" in output) == (2, True)


def test_a_case_that_is_not_there_is_told_with_how_many_there_are(project: Project) -> None:
    code, output = run(project(**mapping("{given: {lines: []}, expect: {lines: 0}}")), "m#9")
    assert (code, "there is no case 'm#9'; cases of 'm': 1" in output) == (2, True)
